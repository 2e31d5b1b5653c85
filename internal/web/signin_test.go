package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"quipu/internal/app/account"
)

// TestOfficerSeesTries: the officer is told of tries by others, once, and finds them listed.
func TestOfficerSeesTries(t *testing.T) {
	g := newGate(t, true)
	b := g.as("window")
	if p := b.get("/"); strings.Contains(p.text, "Desde tu última entrada") {
		t.Error("the first time there is talk of tries")
	}
	for range 2 {
		g.browser().post("/entrar", "login", "window", "password", "no es esta frase")
	}
	b = g.browser()
	p := b.post("/entrar", "login", "window", "password", account.DemoPassword)
	p.has(t, "Desde tu última entrada fallaron 2 intentos con tu cuenta.", "cambia la contraseña")
	if p := b.get("/"); strings.Contains(p.text, "Desde tu última entrada") {
		t.Error("it is said twice")
	}
	p = b.get("/mi-cuenta")
	p.has(t, "Últimas entradas", "Contraseña equivocada", "en este equipo")
	if n := strings.Count(p.text, "Entraste"); n != 2 {
		t.Errorf("%d sign-ins are listed", n)
	}
	if p := g.as("head").get("/mi-cuenta"); strings.Contains(p.text, "Contraseña equivocada") {
		t.Error("another officer sees them")
	}
}

func TestUnlockOnThePage(t *testing.T) {
	g := newGate(t, true)
	for range 5 {
		g.browser().post("/entrar", "login", "window", "password", "no es esta frase")
	}
	if p := g.browser().post("/entrar", "login", "window", "password", account.DemoPassword); p.status != http.StatusServiceUnavailable {
		t.Fatalf("after five failures %d", p.status)
	}
	head := g.as("head")
	head.get("/cuentas").has(t, "Espera por intentos fallidos")
	head.get("/cuentas/window").has(t, "Dejar que lo intente de nuevo")
	if p := g.as("supervisor").post("/cuentas/window/desbloquear"); p.status != http.StatusForbidden {
		t.Errorf("a supervisor unlocks: %d", p.status)
	}
	head.post("/cuentas/window/desbloquear").has(t, "Ya se puede intentar de nuevo", "Intentos fallidos olvidados")
	if p := g.browser().post("/entrar", "login", "window", "password", account.DemoPassword); p.path != "/" {
		t.Errorf("then %d at %s", p.status, p.path)
	}
}

// TestOneComputerUsesUpItsOwnTries: behind one address one browser that guesses leaves the
// others their tries.
func TestOneComputerUsesUpItsOwnTries(t *testing.T) {
	g := newGate(t, true)
	b := g.as("window")
	var browser *http.Cookie
	at, err := url.Parse(g.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.c.Jar.Cookies(at) {
		if c.Name == "quipu-browser" {
			browser = c
		}
	}
	if browser == nil || len(browser.Value) != 43 {
		t.Fatalf("the browser keeps %v", browser)
	}
	mallory := g.browser()
	last := 0
	for i := 0; i < 80 && last != http.StatusTooManyRequests; i++ {
		last = mallory.post("/entrar", "login", fmt.Sprint("nadie", i%3), "password", "x").status
	}
	if last != http.StatusTooManyRequests {
		t.Fatalf("guessing goes on: %d", last)
	}
	b.post("/salir")
	if p := b.post("/entrar", "login", "window", "password", account.DemoPassword); p.path != "/" {
		t.Errorf("the officer's own browser gets %d at %s", p.status, p.path)
	}
}
