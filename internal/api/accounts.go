package api

import (
	"net/http"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/authz"
)

// accountBody is an account as who keeps accounts sees it.
type accountBody struct {
	Login    string `json:"login"`
	Name     string `json:"name"`
	Office   string `json:"office"`
	Role     string `json:"role"`
	Language string `json:"language"`
	Active   bool   `json:"active"`
	Waiting  bool   `json:"waiting"`
	Factor   bool   `json:"second_factor"`
}

func accountOf(u account.User) accountBody {
	return accountBody{u.Login, u.Name, u.Office, string(u.Role), u.Lang, u.Active, u.Waiting, u.Factors.Enrolled()}
}

func accounts(c *call) (*reply, error) {
	all, err := c.app().Users(c.Context(), c.actor)
	if err != nil {
		return nil, err
	}
	out := []accountBody{}
	for _, u := range all {
		out = append(out, accountOf(u))
	}
	return ok(map[string]any{"accounts": out})
}

func oneAccount(c *call) (*reply, error) {
	u, _, err := c.app().User(c.Context(), c.actor, c.PathValue("login"))
	if err != nil {
		return nil, err
	}
	return ok(accountOf(u))
}

// invite makes an account. The set-up code is in the first answer alone: what is kept for
// a repeat under the same key has none.
func invite(c *call) (*reply, error) {
	var in struct {
		Login    string `json:"login" must:"yes" most:"40"`
		Name     string `json:"name" must:"yes" most:"100"`
		Office   string `json:"office" most:"20"`
		Role     string `json:"role" must:"yes" most:"40"`
		Language string `json:"language" most:"2"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	code, err := c.app().InviteAccount(c.Context(), c.actor, account.NewAccount{Login: in.Login, Name: in.Name, Office: or(in.Office, c.actor.Office),
		Role: authz.Role(in.Role), Lang: in.Language})
	if err != nil {
		return nil, err
	}
	type invited struct {
		Login string `json:"login"`
		Code  string `json:"code"`
	}
	return &reply{status: http.StatusCreated, headers: map[string]string{"Location": Prefix + "/accounts/" + in.Login},
		body: invited{in.Login, code}, kept: invited{in.Login, ""}}, nil
}

func editAccount(c *call) (*reply, error) {
	var in struct {
		Name     string `json:"name" must:"yes" most:"100"`
		Office   string `json:"office" must:"yes" most:"20"`
		Role     string `json:"role" must:"yes" most:"40"`
		Language string `json:"language" must:"yes" most:"2"`
		Active   bool   `json:"active" must:"yes"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	return done(c.app().EditUser(c.Context(), c.actor, c.PathValue("login"), account.UserEdit{Name: in.Name, Office: in.Office,
		Lang: in.Language, Role: authz.Role(in.Role), Active: in.Active}))
}

// done answers that it is so now.
func done(err error) (*reply, error) { return &reply{status: http.StatusNoContent}, err }

// whose is the login of the path, or the officer's own below /me.
func (c *call) whose() string { return or(c.PathValue("login"), c.actor.Login) }

type sessionBody struct {
	ID      string `json:"id"`
	Agent   string `json:"agent"`
	Created string `json:"created"`
	Seen    string `json:"seen"`
	Expires string `json:"expires"`
}

func sessions(c *call) (*reply, error) {
	all, err := c.app().Sessions(c.Context(), c.actor, c.whose())
	if err != nil {
		return nil, err
	}
	out := []sessionBody{}
	for _, s := range all {
		out = append(out, sessionBody{s.ID, s.Agent, instant(s.Created), instant(s.Seen), instant(s.Expires)})
	}
	return ok(map[string]any{"sessions": out})
}

func endSession(c *call) (*reply, error) {
	return done(c.app().EndSession(c.Context(), c.actor, c.whose(), c.PathValue("session")))
}

func endSessions(c *call) (*reply, error) {
	return done(c.app().EndSessions(c.Context(), c.actor, c.whose(), ""))
}

// tokenBody is a token without its secret, which is kept nowhere.
type tokenBody struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Scopes   []authz.Action `json:"scopes"`
	Created  string         `json:"created"`
	Expires  string         `json:"expires"`
	LastUsed string         `json:"last_used"`
	Revoked  string         `json:"revoked"`
	Current  bool           `json:"current"`
}

// came is a moment that may not have come yet.
func came(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return instant(t)
}

func tokens(c *call) (*reply, error) {
	all, err := c.app().Tokens(c.Context(), c.actor, c.whose())
	if err != nil {
		return nil, err
	}
	out := []tokenBody{}
	for _, t := range all {
		out = append(out, tokenBody{t.ID, t.Name, t.Scopes, instant(t.Created), instant(t.Expires), came(t.LastUsed), came(t.Revoked), t.ID == c.token.ID})
	}
	return ok(map[string]any{"tokens": out})
}

// revokeToken ends a token of whoever the path names: another's is not there.
func revokeToken(c *call) (*reply, error) {
	all, err := c.app().Tokens(c.Context(), c.actor, c.whose())
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.ID == c.PathValue("token") {
			return done(c.app().RevokeToken(c.Context(), c.actor, t.ID))
		}
	}
	return nil, missing("token", c.PathValue("token"))
}
