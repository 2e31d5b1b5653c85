// Package oidctest is an OpenID provider for tests: discovery, keys, the authorization code
// flow with PKCE, sessions of its own, and tokens that it really signs. Unlike a provider
// that is kept for use, it also lies when a test wants it to. It takes nothing from the
// library that the program reads tokens with, so that both cannot share a fault.
package oidctest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Client is the one program that the provider knows.
const (
	ClientID = "quipu-test"
	Secret   = "a secret of the test & with + signs"
)

// Provider is a provider under URL, which is its issuer too.
type Provider struct {
	URL string

	mu        sync.Mutex
	now       func() time.Time
	redirect  string
	loggedOut string
	people    map[string]map[string]any
	keys      []key
	grants    map[string]grant // by code
	sessions  map[string]session
	bend      func(header, claims map[string]any)
	down      bool
	exchanged int
}

// grant is what a code stands for until it was given in.
type grant struct {
	who, nonce, challenge string
	auth                  time.Time
}

type session struct {
	who  string
	auth time.Time
}

// New starts a provider whose client is reached at the two addresses.
func New(t testing.TB, redirect, loggedOut string) *Provider {
	t.Helper()
	p := &Provider{redirect: redirect, loggedOut: loggedOut, now: time.Now, people: map[string]map[string]any{},
		grants: map[string]grant{}, sessions: map[string]session{}}
	p.keys = []key{firstKey()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /jwks", p.jwks)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /end", p.end)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p.URL = srv.URL
	return p
}

// Person lets somebody sign in by a name; claims go into the token as they are.
func (p *Provider) Person(name string, claims map[string]any) {
	p.locked(func() { p.people[name] = claims })
}

// Clock sets the provider's clock.
func (p *Provider) Clock(now func() time.Time) { p.locked(func() { p.now = now }) }

// Bend lets a test change what the tokens say; nil for the truth again.
func (p *Provider) Bend(f func(header, claims map[string]any)) { p.locked(func() { p.bend = f }) }

// Down makes every answer an error.
func (p *Provider) Down(down bool) { p.locked(func() { p.down = down }) }

// Rotate signs with a new key from now on; those of before are gone.
func (p *Provider) Rotate(alg string) { p.locked(func() { p.keys = []key{newKey(alg)} }) }

// Exchanged is how many codes were given for a token.
func (p *Provider) Exchanged() (n int) {
	p.locked(func() { n = p.exchanged })
	return n
}

// Sign makes a token of the provider.
func (p *Provider) Sign(claims map[string]any) (raw string) {
	p.locked(func() { raw = p.sign(claims) })
	return raw
}

func (p *Provider) locked(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// SignIn does what somebody does in a browser who is sent to address: signs in as name, and
// returns where the provider sends the browser back to.
func (p *Provider) SignIn(t testing.TB, address, name string) *url.URL {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.PostForm(address, url.Values{"name": {name}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("the provider answers %d to %s: %v", resp.StatusCode, address, err)
	}
	return back
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the asker went away
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/jwks", "end_session_endpoint": p.URL + "/end", "response_types_supported": []string{"code"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "none", "HS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic"}, "code_challenge_methods_supported": []string{"S256"},
		"authorization_response_iss_parameter_supported": true})
}

func code() string { return rand.Text() }

// firstKey is shared by all providers of a test run, for it takes long to make.
var firstKey = sync.OnceValue(func() key { return newKey("RS256") })
