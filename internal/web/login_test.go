package web_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// gate is a server on a register without people, whose log-in asks for everything. The
// clock is the test's.
type gate struct {
	*site
	now atomic.Int64 // seconds
}

func newGate(t *testing.T, demo bool) *gate { return newGateWith(t, demo, nil) }

func newGateWith(t *testing.T, demo bool, change func(g *gate, opts *web.Options)) *gate {
	t.Helper()
	return newEmptyWith(t, func(g *gate, opts *web.Options) {
		opts.Demo = demo
		for _, r := range authz.Roles {
			if demo {
				opts.DemoLogins = append(opts.DemoLogins, web.DemoLogin{Login: string(r)})
			}
			if authz.Known(r) {
				acc := account.NewAccount{Login: string(r), Name: "Persona " + string(r), Office: "ESMAD", Role: r, Lang: "es", Password: account.DemoPassword}
				if err := g.app.CreateAccount(t.Context(), node.Operator("test", "ESMAD"), acc); err != nil {
					t.Fatal(err)
				}
			}
		}
		if change != nil {
			change(g, opts)
		}
	})
}

// newEmptyWith is a gate on a register without accounts.
func newEmptyWith(t *testing.T, change func(g *gate, opts *web.Options)) *gate {
	t.Helper()
	g := &gate{}
	g.now.Store(time.Now().Unix())
	a, err := app.Open(t.Context(), t.TempDir(), app.Options{Create: true, Node: "TEST", Now: func() time.Time { return time.Unix(g.now.Load(), 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	srv := httptest.NewUnstartedServer(nil)
	origin := "http://localhost" + srv.Listener.Addr().String()[strings.LastIndexByte(srv.Listener.Addr().String(), ':'):]
	opts := web.Options{Origin: origin, Idle: 3 * time.Hour, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
	g.site = &site{t: t, app: a, srv: srv, log: &logged{}}
	change(g, &opts)
	if srv.Config.Handler, err = web.New(a, opts); err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(srv.Close)
	srv.URL = origin
	return g
}

// as signs in anew each time: it is the sessions that are looked at.
func (g *gate) as(login string) *browser {
	g.t.Helper()
	b := g.browser()
	if p := b.post("/entrar", "login", login, "password", account.DemoPassword); p.status != http.StatusOK || p.path == "/entrar" {
		g.t.Fatalf("%s cannot sign in: %d at %s", login, p.status, p.path)
	}
	return b
}

// code is what an authenticator app shows (RFC 6238).
func (g *gate) code(secret string) string {
	g.t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		g.t.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(g.now.Load()/30)))
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[19]&15:])&0x7fffffff%1_000_000)
}

func (g *gate) later(d time.Duration) { g.now.Add(int64(d / time.Second)) }

var secretOf = regexp.MustCompile(`id="secret">([A-Z2-7 ]+)<`)
var codeLine = regexp.MustCompile(`(?:[0-9A-Z]{4}-){3,5}[0-9A-Z]{4}`)

// enrol signs in for the first time; it returns the secret and the recovery codes.
func (g *gate) enrol(b *browser, login string) (secret string, recovery []string) {
	g.t.Helper()
	p := b.post("/entrar", "login", login, "password", account.DemoPassword)
	m := secretOf.FindStringSubmatch(p.text)
	if p.path != "/entrar/inscribir" || m == nil {
		g.t.Fatalf("%s is led to %s, %d", login, p.path, p.status)
	}
	p = b.post("/entrar/inscribir", "code", g.code(m[1]))
	if recovery = codeLine.FindAllString(p.text, -1); len(recovery) != 10 {
		g.t.Fatalf("recovery codes %v at %s, %d", recovery, p.path, p.status)
	}
	return m[1], recovery
}

func TestSecondFactor(t *testing.T) {
	g := newGate(t, false)
	b := g.browser()
	b.post("/entrar", "login", "window", "password", account.DemoPassword)
	if p := b.get("/buscar"); p.path != "/entrar" {
		t.Errorf("the password alone opens %s", p.path)
	}
	p := b.post("/entrar/inscribir", "code", "000000")
	if p.status != http.StatusForbidden {
		t.Errorf("a wrong first code gives %d", p.status)
	}
	clock := "El reloj de este sistema marca" // where it is wrong, every code is
	p.has(t, clock)
	secret, recovery := g.enrol(b, "window")
	if p := b.get("/buscar"); p.path != "/buscar" {
		t.Errorf("after the enrolment at %s", p.path)
	}
	if p := b.get("/entrar/inscribir"); strings.Contains(p.text, secret) {
		t.Error("the secret is shown again")
	}

	b = g.browser()
	if p := b.post("/entrar", "login", "window", "password", account.DemoPassword); p.path != "/entrar/codigo" {
		t.Fatalf("at %s", p.path)
	}
	if p := b.get("/entrar/inscribir"); p.path != "/entrar/codigo" {
		t.Errorf("the password alone adds a second factor: %s", p.path)
	}
	p = b.post("/entrar/codigo", "code", g.code(secret))
	if p.status != http.StatusForbidden {
		t.Errorf("a code that was used gives %d", p.status)
	}
	p.has(t, clock)
	g.later(time.Minute)
	if p := b.post("/entrar/codigo", "code", g.code(secret)); p.path != "/" {
		t.Errorf("a right code leads to %s, %d", p.path, p.status)
	}

	for i, want := range []string{"/", "/entrar/codigo"} { // a recovery code works once, however it is written
		b = g.browser()
		b.post("/entrar", "login", "window", "password", account.DemoPassword)
		if p := b.post("/entrar/codigo", "code", strings.ToLower(strings.ReplaceAll(recovery[0], "-", " "))); p.path != want {
			t.Errorf("recovery code, time %d: at %s", i+1, p.path)
		}
	}
	b = g.browser() // failures count across right passwords, then even the right code waits
	for range 5 {
		b.post("/entrar", "login", "window", "password", account.DemoPassword)
		b.post("/entrar/codigo", "code", "000000")
	}
	b.post("/entrar", "login", "window", "password", account.DemoPassword)
	if p := b.post("/entrar/codigo", "code", g.code(secret)); p.status != http.StatusServiceUnavailable {
		t.Errorf("after five failures the answer is %d", p.status)
	}
	g.later(time.Minute)
	if p := b.post("/entrar/codigo", "code", g.code(secret)); p.path != "/" {
		t.Errorf("after the wait at %s, %d", p.path, p.status)
	}
	g.later(20 * time.Minute)
	if p := b.get("/entrar/inscribir"); p.path != "/confirmar-clave" {
		t.Errorf("a second factor is added without the password: %s", p.path)
	}
	b = g.browser()
	b.post("/entrar", "login", "window", "password", account.DemoPassword)
	g.later(16 * time.Minute)
	if p := b.get("/entrar/codigo"); p.path != "/entrar" {
		t.Errorf("a step is open for too long: %s", p.path)
	}
}

func TestSessionsEnd(t *testing.T) {
	g := newGate(t, true)
	one, two := g.as("window"), g.as("window")
	p := one.get("/mi-cuenta")
	if n := strings.Count(p.text, `name="session"`); n != 2 {
		t.Fatalf("%d sessions are listed", n)
	}
	one.post("/mi-cuenta/sesiones")
	if p := two.get("/"); p.path != "/entrar" {
		t.Error("the other session goes on")
	}
	if p := one.get("/mi-cuenta"); strings.Count(p.text, `name="session"`) != 1 {
		t.Error("this session ended too")
	}
	boss := g.as("supervisor")
	id := boss.get("/cuentas/window").fields().Get("session")
	boss.post("/cuentas/window/sesiones", "session", id).has(t, "Las sesiones se cerraron")
	if p := one.get("/"); p.path != "/entrar" {
		t.Error("a session that the supervisor ended goes on")
	}
	one = g.as("window")
	if p := one.post("/mi-cuenta/clave", "old", "x", "password", "otra frase bien larga y rara", "again", "otra frase bien larga y rara"); p.status != http.StatusForbidden {
		t.Errorf("a wrong old password gives %d", p.status)
	}
	one.post("/mi-cuenta/clave", "old", account.DemoPassword, "password", "otra frase bien larga y rara", "again", "otra frase bien larga y rara").has(t, "La contraseña cambió")
	head := g.as("head")
	head.post("/cuentas/window", "name", "Persona window", "role", "window", "office", "ESMAD", "lang", "es", "state", "closed")
	if p := one.get("/"); p.path != "/entrar" {
		t.Error("a closed account works on")
	}
	if p := g.browser().post("/entrar", "login", "window", "password", "otra frase bien larga y rara"); p.status != http.StatusForbidden {
		t.Errorf("a closed account gets %d", p.status)
	}
}

func TestAccounts(t *testing.T) {
	g := newGate(t, true)
	head := g.as("head")
	for _, bad := range [][2]string{{"admin", "ESMAD"}, {"auditor", "ESMAD"}, {"window", "USPAT"}, {"operator", "ESMAD"}} {
		if p := head.post("/cuenta-nueva", "login", "nueva", "name", "Nueva", "role", bad[0], "office", bad[1]); p.status != http.StatusForbidden && p.status != http.StatusUnprocessableEntity {
			t.Errorf("a head makes %v: %d", bad, p.status)
		}
	}
	if p := head.post("/cuentas/admin/restablecer"); p.status != http.StatusForbidden {
		t.Errorf("a head resets the administrator: %d", p.status)
	}
	if p := head.post("/cuentas/head", "name", "Yo", "role", "window", "office", "ESMAD"); p.status != http.StatusForbidden {
		t.Errorf("a head changes the own account: %d", p.status)
	}
	p := head.post("/cuenta-nueva", "login", "nueva", "name", "Nueva", "role", "window", "office", "ESMAD", "lang", "es")
	code := codeLine.FindString(p.text)
	if len(code) != 29 {
		t.Fatalf("no set-up code: %d %s", p.status, p.path)
	}
	b := g.browser()
	const phrase = "siete nudos azules y largos"
	if p := b.post("/alta", "code", code, "password", "corta", "again", "corta"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a short password gives %d", p.status)
	}
	if p := b.post("/alta", "code", strings.ToLower(code), "password", phrase, "again", phrase); p.path != "/entrar/inscribir" {
		t.Errorf("the set-up leads to %s, %d", p.path, p.status)
	}
	if p := g.browser().post("/alta", "code", code, "password", phrase, "again", phrase); p.status != http.StatusForbidden {
		t.Errorf("a code that was used gives %d", p.status)
	}
	code = codeLine.FindString(head.post("/cuentas/nueva/restablecer").text)
	if p := g.browser().post("/entrar", "login", "nueva", "password", phrase); p.status != http.StatusForbidden {
		t.Errorf("the password of before opens the account: %d", p.status)
	}
	head.get("/cuentas/nueva").has(t, "Cuenta creada", "Contraseña puesta", "Cuenta restablecida", "Espera su alta")
	head.get("/cuentas").has(t, "nueva", "Espera su alta")
	g.later(11 * time.Minute)
	if p := head.get("/cuentas"); p.path != "/confirmar-clave" {
		t.Errorf("accounts without the password once more: %s", p.path)
	}
	if p := head.post("/confirmar-clave", "password", "no es"); p.status != http.StatusForbidden {
		t.Errorf("a wrong password gives %d", p.status)
	}
	if p := head.post("/confirmar-clave", "password", account.DemoPassword); p.path != "/cuentas" {
		t.Errorf("then at %s", p.path)
	}
	g.later(73 * time.Hour)
	if p := g.browser().post("/alta", "code", code, "password", phrase, "again", phrase); p.status != http.StatusForbidden {
		t.Errorf("an old code gives %d", p.status)
	}
}

var updateRoutes = flag.Bool("update", false, "write testdata/routes.golden")

// TestEveryRouteAndRole sends every role to every route, and writes down what it was told.
func TestEveryRouteAndRole(t *testing.T) {
	g := newGate(t, true)
	table, err := web.Routes(g.app)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, g.app)
	person := strings.TrimPrefix(g.someone("ESMAD"), "/persona/")
	other := account.NewAccount{Login: "otra", Name: "Otra", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: account.DemoPassword}
	if err := g.app.CreateAccount(t.Context(), node.Operator("test", "ESMAD"), other); err != nil {
		t.Fatal(err)
	}
	in := map[authz.Role]*browser{}
	for _, role := range authz.Roles {
		if authz.Known(role) {
			in[role] = g.as(string(role))
			in[role].c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		}
	}
	places := strings.NewReplacer("{$}", "", "{id}", person, "{login}", "otra", "{code}", "ESMAD", "{list}", "sex", "{section}", "identity")
	matters := g.matters(person)
	wild := regexp.MustCompile(`\{[^}]*\}`)
	var out strings.Builder
	for _, r := range table {
		method, path, ok := strings.Cut(r.Pattern, " ")
		if !ok {
			method, path = http.MethodGet, "/nada"
		}
		if r.Public || strings.HasSuffix(r.Pattern, "-clave") || r.Pattern == "POST /mi-cuenta/clave" {
			continue // for everybody; and tries at a password are counted
		}
		fmt.Fprintf(&out, "%s\n", r.Pattern)
		for _, role := range authz.Roles {
			if in[role] == nil {
				continue
			}
			req, err := http.NewRequest(method, g.srv.URL+wild.ReplaceAllString(matters.Replace(places.Replace(path)), "x"), strings.NewReader("q=Maria"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			p := in[role].do(req)
			if p.status >= 500 {
				t.Errorf("%s as %s gives %d", r.Pattern, role, p.status)
			}
			if action, ok := guarded[r.Pattern]; ok {
				_, may := authz.ScopeOf(authz.Actor{Role: role, Office: "ESMAD", Purpose: "registry"}, action)
				if may == (p.status == http.StatusForbidden) {
					t.Errorf("%s as %s gives %d, and the table of rights says %v", r.Pattern, role, p.status, may)
				}
			}
			to := strings.ReplaceAll(p.header.Get("Location"), person, "{id}")
			fmt.Fprintf(&out, "    %-12s %s\n", role, strings.TrimSpace(fmt.Sprint(p.status, " ", to)))
		}
	}
	const golden = "testdata/routes.golden"
	if *updateRoutes {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != out.String() {
		t.Errorf("what a role may open changed; look at it and run with -update if it is meant:\n%s", out.String())
	}
}

// guarded are the routes whose right does not depend on a person or an office: their answer
// must be what the table of rights says.
var guarded = map[string]authz.Action{
	"POST /buscar": authz.Search, "GET /registrar": authz.Register, "GET /importar": authz.Import,
	"GET /oficinas": authz.Offices, "GET /oficinas/{code}": authz.Offices, "GET /auditoria": authz.Audit, "POST /auditoria": authz.Audit,
	"GET /jefatura": authz.Supervise, "GET /accesos": authz.ReadLog, "POST /accesos": authz.ReadLog, "POST /accesos/csv": authz.ReadLog, "POST /accesos/vistas": authz.ReviewReads, "GET /persona/{id}": authz.Read, "GET /persona/{id}/documentos": authz.Read,
	"GET /persona/{id}/editar/{section}": authz.Edit, "POST /persona/{id}/editar/{section}": authz.Edit, "POST /persona/{id}/confirmar": authz.Edit,
	"GET /cuentas": authz.Sessions, "GET /cuentas/{login}": authz.Sessions, "POST /cuentas/{login}/sesiones": authz.Sessions,
	"GET /cuenta-nueva": authz.Accounts, "POST /cuenta-nueva": authz.Accounts, "POST /cuentas/{login}": authz.Accounts,
	"GET /revision": authz.Review, "GET /revision/siguiente": authz.Review, "GET /revision/cifras": authz.Review, "GET /revision/cifras.csv": authz.Review,
	"GET /datos": authz.Rights, "GET /datos/respondidas": authz.Rights, "GET /datos/incidentes": authz.Breach, "GET /datos/incidente-nuevo": authz.Breach,
	"GET /datos/terceros": authz.Disclose, "GET /datos/tercero-nuevo": authz.Disclose, "GET /datos/plazos": authz.Retention, "POST /datos/plazos": authz.Retention,
	"POST /cuentas/{login}/restablecer": authz.Accounts, "POST /cuentas/{login}/identidad": authz.Accounts, "POST /cuentas/{login}/desbloquear": authz.Accounts,
}

// TestEnrolInBrowser goes through the second factor in a real browser, with a virtual
// authenticator for the passkey, and looks at every page of it.
func TestEnrolInBrowser(t *testing.T) {
	g := newGate(t, false)
	b := &tab{g.site, webtest.Browser(t)}
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		t.Fatal(err)
	}
	password := func(login, then string) {
		t.Helper()
		b.open("/entrar")
		b.say("login", login)
		b.say("password", account.DemoPassword)
		b.press(`form[data-q-main] button`)
		webtest.Arrive(t, b.ctx, then)
	}
	b.open("/idioma/es?volver=/alta")
	b.sound("alta", i18n.Spanish)
	password("head", "/entrar/inscribir")
	b.sound("inscribir", i18n.Spanish)
	secret, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.getElementById("secret").textContent`))
	if err != nil {
		t.Fatal(err)
	}
	b.say("code", g.code(secret))
	b.press(`form[data-q-main] button`)
	b.reads("Códigos de respaldo")
	b.sound("respaldo", i18n.Spanish)
	b.open("/entrar/inscribir")
	b.reads("Crear una llave de acceso")
	b.say("name", "Llave azul")
	b.press(`[data-q-passkey] button`)
	b.reads("Llave azul")
	for name, path := range map[string]string{"mi-cuenta": "/mi-cuenta", "cuentas": "/cuentas", "cuenta": "/cuentas/window", "cuenta-nueva": "/cuenta-nueva", "confirmar-clave": "/confirmar-clave"} {
		b.open(path)
		b.sound(name, i18n.Spanish)
	}
	b.press(`form[action="/salir"] button`)
	webtest.Arrive(t, b.ctx, "/entrar")
	password("head", "/entrar/codigo")
	b.sound("codigo", i18n.Spanish)
	b.open("/idioma/en?volver=/entrar/codigo")
	b.reads("Use the passkey")
	b.sound("codigo-en", i18n.English)
	b.press(`[data-q-passkey] button`)
	webtest.Arrive(t, b.ctx, "/")
}
