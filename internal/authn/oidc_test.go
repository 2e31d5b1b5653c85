package authn_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/authn"
	"quipu/internal/authn/oidctest"
	"quipu/internal/fault"
)

const (
	vuelta = "http://localhost:9/entrar/oidc/vuelta"
	fuera  = "http://localhost:9/entrar"
)

// desk is a program and its provider, with one clock.
type desk struct {
	*authn.OIDC
	t   *testing.T
	op  *oidctest.Provider
	now time.Time
}

func newDesk(t *testing.T, change func(*authn.OIDCConfig)) *desk {
	t.Helper()
	d := &desk{t: t, op: oidctest.New(t, vuelta, fuera), now: time.Now().Truncate(time.Second)}
	d.op.Clock(func() time.Time { return d.now })
	d.op.Person("rosa", map[string]any{"sub": "s-1", "email": "Rosa@Ministerio.example", "email_verified": true, "amr": []string{"pwd", "mfa"}})
	c := authn.OIDCConfig{Issuer: d.op.URL, ClientID: oidctest.ClientID, Secret: oidctest.Secret, Claim: "email", Scopes: []string{"email"},
		AMR: []string{"mfa"}, ACR: []string{"gold"}, Redirect: vuelta, LoggedOut: fuera, Now: func() time.Time { return d.now }}
	if change != nil {
		change(&c)
	}
	var err error
	if d.OIDC, err = authn.NewOIDC(c); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) begin(again bool) (string, authn.Attempt) {
	d.t.Helper()
	address, a, err := d.Begin(d.t.Context(), again)
	if err != nil {
		d.t.Fatal(err)
	}
	return address, a
}

func read(u *url.URL) authn.Answer {
	q := u.Query()
	return authn.Answer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error")}
}

// signIn goes the whole way as rosa.
func (d *desk) signIn() (authn.Identity, error) {
	d.t.Helper()
	address, a := d.begin(false)
	return d.End(d.t.Context(), a, read(d.op.SignIn(d.t, address, "rosa")))
}

// refused asks for a refusal with a key and, for tokens that are not believed, a reason.
func refused(t *testing.T, what string, err error, key, why string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Key != key || why != "" && (len(f.Args) != 1 || f.Args[0].Value != why) {
		t.Errorf("%s: %v, want %s %s", what, err, key, why)
	}
}

func TestOIDCSignIn(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256"} {
		d := newDesk(t, nil)
		d.op.Rotate(alg)
		id, err := d.signIn()
		if err != nil {
			t.Fatal(alg, err)
		}
		want := authn.Identity{Issuer: d.op.URL, Subject: "s-1", Claim: "rosa@ministerio.example", Second: true}
		if diff := cmp.Diff(want, id); diff != "" {
			t.Error(alg, diff)
		}
	}
}

func TestOIDCAsksWithWhatBindsIt(t *testing.T) {
	d := newDesk(t, nil)
	address, a := d.begin(false)
	u, _ := url.Parse(address)
	q := u.Query()
	for key, want := range map[string]string{"response_type": "code", "client_id": oidctest.ClientID, "redirect_uri": vuelta, "scope": "openid email",
		"state": a.State, "nonce": a.Nonce, "code_challenge_method": "S256", "prompt": "", "max_age": ""} {
		if q.Get(key) != want {
			t.Errorf("%s is %q, want %q", key, q.Get(key), want)
		}
	}
	_, b := d.begin(false)
	if a.State == b.State || a.Nonce == b.Nonce || a.Verifier == b.Verifier || len(a.State) < 43 || len(a.Nonce) < 43 || len(a.Verifier) < 43 {
		t.Errorf("two attempts share something: %+v %+v", a, b)
	}
	if strings.Contains(address, a.Verifier) || strings.Contains(address, url.QueryEscape(oidctest.Secret)) {
		t.Error("a secret stands in the address")
	}
}

func TestOIDCTokensThatAreNotBelieved(t *testing.T) {
	hour := func(d *desk, h int) int64 { return d.now.Add(time.Duration(h) * time.Hour).Unix() }
	for what, c := range map[string]struct {
		bend func(d *desk, header, claims map[string]any)
		why  string
	}{
		"another nonce":                  {func(_ *desk, _, c map[string]any) { c["nonce"] = "n" }, "nonce"},
		"no nonce":                       {func(_ *desk, _, c map[string]any) { delete(c, "nonce") }, "nonce"},
		"another program's":              {func(_ *desk, _, c map[string]any) { c["aud"] = "other" }, "token"},
		"two audiences and no party":     {func(_ *desk, _, c map[string]any) { c["aud"] = []string{oidctest.ClientID, "other"} }, "party"},
		"another party":                  {func(_ *desk, _, c map[string]any) { c["azp"] = "other" }, "party"},
		"no audience":                    {func(_ *desk, _, c map[string]any) { delete(c, "aud") }, "token"},
		"another issuer":                 {func(_ *desk, _, c map[string]any) { c["iss"] = "https://other.example" }, "token"},
		"expired":                        {func(d *desk, _, c map[string]any) { c["exp"] = hour(d, -1) }, "expired"},
		"without an end":                 {func(_ *desk, _, c map[string]any) { delete(c, "exp") }, "expired"},
		"issued tomorrow":                {func(d *desk, _, c map[string]any) { c["iat"] = hour(d, 24) }, "issued"},
		"issued before it was asked for": {func(d *desk, _, c map[string]any) { c["iat"] = hour(d, -1) }, "issued"},
		"nobody's":                       {func(_ *desk, _, c map[string]any) { delete(c, "sub") }, "subject"},
		"unsigned":                       {func(_ *desk, h, _ map[string]any) { h["alg"] = "none" }, "token"},
		"signed with the public key":     {func(_ *desk, h, _ map[string]any) { h["alg"] = "HS256" }, "token"},
		"signed by a key of nobody":      {func(_ *desk, h, _ map[string]any) { h["kid"] = "other" }, "token"},
		"a number where a word belongs":  {func(_ *desk, _, c map[string]any) { c["azp"] = 3 }, "claims"},
	} {
		d := newDesk(t, nil)
		d.op.Bend(func(h, claims map[string]any) { c.bend(d, h, claims) })
		id, err := d.signIn()
		refused(t, what, err, "authn.oidc_unbelieved", c.why)
		if id != (authn.Identity{}) {
			t.Errorf("%s: it is %+v all the same", what, id)
		}
		d.op.Bend(nil)
		if _, err := d.signIn(); err != nil {
			t.Errorf("%s: the truth afterwards: %v", what, err)
		}
	}
}

func TestOIDCAnswersOfElsewhere(t *testing.T) {
	d := newDesk(t, nil)
	address, a := d.begin(false)
	good := read(d.op.SignIn(t, address, "rosa"))
	for what, c := range map[string]struct {
		a        authn.Attempt
		change   func(*authn.Answer)
		key, why string
	}{
		"another state":           {a, func(x *authn.Answer) { x.State = "x" }, "authn.oidc_state", ""},
		"no state":                {a, func(x *authn.Answer) { x.State = "" }, "authn.oidc_state", ""},
		"no attempt":              {authn.Attempt{}, func(x *authn.Answer) { x.State = "" }, "authn.oidc_state", ""},
		"another provider":        {a, func(x *authn.Answer) { x.Issuer = "https://other.example" }, "authn.oidc_unbelieved", "issuer"},
		"a provider that hides":   {a, func(x *authn.Answer) { x.Issuer = "" }, "authn.oidc_unbelieved", "issuer"},
		"a refusal":               {a, func(x *authn.Answer) { x.Error = "access_denied" }, "authn.oidc_denied", ""},
		"a code that was made up": {a, func(x *authn.Answer) { x.Code = "x" }, "authn.oidc_unbelieved", "code"},
	} {
		x := good
		c.change(&x)
		_, err := d.End(t.Context(), c.a, x)
		refused(t, what, err, c.key, c.why)
	}
	stolen := a // the code of this browser in the attempt of another one
	_, other := d.begin(false)
	stolen.Verifier = other.Verifier
	_, err := d.End(t.Context(), stolen, good)
	refused(t, "another verifier", err, "authn.oidc_unbelieved", "code")
	if d.op.Exchanged() != 0 {
		t.Error("a token was given for a bad answer")
	}

	address, a = d.begin(false)
	good = read(d.op.SignIn(t, address, "rosa"))
	if _, err := d.End(t.Context(), a, good); err != nil {
		t.Fatal(err)
	}
	_, err = d.End(t.Context(), a, good)
	refused(t, "a code that was used", err, "authn.oidc_unbelieved", "code")

	address, a = d.begin(false)
	good = read(d.op.SignIn(t, address, "rosa"))
	d.now = d.now.Add(16 * time.Minute)
	_, err = d.End(t.Context(), a, good)
	refused(t, "a late answer", err, "authn.oidc_state", "")
}

func TestOIDCSecondFactorAndClaim(t *testing.T) {
	for what, c := range map[string]struct {
		set    map[string]any
		second bool
		claim  string
	}{
		"amr":                       {map[string]any{}, true, "rosa@ministerio.example"},
		"amr as one word":           {map[string]any{"amr": "mfa"}, true, "rosa@ministerio.example"},
		"another amr":               {map[string]any{"amr": []string{"pwd"}}, false, "rosa@ministerio.example"},
		"no amr":                    {map[string]any{"amr": nil}, false, "rosa@ministerio.example"},
		"acr":                       {map[string]any{"amr": nil, "acr": "gold"}, true, "rosa@ministerio.example"},
		"another acr":               {map[string]any{"amr": nil, "acr": "silver"}, false, "rosa@ministerio.example"},
		"an address nobody checked": {map[string]any{"email_verified": false}, true, ""},
		"an address of no standing": {map[string]any{"email_verified": nil}, true, ""},
		"checked, as a word":        {map[string]any{"email_verified": "true"}, true, "rosa@ministerio.example"},
		"no address":                {map[string]any{"email": nil}, true, ""},
		"an address that is a list": {map[string]any{"email": []string{"a@b"}}, true, ""},
	} {
		d := newDesk(t, nil)
		d.op.Bend(func(_, claims map[string]any) {
			for k, v := range c.set {
				if claims[k] = v; v == nil {
					delete(claims, k)
				}
			}
		})
		id, err := d.signIn()
		if err != nil || id.Second != c.second || id.Claim != c.claim {
			t.Errorf("%s: %+v, %v", what, id, err)
		}
	}
	d := newDesk(t, func(c *authn.OIDCConfig) { c.AMR, c.ACR, c.Claim = nil, nil, "login" })
	d.op.Bend(func(_, claims map[string]any) { claims["login"], claims["acr"] = " Rosa ", "" })
	if id, err := d.signIn(); err != nil || id.Second || id.Claim != "Rosa" {
		t.Errorf("without amr and acr in the configuration: %+v, %v", id, err)
	}
}

func TestOIDCAnew(t *testing.T) {
	d := newDesk(t, nil)
	address, a := d.begin(true)
	if q := address[strings.Index(address, "?"):]; !strings.Contains(q, "prompt=login") || !strings.Contains(q, "max_age=0") {
		t.Errorf("the address is %s", address)
	}
	if _, err := d.End(t.Context(), a, read(d.op.SignIn(t, address, "rosa"))); err != nil {
		t.Error(err)
	}
	for what, at := range map[string]any{"an old session": d.now.Add(-time.Hour).Unix(), "no time": nil} {
		d.op.Bend(func(_, claims map[string]any) { claims["auth_time"] = at })
		address, a = d.begin(true)
		_, err := d.End(t.Context(), a, read(d.op.SignIn(t, address, "rosa")))
		refused(t, what, err, "authn.oidc_unbelieved", "not_again")
	}
}

func TestOIDCKeysRotate(t *testing.T) {
	d := newDesk(t, nil)
	if _, err := d.signIn(); err != nil {
		t.Fatal(err)
	}
	for _, alg := range []string{"RS256", "ES256"} {
		d.op.Rotate(alg)
		if _, err := d.signIn(); err != nil {
			t.Errorf("after a new key %s: %v", alg, err)
		}
	}
}

func TestOIDCProviderDown(t *testing.T) {
	d := newDesk(t, nil)
	d.op.Down(true)
	_, _, err := d.Begin(t.Context(), false)
	refused(t, "down", err, "authn.oidc_unreachable", "")
	d.op.Down(false)
	_, _, err = d.Begin(t.Context(), false)
	refused(t, "left alone for a while", err, "authn.oidc_unreachable", "")
	d.now = d.now.Add(11 * time.Second)
	address, a := d.begin(false)
	back := read(d.op.SignIn(t, address, "rosa"))
	d.op.Down(true)
	_, err = d.End(t.Context(), a, back)
	refused(t, "down in between", err, "authn.oidc_unreachable", "")
	d.now = d.now.Add(13 * time.Hour)
	if _, _, err := d.Begin(t.Context(), false); err != nil {
		t.Errorf("what the provider said before is forgotten: %v", err)
	}
	if d.LeaveURL(t.Context()) == "" {
		t.Error("no way out at the provider")
	}
}

// TestOIDCOtherDiscovery lets a provider say of itself what must not be believed.
func TestOIDCOtherDiscovery(t *testing.T) {
	var body string
	var to string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(strings.ReplaceAll(body, "SELF", "http://"+r.Host))) //nolint:errcheck // the asker went away
	}))
	defer srv.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("it goes where it is sent") }))
	defer other.Close()
	begin := func() error {
		o, err := authn.NewOIDC(authn.OIDCConfig{Issuer: srv.URL, ClientID: "c", Secret: "s", Redirect: vuelta, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = o.Begin(t.Context(), false)
		return err
	}
	good := `{"issuer":"SELF","authorization_endpoint":"SELF/a","token_endpoint":"SELF/t","jwks_uri":"SELF/j"}`
	if body = good; begin() != nil {
		t.Error(begin())
	}
	for what, text := range map[string]string{
		"another issuer":    strings.Replace(good, `"SELF"`, `"https://other.example"`, 1),
		"keys in the clear": strings.Replace(good, "SELF/j", "http://other.example/j", 1),
		"code in the clear": strings.Replace(good, "SELF/t", "http://other.example/t", 1),
		"no address":        strings.Replace(good, "SELF/a", "", 1),
		"endless":           strings.Repeat(" ", 2<<20) + good,
		"no JSON":           "<html>",
	} {
		body = text
		refused(t, what, begin(), "authn.oidc_unreachable", "")
	}
	body, to = good, other.URL
	refused(t, "sent elsewhere", begin(), "authn.oidc_unreachable", "")
}

func TestOIDCConfigRefused(t *testing.T) {
	good := authn.OIDCConfig{Issuer: "https://id.example/realm", ClientID: "c", Secret: "s", Redirect: vuelta}
	if _, err := authn.NewOIDC(good); err != nil {
		t.Error(err)
	}
	for _, change := range []func(*authn.OIDCConfig){
		func(c *authn.OIDCConfig) { c.Issuer = "http://id.example" },
		func(c *authn.OIDCConfig) { c.Issuer = "https://user:pass@id.example" },
		func(c *authn.OIDCConfig) { c.Issuer = "id.example" },
		func(c *authn.OIDCConfig) { c.Issuer = "http://localhost.example" },
		func(c *authn.OIDCConfig) { c.Redirect = "http://registro.example/x" },
		func(c *authn.OIDCConfig) { c.Secret = "" },
		func(c *authn.OIDCConfig) { c.ClientID = "" },
	} {
		c := good
		change(&c)
		if _, err := authn.NewOIDC(c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestOIDCLogOut(t *testing.T) {
	d := newDesk(t, nil)
	u, err := url.Parse(d.LeaveURL(t.Context()))
	if err != nil || !strings.HasPrefix(u.String(), d.op.URL+"/end?") || u.Query().Get("post_logout_redirect_uri") != fuera || u.Query().Get("client_id") != oidctest.ClientID {
		t.Errorf("%v, %v", u, err)
	}
	said := func(change func(map[string]any)) error {
		c := map[string]any{"iss": d.op.URL, "aud": oidctest.ClientID, "sub": "s-1", "jti": "j", "iat": d.now.Unix(), "exp": d.now.Add(time.Minute).Unix(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
		change(c)
		issuer, subject, err := d.Ended(t.Context(), d.op.Sign(c))
		if err == nil && (issuer != d.op.URL || subject != "s-1") {
			return errors.New("it names " + issuer + " " + subject)
		}
		return err
	}
	if err := said(func(map[string]any) {}); err != nil {
		t.Error(err)
	}
	for what, change := range map[string]func(map[string]any){
		"an ID token":      func(c map[string]any) { c["nonce"] = "n"; delete(c, "events") },
		"another audience": func(c map[string]any) { c["aud"] = "other" },
		"another issuer":   func(c map[string]any) { c["iss"] = "https://other.example" },
		"expired":          func(c map[string]any) { c["exp"] = d.now.Add(-time.Hour).Unix() },
		"only a session":   func(c map[string]any) { delete(c, "sub"); c["sid"] = "x" },
	} {
		if err := said(change); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", what, err)
		}
	}
}
