package app

import (
	"context"
	"time"

	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/store"
)

// NewAccount is an account to be made.
type NewAccount struct {
	Login, Name, Office, Lang string
	Role                      authz.Role
	Password                  string
}

// CreateAccount makes an account with its password.
func (a *App) CreateAccount(ctx context.Context, actor Actor, n NewAccount) error {
	if err := authz.Check(actor, authz.Accounts, n.Office); err != nil {
		return err
	}
	if !id.Node(n.Login).Valid() {
		return fault.New(fault.Invalid, "app.login_form", "login", n.Login).On("login")
	}
	if _, ok := place.Network().Office(n.Office); !ok {
		return fault.New(fault.Invalid, "app.unknown_office", "office", n.Office).On("office")
	}
	if err := authn.CheckPassword(n.Password, n.Login, n.Name); err != nil {
		return err
	}
	secret := authn.Hash(n.Password)
	return a.db.Update(ctx, func(tx *store.Tx) error {
		if _, taken, err := tx.Account(ctx, n.Login); err != nil || taken {
			if taken {
				err = fault.New(fault.Conflict, "app.login_taken", "login", n.Login).On("login")
			}
			return err
		}
		st, err := a.stamper(ctx, tx, actor)
		if err != nil {
			return err
		}
		c := change.Change{Entity: change.Ref{Kind: change.User, ID: n.Login}, Action: "create", Sets: []change.Set{
			{Field: "name", Value: change.Text(n.Name)}, {Field: "role", Value: change.Text(string(n.Role))},
			{Field: "office", Value: change.Text(n.Office)}, {Field: "lang", Value: change.Text(n.Lang)},
			{Field: "state", Value: change.Text("active")}}}
		st.stamp(&c)
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		if err := tx.PutAccount(ctx, store.Account{Login: n.Login, Name: n.Name, Role: string(n.Role), Office: n.Office,
			Lang: n.Lang, State: "active"}); err != nil {
			return err
		}
		return tx.PutCredential(ctx, store.Credential{Login: n.Login, Secret: secret, ChangedAt: a.now().UnixMicro()})
	})
}

// LogIn checks a login and password and returns the officer. A wrong login costs as much
// time as a wrong password, and both say the same; repeated failures make the account wait.
func (a *App) LogIn(ctx context.Context, login, password string) (Actor, error) {
	now := a.now()
	var acc store.Account
	var cred store.Credential
	var known bool
	err := a.db.View(ctx, func(tx *store.Tx) (err error) {
		if acc, known, err = tx.Account(ctx, login); err != nil || !known {
			return err
		}
		cred, known, err = tx.Credential(ctx, login)
		return err
	})
	if err != nil {
		return Actor{}, err
	}
	if wait := authn.Wait(cred.Failures, time.UnixMicro(cred.FailedAt), now); known && wait > 0 {
		return Actor{}, fault.New(fault.Unavailable, "app.login_wait", "minutes", int(wait.Minutes())+1)
	}
	right, rehash := false, false
	if known {
		if right, rehash, err = authn.Verify(password, cred.Secret); err != nil {
			return Actor{}, err
		}
	} else {
		authn.VerifyUnknown(password) // costs as much time, so that logins cannot be guessed
	}
	if !right || acc.State != "active" {
		if known {
			cred.Failures, cred.FailedAt = cred.Failures+1, now.UnixMicro()
			err = a.db.Update(ctx, func(tx *store.Tx) error { return tx.PutCredential(ctx, cred) })
		}
		if err == nil {
			err = fault.New(fault.Forbidden, "app.login_wrong")
		}
		return Actor{}, err
	}
	if cred.Failures > 0 || rehash {
		cred.Failures, cred.FailedAt = 0, 0
		if rehash {
			cred.Secret = authn.Hash(password)
		}
		if err := a.db.Update(ctx, func(tx *store.Tx) error { return tx.PutCredential(ctx, cred) }); err != nil {
			return Actor{}, err
		}
	}
	return actorOf(acc), nil
}

func actorOf(acc store.Account) Actor {
	return Actor{Login: acc.Login, Name: acc.Name, Role: authz.Role(acc.Role), Office: acc.Office, Lang: acc.Lang, Purpose: "registry"}
}

// Officer returns the actor of an account that is active: asked for at every request, so
// that an account which was closed stops at once.
func (a *App) Officer(ctx context.Context, login string) (actor Actor, ok bool, err error) {
	err = a.db.View(ctx, func(tx *store.Tx) error {
		acc, known, err := tx.Account(ctx, login)
		actor, ok = actorOf(acc), known && acc.State == "active"
		return err
	})
	return actor, ok, err
}

// PutSession, Session and DropSession keep browser sessions; tokens arrive hashed.
func (a *App) PutSession(ctx context.Context, token string, data []byte, expires time.Time) error {
	return a.db.Update(ctx, func(tx *store.Tx) error { return tx.PutSession(ctx, token, data, expires.UnixMicro()) })
}

// Session returns the data of a session that has not ended.
func (a *App) Session(ctx context.Context, token string) (data []byte, ok bool, err error) {
	err = a.db.View(ctx, func(tx *store.Tx) (err error) {
		data, ok, err = tx.Session(ctx, token, a.now().UnixMicro())
		return err
	})
	return data, ok, err
}

// DropSession ends a session, and forgets those that ended by themselves.
func (a *App) DropSession(ctx context.Context, token string) error {
	return a.db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropSession(ctx, token); err != nil {
			return err
		}
		return tx.DropSessionsBefore(ctx, a.now().UnixMicro())
	})
}
