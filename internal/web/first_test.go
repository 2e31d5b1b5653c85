package web_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

func newEmpty(t *testing.T) *gate { return newEmptyWith(t, func(*gate, *web.Options) {}) }

func (g *gate) firstCode() string {
	g.t.Helper()
	code, err := g.app.FirstCode(g.t.Context())
	if err != nil {
		g.t.Fatal(err)
	}
	return code
}

const ownPhrase = "siete nudos azules y largos"

// first sends what the first administrator fills in; pairs change it.
func first(b *browser, code string, pairs ...string) page {
	form := map[string]string{"code": code, "name": "Ana Ríos", "login": "ana", "office": "ESMAD", "password": ownPhrase, "again": ownPhrase}
	for i := 0; i < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	var flat []string
	for k, v := range form {
		flat = append(flat, k, v)
	}
	return b.post("/primera-vez", flat...)
}

func TestFirstAdmin(t *testing.T) {
	g := newEmpty(t)
	b := g.browser()
	if p := b.get("/entrar"); p.path != "/primera-vez" {
		t.Errorf("a register without accounts begins at %s", p.path)
	}
	if p := first(b, ""); p.status != http.StatusForbidden {
		t.Errorf("no code before one was made: %d", p.status)
	}
	old := g.firstCode()
	code := g.firstCode()
	for what, c := range map[string]struct {
		status int
		pairs  []string
	}{
		"the code of the start before": {403, []string{"code", old}},
		"no code":                      {403, []string{"code", ""}},
		"half a code":                  {403, []string{"code", code[:14]}},
		"a short password":             {422, []string{"password", "corta", "again", "corta"}},
		"a password of the login":      {422, []string{"password", "ana ana ana ana", "again", "ana ana ana ana"}},
		"two passwords":                {422, []string{"again", "otra"}},
		"no name":                      {422, []string{"name", " "}},
		"no login":                     {422, []string{"login", ""}},
		"a login with signs":           {422, []string{"login", "ana/../x"}},
		"no office":                    {422, []string{"office", "MARS"}},
	} {
		if p := first(g.browser(), code, c.pairs...); p.status != c.status {
			t.Errorf("%s: %d, want %d", what, p.status, c.status)
		}
	}
	if empty, err := g.app.Empty(t.Context()); err != nil || !empty {
		t.Fatalf("an account was made: %v", err)
	}
	p := first(b, strings.ToLower(code))
	m := secretOf.FindStringSubmatch(p.text)
	if p.path != "/entrar/inscribir" || m == nil || b.get("/cuentas").path == "/cuentas" {
		t.Fatalf("the first administrator is led to %s, %d", p.path, p.status)
	}
	b.get("/entrar/inscribir")
	b.post("/entrar/inscribir", "code", g.code(m[1]))
	b.get("/cuentas").has(t, "Ana Ríos")

	if p := first(g.browser(), code, "login", "otra"); p.status != http.StatusForbidden {
		t.Errorf("the code twice gives %d", p.status)
	}
	if again := g.firstCode(); again != "" {
		t.Error("a register with accounts gets a code")
	}
	for _, path := range []string{"/primera-vez", "/entrar"} {
		if p := g.browser().get(path); p.path != "/entrar" {
			t.Errorf("%s leads to %s", path, p.path)
		}
	}
}

// TestFirstAdminOnlyWhereNobodyIs tries a code that is good on a register that got an
// account in another way, and one that is old.
func TestFirstAdminOnlyWhereNobodyIs(t *testing.T) {
	g := newEmpty(t)
	code := g.firstCode()
	g.later(account.FirstLife + time.Second)
	if p := first(g.browser(), code); p.status != http.StatusForbidden {
		t.Errorf("an old code gives %d", p.status)
	}
	code = g.firstCode()
	n := account.NewAccount{Login: "rosa", Name: "Rosa", Office: "ESMAD", Role: authz.Window, Lang: "es", Password: ownPhrase}
	if err := g.app.CreateAccount(t.Context(), node.Operator("test", "ESMAD"), n); err != nil {
		t.Fatal(err)
	}
	if p := first(g.browser(), code); p.status != http.StatusForbidden {
		t.Errorf("beside an account the code gives %d", p.status)
	}
	e := account.UserEdit{Name: "Rosa", Role: authz.Window, Office: "ESMAD", Lang: "es"}
	if err := g.app.EditUser(t.Context(), node.Operator("test", "ESMAD"), "rosa", e); err != nil {
		t.Fatal(err)
	}
	if p := first(g.browser(), code); p.status != http.StatusForbidden {
		t.Errorf("beside a closed account the code gives %d", p.status)
	}
}

// TestFirstAdminAtOnce sends a code many times at once: one of them makes the account.
func TestFirstAdminAtOnce(t *testing.T) {
	g := newEmpty(t)
	code := g.firstCode()
	var made atomic.Int32
	done := make(chan error)
	for _, login := range []string{"uno", "dos", "tres", "cuatro"} {
		go func() {
			n := account.NewAccount{Login: login, Name: "Ana", Office: "ESMAD", Password: ownPhrase}
			_, err := g.app.MakeFirst(t.Context(), code, n)
			if err == nil {
				made.Add(1)
			}
			done <- nil
		}()
	}
	for range 4 {
		<-done
	}
	if n := made.Load(); n != 1 {
		t.Errorf("%d accounts were made with one code", n)
	}
}

func TestFirstAdminInBrowser(t *testing.T) {
	g := newEmpty(t)
	code := g.firstCode()
	b := &tab{g.site, webtest.Browser(t)}
	b.open("/idioma/es?volver=/entrar")
	webtest.Arrive(t, b.ctx, "/primera-vez")
	b.sound("primera-vez", i18n.Spanish)
	for name, text := range map[string]string{"code": code, "name": "Ana Ríos", "login": "ana", "office": "ESMAD", "password": ownPhrase, "again": ownPhrase} {
		b.say(name, text)
	}
	b.press(`form[data-q-main] button`)
	webtest.Arrive(t, b.ctx, "/entrar/inscribir")
	secret, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.getElementById("secret").textContent`))
	if err != nil {
		t.Fatal(err)
	}
	b.say("code", g.code(secret))
	b.press(`form[data-q-main] button`)
	b.reads("Códigos de respaldo")
	b.open("/cuentas")
	b.reads("Ana Ríos")
}
