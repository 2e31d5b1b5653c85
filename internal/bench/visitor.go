package bench

import (
	"context"
	"sync/atomic"
	"time"

	"quipu/internal/app"
	"quipu/internal/authz"
)

// Visitor is somebody with an account who looks at the pages of a server that is measured.
type Visitor struct {
	account account
	officer *officer
}

// NewVisitor makes an account of a role at an office, with password and authenticator app.
func NewVisitor(ctx context.Context, a *app.App, login, office string, role authz.Role) (*Visitor, error) {
	acc, err := enrolled(ctx, a, account{Login: login, Password: "una frase para medir a " + login, Office: office}, role)
	return &Visitor{account: acc}, err
}

// Enter logs in at a server.
func (v *Visitor) Enter(ctx context.Context, url string) error {
	now := &atomic.Pointer[tally]{}
	now.Store(newTally())
	b, err := newBrowser(url, 0, now)
	if err != nil {
		return err
	}
	v.officer = &officer{browser: b, account: &v.account}
	return v.officer.logIn(ctx)
}

// Get opens a page, after Enter. A page that does not say what it must is an error.
func (v *Visitor) Get(ctx context.Context, path string, must ...string) (text string, took time.Duration, err error) {
	p, took, err := v.officer.try(ctx, path, "GET", path, nil, must)
	if err != nil {
		return "", took, err
	}
	return string(p.body), took, nil
}

// Leave closes the connection.
func (v *Visitor) Leave() {
	if v.officer != nil {
		v.officer.close()
	}
}
