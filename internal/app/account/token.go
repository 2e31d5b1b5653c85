package account

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/store"
)

// MaxTokenDays is how long a token can hold, in days.
const MaxTokenDays = 366

// tokenPrefix lets a program that looks for secrets in files know one of ours.
const tokenPrefix = "qp_"

// Token is an officer's token for programs, without its secret. Times that have not come
// are zero.
type Token struct {
	ID, Login, Name                     string
	Scopes                              []authz.Action
	Created, Expires, LastUsed, Revoked time.Time
}

// NewToken is a token to be made.
type NewToken struct {
	Login, Name string
	Scopes      []authz.Action
	Days        int
}

// CreateToken makes a token and returns its secret, which is kept nowhere. Only the
// officer makes his own, or who holds the data directory: what is done with it is
// written down under his name.
func (a *Accounts) CreateToken(ctx context.Context, actor authz.Actor, n NewToken) (secret string, t Token, err error) {
	if actor.Login != n.Login && actor.Role != authz.Operator || actor.Scopes != nil {
		return "", t, fault.New(fault.Forbidden, "api.token_others", "login", n.Login)
	}
	if t, err = a.newToken(n); err != nil {
		return "", t, err
	}
	secret, _ = authn.NewToken()
	secret = tokenPrefix + secret
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		acc, known, err := tx.Account(ctx, n.Login)
		if err != nil || !known || acc.State != "active" {
			return node.NotFound(err, "account", n.Login)
		}
		row := store.APIToken{ID: t.ID, Hash: authn.HashToken(secret), Login: t.Login, Name: t.Name, Scopes: joinScopes(t.Scopes),
			Created: t.Created.UnixMicro(), Expires: t.Expires.UnixMicro()}
		if err := tx.PutAPIToken(ctx, row); err != nil {
			return err
		}
		return a.noteToken(ctx, tx, actor, "token_add", row, change.Group("name", row.Name, "scopes", row.Scopes,
			"expires", t.Expires.UTC().Format(time.RFC3339)))
	})
	return secret, t, err
}

func (a *Accounts) newToken(n NewToken) (t Token, err error) {
	t = Token{ID: string(a.NewID()), Login: n.Login, Name: name.Clean(n.Name), Created: a.Now()}
	if n.Days < 1 || n.Days > MaxTokenDays {
		return t, fault.New(fault.Invalid, "api.token_days", "most", MaxTokenDays).On("days")
	}
	if utf8.RuneCountInString(t.Name) > 100 {
		return t, fault.New(fault.Invalid, "api.token_name", "most", 100).On("name")
	}
	t.Expires = t.Created.AddDate(0, 0, n.Days)
	for _, s := range n.Scopes {
		if !slices.Contains(authz.Actions, s) {
			return t, fault.New(fault.Invalid, "api.scope_unknown", "scope", string(s), "known", joinScopes(authz.Actions)).On("scopes")
		}
		if !slices.Contains(t.Scopes, s) {
			t.Scopes = append(t.Scopes, s)
		}
	}
	if len(t.Scopes) == 0 {
		return t, fault.New(fault.Invalid, "api.scope_none", "known", joinScopes(authz.Actions)).On("scopes")
	}
	return t, nil
}

// noteToken writes into the log of changes that a token was made or ended; an empty value
// is its end. The secret is not in it.
func (a *Accounts) noteToken(ctx context.Context, tx *store.Tx, actor authz.Actor, action string, t store.APIToken, v change.Value) error {
	st, err := a.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	c := change.Change{Entity: change.Ref{Kind: change.User, ID: t.Login}, Action: action,
		Sets: []change.Set{{Field: "token/" + t.ID, Value: v}}}
	st.Stamp(&c)
	return tx.Append(ctx, []change.Change{c})
}

// Tokens lists an officer's tokens, newest first: one's own, or those of whose account the
// actor keeps. login "" lists those of everybody whom the actor may see.
func (a *Accounts) Tokens(ctx context.Context, actor authz.Actor, login string) (out []Token, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		if login != "" && login != actor.Login {
			if _, err := a.heldAccount(ctx, tx, actor, authz.Accounts, login); err != nil {
				return err
			}
		}
		rows, err := tx.APITokens(ctx, login)
		if err != nil {
			return err
		}
		offices := map[string]string{}
		for _, r := range rows {
			office, asked := offices[r.Login]
			if !asked {
				acc, _, err := tx.Account(ctx, r.Login)
				if err != nil {
					return err
				}
				office, offices[r.Login] = acc.Office, acc.Office
			}
			if mayEndToken(actor, r.Login, office) {
				out = append(out, tokenOf(r))
			}
		}
		return nil
	})
	return out, err
}

// mayEndToken: the officer himself, and who keeps the accounts of his office.
func mayEndToken(actor authz.Actor, login, office string) bool {
	return actor.Login == login || authz.May(actor, authz.Accounts, office)
}

// RevokeToken ends a token at once.
func (a *Accounts) RevokeToken(ctx context.Context, actor authz.Actor, token string) error {
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		t, ok, err := tx.APIToken(ctx, token)
		if err != nil || !ok {
			return node.NotFound(err, "token", token)
		}
		acc, _, err := tx.Account(ctx, t.Login)
		if err != nil {
			return err
		}
		if !mayEndToken(actor, t.Login, acc.Office) {
			return authz.Check(actor, authz.Accounts, acc.Office)
		}
		if t.Revoked != 0 {
			return nil
		}
		if err := tx.RevokeAPIToken(ctx, token, a.Now().UnixMicro()); err != nil {
			return err
		}
		return a.noteToken(ctx, tx, actor, "token_revoke", t, change.Value{})
	})
}

// Bearer is the officer for whom a program shows a token: with the account and the role of
// now, and the scopes of the token. What keeps him out is Forbidden and says why.
func (a *Accounts) Bearer(ctx context.Context, secret string) (authz.Actor, Token, error) {
	var row store.APIToken
	var acc store.Account
	known, has := false, false
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if row, known, err = tx.APITokenByHash(ctx, authn.HashToken(secret)); err != nil || !known {
			return err
		}
		acc, has, err = tx.Account(ctx, row.Login)
		return err
	})
	if err != nil {
		return authz.Actor{}, Token{}, err
	}
	now := a.Now()
	t := tokenOf(row)
	switch {
	case !known || !strings.HasPrefix(secret, tokenPrefix):
		return authz.Actor{}, t, fault.New(fault.Forbidden, "api.token_unknown")
	case row.Revoked != 0:
		return authz.Actor{}, t, fault.New(fault.Forbidden, "api.token_revoked")
	case !now.Before(t.Expires):
		return authz.Actor{}, t, fault.New(fault.Forbidden, "api.token_expired", "day", t.Expires.UTC().Format(time.DateOnly))
	case !has || acc.State != "active":
		return authz.Actor{}, t, fault.New(fault.Forbidden, "api.account_closed")
	}
	const often = 5 * time.Minute // when a token was used is kept no finer: each time is a write
	if now.Sub(t.LastUsed) >= often {
		if err := a.DB.Update(ctx, func(tx *store.Tx) error { return tx.UsedAPIToken(ctx, t.ID, now.UnixMicro()) }); err != nil {
			return authz.Actor{}, t, err
		}
	}
	actor := actorOf(acc)
	actor.Scopes = t.Scopes
	return actor, t, nil
}

func tokenOf(r store.APIToken) Token {
	t := Token{ID: r.ID, Login: r.Login, Name: r.Name, Scopes: []authz.Action{}, Created: node.Moment(r.Created), Expires: node.Moment(r.Expires),
		LastUsed: node.Moment(r.LastUsed), Revoked: node.Moment(r.Revoked)}
	for s := range strings.FieldsSeq(r.Scopes) {
		t.Scopes = append(t.Scopes, authz.Action(s))
	}
	return t
}

func joinScopes(scopes []authz.Action) string {
	text := make([]string, len(scopes))
	for i, s := range scopes {
		text[i] = string(s)
	}
	return strings.Join(text, " ")
}
