// Package account holds the use cases of officers' accounts: coming in with a password and
// a second factor, sessions, tokens for programs, and who may give and take them.
package account

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Accounts are the use cases of accounts on one node.
type Accounts struct {
	*node.Node
	nobody nobody
}

// New makes them.
func New(n *node.Node) *Accounts { return &Accounts{Node: n} }

// NewAccount is an account to be made.
type NewAccount struct {
	Login, Name, Office, Lang string
	Role                      authz.Role
	Password                  string
}

// CreateAccount makes an account with its password.
func (a *Accounts) CreateAccount(ctx context.Context, actor authz.Actor, n NewAccount) error {
	if err := checkAccount(actor, n); err != nil {
		return err
	}
	if err := authn.CheckPassword(n.Password, n.Login, n.Name); err != nil {
		return err
	}
	secret := authn.Hash(n.Password)
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.addAccount(ctx, tx, actor, n); err != nil {
			return err
		}
		return tx.PutCredential(ctx, store.Credential{Login: n.Login, Secret: secret, ChangedAt: a.Now().UnixMicro()})
	})
}

// mayTry refuses a try while the account waits after failures in a row.
func mayTry(failures int, last int64, now time.Time) error {
	if authn.LockedOut(failures) {
		return fault.New(fault.Forbidden, "app.login_locked")
	}
	if wait := authn.Wait(failures, time.UnixMicro(last), now); wait > 0 {
		return fault.New(fault.Unavailable, "app.login_wait", "minutes", int(wait.Minutes())+1)
	}
	return nil
}

func actorOf(acc store.Account) authz.Actor {
	return authz.Actor{Login: acc.Login, Name: acc.Name, Role: authz.Role(acc.Role), Office: acc.Office, Lang: acc.Lang, Purpose: "registry"}
}

// Officer returns the actor of an account that is active: asked for at every request, so
// that an account which was closed stops at once.
func (a *Accounts) Officer(ctx context.Context, login string) (actor authz.Actor, ok bool, err error) {
	err = a.DB.Look(ctx, func(tx *store.Tx) error {
		acc, known, err := tx.Account(ctx, login)
		actor, ok = actorOf(acc), known && acc.State == active
		return err
	})
	return actor, ok, err
}

// OpenSession is a browser session as its officer sees it. ID names it in forms and opens
// nothing.
type OpenSession struct {
	ID, Agent              string
	Created, Seen, Expires time.Time
}

// PutSession keeps a browser session: token is hashed, login "" until somebody signed in,
// agent names the browser.
func (a *Accounts) PutSession(ctx context.Context, token, login, agent string, data []byte, expires time.Time) error {
	now := a.Now().UnixMicro()
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.PutSession(ctx, store.Session{Token: token, Login: login, Agent: agent, Data: data, Created: now, Seen: now, Expires: expires.UnixMicro()})
	})
}

// Session returns the data of a session that has not ended, and when it was last kept.
func (a *Accounts) Session(ctx context.Context, token string) (data []byte, seen time.Time, ok bool, err error) {
	err = a.DB.Look(ctx, func(tx *store.Tx) (err error) {
		var at int64
		data, at, ok, err = tx.Session(ctx, token, a.Now().UnixMicro())
		seen = node.Moment(at)
		return err
	})
	return data, seen, ok, err
}

// DropSession ends a session, and forgets those that ended long ago.
func (a *Accounts) DropSession(ctx context.Context, token string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropSession(ctx, token); err != nil {
			return err
		}
		return tx.DropSessionsBefore(ctx, a.Now().Add(-endedKept).UnixMicro())
	})
}

// Sessions lists an officer's open sessions, the last used first: one's own, or those of
// whoever works where the actor may see them.
func (a *Accounts) Sessions(ctx context.Context, actor authz.Actor, login string) (out []OpenSession, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		if err := a.overSessions(ctx, tx, actor, login); err != nil {
			return err
		}
		all, err := tx.SessionsOf(ctx, login, a.Now().UnixMicro())
		for _, s := range all {
			out = append(out, OpenSession{ID: SessionID(s.Token), Agent: s.Agent, Created: node.Moment(s.Created), Seen: node.Moment(s.Seen), Expires: node.Moment(s.Expires)})
		}
		return err
	})
	return out, err
}

// SessionID is the name of a session whose hashed token is given.
func SessionID(token string) string { return token[:min(16, len(token))] }

func (a *Accounts) overSessions(ctx context.Context, tx *store.Tx, actor authz.Actor, login string) error {
	if actor.Login == login {
		return nil
	}
	acc, known, err := tx.Account(ctx, login)
	if err != nil {
		return err
	}
	if err := authz.Check(actor, authz.Sessions, acc.Office); err != nil {
		return err
	}
	if !known {
		return node.NotFound(nil, "account", login)
	}
	return nil
}

// EndSession ends one of an officer's sessions.
func (a *Accounts) EndSession(ctx context.Context, actor authz.Actor, login, session string) error {
	return a.endSessions(ctx, actor, login, func(tx *store.Tx) error {
		all, err := tx.SessionsOf(ctx, login, a.Now().UnixMicro())
		if err != nil {
			return err
		}
		for _, s := range all {
			if SessionID(s.Token) == session {
				return tx.DropSession(ctx, s.Token)
			}
		}
		return nil // it has ended already
	})
}

// EndSessions ends all of an officer's sessions but the one whose hashed token is except.
func (a *Accounts) EndSessions(ctx context.Context, actor authz.Actor, login, except string) error {
	return a.endSessions(ctx, actor, login, func(tx *store.Tx) error { return tx.DropSessionsOf(ctx, login, except) })
}

// endSessions is the frame: another's sessions are not ended without a line in the history
// of the account.
func (a *Accounts) endSessions(ctx context.Context, actor authz.Actor, login string, end func(*store.Tx) error) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.overSessions(ctx, tx, actor, login); err != nil {
			return err
		}
		if err := end(tx); err != nil || actor.Login == login {
			return err
		}
		return a.noteUser(ctx, tx, actor, login, "sessions_end", change.Set{Field: "sessions_ended", Value: change.Text(a.Now().UTC().Format(time.RFC3339))})
	})
}

// DemoPassword opens the accounts of a demonstration and of nothing else: `quipu serve`
// does not serve a register that is marked as one.
const DemoPassword = "tres nudos en un cordel"

// DemoAccounts are the log-ins of a demonstration.
var DemoAccounts = []NewAccount{
	{Login: "rosa", Name: "Rosa (ventanilla, Madrid)", Office: "ESMAD", Role: authz.Window, Lang: "es"},
	{Login: "marta", Name: "Marta (jefa de oficina, Madrid)", Office: "ESMAD", Role: authz.Head, Lang: "es"},
	{Login: "carlos", Name: "Carlos (jefe de oficina, Paterson)", Office: "USPAT", Role: authz.Head, Lang: "es"},
	{Login: "lucia", Name: "Lucía (revisión de fichas, Lima)", Office: "ESMAD", Role: authz.Reviewer, Lang: "es"},
	{Login: "amelia", Name: "Amelia (auditoría, Lima)", Office: "ESMAD", Role: authz.Auditor, Lang: "es"},
	{Login: "tomas", Name: "Tomás (estadística, Lima)", Office: "ESMAD", Role: authz.Statistician, Lang: "es"},
	{Login: "ines", Name: "Inés (encuestadora, Madrid)", Office: "ESMAD", Role: authz.Interviewer, Lang: "es"},
	{Login: "pilar", Name: "Pilar (oficial de datos personales, Lima)", Office: "ESMAD", Role: authz.Privacy, Lang: "es"},
}

// DemoPasswords opens those of these accounts that came from the hub of a demonstration, which
// does not send passwords.
func (a *Accounts) DemoPasswords(ctx context.Context) error {
	secret := authn.Hash(DemoPassword)
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		for _, d := range DemoAccounts {
			_, there, err := tx.Account(ctx, d.Login)
			if err != nil {
				return err
			}
			_, open, err := tx.Credential(ctx, d.Login)
			if err != nil {
				return err
			}
			if there && !open {
				if err := tx.PutCredential(ctx, store.Credential{Login: d.Login, Secret: secret, ChangedAt: a.Now().UnixMicro()}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
