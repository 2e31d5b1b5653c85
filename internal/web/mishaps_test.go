package web_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/registry"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// newTab is a tab of a browser with a session of its own, in which an officer has signed in.
func (g *gate) newTab(t *testing.T, browser context.Context, login string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	s := *g.site
	s.t = t
	b := &tab{&s, ctx}
	b.open("/idioma/es?volver=/entrar")
	b.signIn(login)
	return b
}

// another is another tab of the same browser and officer.
func (b *tab) another(t *testing.T) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	return &tab{b.site, ctx}
}

func (b *tab) signInAgain(login string) {
	b.t.Helper()
	b.say("login", login)
	b.say("password", account.DemoPassword)
	b.press(`form[data-q-main] button`)
}

func (b *tab) value(name string) string {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector('[name="`+name+`"]').value`))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *tab) send() { b.t.Helper(); webtest.PressCtrl(b.t, b.ctx, kb.Enter) }

// TestMishaps goes through what goes wrong at a window, in a browser: the officer sees what
// happened, loses no typing, and nothing is done twice.
func TestMishaps(t *testing.T) {
	g := newOffice(t)
	browser := webtest.Browser(t)
	for name, test := range map[string]func(*testing.T, *gate, context.Context){
		"back after done": testBack, "two tabs": testTabs, "the session ends": testEnds, "the session ends while registering": testEndsRegistering,
		"the program starts anew": testRestart, "handed over meanwhile": testHandedOver, "impatience": testImpatient,
		"another language": testOtherLanguage, "another purpose": testOtherPurpose,
	} {
		t.Run(name, func(t *testing.T) { test(t, g, browser) })
	}
}

func (g *gate) somebody(t *testing.T, given string) string {
	t.Helper()
	b := g.as("window")
	path, _ := b.newcomer(given)
	return path
}

func (b *tab) changes(path string) int {
	b.t.Helper()
	b.open(path + "/historia")
	n, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](`[...document.querySelectorAll(".moj-timeline__title")].filter(e => e.innerText.includes("Cambio de datos")).length`))
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func testBack(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "window"), g.somebody(t, "Olga")
	b.open(path + "/editar/identity")
	b.say("name_used", "Charito")
	b.send()
	b.reads("Los datos quedaron guardados")
	b.run(chromedp.NavigateBack())
	webtest.Arrive(t, b.ctx, path+"/editar/identity")
	if got := b.value("name_used"); got != "Charito" {
		t.Errorf("after a step back the form has %q", got)
	}
	b.send()
	webtest.Arrive(t, b.ctx, path)
	if n := b.changes(path); n != 1 {
		t.Errorf("sent again after a step back, the form made %d changes", n)
	}
	b.open(path + "/editar/identity")
	b.say("name_used", "Chayo")
	b.send()
	b.reads("Los datos quedaron guardados")
	b.run(chromedp.NavigateBack())
	webtest.Arrive(t, b.ctx, path+"/editar/identity")
	b.say("name_used", "Charo") // something else, on purpose
	b.send()
	b.reads("Charo")
}

func testTabs(t *testing.T, g *gate, browser context.Context) {
	one, path := g.newTab(t, browser, "window"), g.somebody(t, "Rosa")
	two := one.another(t)
	for _, b := range []*tab{one, two} {
		b.open(path + "/editar/identity")
	}
	one.say("name_used", "Charo")
	one.send()
	one.reads("Los datos quedaron guardados")
	two.say("name_used", "Rosarito")
	two.say("surname_married", "de Huamán")
	two.send()
	two.reads("Charo")
	if mine, other := two.value("name_used"), two.value("surname_married"); mine != "Rosarito" || other != "de Huamán" {
		t.Errorf("in the second tab stand %q and %q", mine, other)
	}
	two.send()
	two.reads("Los datos quedaron guardados")
	two.reads("Rosarito")
}

func (g *gate) endSessions(t *testing.T, login string) {
	t.Helper()
	if err := g.app.EndSessions(t.Context(), node.Operator("test", "ESMAD"), login, ""); err != nil {
		t.Fatal(err)
	}
}

func testEnds(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "window"), g.somebody(t, "Delia")
	b.open(path + "/editar/contact")
	b.js(`document.querySelectorAll("details").forEach(d => d.open = true)`)
	b.say("phone/new.number", "612 345 678")
	b.say("note", "Lo dijo su hija\npor teléfono")
	g.endSessions(t, "window")
	b.send()
	b.reads("mientras escribías")
	b.signInAgain("window")
	b.reads("aquí está lo que tenías")
	if number, note := b.value("phone/new.number"), b.value("note"); number != "612 345 678" || note != "Lo dijo su hija\npor teléfono" {
		t.Errorf("after the log-in stand %q and %q", number, note)
	}
	b.say("note", "Lo dijo su hija")
	b.send()
	b.reads("Los datos quedaron guardados")
	b.reads("+34612345678")
	b.open("/retomar")
	b.reads("No te espera ningún formulario")
}

func testEndsRegistering(t *testing.T, g *gate, browser context.Context) {
	b := g.newTab(t, browser, "window")
	b.open("/registrar")
	typed := map[string]string{"surname_paternal": "Ñaupari", "given_names": "Flor de María", "address.city": "Getafe", "phone.number": "612345678"}
	for name, text := range typed {
		b.say(name, text)
	}
	g.endSessions(t, "window")
	b.send()
	b.reads("mientras escribías")
	b.signInAgain("window")
	b.reads("aquí está lo que tenías")
	for name, text := range typed {
		if got := b.value(name); got != text {
			t.Errorf("%s is %q, was %q", name, got, text)
		}
	}
	b.open("/retomar")
	b.press(`main form button`)
	b.reads("se borró")
	b.open("/retomar")
	b.reads("No te espera ningún formulario") // what the page asked by itself is not kept
}

// testRestart ends the program between the page and the form, and between the form and the
// same form once more.
func testRestart(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "window"), g.somebody(t, "Elba")
	b.open(path + "/editar/identity")
	b.say("name_used", "Elbita")
	form := g.as("window").get(path + "/editar/identity").form(path + "/editar/identity")
	restart := func() {
		t.Helper()
		dir := g.app.Dir()
		if err := g.app.Close(); err != nil {
			t.Fatal(err)
		}
		a, err := app.Open(t.Context(), dir, app.Options{Now: func() time.Time { return time.Unix(g.now.Load(), 0) }})
		if err != nil {
			t.Fatal(err)
		}
		*g.app = *a
		g.t.Cleanup(func() { a.Close() })
		opts := web.Options{Demo: true, Idle: 30 * time.Minute, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}
		for _, r := range authz.Roles {
			opts.DemoLogins = append(opts.DemoLogins, web.DemoLogin{Login: string(r)})
		}
		if g.srv.Config.Handler, err = web.New(g.app, opts); err != nil {
			t.Fatal(err)
		}
	}
	restart()
	b.send()
	b.reads("Los datos quedaron guardados")
	b.reads("Elbita")
	again := g.as("window")
	form.Set("surname_married", "de Rojas")
	again.send(path+"/editar/identity", form).has(t, "quedaron guardados")
	restart()
	again.send(path+"/editar/identity", form).has(t, "Ya estaba hecho")
	if n := b.changes(path); n != 2 {
		t.Errorf("there are %d changes, want 2", n)
	}
}

func testHandedOver(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "window"), g.somebody(t, "Nilda")
	b.open(path + "/cerrar")
	b.js(`document.querySelector("[name=reason]").value = "returned"`)
	b.say("note", "Se despidió en ventanilla")
	to := authz.Actor{Login: "carlos", Name: "carlos", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	if _, err := g.app.Transfer(t.Context(), to, strings.TrimPrefix(path, "/persona/"), registry.TransferCmd{ToOffice: "USPAT"}); err != nil {
		t.Fatal(err)
	}
	b.press(`form[data-q-main] button`)
	b.reads("Lo que escribiste está guardado")
	b.press(`main .govuk-button`)
	b.reads("Se despidió en ventanilla")
	b.reads("ya no se puede abrir")
}

// testImpatient presses the button many times while the first answer is on its way.
func testImpatient(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "window"), g.somebody(t, "Abel")
	b.open(path + "/editar/identity")
	b.say("name_used", "Abelito")
	b.js(`var f = document.querySelector("form[data-q-main]"); for (var i = 0; i < 5; i++) f.requestSubmit()`)
	b.reads("Los datos quedaron guardados")
	if n := b.changes(path); n != 1 {
		t.Errorf("pressed five times, the form made %d changes", n)
	}
}

// testOtherLanguage: the form speaks the other language and holds what was typed.
func testOtherLanguage(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "supervisor"), g.somebody(t, "Inés")
	b.open(path + "/editar/identity")
	b.say("name_used", "Inesita")
	b.press(`[hreflang=en]`)
	b.reads("Here is what you had typed")
	if got := b.value("name_used"); got != "Inesita" {
		t.Errorf("in the other language the form has %q", got)
	}
	b.press(`[hreflang=es]`) // nothing was typed since: the same form again
	b.reads("Aquí está lo que habías escrito")
	if got := b.value("name_used"); got != "Inesita" {
		t.Errorf("back in the first language the form has %q", got)
	}
	b.say("surname_married", "de Rojas")
	b.press(`[hreflang=en]`)
	b.reads("Here is what you had typed")
	b.send()
	b.reads("Inesita")
	b.reads("de Rojas")
	b.open("/idioma/es?volver=/")
}

func testOtherPurpose(t *testing.T, g *gate, browser context.Context) {
	b, path := g.newTab(t, browser, "supervisor"), g.somebody(t, "Raúl")
	b.open(path + "/editar/identity")
	b.say("name_used", "Raulito")
	b.js(`document.querySelector("[name=finalidad]").value = "act"`)
	b.press(`.q-purpose button`)
	b.reads("Ahora trabajas para")
	if got := b.value("name_used"); got != "Raulito" {
		t.Errorf("after another purpose the form has %q", got)
	}
}

// TestSessionWarning: shortly before its end the page says so, in words that a screen reader
// is told, and one press prolongs the session.
func TestSessionWarning(t *testing.T) {
	g := newGateWith(t, true, func(_ *gate, o *web.Options) { o.Idle = 122 * time.Second })
	b := g.newTab(t, webtest.Browser(t), "window")
	b.reads("Tu sesión sigue abierta hasta las")
	b.reads("termina en menos de dos minutos") // two seconds later
	role, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector("[data-q-soon]").closest("[role]").getAttribute("role")`))
	if err != nil || role != "status" {
		t.Errorf("the warning has the role %q, %v", role, err)
	}
	b.press("[data-q-stay]")
	hidden := false
	for range 100 {
		if hidden, err = chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.querySelector("[data-q-soon]").hidden`)); hidden || err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !hidden || err != nil {
		t.Errorf("after the press the warning is still there (%v)", err)
	}
	if b.path() != "/" {
		t.Errorf("the press led to %s", b.path())
	}
}
