package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/webtest"
)

// double makes two entries of the same office that look alike, and their pair in the queue.
func (s *site) double(given string, a, b []string) (first, second, pair string) {
	s.t.Helper()
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	enter := func(more []string) string {
		in := []registry.Input{{Field: "surname_paternal", Value: change.Text("Huamaní")}, {Field: "given_names", Value: change.Text(given)},
			{Field: "residence_country", Value: change.Text("ES")}}
		for i := 0; i+1 < len(more); i += 2 {
			in = append(in, registry.Input{Field: more[i], Value: change.Text(more[i+1])})
		}
		made, err := s.app.Register(s.t.Context(), head, registry.RegisterCmd{Office: "ESMAD", Kind: "resident", Channel: "window", Inputs: in}, true)
		if err != nil {
			s.t.Fatal(err)
		}
		return made.Person
	}
	first, second = enter(a), enter(b)
	pair, err := s.app.Suspect(s.t.Context(), head, first, second)
	if err != nil {
		s.t.Fatal(err)
	}
	return first, second, pair
}

// TestReview decides without scripts: what is missing is asked for, a decision lasts, and a
// merge is undone with what was written since.
func TestReview(t *testing.T) {
	s := newOffice(t)
	b := s.as("head")
	one, two, pair := s.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1985-03-28", "sex", "F"})
	path := "/revision/" + pair
	b.get("/revision").has(t, "1 par espera una decisión", "Rosa Elvira", "Empezar")
	b.get("/persona/"+one).has(t, "Posibles duplicados y uniones")
	b.get("/persona/"+one+"/duplicados").has(t, path)
	p := b.get(path)
	p.has(t, "¿Es la misma persona?", `<mark class="q-diff">`, "Por qué se parecen")
	refused := b.press(p, path, "do", "different")
	refused.has(t, "Escribe el motivo")
	if refused.status != http.StatusUnprocessableEntity {
		t.Errorf("no reason gives %d", refused.status)
	}
	choose := b.press(p, path, "do", "same")
	choose.has(t, "Unir las dos fichas", "Qué ficha queda")
	done := b.press(choose, path, "do", "same")
	done.has(t, "Las fichas están unidas bajo el número", "Separarlas otra vez", "Desde la unión no se escribió nada")
	for _, id := range []string{one, two} {
		if led := b.get("/persona/" + id); led.status != http.StatusOK || !strings.Contains(led.text, "Rosa Elvira") {
			t.Errorf("%s gives %d after the merge", id, led.status)
		}
	}
	merge := done.path
	b.get(path).has(t, "La misma persona", "Ver la unión")
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	m, err := s.app.Merge(t.Context(), head, strings.TrimPrefix(merge, "/revision/union/"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Edit(t.Context(), head, m.Survivor, []registry.Input{parts("phone/new", "number", "+34600111222")}, "lo trajo"); err != nil {
		t.Fatal(err)
	}
	again := b.get(merge)
	again.has(t, "+34600111222", "¿de quién es?")
	b.press(again, merge, "then", "").has(t, "Escribe el motivo")
	parted := b.press(again, merge, "then", "different", "reason", "son primas")
	parted.has(t, "están separadas")
	b.get("/persona/"+two).has(t, "Rosa Elvira")
	b.get("/revision?estado=different").has(t, "1 par: son dos personas")
	reopened := b.press(b.get(path), path, "do", "reopen", "reopen_reason", "apareció otra partida")
	reopened.has(t, "abierto otra vez")
	b.get("/revision/cifras").has(t, "Cifras de la revisión", "Apellidos quechuas")
	if file := b.get("/revision/cifras.csv"); !strings.Contains(file.text, "origin;qu;") && !strings.Contains(file.text, "origin,qu,") {
		t.Errorf("the figures as a file:\n%s", file.text)
	}
}

// TestReviewByKeys: an officer decides three pairs with the keys 1, 2 and 3 and takes the
// merge back, without a mouse.
func TestReviewByKeys(t *testing.T) {
	g := newOffice(t)
	sides := map[string][2]string{}
	for _, given := range []string{"Ana", "Brígida", "Celia"} {
		one, two, pair := g.double(given, []string{"birth_date", "1985-03-27", "sex", "F", "civil_status", "single"}, []string{"birth_date", "1985-03-27", "sex", "F", "civil_status", "married"})
		sides[pair] = [2]string{one, two}
	}
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/revision")
	b.sound("revision", i18n.Spanish)
	next := func() string {
		t.Helper()
		b.reads("¿Es la misma persona?")
		pair := strings.TrimPrefix(b.path(), "/revision/")
		if sides[pair][0] == "" {
			t.Fatalf("no pair of this test at %s", b.path())
		}
		return pair
	}
	webtest.Press(t, b.ctx, "1")
	b.reads("Son dos personas")
	b.sound("par", i18n.Spanish)
	second := next()
	b.tabTo("reason")
	webtest.Press(t, b.ctx, "Son hermanas"+kb.Enter)
	b.reads("El par no vuelve por sí solo")
	third := next()
	webtest.Press(t, b.ctx, "3")
	b.reads("espera a otra persona")
	first := next()
	if first == second || first == third || second == third {
		t.Fatal("a pair came twice")
	}
	webtest.Press(t, b.ctx, "1")
	b.reads("Qué ficha queda")
	b.sound("unir", i18n.Spanish)
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	b.reads("Las fichas están unidas bajo el número")
	b.sound("union", i18n.Spanish)
	merge := b.path()
	m, err := g.app.Merge(t.Context(), authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}, strings.TrimPrefix(merge, "/revision/union/"))
	if err != nil {
		t.Fatal(err)
	}
	b.open("/persona/" + m.Other)
	b.reads("se unió a")
	b.sound("ficha-unida", i18n.Spanish)
	b.open(merge)
	b.tabTo("then")
	webtest.Press(t, b.ctx, " ")
	b.tabTo("reason")
	webtest.Press(t, b.ctx, "Otra partida")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	b.reads("están separadas")
	for _, id := range sides[first] {
		if p := g.as("head").get("/persona/" + id); p.status != http.StatusOK || strings.Contains(p.text, "se unió a") {
			t.Errorf("%s does not stand by itself", id)
		}
	}
	b.open("/revision/cifras")
	b.sound("cifras", i18n.Spanish)
	b.open("/persona/" + sides[second][0] + "/duplicados")
	b.sound("duplicados", i18n.Spanish)
}
