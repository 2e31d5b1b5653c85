package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/doc"
	"quipu/internal/i18n"
	"quipu/internal/web/webtest"
)

// passport is the zone of an invented passport.
func passport(t *testing.T, number, primary, secondary, birth string) string {
	t.Helper()
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: number, Nationality: "PER", Birth: birth,
		Expiry: "320101", Sex: "F", Primary: primary, Secondary: secondary})
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestWindow is the window without scripts.
func TestWindow(t *testing.T) {
	s := newSite(t)
	for name, test := range map[string]func(*testing.T, *site){"look": testLook, "same": testSame, "unsure": testUnsure, "elsewhere": testElsewhere,
		"change an answer": testChange, "two tabs": testTwoForms} {
		t.Run(name, func(t *testing.T) {
			sub := *s
			sub.t = t
			test(t, &sub)
		})
	}
}

// entered scans a passport and sends the form on; it returns the answer.
func (b *browser) entered(zone string, more ...string) page {
	b.t.Helper()
	form := b.get("/registrar").fields()
	form.Set("scan", zone)
	form.Set("do", "read")
	form = b.send("/registrar", form).fields()
	for _, p := range [][2]string{{"document.type", "passport"}, {"document.verification", "seen_original"}, {"sex", "F"}, {"kind", "resident"},
		{"nationality_basis", "birth_in_country"}} {
		form.Set(p[0], p[1])
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.send("/registrar", form)
}

// press sends the form of a page with a button.
func (b *browser) press(p page, path, name, value string, more ...string) page {
	b.t.Helper()
	form := p.fields()
	form.Set(name, value)
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.send(path, form)
}

func (p page) person() string {
	return strings.TrimSuffix(strings.TrimPrefix(p.path, "/persona/"), "/inscrita")
}

func testLook(t *testing.T, s *site) {
	b := s.as("rosa")
	made := b.press(b.entered(passport(t, "116000001", "ZEVALLOS<ANCO", "YESENIA", "850312")), "/registrar", "do", "save")
	made.has(t, "gratuita", "Código del número")
	answer := func(more ...string) (out struct {
		Fields      map[string]string
		Zone, Alike string
	}) {
		t.Helper()
		p := b.post("/registrar/parecidos", append([]string{"residence_country", "ES"}, more...)...)
		if p.status != http.StatusOK || !strings.HasPrefix(p.header.Get("Content-Type"), "application/json") {
			t.Fatalf("looking gives %d %s", p.status, p.text)
		}
		if err := json.Unmarshal([]byte(p.text), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	a := answer("scan", passport(t, "116000001", "ZEVALLOS<ANCO", "YESENIA", "850312"))
	if a.Fields["surname_maternal"] != "Anco" || a.Fields["birth_date-year"] != "1985" || !strings.Contains(a.Zone, "Correcto") ||
		!strings.Contains(a.Alike, "Muy parecida") || !strings.Contains(a.Alike, "el mismo documento") {
		t.Errorf("a passport: %+v", a)
	}
	a = answer("surname_paternal", "Zevallos", "surname_maternal", "Anco", "given_names", "Jesenia", "birth_date-day", "12", "birth_date-month", "3",
		"birth_date-year", "1985")
	if a.Fields != nil || !strings.Contains(a.Alike, "nombre que suena igual o es otra forma (Jesenia/Yesenia)") || !strings.Contains(a.Alike, "/persona/"+made.person()) {
		t.Errorf("typed: %+v", a)
	}
	if a := answer("scan", "zevallos anco"); !strings.Contains(a.Alike, "Zevallos Anco") || a.Fields["scan"] != "zevallos anco" {
		t.Errorf("words in the box: %+v", a)
	}
	if a := answer("scan", "P<PERZEVALLOS<<ABEL<<<<<<<<"); !strings.Contains(a.Zone, "q-panel") || a.Fields != nil {
		t.Errorf("half a zone: %+v", a)
	}
	if p := s.as("sara").post("/registrar/parecidos", "surname_paternal", "Zevallos"); p.status != http.StatusForbidden {
		t.Errorf("a statistician looks: %d", p.status)
	}
	form := b.get("/registrar").fields()
	form.Set("surname_paternal", "Zevallos")
	form.Set("surname_maternal", "Anco")
	form.Set("given_names", "Yesenia")
	form.Set("do", "alike")
	b.send("/registrar", form).has(t, "1 persona parecida", "mismos nombres")
}

// testSame: the person is there; the record is brought up to date and nothing is lost.
func testSame(t *testing.T, s *site) {
	b := s.as("rosa")
	made := b.press(b.entered(passport(t, "116000002", "ZEVALLOS<BELLIDO", "NILDA", "850312"), "address.city", "Getafe"), "/registrar", "do", "save")
	card := b.entered(passport(t, "116000002", "ZEVALLOS<BELLIDO", "NILDA", "850313"), "address.city", "Getafe", "email.address", "nilda@example.org",
		"birth_country", "Perú")
	card.has(t, "Puede que ya esté inscrita", "fecha a un dígito", `class="q-diff"`)
	meet := b.press(card, "/registrar", "same", made.person())
	meet.has(t, "nilda@example.org", "Se agrega", "Difiere", "12 de marzo de 1985", "13 de marzo de 1985", "se confirma que sigue viviendo")
	form := meet.fields()
	form["take"] = nil
	for _, row := range strings.Split(meet.text, "<tr")[1:] {
		if field := between(row, `name="take" value="`, `"`); field != "" && strings.Contains(row, "checked") {
			form.Add("take", field)
		}
	}
	if len(form["take"]) != 2 {
		t.Fatalf("ticked beforehand: %v", form["take"])
	}
	done := b.send("/registrar/actualizar", form)
	if done.path != "/persona/"+made.person() {
		t.Fatalf("updating leads to %d at %s", done.status, done.path)
	}
	done.has(t, "2 valores guardados", "nilda@example.org", "12 de marzo de 1985")
}

func between(text, from, to string) string {
	_, rest, ok := strings.Cut(text, from)
	if !ok {
		return ""
	}
	found, _, _ := strings.Cut(rest, to)
	return found
}

// testUnsure: the queue goes on, and the doubt waits for somebody.
func testUnsure(t *testing.T, s *site) {
	b := s.as("rosa")
	made := b.press(b.entered(passport(t, "116000003", "ZEVALLOS<CUSI", "OLGA", "850312")), "/registrar", "do", "save")
	number := numberOf.FindStringSubmatch(made.text)[1]
	card := b.entered(passport(t, "116000004", "ZEVALLOS<CUSI", "OLGA", "851203"))
	card.has(t, "día y mes cambiados")
	check := b.press(card, "/registrar", "unsure", made.person()+" "+number)
	check.has(t, "quedará en la lista de dudas", number)
	second := b.press(check, "/registrar", "do", "save")
	second.has(t, "La persona quedó inscrita", "Puede ser la misma persona que la ficha "+number)
	b.get("/dudas").has(t, "Zevallos Cusi")
}

// testElsewhere: somebody who is registered at another office comes to this window.
func testElsewhere(t *testing.T, s *site) {
	made := s.as("carlos").press(s.as("carlos").entered(passport(t, "116000005", "ZEVALLOS<DIAZ", "INES", "700101"), "residence_country", "US"),
		"/registrar", "do", "save")
	b := s.as("rosa")
	card := b.entered(passport(t, "116000005", "ZEVALLOS<DIAZ", "INES", "700101"), "phone.number", "612345678")
	card.has(t, "Paterson")
	meet := b.press(card, "/registrar", "same", made.person())
	meet.has(t, "su inscripción pasa a tu oficina")
	form := meet.fields()
	form["take"] = nil
	done := b.send("/registrar/actualizar", form)
	done.has(t, "0 valores guardados", "Consulado General del Perú en Madrid")
	b.get(done.path+"/historia").has(t, "Madrid")
}

// testChange: from the check back to an input, and nothing typed is lost on the way.
func testChange(t *testing.T, s *site) {
	b := s.as("rosa")
	check := b.entered(passport(t, "116000006", "ZEVALLOS<ENCISO", "RUTH", "900101"), "occupation_host", "cuida a una señora mayor", "note", "viene los lunes",
		"arrival_in_country", "2019")
	check.has(t, "2019", "Cambiar")
	back := b.press(check, "/registrar", "do", "back:arrival_in_country")
	back.has(t, `data-q-start="arrival_in_country"`, "cuida a una señora mayor", "viene los lunes", `value="Enciso"`)
	done := b.press(check, "/registrar", "do", "save")
	b.get("/persona/"+done.person()+"/historia").has(t, "cuida a una señora mayor")
}

// testTwoForms: the same form sent from two tabs makes one entry, and the way back leads to
// it.
func testTwoForms(t *testing.T, s *site) {
	b := s.as("rosa")
	check := b.entered(passport(t, "116000007", "ZEVALLOS<FLORES", "ANA", "910101"))
	first, second := b.press(check, "/registrar", "do", "save"), b.press(check, "/registrar", "do", "save")
	if first.person() == "" || first.path != second.path {
		t.Errorf("two tabs made %s and %s", first.path, second.path)
	}
	if again := b.press(check, "/registrar", "do", ""); again.path != first.path {
		t.Errorf("checking again after it is done leads to %s", again.path)
	}
}

// keyboard is an officer's hands: it counts what they do.
type keyboard struct {
	*tab
	keys, fields int
}

func (k *keyboard) hit(keys string) {
	k.t.Helper()
	k.keys += len([]rune(keys))
	webtest.Press(k.t, k.ctx, keys)
}

// fill types a text into the field that has the cursor, which must be the one named.
func (k *keyboard) fill(name, text string) {
	k.t.Helper()
	k.to(name)
	k.fields++
	k.hit(text)
}

// to goes with Tab to a field.
func (k *keyboard) to(name string) {
	k.t.Helper()
	for range 30 {
		at, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](`document.activeElement.name || ""`))
		if err != nil {
			k.t.Fatal(err)
		}
		if at == name {
			return
		}
		k.hit(kb.Tab)
	}
	k.t.Fatalf("no way to %s with Tab", name)
}

// pages is how many pages the tab has been on.
func (k *keyboard) pages() int {
	k.t.Helper()
	n, err := chromedp.Run(k.ctx, chromedp.Evaluate[int](`history.length`))
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

func (k *keyboard) ctrlEnter() {
	k.t.Helper()
	k.keys += 2
	webtest.PressCtrl(k.t, k.ctx, kb.Enter)
}

// TestRegisterBudget registers somebody with the keyboard alone: a scanner reads the
// passport while the cursor is somewhere, the rest is typed. At most 230 keys, 12 typed
// fields, 2 pages after the form, and no mouse.
func TestRegisterBudget(t *testing.T) {
	s := newSite(t)
	ctx := webtest.Browser(t)
	k := &keyboard{tab: &tab{s, ctx}}
	k.open("/idioma/es?volver=/entrar")
	k.signIn("rosa")
	k.open("/registrar")
	k.js(`window.mice = 0; ["mousedown", "click", "pointerdown"].forEach(function (e) {
		document.addEventListener(e, function (ev) { if (ev.detail) window.mice++; }, true); })`)
	before := k.pages()
	k.to("address.city") // the scanner does not ask where the cursor is
	webtest.Press(t, ctx, strings.ReplaceAll(passport(t, "116099887", "QUISPE<DE<LA<CRUZ", "ROSA<ELVIRA", "850930"), "\n", kb.Enter)+kb.Enter)
	k.reads("Lo que dice el documento")
	at := func(name string) string {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('[name="`+name+`"]').value`))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, want := range map[string]string{"address.city": "", "surname_paternal": "Quispe", "surname_maternal": "de la Cruz", "given_names": "Rosa Elvira",
		"document.number": "116099887", "document.type": "passport", "birth_date-year": "1985", "document.issuer": "PER"} {
		if got := at(name); got != want {
			t.Errorf("after the scan %s is %q, want %q", name, got, want)
		}
	}
	k.reads("Nadie se parece")
	k.keys = 0
	k.fill("phone.number", "612345678")
	k.fill("email.address", "rosa.quispe@example.org")
	k.fill("address.city", "Getafe")
	k.fill("address.lines", "Calle Toledo 12, 3 B")
	k.fill("arrival_in_country", "2019")
	k.fill("occupation_host", "cocinera")
	k.fill("emergency_contact.name", "Juan Quispe")
	k.fill("emergency_contact.relation", "he")
	k.fill("emergency_contact.phone", "+51987654321")
	k.to("emergency_contact.may_be_told")
	k.hit(" ")
	k.to("language")
	k.hit(" ")
	for range 3 {
		k.to("consent")
		k.hit(" " + kb.Tab)
	}
	k.ctrlEnter()
	k.reads("Revisa antes de inscribir")
	k.reads("Calle Toledo 12")
	k.sound("revisar", i18n.Spanish)
	k.ctrlEnter()
	k.reads("La persona quedó inscrita")
	k.sound("inscrita", i18n.Spanish)
	mice, err := chromedp.Run(ctx, chromedp.Evaluate[int](`window.mice || 0`))
	if err != nil {
		t.Fatal(err)
	}
	loads := k.pages() - before
	t.Logf("%d keys, %d typed fields, %d pages", k.keys, k.fields, loads)
	if mice != 0 || k.keys > 230 || k.fields > 12 || loads > 2 {
		t.Errorf("%d keys (230), %d typed fields (12), %d pages (2), %d of the mouse (0)", k.keys, k.fields, loads, mice)
	}
	k.press(`a.govuk-button[href^="/persona/"]`)
	k.reads("rosa.quispe@example.org")
	k.reads("Quispe de la Cruz, Rosa Elvira")
}

// TestCardByKeys decides about a double with a key.
func TestCardByKeys(t *testing.T) {
	s := newSite(t)
	zone := passport(t, "116000008", "ZEVALLOS<GUERRA", "LUZ", "850312")
	s.as("rosa").press(s.as("rosa").entered(zone), "/registrar", "do", "save")
	ctx := webtest.Browser(t)
	b := &tab{s, ctx}
	for _, lang := range []i18n.Lang{i18n.English, i18n.Spanish} {
		b.open("/idioma/" + string(lang) + "?volver=/entrar")
		if lang == i18n.English {
			b.signIn("rosa")
		}
		b.open("/registrar")
		webtest.Press(t, ctx, strings.ReplaceAll(zone, "\n", kb.Enter)+kb.Enter)
		b.reads(i18n.T(lang, "window.alike.strong"))
		b.reads(i18n.T(lang, "alike.document"))
		b.sound("parecidos", lang)
		webtest.PressCtrl(t, ctx, kb.Enter)
		b.reads(i18n.T(lang, "window.card.title"))
		b.sound("ficha parecida", lang)
		webtest.Press(t, ctx, "1")
		b.reads(i18n.T(lang, "window.meet.confirm"))
		b.sound("actualizar", lang)
	}
	webtest.PressCtrl(t, ctx, kb.Enter)
	b.reads("La ficha quedó al día")
}
