package web_test

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"quipu/internal/i18n"
	"quipu/internal/web/webtest"
)

var (
	codeText   = regexp.MustCompile(`QP1:[A-Z2-7]+`)
	onceOf     = regexp.MustCompile(`name="kind" value="(\w+)"><input type="hidden" name="once" value="(\w+)"`)
	paperParts = regexp.MustCompile(`^/persona/([0-9A-Z]{26})/constancias/([0-9A-Z-]{14})$`)
)

// documented registers somebody with a document of their own, born in that year.
func (b *browser) documented(given, dni, year string) (path string) {
	b.t.Helper()
	p := b.post("/registrar", "do", "save", "surname_paternal", "Zevallos", "surname_maternal", "Huamán de la Cruz", "given_names", given, "sex", "F", "birth_date-day", "3", "birth_date-month", "5",
		"birth_date-year", year, "document.type", "dni", "document.number", dni, "document.issuer", "PER", "document.verification", "seen_original",
		"kind", "resident", "nationality_basis", "birth_in_country", "residence_country", "ES", "address.city", "Getafe", "phone.number", "612 345 678", "confirmed", "1")
	if !strings.HasSuffix(p.path, "/inscrita") {
		b.t.Fatalf("registering gives %d at %s:\n%s", p.status, p.path, p.text)
	}
	return strings.TrimSuffix(p.path, "/inscrita")
}

// issue prints a paper and returns its page.
func (b *browser) issue(path, kind string, more ...string) page {
	b.t.Helper()
	p := b.post(path+"/constancias", append([]string{"kind", kind}, more...)...)
	if !paperParts.MatchString(p.path) || p.status != http.StatusOK {
		b.t.Fatalf("issuing %s gives %d at %s:\n%s", kind, p.status, p.path, tags.ReplaceAllString(p.text, ""))
	}
	return p
}

func testPapers(t *testing.T, s *site) {
	b, there := s.as("rosa"), s.as("carlos")
	path := b.documented("Nieves", "71234560", "1990")
	p := b.get(path + "/constancias")
	p.has(t, "Todavía no se ha emitido", "Dirá:", "Zevallos Huamán de la Cruz", "DNI, termina en 560", "No se puede emitir todavía", "Cierra primero la inscripción", "No hay foto ni consta el consentimiento")
	once := ""
	for _, m := range onceOf.FindAllStringSubmatch(p.text, -1) {
		if m[1] == "registration" {
			once = m[2]
		}
	}
	first := b.issue(path, "registration", "once", once)
	first.has(t, "Quedó emitida", "Constancia de inscripción consular", "Perú", "Vigente", "Nieves", "3 de mayo de 1990", "Texto del código", `role="img"`, "no reemplaza al documento de identidad")
	if again := b.issue(path, "registration", "once", once); again.path != first.path {
		t.Errorf("a form sent twice issues %s and %s", first.path, again.path)
	}
	serial := paperParts.FindStringSubmatch(first.path)[2]
	for _, bad := range []string{"", "visa", `"><script>`} {
		if q := b.post(path+"/constancias", "kind", bad); q.status != http.StatusUnprocessableEntity || strings.Contains(q.text, "<script>\"") {
			t.Errorf("kind %q gives %d", bad, q.status)
		}
	}
	if q := b.post(path+"/constancias", "kind", "removal"); q.status != http.StatusConflict {
		t.Errorf("a removal of who is registered gives %d", q.status)
	}

	pdf := b.get(first.path + "/pdf")
	if !strings.HasPrefix(pdf.text, "%PDF-1") || pdf.header.Get("Content-Type") != "application/pdf" || !strings.Contains(pdf.header.Get("Cache-Control"), "no-store") ||
		pdf.header.Get("Content-Disposition") != `attachment; filename="quipu-`+strings.ToLower(serial)+`.pdf"` {
		t.Errorf("the PDF: %d %v", pdf.status, pdf.header)
	}

	b.get(path+"/constancias").has(t, serial, "Vigente", "Madrid")
	theirs := there.documented("Abigail", "71234569", "1970")
	abroad := there.issue(theirs, "registration")
	for _, to := range []string{theirs + "/constancias", abroad.path, abroad.path + "/pdf"} {
		if q := b.get(to); q.status != http.StatusForbidden {
			t.Errorf("the window of another office gets %s with %d", to, q.status)
		}
		if q := s.as("sara").get(to); q.status != http.StatusForbidden {
			t.Errorf("a statistician gets %s with %d", to, q.status)
		}
	}
	if q := there.post(path+"/constancias", "kind", "registration"); q.status != http.StatusForbidden {
		t.Errorf("another office issues with %d", q.status)
	}
	if q := there.post(first.path+"/anular", "reason", "lost"); q.status != http.StatusForbidden {
		t.Errorf("another office revokes with %d", q.status)
	}
	other := b.documented("Matilde", "71234561", "1991")
	for _, to := range []string{other + "/constancias/" + serial, path + "/constancias/7QK3-WZ0A-9TMP", path + "/constancias/x%0d%0aY:z"} {
		if q := b.get(to); q.status != http.StatusNotFound {
			t.Errorf("%s gives %d", to, q.status)
		}
		if q := b.post(to+"/anular", "reason", "lost"); q.status != http.StatusNotFound {
			t.Errorf("revoking %s gives %d", to, q.status)
		}
	}

	q := b.post(first.path+"/anular", "note", "dijo que la perdió")
	if q.status != http.StatusUnprocessableEntity {
		t.Errorf("revoking without a reason gives %d", q.status)
	}
	q.has(t, `href="#reason"`, "dijo que la perdió", "no está en la lista")
	b.post(first.path+"/anular", "reason", "lost", "note", "dijo que la perdió").has(t, "Quedó anulada", "Anulada el", "Se perdió")
	if q := b.post(first.path+"/anular", "reason", "lost"); q.status != http.StatusConflict {
		t.Errorf("revoking twice gives %d", q.status)
	}
	b.get(path+"/historia").has(t, "Constancia o tarjeta anulada", "dijo que la perdió", "Se perdió")
	s.as("amelia").get("/accesos").has(t, "Abrió o imprimió una constancia", "rosa")

	b.post(path+"/cerrar", "reason", "returned")
	removal := b.issue(path, "removal")
	removal.has(t, "Constancia de baja consular", "Dado de baja el", "No vence")
	if q := b.post(path+"/constancias", "kind", "card"); q.status != http.StatusConflict {
		t.Errorf("a card of who was removed gives %d", q.status)
	}
}

// testMinorsCard: the adult who is present is chosen, and a new card takes the place of
// the old one.
func testMinorsCard(t *testing.T, s *site) {
	b := s.as("rosa")
	path := b.documented("Lucía", "71234562", "2016")
	b.get(path+"/constancias").has(t, "con su madre, padre o tutor", path+"/familia/vincular")
	for _, name := range []string{"Matilde Huamán", "Abel Zevallos"} {
		b.post(path+"/familia/vincular", "do", "link", "q", "Zevallos", "person", "name", "relation", map[bool]string{true: "mother", false: "father"}[name[0] == 'M'], "name", name, "authority", "yes").
			has(t, "El vínculo quedó anotado")
	}
	p := b.get(path + "/constancias")
	p.has(t, "Qué adulto responde por el menor", "Matilde Huamán", "Abel Zevallos")
	q := b.post(path+"/constancias", "kind", "card")
	if q.status != http.StatusConflict {
		t.Errorf("a card without an adult gives %d", q.status)
	}
	q.has(t, `href="#parent"`, "Elige quién está presente")
	parent := regexp.MustCompile(`name="parent" type="radio" value="([^"]+)"`).FindStringSubmatch(p.text)
	if parent == nil {
		t.Fatalf("no adult to choose:\n%s", p.text)
	}
	card := b.issue(path, "card", "parent", parent[1])
	if card.has(t, "Tarjeta consular"); strings.Contains(card.text, "Matilde") || strings.Contains(card.text, "Abel") {
		t.Error("the card names the adult")
	}
	old := paperParts.FindStringSubmatch(card.path)[2]
	b.get(path+"/constancias").has(t, "La tarjeta vigente "+old+" quedará anulada")
	b.issue(path, "card", "parent", parent[1])
	b.get(card.path).has(t, "Anulada el", "Se emitió otra en su lugar")
}

// testRenewals: the window reminds of what expires, and another office does not see it.
func testRenewals(t *testing.T, s *site) {
	b := s.as("carlos")
	path := b.documented("Renata", "71234570", "1988")
	if p := b.get(path); strings.Contains(p.text, "Recuérdale renovar") {
		t.Error("who has nothing to renew is reminded")
	}
	form := b.get(path + "/editar/documents").fields()
	for name := range form { // what selects hold is not among the inputs
		if item, ok := strings.CutSuffix(name, ".number"); ok && strings.HasPrefix(item, "document/") && item != "document/new" {
			form.Set(item+".type", "dni")
			form.Set(item+".verification", "seen_original")
		}
	}
	soon := s.app.Today().AddDays(40)
	for part, v := range map[string]string{"type": "passport", "number": "116077555", "issuer": "PER", "verification": "seen_original",
		"expires-day": strconv.Itoa(soon.Day), "expires-month": strconv.Itoa(soon.Month), "expires-year": strconv.Itoa(soon.Year)} {
		form.Set("document/new."+part, v)
	}
	b.send(path+"/editar/documents", form).has(t, "guardados")
	want := "Pasaporte: vence el " + i18n.Date(i18n.Spanish, soon.String())
	b.get(path).has(t, "Recuérdale renovar", want)
	b.get(path+"/inscrita").has(t, want)
	if p := s.as("rosa").get(path); strings.Contains(p.text, "Recuérdale renovar") {
		t.Error("the window of another office is told when the passport expires")
	}
}

// testPaperToPublic goes from the window to whoever checks the paper: the code of the
// printed page, scanned, is what the page says, and the public page finds it genuine.
func testPaperToPublic(t *testing.T, s *site) {
	for _, prog := range []string{"pdftoppm", "pdftotext"} {
		if _, err := exec.LookPath(prog); err != nil {
			if os.Getenv("QUIPU_REQUIRE_POPPLER") == "1" {
				t.Fatal(err)
			}
			t.Skipf("%s is not installed (Debian: poppler-utils)", prog)
		}
	}
	b := s.as("rosa")
	path := b.documented("Wiracocha T'ika", "71234563", "1985")
	for _, kind := range []string{"registration", "card"} {
		p := b.issue(path, kind)
		file := filepath.Join(t.TempDir(), kind+".pdf")
		if err := os.WriteFile(file, []byte(b.get(p.path+"/pdf").text), 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
		serial := paperParts.FindStringSubmatch(p.path)[2]
		if err != nil || !strings.Contains(string(text), serial) || !strings.Contains(string(text), "Wiracocha T'ika") {
			t.Errorf("%s: %v\n%s", kind, err, text)
		}
		scanned := scanPage(t, file)
		if want := codeText.FindString(p.text); scanned != want {
			t.Errorf("%s: the printed code says %q, the page %q", kind, scanned, want)
		}
		everybody := s.browser() // has not signed in
		everybody.get("/idioma/es?volver=/publico/verificar")
		everybody.post("/publico/verificar", "text", scanned).has(t, `data-verdict="valid"`, "Wiracocha T'ika", serial)
		b.post(p.path+"/anular", "reason", "wrong_data")
		everybody.post("/publico/verificar", "text", scanned).has(t, `data-verdict="revoked"`)
	}
}

// scanPage reads the code of a printed page. A scanner that misses is held nearer.
func scanPage(t *testing.T, file string) string {
	t.Helper()
	stem := strings.TrimSuffix(file, ".pdf")
	for _, dpi := range []string{"200", "250", "300", "400", "150"} {
		if out, err := exec.Command("pdftoppm", "-png", "-singlefile", "-r", dpi, file, stem).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		picture, err := os.ReadFile(stem + ".png")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := scan(picture); err == nil {
			return text
		}
	}
	t.Fatal("no code can be scanned from the page")
	return ""
}

// scan reads the code of a picture.
func scan(picture []byte) (string, error) {
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", err
	}
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return res.GetText(), nil
}

// TestPapersInBrowser looks at the pages with axe, and scans the code off the screen.
func TestPapersInBrowser(t *testing.T) {
	s := newSite(t)
	b := &tab{s, webtest.Browser(t)}
	rosa := s.as("rosa")
	path := rosa.documented("Nieves Wiracochapampa Maximiliana", "71234564", "1990")
	rosa.portrait(path, "save", face(t))
	card, gone := rosa.issue(path, "card"), rosa.issue(path, "registration")
	rosa.post(gone.path+"/anular", "reason", "damaged")
	child := rosa.documented("Lucía", "71234565", "2016")
	for _, lang := range i18n.Langs {
		b.open("/idioma/" + string(lang) + "?volver=/entrar")
		b.signIn("rosa")
		for name, to := range map[string]string{"constancias": path + "/constancias", "tarjeta": card.path, "anulada": gone.path, "menor": child + "/constancias"} {
			webtest.NoViolations(t, b.ctx, s.srv.URL+to)
			b.shot("papel-"+name+"-"+string(lang), i18n.Spanish)
		}
		b.open(card.path)
		b.press(`.govuk-button--warning`)
		b.reads(i18n.T(lang, "ui.errors.title"))
		b.sound("papel-error", lang)
		b.press(`.q-link-button`)
		webtest.Arrive(t, b.ctx, "/entrar")
	}
	b.open("/idioma/es?volver=/entrar")
	b.signIn("rosa")
	b.open(child + "/inscrita") // one key from the end of a registration
	webtest.Press(t, b.ctx, "1")
	b.reads("Quedó emitida")
	if m := paperParts.FindStringSubmatch(b.path()); m == nil || "/persona/"+m[1] != child {
		t.Errorf("the key leads to %s", b.path())
	}
	webtest.Open(t, b.ctx, s.srv.URL+card.path, 1280, 900)
	shot, err := chromedp.Run(b.ctx, chromedp.ScreenshotScale(".q-paper__code", 4)) // a telephone held close
	if err != nil {
		t.Fatal(err)
	}
	if got, err := scan(shot); err != nil || got != codeText.FindString(card.text) {
		t.Errorf("off the screen the code says %q, %v", got, err)
	}
	if r, err := s.app.VerifyConstancy(context.Background(), codeText.FindString(card.text), s.app.Today()); err != nil || !r.Genuine() {
		t.Errorf("%+v, %v", r, err)
	}
}
