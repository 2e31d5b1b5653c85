package authn

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quipu/internal/fault"
)

// attemptLife is how long somebody may take at the provider, and skew by how much its clock
// may be ahead or behind.
const (
	attemptLife = 15 * time.Minute
	skew        = 5 * time.Minute
)

// Attempt is a sign-in at the provider that was begun in one browser. It is to be kept
// where only that browser's session finds it, and used once.
type Attempt struct {
	State, Nonce, Verifier string
	Again                  bool // whoever it is shows it anew, though signed in there already
	At                     int64
}

// Answer is what the browser brought back from the provider.
type Answer struct{ Code, State, Issuer, Error string }

// Identity is who the provider says it is. Claim is the value that an account which is not
// linked yet is found by, "" when the provider does not vouch for it. Second: it says that
// a second factor was shown.
type Identity struct {
	Issuer, Subject, Claim string
	Second                 bool
}

// Begin starts a sign-in: address is where the browser is to go.
func (o *OIDC) Begin(ctx context.Context, again bool) (address string, a Attempt, err error) {
	f, err := o.provider(ctx)
	if err != nil {
		return "", a, err
	}
	a.State, _ = NewToken()
	a.Nonce, _ = NewToken()
	a.Verifier, a.Again, a.At = oauth2.GenerateVerifier(), again, o.Now().Unix()
	opts := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if again {
		opts = append(opts, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return f.oauth.AuthCodeURL(a.State, opts...), a, nil
}

// End finishes a sign-in. It believes only an answer to this attempt, by this provider, to
// this program, of now.
func (o *OIDC) End(ctx context.Context, a Attempt, answer Answer) (Identity, error) {
	began := time.Unix(a.At, 0)
	if a.State == "" || subtle.ConstantTimeCompare([]byte(a.State), []byte(answer.State)) != 1 || o.Now().Sub(began).Abs() > attemptLife {
		return Identity{}, fault.New(fault.Forbidden, "authn.oidc_state")
	}
	f, err := o.provider(ctx)
	if err != nil {
		return Identity{}, err
	}
	switch {
	case answer.Issuer != "" && answer.Issuer != o.Issuer, answer.Issuer == "" && f.answers:
		return Identity{}, unbelieved("issuer", nil)
	case answer.Error != "":
		return Identity{}, fault.New(fault.Forbidden, "authn.oidc_denied").Because(errors.New(answer.Error))
	}
	raw, err := o.exchange(ctx, f, a, answer.Code)
	if err != nil {
		return Identity{}, err
	}
	return o.believe(ctx, f, a, raw)
}

// exchange gives the code for an ID token.
func (o *OIDC) exchange(ctx context.Context, f *found, a Attempt, code string) (string, error) {
	token, err := f.oauth.Exchange(oidc.ClientContext(ctx, client), code, oauth2.VerifierOption(a.Verifier))
	var sent *url.Error
	switch {
	case errors.As(err, &sent):
		return "", fault.New(fault.Unavailable, "authn.oidc_unreachable").Because(err)
	case err != nil:
		var said *oauth2.RetrieveError
		if errors.As(err, &said) && said.Response != nil && said.Response.StatusCode >= 500 {
			return "", fault.New(fault.Unavailable, "authn.oidc_unreachable").Because(err)
		}
		return "", unbelieved("code", err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return "", unbelieved("no_token", nil)
	}
	return raw, nil
}

// claims are what this program reads of an ID token beside what go-oidc does.
type claims struct {
	Party    string  `json:"azp"`
	AuthTime int64   `json:"auth_time"`
	ACR      string  `json:"acr"`
	AMR      several `json:"amr"`
	Verified yes     `json:"email_verified"`
}

// several is a list of strings, or one: providers write both.
type several []string

func (w *several) UnmarshalJSON(b []byte) error {
	var one *string
	if json.Unmarshal(b, &one) == nil {
		if *w = nil; one != nil {
			*w = several{*one}
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(w))
}

// yes is true, or the word.
type yes bool

func (y *yes) UnmarshalJSON(b []byte) error {
	*y = string(b) == "true" || string(b) == `"true"`
	return nil
}

// believe checks an ID token (OpenID Connect Core 1.0, 3.1.3.7): go-oidc the signature by
// the provider's keys, issuer, audience and expiry, and this the rest.
func (o *OIDC) believe(ctx context.Context, f *found, a Attempt, raw string) (id Identity, err error) {
	token, err := f.verifier.Verify(ctx, raw)
	var late *oidc.TokenExpiredError
	if errors.As(err, &late) {
		return id, unbelieved("expired", err)
	}
	if err != nil {
		return id, unbelieved("token", err)
	}
	var c claims
	var all map[string]any
	if err := errors.Join(token.Claims(&c), token.Claims(&all)); err != nil {
		return id, unbelieved("claims", err)
	}
	now := o.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1:
		return id, unbelieved("nonce", nil)
	case c.Party != "" && c.Party != o.ClientID, c.Party == "" && len(token.Audience) > 1:
		return id, unbelieved("party", nil)
	case token.IssuedAt.After(now.Add(skew)), token.IssuedAt.Before(time.Unix(a.At, 0).Add(-skew)):
		return id, unbelieved("issued", nil)
	case token.Subject == "" || len(token.Subject) > 255: // Core 1.0, 2
		return id, unbelieved("subject", nil)
	case a.Again && time.Unix(c.AuthTime, 0).Before(time.Unix(a.At, 0).Add(-skew)):
		return id, unbelieved("not_again", nil)
	}
	id = Identity{Issuer: token.Issuer, Subject: token.Subject}
	id.Second = slices.Contains(o.ACR, c.ACR) || slices.ContainsFunc(c.AMR, func(m string) bool { return slices.Contains(o.AMR, m) })
	if value, ok := all[o.Claim].(string); ok && (o.Claim != "email" || bool(c.Verified)) {
		id.Claim = CleanClaim(value)
	}
	return id, nil
}

// unbelieved refuses what came from the provider; why is a word for whoever looks into it.
func unbelieved(why string, err error) error {
	return fault.New(fault.Forbidden, "authn.oidc_unbelieved", "why", why).Because(err)
}

// Ended reads what a provider sends when it ended somebody's session there (OpenID Connect
// Back-Channel Logout 1.0), and returns whose.
func (o *OIDC) Ended(ctx context.Context, raw string) (issuer, subject string, err error) {
	f, err := o.provider(ctx)
	if err != nil {
		return "", "", err
	}
	token, err := f.verifier.VerifyLogout(ctx, raw)
	if err != nil {
		return "", "", unbelieved("logout", err)
	}
	if token.Subject == "" { // it names a session at the provider, which is not kept here
		return "", "", unbelieved("subject", nil)
	}
	return token.Issuer, token.Subject, nil
}
