package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/store"
)

// The states of an account.
const (
	active = "active"
	closed = "closed"
)

const mostName = 100 // letters

// setupLife is how long a set-up code opens its account.
const setupLife = 72 * time.Hour

// User is an account as who keeps accounts sees it.
type User struct {
	Login, Name, Office, Lang string
	Role                      authz.Role
	Active, Waiting           bool // Waiting: no password was set yet
	Locked                    bool // too many failures; it waits, or stays closed
	Factors                   Factors
	Link                      Link
}

// Users lists the accounts of the offices whose sessions the actor may see.
func (a *Accounts) Users(ctx context.Context, actor authz.Actor) (out []User, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Sessions)
	if !ok {
		return nil, authz.Check(actor, authz.Sessions, actor.Office)
	}
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Accounts(ctx)
		for _, acc := range all {
			if err != nil {
				return err
			}
			if scope.Holds(acc.Office) {
				var u User
				u, err = userOf(ctx, tx, acc, a.Now())
				out = append(out, u)
			}
		}
		return err
	})
	return out, err
}

func userOf(ctx context.Context, tx *store.Tx, acc store.Account, now time.Time) (User, error) {
	u := User{Login: acc.Login, Name: acc.Name, Office: acc.Office, Lang: acc.Lang, Role: authz.Role(acc.Role), Active: acc.State == active}
	cred, has, err := tx.Credential(ctx, acc.Login)
	if err != nil {
		return u, err
	}
	u.Waiting = !has
	if u.Locked, err = waits(ctx, tx, acc.Login, cred, now); err != nil {
		return u, err
	}
	if u.Factors, err = factorsOf(ctx, tx, acc.Login); err != nil {
		return u, err
	}
	u.Link, err = linkOf(ctx, tx, acc.Login)
	u.Waiting = u.Waiting && u.Link.Since.IsZero()
	return u, err
}

// User returns one account and the changes that made it what it is, oldest first.
func (a *Accounts) User(ctx context.Context, actor authz.Actor, login string) (u User, past []change.Change, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		acc, err := a.heldAccount(ctx, tx, actor, authz.Sessions, login)
		if err != nil {
			return err
		}
		if u, err = userOf(ctx, tx, acc, a.Now()); err != nil {
			return err
		}
		past, err = tx.Changes(ctx, change.Ref{Kind: change.User, ID: login})
		return err
	})
	return u, past, err
}

func (a *Accounts) heldAccount(ctx context.Context, tx *store.Tx, actor authz.Actor, action authz.Action, login string) (store.Account, error) {
	acc, known, err := tx.Account(ctx, login)
	if err == nil {
		err = authz.Check(actor, action, acc.Office)
	}
	if err == nil && !known {
		err = node.NotFound(nil, "account", login)
	}
	return acc, err
}

// checkAccount holds what an account is to be against the rules.
func checkAccount(actor authz.Actor, n NewAccount) error {
	if _, ok := authz.ScopeOf(actor, authz.Accounts); !ok {
		return authz.Check(actor, authz.Accounts, n.Office)
	}
	if !id.Node(n.Login).Valid() {
		return fault.New(fault.Invalid, "app.login_form", "login", n.Login).On("login")
	}
	if _, ok := place.Network().Office(n.Office); !ok {
		return fault.New(fault.Invalid, "app.unknown_office", "office", n.Office).On("office")
	}
	if !authz.Known(n.Role) {
		return fault.New(fault.Invalid, "app.unknown_role", "role", string(n.Role)).On("role")
	}
	return authz.CheckGrant(actor, n.Role, n.Office)
}

func checkName(clean string) error {
	if clean == "" || utf8.RuneCountInString(clean) > mostName {
		return fault.New(fault.Invalid, "app.user_name", "most", mostName).On("name")
	}
	return nil
}

// InviteAccount makes an account without a password and returns the code with which its
// officer sets password and second factor: nobody else ever knows them.
func (a *Accounts) InviteAccount(ctx context.Context, actor authz.Actor, n NewAccount) (code string, err error) {
	n.Login, n.Name = strings.TrimSpace(n.Login), name.Clean(n.Name)
	if err := checkAccount(actor, n); err != nil {
		return "", err
	}
	if err := checkName(n.Name); err != nil {
		return "", err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := a.addAccount(ctx, tx, actor, n); err != nil {
			return err
		}
		code, err = a.giveCode(ctx, tx, n.Login)
		return err
	})
	return code, err
}

// addAccount writes a new account into the log and the projection.
func (a *Accounts) addAccount(ctx context.Context, tx *store.Tx, actor authz.Actor, n NewAccount) error {
	if _, taken, err := tx.Account(ctx, n.Login); err != nil || taken {
		if taken {
			err = fault.New(fault.Conflict, "app.login_taken", "login", n.Login).On("login")
		}
		return err
	}
	if _, ok := i18n.Known(n.Lang); !ok {
		n.Lang = string(i18n.Langs[0])
	}
	acc := store.Account{Login: n.Login, Name: n.Name, Role: string(n.Role), Office: n.Office, Lang: n.Lang, State: active}
	if err := a.noteUser(ctx, tx, actor, n.Login, "create", accountSets(store.Account{}, acc)...); err != nil {
		return err
	}
	return tx.PutAccount(ctx, acc)
}

// accountSets are the fields in which two states of an account differ.
func accountSets(was, is store.Account) (out []change.Set) {
	for _, f := range []struct{ field, was, is string }{{"name", was.Name, is.Name}, {"role", was.Role, is.Role},
		{"office", was.Office, is.Office}, {"lang", was.Lang, is.Lang}, {"state", was.State, is.State}} {
		if f.was != f.is {
			out = append(out, change.Set{Field: f.field, Value: change.Text(f.is)})
		}
	}
	return out
}

// noteUser writes a change of an account into the log. Each set replaces the version that
// is in force.
func (a *Accounts) noteUser(ctx context.Context, tx *store.Tx, actor authz.Actor, login, action string, sets ...change.Set) error {
	if actor.Purpose == "" {
		actor.Purpose = "registry"
	}
	ref := change.Ref{Kind: change.User, ID: login}
	past, err := tx.Changes(ctx, ref)
	if err != nil {
		return err
	}
	held := change.Fold(past)
	for i := range sets {
		sets[i].Base = held.Version(sets[i].Field)
	}
	st, err := a.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	c := change.Change{Entity: ref, Action: action, Sets: sets}
	st.Stamp(&c)
	return tx.Append(ctx, []change.Change{c})
}

func (a *Accounts) giveCode(ctx context.Context, tx *store.Tx, login string) (string, error) {
	code := authn.NewCode(authn.SetupGroups)
	return code, tx.PutSetupCode(ctx, store.SetupCode{Login: login, Hash: authn.HashToken(authn.CleanCode(code)),
		Expires: a.Now().Add(setupLife).UnixMicro()})
}

// UserEdit is what may be changed of an account.
type UserEdit struct {
	Name, Office, Lang string
	Role               authz.Role
	Active             bool
}

// EditUser changes an account. Closing it ends its sessions at once, and so does another
// role or office: what was open had other rights.
func (a *Accounts) EditUser(ctx context.Context, actor authz.Actor, login string, e UserEdit) error {
	return a.onUser(ctx, actor, login, func(tx *store.Tx, was store.Account) error {
		is := store.Account{Login: login, Name: name.Clean(e.Name), Role: string(e.Role), Office: e.Office, Lang: e.Lang, State: active}
		if !e.Active {
			is.State = closed
		}
		if err := checkName(is.Name); err != nil {
			return err
		}
		if err := checkAccount(actor, NewAccount{Login: login, Office: is.Office, Role: e.Role}); err != nil {
			return err
		}
		sets := accountSets(was, is)
		if len(sets) == 0 {
			return nil
		}
		if err := a.noteUser(ctx, tx, actor, login, "edit", sets...); err != nil {
			return err
		}
		if err := tx.PutAccount(ctx, is); err != nil {
			return err
		}
		if is.State == closed {
			if err := tx.DropSetupCode(ctx, login); err != nil {
				return err
			}
		}
		if was.Role != is.Role || was.Office != is.Office || was.State != is.State {
			return tx.DropSessionsOf(ctx, login, "")
		}
		return nil
	})
}

// onUser is the frame of what is done to somebody else's account.
func (a *Accounts) onUser(ctx context.Context, actor authz.Actor, login string, do func(*store.Tx, store.Account) error) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		acc, err := a.heldAccount(ctx, tx, actor, authz.Accounts, login)
		if err != nil {
			return err
		}
		if actor.Login == login {
			return fault.New(fault.Forbidden, "app.own_account")
		}
		if err := authz.CheckGrant(actor, authz.Role(acc.Role), acc.Office); err != nil {
			return err
		}
		return do(tx, acc)
	})
}

// ResetUser takes password, second factors, identity at a provider and sessions from an account and returns a new
// set-up code: for who has lost them.
func (a *Accounts) ResetUser(ctx context.Context, actor authz.Actor, login string) (code string, err error) {
	err = a.onUser(ctx, actor, login, func(tx *store.Tx, acc store.Account) error {
		if acc.State != active {
			return fault.New(fault.Conflict, "app.account_closed", "login", login)
		}
		link, _, err := tx.Identity(ctx, login)
		if err != nil {
			return err
		}
		sets := append(linkSets(link, store.Identity{}), change.Set{Field: "reset", Value: change.Text(a.Now().UTC().Format(time.RFC3339))})
		for _, step := range []func() error{
			func() error { return tx.DropCredential(ctx, login) },
			func() error { return tx.DropFactors(ctx, login, "") },
			func() error { return tx.DropIdentity(ctx, login) },
			func() error { return tx.DropKnownBrowsers(ctx, login) },
			func() error { return tx.PutFactorTries(ctx, login, 0, 0) },
			func() error { return tx.DropSessionsOf(ctx, login, "") },
			func() error { return a.noteUser(ctx, tx, actor, login, "reset", sets...) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		code, err = a.giveCode(ctx, tx, login)
		return err
	})
	return code, err
}
