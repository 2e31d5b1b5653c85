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
	"quipu/internal/store"
)

// Link says how an OpenID provider opens an account: Claim is what an administrator wrote
// down, "" when it does not. Alone: nothing else opens it. Since is zero until the first
// sign-in has bound the account to an identity.
type Link struct {
	Claim string
	Alone bool
	Since time.Time
}

const mostClaim = 200 // letters

// LinkOf returns how an OpenID provider opens an account.
func (a *Accounts) LinkOf(ctx context.Context, login string) (l Link, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		l, err = linkOf(ctx, tx, login)
		return err
	})
	return l, err
}

func linkOf(ctx context.Context, tx *store.Tx, login string) (Link, error) {
	i, ok, err := tx.Identity(ctx, login)
	if err != nil || !ok {
		return Link{}, err
	}
	l := Link{Claim: i.Claim, Alone: i.Alone}
	if i.Subject != "" {
		l.Since = node.Moment(i.Linked)
	}
	return l, nil
}

// SetLink writes down by which claim an OpenID provider opens somebody else's account, ""
// for not at all. Another claim undoes the link to whoever signed in with the one before.
// What was open ends: it may have been opened in a way that no longer is one.
func (a *Accounts) SetLink(ctx context.Context, actor authz.Actor, login string, l Link) error {
	l.Claim = authn.CleanClaim(l.Claim)
	switch {
	case utf8.RuneCountInString(l.Claim) > mostClaim || strings.ContainsFunc(l.Claim, func(r rune) bool { return r < ' ' }):
		return fault.New(fault.Invalid, "app.claim_form", "most", mostClaim).On("claim")
	case l.Claim == "" && l.Alone:
		return fault.New(fault.Invalid, "app.claim_alone").On("claim")
	}
	return a.onUser(ctx, actor, login, func(tx *store.Tx, _ store.Account) error {
		was, known, err := tx.Identity(ctx, login)
		if err != nil {
			return err
		}
		is := store.Identity{Login: login, Claim: l.Claim, Alone: l.Alone}
		if known && was.Claim == is.Claim {
			is.Issuer, is.Subject, is.Linked = was.Issuer, was.Subject, was.Linked
		}
		if is == was || l.Claim == "" && !known {
			return nil
		}
		return a.putLink(ctx, tx, actor, was, is)
	})
}

func (a *Accounts) putLink(ctx context.Context, tx *store.Tx, actor authz.Actor, was, is store.Identity) error {
	if err := a.noteUser(ctx, tx, actor, is.Login, "identity_set", linkSets(was, is)...); err != nil {
		return err
	}
	if is.Claim == "" {
		if err := tx.DropIdentity(ctx, is.Login); err != nil {
			return err
		}
		return tx.DropSessionsOf(ctx, is.Login, "")
	}
	if other, taken, err := tx.IdentityByClaim(ctx, is.Claim); err != nil || taken && other.Login != is.Login {
		if err == nil {
			err = fault.New(fault.Conflict, "app.claim_taken").On("claim")
		}
		return err
	}
	if is.Alone {
		if err := tx.DropSetupCode(ctx, is.Login); err != nil {
			return err
		}
	}
	if err := tx.PutIdentity(ctx, is); err != nil {
		return err
	}
	return tx.DropSessionsOf(ctx, is.Login, "")
}

// linkSets are the fields in which two states of a link differ.
func linkSets(was, is store.Identity) (out []change.Set) {
	word := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	if was.Claim != is.Claim {
		out = append(out, change.Set{Field: "identity_claim", Value: change.Text(is.Claim)})
	}
	if was.Alone != is.Alone {
		out = append(out, change.Set{Field: "identity_alone", Value: change.Text(word(is.Alone))})
	}
	if was.Subject != is.Subject {
		v := change.Value{}
		if is.Subject != "" {
			v = change.Group("issuer", is.Issuer, "subject", is.Subject)
		}
		out = append(out, change.Set{Field: "identity", Value: v})
	}
	return out
}

// LogInWith returns the officer whom an OpenID provider says it is. An identity that was
// never seen here is bound to the account that waits for its claim; no account is made. An
// account that is bound opens to that identity only, whatever else bears its claim.
func (a *Accounts) LogInWith(ctx context.Context, who authn.Identity) (actor authz.Actor, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		i, ok, err := tx.IdentityBySubject(ctx, who.Issuer, who.Subject)
		if err == nil && !ok && who.Claim != "" {
			i, ok, err = tx.IdentityByClaim(ctx, who.Claim)
			ok = ok && i.Subject == ""
		}
		if err != nil {
			return err
		}
		acc, known, err := tx.Account(ctx, i.Login)
		if err != nil {
			return err
		}
		if !ok || !known || acc.State != active {
			return fault.New(fault.Forbidden, "app.identity_unknown")
		}
		actor = actorOf(acc)
		if i.Subject != "" {
			return nil
		}
		return a.bind(ctx, tx, actor, i, who)
	})
	return actor, err
}

// bind makes an identity that of an account, for good. A set-up code that is still about
// would be a second way in.
func (a *Accounts) bind(ctx context.Context, tx *store.Tx, actor authz.Actor, was store.Identity, who authn.Identity) error {
	is := was
	is.Issuer, is.Subject, is.Linked = who.Issuer, who.Subject, a.Now().UnixMicro()
	if err := a.noteUser(ctx, tx, actor, is.Login, "identity_link", linkSets(was, is)...); err != nil {
		return err
	}
	if err := tx.DropSetupCode(ctx, is.Login); err != nil {
		return err
	}
	return tx.PutIdentity(ctx, is)
}

// ProveWith checks that an officer who is signed in is whom the provider says, now.
func (a *Accounts) ProveWith(ctx context.Context, login string, who authn.Identity) error {
	return a.DB.View(ctx, func(tx *store.Tx) error {
		i, ok, err := tx.IdentityBySubject(ctx, who.Issuer, who.Subject)
		if err == nil && (!ok || i.Login != login) {
			err = fault.New(fault.Forbidden, "app.identity_other")
		}
		return err
	})
}

// EndSessionsWith ends the sessions of whoever an identity at a provider belongs to, when
// that says that its own has ended.
func (a *Accounts) EndSessionsWith(ctx context.Context, issuer, subject string) (login string, err error) {
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		i, ok, err := tx.IdentityBySubject(ctx, issuer, subject)
		if err != nil || !ok {
			return err
		}
		login = i.Login
		return tx.DropSessionsOf(ctx, login, "")
	})
	return login, err
}
