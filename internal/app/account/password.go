package account

import (
	"context"
	"strconv"
	"sync"
	"time"

	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Where says from where somebody tries to come in: Browser is the token that a browser keeps
// once an officer has signed in with it, Agent its name, Reach how far away it is (see
// store.SignIn). The zero value is a place that nobody knows.
type Where struct{ Browser, Agent, Reach string }

// try is one try at a password, as it was before it was counted.
type try struct {
	login   string
	acc     store.Account
	cred    store.Credential
	link    store.Identity
	browser store.KnownBrowser
	known   bool // there is an account with a password
	trusted bool // the officer has signed in with this browser before
}

// LogIn checks a login and password and returns the officer. A wrong login costs as much
// time as a wrong password, and both say the same; repeated failures make the account wait.
// A try counts as a failure until it has succeeded, so that many at once gain nothing.
// Failures in a browser that the officer has signed in with are counted for themselves:
// whoever guesses elsewhere does not keep the officer out.
func (a *Accounts) LogIn(ctx context.Context, login, password string, from Where) (authz.Actor, error) {
	t, err := a.beginTry(ctx, login, from)
	if err != nil {
		return authz.Actor{}, err
	}
	right, rehash := false, false
	if t.known {
		if right, rehash, err = authn.Verify(password, t.cred.Secret); err != nil {
			return authz.Actor{}, err
		}
	} else {
		authn.VerifyUnknown(password) // costs as much time, so that logins cannot be guessed
	}
	if !right || t.acc.State != active {
		return authz.Actor{}, a.failTry(ctx, &t, from)
	}
	if t.link.Alone {
		return authz.Actor{}, fault.New(fault.Forbidden, "app.login_alone")
	}
	secret := t.cred.Secret
	if rehash {
		secret = authn.Hash(password)
	}
	return actorOf(t.acc), a.forgive(ctx, &t, secret)
}

func (a *Accounts) beginTry(ctx context.Context, login string, from Where) (t try, err error) {
	t.login = login
	err = a.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if t.acc, _, err = tx.Account(ctx, login); err != nil {
			return err
		}
		if t.cred, t.known, err = tx.Credential(ctx, login); err != nil {
			return err
		}
		if t.link, _, err = tx.Identity(ctx, login); err != nil {
			return err
		}
		if from.Browser != "" {
			t.browser, t.trusted, err = tx.KnownBrowser(ctx, authn.HashToken(from.Browser), login)
			t.trusted = t.trusted && !authn.LockedOut(t.browser.Failures)
		}
		if err != nil {
			return err
		}
		return a.countTry(ctx, tx, &t)
	})
	return t, err
}

// countTry refuses a try that has to wait, and counts one that may be made.
func (a *Accounts) countTry(ctx context.Context, tx *store.Tx, t *try) error {
	now := a.Now()
	switch {
	case !t.known:
		if err := a.nobody.try(t.login, now); err != nil {
			return err
		}
		return a.writeInVain(ctx, tx)
	case t.trusted:
		if err := mayTry(t.browser.Failures, t.browser.FailedAt, now); err != nil {
			return err
		}
		k := t.browser
		k.Failures, k.FailedAt = k.Failures+1, now.UnixMicro()
		return tx.PutKnownBrowser(ctx, k)
	}
	if err := mayTry(t.cred.Failures, t.cred.FailedAt, now); err != nil {
		return err
	}
	c := t.cred
	c.Failures, c.FailedAt = c.Failures+1, now.UnixMicro()
	return tx.PutCredential(ctx, c)
}

// writeInVain writes, as for an account that is there: it must not take less time.
func (a *Accounts) writeInVain(ctx context.Context, tx *store.Tx) error {
	return tx.PutSetting(ctx, "unknown_login", strconv.FormatInt(a.Now().UnixMicro(), 10))
}

// failTry notes a wrong password for the officer to see, and says what every failure says.
func (a *Accounts) failTry(ctx context.Context, t *try, from Where) error {
	err := a.DB.Update(ctx, func(tx *store.Tx) error {
		if !t.known {
			return a.writeInVain(ctx, tx)
		}
		return a.noteSignIn(ctx, tx, t.login, stepPassword, false, from)
	})
	if err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "app.login_wrong")
}

// forgive forgets the failures after a right password. One that was changed meanwhile was
// right no longer.
func (a *Accounts) forgive(ctx context.Context, t *try, secret string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		cred, known, err := tx.Credential(ctx, t.login)
		if err != nil {
			return err
		}
		if !known || cred.Secret != t.cred.Secret {
			return fault.New(fault.Forbidden, "app.login_wrong")
		}
		cred.Failures, cred.FailedAt, cred.Secret = 0, 0, secret
		if err := tx.PutCredential(ctx, cred); err != nil || !t.trusted {
			return err
		}
		t.browser.Failures, t.browser.FailedAt = 0, 0
		return tx.PutKnownBrowser(ctx, t.browser)
	})
}

// nobody counts failures with logins that no account has, so that these wait as others do:
// otherwise the waiting would tell which accounts there are. It forgets when the program
// ends, and all of it when it has grown to mostNobody.
type nobody struct {
	mu    sync.Mutex
	tries map[string]failures // by hashed login
}

type failures struct {
	n    int
	last int64 // microseconds
}

const mostNobody = 10_000

func (n *nobody) try(login string, now time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := authn.HashToken(login)
	f := n.tries[key]
	if err := mayTry(f.n, f.last, now); err != nil {
		return err
	}
	if n.tries == nil || len(n.tries) >= mostNobody {
		n.tries = map[string]failures{}
	}
	n.tries[key] = failures{f.n + 1, now.UnixMicro()}
	return nil
}
