package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/alexedwards/scs/v2"

	"quipu/internal/app"
	"quipu/internal/fault"
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
	m.IdleTimeout, m.Lifetime = cmp.Or(opts.Idle, idle), cmp.Or(opts.Absolute, absolute)
	m.Store = sessionStore{a, min(time.Minute, m.IdleTimeout/10)}
	m.Cookie.Name = "quipu"
	if opts.Demo && a.Joined() { // its posts are other ports of one machine, which browsers do not tell apart
		m.Cookie.Name += "-" + string(a.Name())
	}
	m.Cookie.HttpOnly, m.Cookie.SameSite = true, http.SameSiteLaxMode
	m.Cookie.Persist = false // ends with the browser: offices share computers
	if opts.Secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-quipu", true
	}
	m.ErrorFunc = s.unavailable
	return m
}

// sessionStore keeps sessions in the register. Only the hash of a token gets there: a
// copy of the database opens no session. A session in which nothing changed is kept again
// only when it was last kept longer ago than every, so that looking at a page writes nothing
// but the log of reads; it ends at most that much before its time, or sooner while nothing can be
// written.
type sessionStore struct {
	app   *app.App
	every time.Duration
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// found is a session as a request found it in the register.
type found struct {
	token  string
	values map[string]any
	seen   time.Time
}

type foundKey struct{}

// remembering gives each request a place to remember its session in.
func remembering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), foundKey{}, &found{})))
	})
}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	data, seen, ok, err := s.app.Session(ctx, hashed(token))
	if f, held := ctx.Value(foundKey{}).(*found); held && ok && err == nil {
		if _, values, err := (scs.GobCodec{}).Decode(data); err == nil {
			*f = found{token, values, seen}
		}
	}
	return data, ok, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(b)
	if err != nil {
		return err
	}
	f, held := ctx.Value(foundKey{}).(*found)
	same := held && f.token == token && reflect.DeepEqual(f.values, values)
	if same && s.app.Now().Sub(f.seen) < s.every {
		return nil
	}
	login, _ := values[desk.KeyLogin].(string)
	agent, _ := values[desk.KeyAgent].(string)
	// scs reckons with the computer's clock; when a session has ended the node's clock says.
	err = s.app.PutSession(ctx, hashed(token), login, agent, b, s.app.Now().Add(time.Until(expiry)))
	if same && fault.KindOf(err) == fault.Unavailable {
		return nil // only its end was to be put off: on a full disk pages are shown all the same
	}
	return err
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.app.DropSession(ctx, hashed(token))
}

var errNoContext = errors.New("web: sessions need a context")

// Find, Commit and Delete complete scs.Store; with the three above scs never calls them.
func (s sessionStore) Find(string) ([]byte, bool, error)      { return nil, false, errNoContext }
func (s sessionStore) Commit(string, []byte, time.Time) error { return errNoContext }
func (s sessionStore) Delete(string) error                    { return errNoContext }
