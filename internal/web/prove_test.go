package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/app/node"
)

// TestProofAnew: what guards other doors opens to a whole log-in alone, both steps of it,
// and the session goes on under another token.
func TestProofAnew(t *testing.T) {
	g := newGate(t, false)
	b := g.browser()
	secret, _ := g.enrol(b, "head")
	at, err := url.Parse(g.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := b.c.Jar.Cookies(at)
	g.later(11 * time.Minute)
	if p := b.get("/cuentas"); p.path != "/confirmar-clave" {
		t.Fatalf("accounts without a log-in of now: %s", p.path)
	}
	if p := b.post("/confirmar-clave", "password", "no es"); p.status != http.StatusForbidden {
		t.Errorf("a wrong password gives %d", p.status)
	}
	if p := b.post("/confirmar-clave", "password", account.DemoPassword); p.path != "/entrar/codigo" {
		t.Fatalf("after the password at %s", p.path)
	}
	if p := b.get("/cuentas"); p.path != "/confirmar-clave" {
		t.Errorf("the password alone opens %s", p.path)
	}
	if p := b.post("/entrar/codigo", "code", "000000"); p.status != http.StatusForbidden {
		t.Errorf("a wrong code gives %d", p.status)
	}
	if p := b.post("/entrar/codigo", "code", g.code(secret)); p.path != "/cuentas" {
		t.Fatalf("then at %s, %d", p.path, p.status)
	}
	old := g.browser()
	old.c.Jar.SetCookies(at, before)
	if p := old.get("/cuentas"); p.path != "/entrar" {
		t.Errorf("the token of before opens %s", p.path)
	}
	for range 3 { // busy all the time
		g.later(14 * time.Minute)
		b.get("/")
	}
	for path, form := range map[string][]string{"/mi-cuenta/sesiones": nil, "/mi-cuenta/factor": nil, "/mi-cuenta/codigos": nil,
		"/mi-cuenta/clave": {"old", account.DemoPassword, "password", "otra frase bien larga y rara", "again", "otra frase bien larga y rara"}} {
		if p := b.post(path, form...); p.path != "/confirmar-clave" {
			t.Errorf("%s without a log-in of now leads to %s", path, p.path)
		}
	}
}

// TestRefusalIsWrittenDown: who asked for what he may not see stands in the log of reads,
// and on the person's page.
func TestRefusalIsWrittenDown(t *testing.T) {
	s := newSite(t)
	theirs := s.someone("USPAT")
	if p := s.as("rosa").get(theirs + "/editar/identity"); p.status != http.StatusForbidden {
		t.Fatalf("editing elsewhere gives %d", p.status)
	}
	s.as("rosa").get("/auditoria")
	s.as("rosa").get("/persona/01ARZ3NDEKTSV4RRFFQ69G5FAV/accesos")
	reads, err := s.app.Reads(t.Context(), node.Operator("test", "ESMAD"), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range reads {
		if r.Action == "refused" {
			found[r.Author+" "+r.Detail+" "+r.Person] = true
		}
	}
	for _, want := range []string{"rosa forbidden GET /persona/{id}/editar/{section} " + strings.TrimPrefix(theirs, "/persona/"), "rosa authz.refused GET /auditoria "} {
		if !found[want] {
			t.Errorf("no line %q in %v", want, found)
		}
	}
	s.as("carlos").get(theirs+"/accesos").has(t, "Pidió lo que no puede ver o hacer")
}
