package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"quipu/internal/app"
	"quipu/internal/web/desk"
)

// An officer who does nothing is asked for the password again after idle, and everybody
// after a working day; unless the options say otherwise.
const (
	idle     = 30 * time.Minute
	absolute = 12 * time.Hour
)

func newSessions(a *app.App, opts *Options, s *shell) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{a}
	m.IdleTimeout, m.Lifetime = cmp.Or(opts.Idle, idle), cmp.Or(opts.Absolute, absolute)
	m.Cookie.Name = "quipu"
	m.Cookie.HttpOnly, m.Cookie.SameSite = true, http.SameSiteLaxMode
	m.Cookie.Persist = false // ends with the browser: offices share computers
	if opts.Secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-quipu", true
	}
	m.ErrorFunc = s.unavailable
	return m
}

// sessionStore keeps sessions in the register. Only the hash of a token gets there: a
// copy of the database opens no session.
type sessionStore struct{ app *app.App }

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return s.app.Session(ctx, hashed(token))
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(b)
	if err != nil {
		return err
	}
	login, _ := values[desk.KeyLogin].(string)
	agent, _ := values[desk.KeyAgent].(string)
	return s.app.PutSession(ctx, hashed(token), login, agent, b, expiry)
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.app.DropSession(ctx, hashed(token))
}

var errNoContext = errors.New("web: sessions need a context")

// Find, Commit and Delete complete scs.Store; with the three above scs never calls them.
func (s sessionStore) Find(string) ([]byte, bool, error)      { return nil, false, errNoContext }
func (s sessionStore) Commit(string, []byte, time.Time) error { return errNoContext }
func (s sessionStore) Delete(string) error                    { return errNoContext }
