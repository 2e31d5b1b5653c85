package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authn"
	"quipu/internal/authn/oidctest"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// hub is a gate with a provider beside it.
type hub struct {
	*gate
	op *oidctest.Provider
}

func newHub(t *testing.T, demo bool) *hub {
	t.Helper()
	h := &hub{}
	h.gate = newGateWith(t, demo, func(g *gate, opts *web.Options) {
		h.op = oidctest.New(t, opts.Origin+"/entrar/oidc/vuelta", opts.Origin+"/entrar")
		h.op.Clock(g.app.Now)
		p, err := authn.NewOIDC(authn.OIDCConfig{Issuer: h.op.URL, ClientID: oidctest.ClientID, Secret: oidctest.Secret, Scopes: []string{"email"}, Claim: "email",
			AMR: []string{"mfa"}, Redirect: opts.Origin + "/entrar/oidc/vuelta", LoggedOut: opts.Origin + "/entrar", Now: g.app.Now})
		if err != nil {
			t.Fatal(err)
		}
		opts.Provider = &web.Provider{OIDC: p, Name: map[string]string{"es": "Cancillería", "en": "the Ministry"}}
	})
	for _, login := range []string{"window", "head"} {
		h.op.Person(login, h.person(login))
	}
	return h
}

func (h *hub) person(login string) map[string]any {
	return map[string]any{"sub": "s-" + login, "email": login + "@mre.example", "email_verified": true, "amr": []string{"pwd", "mfa"}}
}

// link writes down the identity of an account.
func (h *hub) link(login string, alone bool) {
	h.t.Helper()
	l := account.Link{Claim: login + "@mre.example", Alone: alone}
	if err := h.app.SetLink(h.t.Context(), node.Operator("test", "ESMAD"), login, l); err != nil {
		h.t.Fatal(err)
	}
}

// still asks for a page and follows nobody on; it returns where it was sent.
func (b *browser) still(path string, headers ...string) (page, string) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	c := *b.c
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := (&browser{b.site, &c}).do(req)
	return p, p.header.Get("Location")
}

// away begins at a path of ours and signs in at the provider; it returns where that sends
// the browser back to, or what we answered instead.
func (h *hub) away(b *browser, path, name string) (back string, p page) {
	h.t.Helper()
	p, to := b.still(h.srv.URL + path)
	if !strings.HasPrefix(to, h.op.URL+"/authorize?") {
		return "", p
	}
	return h.op.SignIn(h.t, to, name).String(), p
}

// via signs in with the provider.
func (h *hub) via(b *browser, name string) page {
	h.t.Helper()
	back, p := h.away(b, "/entrar/oidc", name)
	if back == "" {
		return p
	}
	return b.get(strings.TrimPrefix(back, h.srv.URL))
}

// inside reports whether the register is open to a browser.
func (b *browser) inside() bool { return b.get("/buscar").path == "/buscar" }

func TestProviderOpensALinkedAccount(t *testing.T) {
	h := newHub(t, false)
	b := h.browser()
	b.get("/entrar").has(t, "Entrar con Cancillería", "Con usuario y contraseña")
	if p := h.via(b, "window"); p.status != http.StatusForbidden || b.inside() {
		t.Fatalf("an identity that nobody wrote down gets %d at %s", p.status, p.path)
	}
	before, err := h.app.Users(t.Context(), node.Operator("test", "ESMAD"))
	if err != nil {
		t.Fatal(err)
	}
	h.link("window", false)
	if p := h.via(b, "window"); p.status != http.StatusOK || p.path != "/" || !b.inside() {
		t.Fatalf("a linked identity gets %d at %s", p.status, p.path)
	}
	_, past, err := h.app.User(t.Context(), node.Operator("test", "ESMAD"), "window")
	if err != nil || past[len(past)-1].Action != "identity_link" || past[len(past)-1].Author != "window" {
		t.Errorf("the history ends with %+v, %v", past[len(past)-1], err)
	}
	users, err := h.app.Users(t.Context(), node.Operator("test", "ESMAD"))
	if err != nil || len(users) != len(before) {
		t.Errorf("there are %d accounts, %v: one was made", len(users), err)
	}
	again := h.browser()
	if p := h.via(again, "window"); p.path != "/" {
		t.Errorf("the second time at %s", p.path)
	}
	heir := h.person("window") // the address of mail went to somebody else
	heir["sub"] = "s-heir"
	h.op.Person("window", heir)
	if p := h.via(h.browser(), "window"); p.status != http.StatusForbidden {
		t.Errorf("whoever inherits the address gets %d", p.status)
	}
	h.op.Person("window", h.person("window"))
	if err := h.app.EditUser(t.Context(), node.Operator("test", "ESMAD"), "window", account.UserEdit{Name: "Persona", Role: authz.Window, Office: "ESMAD", Lang: "es"}); err != nil {
		t.Fatal(err)
	}
	if again.inside() || b.inside() {
		t.Error("a closed account goes on")
	}
	if p := h.via(h.browser(), "window"); p.status != http.StatusForbidden {
		t.Errorf("a closed account gets %d", p.status)
	}
}

func TestProviderWithoutSecondFactor(t *testing.T) {
	h := newHub(t, false)
	h.link("window", false)
	plain := h.person("window")
	plain["amr"] = []string{"pwd"}
	h.op.Person("window", plain)
	b := h.browser()
	p := h.via(b, "window")
	m := secretOf.FindStringSubmatch(p.text)
	if p.path != "/entrar/inscribir" || m == nil || b.inside() {
		t.Fatalf("without a second factor at %s", p.path)
	}
	b.get("/entrar/inscribir")
	if p := b.post("/entrar/inscribir", "code", h.code(m[1])); p.status != http.StatusOK || !b.inside() {
		t.Fatalf("after the enrolment %d at %s", p.status, p.path)
	}
	h.later(time.Minute)
	b = h.browser()
	if p := h.via(b, "window"); p.path != "/entrar/codigo" || b.inside() {
		t.Errorf("with one at %s", p.path)
	}
	if p := b.post("/entrar/codigo", "code", h.code(m[1])); p.path != "/" || !b.inside() {
		t.Errorf("with its code at %s", p.path)
	}
}

func TestProviderAloneOrDown(t *testing.T) {
	h := newHub(t, false)
	h.link("window", true)
	h.link("head", false)
	h.op.Down(true)
	p := h.via(h.browser(), "window")
	if p.status != http.StatusServiceUnavailable {
		t.Errorf("with the provider down %d at %s", p.status, p.path)
	}
	p.has(t, "no responde")
	if p := h.browser().post("/entrar", "login", "head", "password", account.DemoPassword); p.path != "/entrar/inscribir" {
		t.Errorf("the password leads to %s", p.path)
	}
	p = h.browser().post("/entrar", "login", "window", "password", account.DemoPassword)
	p.has(t, "no se abre con contraseña")
	if p.status != http.StatusForbidden {
		t.Errorf("the password of an account that opens with the provider only gets %d", p.status)
	}
	wrong := h.browser().post("/entrar", "login", "window", "password", "no es esta frase")
	nobody := h.browser().post("/entrar", "login", "nadie", "password", "no es esta frase")
	if wrong.status != nobody.status || strings.Contains(wrong.text, "no se abre") {
		t.Error("a wrong password tells how the account opens")
	}
	h.op.Down(false)
	h.later(time.Minute)
	if p := h.via(h.browser(), "window"); p.path != "/" {
		t.Errorf("with the provider back at %s", p.path)
	}
}

// TestProviderLies sends what must not be believed through the whole way.
func TestProviderLies(t *testing.T) {
	h := newHub(t, false)
	h.link("window", false)
	for what, bend := range map[string]func(header, claims map[string]any){
		"nonce":    func(_, c map[string]any) { c["nonce"] = "x" },
		"audience": func(_, c map[string]any) { c["aud"] = "other" },
		"issuer":   func(_, c map[string]any) { c["iss"] = "https://other.example" },
		"expired":  func(_, c map[string]any) { c["exp"] = h.app.Now().Add(-time.Minute).Unix() },
		"none":     func(x, _ map[string]any) { x["alg"] = "none" },
		"mail":     func(_, c map[string]any) { c["email_verified"] = false },
	} {
		h.op.Bend(bend)
		b := h.browser()
		if p := h.via(b, "window"); p.status != http.StatusForbidden || p.path != "/entrar/oidc/vuelta" || b.inside() {
			t.Errorf("%s: %d at %s", what, p.status, p.path)
		}
	}
	h.op.Bend(nil)
	h.op.Rotate("ES256")
	if p := h.via(h.browser(), "window"); p.path != "/" {
		t.Errorf("with a new key at %s", p.path)
	}
}

// leadsOut finds a link or a form to another site.
var leadsOut = regexp.MustCompile(`(?:href|action)="(?:[a-z]+:|//)`)

// TestProviderForgery tries to sign somebody in as somebody else, or to lead them away.
func TestProviderForgery(t *testing.T) {
	h := newHub(t, false)
	h.link("window", false)
	h.link("head", false)
	mallory, victim := h.browser(), h.browser()
	back, _ := h.away(mallory, "/entrar/oidc", "head")
	path := strings.TrimPrefix(back, h.srv.URL)
	if p := victim.get(path); p.status != http.StatusForbidden || victim.inside() {
		t.Errorf("the answer to another browser gets %d", p.status)
	}
	own, _ := h.away(victim, "/entrar/oidc", "window")
	if p := victim.get(path); p.status != http.StatusForbidden || victim.inside() {
		t.Errorf("the answer to another browser, in the middle of a sign-in, gets %d", p.status)
	}
	if p := victim.get(strings.TrimPrefix(own, h.srv.URL)); p.status != http.StatusForbidden || victim.inside() {
		t.Errorf("an attempt that another answer used up gets %d", p.status)
	}
	if n := h.op.Exchanged(); n != 0 {
		t.Errorf("%d codes were given for tokens", n)
	}

	if p := mallory.get(path); p.path != "/" {
		t.Fatalf("the browser that began it is at %s", p.path)
	}
	if p := mallory.get(path); p.path != "/" || h.op.Exchanged() != 1 {
		t.Errorf("the button back leads to %s", p.path)
	}
	mallory.post("/salir")
	if p := mallory.get(path); p.status != http.StatusForbidden || mallory.inside() {
		t.Errorf("an answer twice gets %d", p.status)
	}

	b := h.browser()
	if p, to := b.still(h.srv.URL+"/entrar/oidc", "Sec-Fetch-Site", "cross-site"); to != "/entrar" || p.status != http.StatusSeeOther {
		t.Errorf("a link on another site leads to %s", to)
	}
	evil := "https://evil.example/"
	q := url.Values{"volver": {evil}, "return": {evil}, "next": {"//evil.example"}, "redirect_uri": {evil}, "post_logout_redirect_uri": {evil}}
	_, to := b.still(h.srv.URL + "/entrar/oidc?" + q.Encode())
	if u, err := url.Parse(to); err != nil || !strings.HasPrefix(to, h.op.URL+"/authorize?") || strings.Contains(to, "evil") || u.Query().Get("redirect_uri") != h.srv.URL+"/entrar/oidc/vuelta" {
		t.Errorf("it leads to %s", to)
	}
	back = h.op.SignIn(t, to, "window").String()
	if _, to := b.still(back + "&" + q.Encode()); to != "/" {
		t.Errorf("then to %s", to)
	}
	for _, path := range []string{"/entrar/oidc/salida?", "/confirmar-clave?", "/entrar/oidc/vuelta?", "/idioma/es?volver=//evil.example&"} {
		if p, to := b.still(h.srv.URL + path + q.Encode()); strings.Contains(to, "evil") || leadsOut.MatchString(strings.ReplaceAll(p.text, h.op.URL, "")) {
			t.Errorf("%s leads to %q", path, to)
		}
	}
	denied := h.browser()
	_, to = denied.still(h.srv.URL + "/entrar/oidc")
	u, _ := url.Parse(to)
	p := denied.get("/entrar/oidc/vuelta?" + url.Values{"state": {u.Query().Get("state")}, "iss": {h.op.URL}, "error": {"access_denied"},
		"error_description": {"<script>alert(1)</script> call 555"}}.Encode())
	p.has(t, "no confirmó quién eres")
	if p.status != http.StatusForbidden || strings.Contains(p.text, "555") {
		t.Errorf("a refusal gets %d: %s", p.status, p.text)
	}
}

func TestProviderProvesAnew(t *testing.T) {
	h := newHub(t, false)
	h.link("head", true)
	h.link("window", false)
	h.via(h.browser(), "window")
	b := h.browser()
	h.via(b, "head")
	if p := b.get("/cuentas"); p.path != "/cuentas" {
		t.Fatalf("at %s", p.path)
	}
	h.later(11 * time.Minute)
	p := b.get("/cuentas")
	p.has(t, "Entrar con Cancillería")
	if p.path != "/confirmar-clave" || strings.Contains(p.text, `type="password"`) {
		t.Errorf("at %s an account without a password is asked for one", p.path)
	}
	back, _ := h.away(b, "/confirmar-clave/proveedor", "window")
	if p := b.get(strings.TrimPrefix(back, h.srv.URL)); p.status != http.StatusForbidden || b.get("/cuentas").path == "/cuentas" {
		t.Errorf("somebody else's identity proves it: %d", p.status)
	}
	h.op.Bend(func(_, c map[string]any) { c["auth_time"] = h.app.Now().Add(-time.Hour).Unix() })
	back, _ = h.away(b, "/confirmar-clave/proveedor", "head")
	if p := b.get(strings.TrimPrefix(back, h.srv.URL)); p.status != http.StatusForbidden {
		t.Errorf("an hour old proof gets %d", p.status)
	}
	h.op.Bend(nil)
	b.get("/cuentas")
	back, _ = h.away(b, "/confirmar-clave/proveedor", "head")
	if p := b.get(strings.TrimPrefix(back, h.srv.URL)); p.path != "/cuentas" {
		t.Errorf("then at %s", p.path)
	}
}

func TestProviderEnds(t *testing.T) {
	h := newHub(t, false)
	h.link("window", false)
	h.link("head", false)
	one, two, other := h.browser(), h.browser(), h.browser()
	h.via(one, "window")
	h.via(two, "window")
	h.via(other, "head")
	p := one.post("/salir")
	p.has(t, "Saliste de Quipu", "Cancillería")
	if p.path != "/entrar/oidc/salida" || !strings.Contains(p.text, h.op.URL+"/end?") || one.inside() || !two.inside() {
		t.Errorf("out at %s", p.path)
	}
	if strings.Contains(p.text, "id_token_hint") || strings.Contains(p.text, "mre.example") {
		t.Error("the way out names somebody")
	}
	said := func(change map[string]any) int {
		now := h.app.Now()
		c := map[string]any{"iss": h.op.URL, "aud": oidctest.ClientID, "sub": "s-window", "jti": "j", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
		maps.Copy(c, change)
		resp, err := http.PostForm(h.srv.URL+"/entrar/oidc/fin", url.Values{"logout_token": {h.op.Sign(c)}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if n := said(map[string]any{"aud": "other"}); n != http.StatusBadRequest || !two.inside() {
		t.Errorf("a token for another program gets %d", n)
	}
	if n := said(nil); n != http.StatusOK || two.inside() || !other.inside() {
		t.Errorf("the end of a session gets %d", n)
	}
	if n := said(map[string]any{"sub": "nobody"}); n != http.StatusOK {
		t.Errorf("nobody's end gets %d", n)
	}
}

// TestProviderOnTheAccountPage links and unlinks by hand.
func TestProviderOnTheAccountPage(t *testing.T) {
	h := newHub(t, true)
	head := h.as("head")
	head.get("/cuentas/window").has(t, "Entrada con el proveedor", "se abre con su contraseña")
	for what, c := range map[string]struct {
		claim, alone string
		status       int
	}{"nothing alone": {"", "yes", 422}, "too long": {strings.Repeat("a", 201), "no", 422}, "lines": {"a\nb", "no", 422}} {
		if p := head.post("/cuentas/window/identidad", "claim", c.claim, "alone", c.alone); p.status != c.status {
			t.Errorf("%s: %d", what, p.status)
		}
	}
	window := h.as("window")
	if p := head.post("/cuentas/window/identidad", "claim", " Window@MRE.example ", "alone", "yes"); p.path != "/cuentas/window" {
		t.Errorf("saved at %s, %d", p.path, p.status)
	}
	if window.inside() {
		t.Error("a session that the password opened goes on")
	}
	head.get("/cuentas/window").has(t, "window@mre.example: espera la primera entrada", "Entrada con el proveedor cambiada")
	if p := head.post("/cuentas/supervisor/identidad", "claim", "window@mre.example", "alone", "no"); p.status != http.StatusConflict {
		t.Errorf("a value that another account has: %d", p.status)
	}
	h.via(h.browser(), "window")
	head.get("/cuentas/window").has(t, "window@mre.example: vinculada el", "Vinculada a una identidad del proveedor", h.op.URL)
	for what, p := range map[string]page{"the own account": head.post("/cuentas/head/identidad", "claim", "x"),
		"the administrator's": head.post("/cuentas/admin/identidad", "claim", "x"), "by an officer": h.as("supervisor").post("/cuentas/window/identidad", "claim", "x")} {
		if p.status != http.StatusForbidden {
			t.Errorf("%s: %d", what, p.status)
		}
	}
	head.post("/cuentas/window/identidad", "claim", "otra@mre.example", "alone", "no")
	if p := h.via(h.browser(), "window"); p.status != http.StatusForbidden {
		t.Errorf("the identity of before opens the account: %d", p.status)
	}
	head.post("/cuentas/window/identidad", "claim", "window@mre.example", "alone", "no")
	h.via(h.browser(), "window")
	head.post("/cuentas/window/restablecer")
	if p := h.via(h.browser(), "window"); p.status != http.StatusForbidden {
		t.Errorf("after a reset the identity opens the account: %d", p.status)
	}
}

// TestProviderInBrowser signs in at the provider and out again in a real browser: the
// cookies, the policy of the pages and the way back have to let it.
func TestProviderInBrowser(t *testing.T) {
	h := newHub(t, false)
	h.link("head", true)
	b := &tab{h.site, webtest.Browser(t)}
	b.open("/idioma/es?volver=/entrar")
	b.sound("entrar-proveedor", i18n.Spanish)
	atProvider := func() {
		t.Helper()
		b.reads("Sign in")
		webtest.Arrive(t, b.ctx, "/authorize")
		b.say("name", "head")
		b.press("#in")
	}
	b.press(`a[href="/entrar/oidc"]`)
	atProvider()
	webtest.Arrive(t, b.ctx, "/")
	b.reads("Persona head")
	b.open("/cuentas/window")
	b.sound("cuenta-proveedor", i18n.Spanish)
	h.later(11 * time.Minute)
	b.open("/cuentas")
	webtest.Arrive(t, b.ctx, "/confirmar-clave")
	b.sound("confirmar-proveedor", i18n.Spanish)
	b.press(`a[href="/confirmar-clave/proveedor"]`)
	atProvider()
	webtest.Arrive(t, b.ctx, "/cuentas")
	b.press(`form[action="/salir"] button`)
	webtest.Arrive(t, b.ctx, "/entrar/oidc/salida")
	b.sound("salida", i18n.Spanish)
	b.press(`a[href^="` + h.op.URL + `/end"]`)
	webtest.Arrive(t, b.ctx, "/entrar")
	b.press(`a[href="/entrar/oidc"]`)
	b.reads("Sign in") // the session there has ended too
	webtest.Arrive(t, b.ctx, "/authorize")
}
