package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/web/webtest"
)

// testPurpose: the purpose that was chosen goes with every read, and closes what it does
// not allow, with words that say what to do.
func testPurpose(t *testing.T, s *site) {
	rosa, path := s.as("rosa"), s.someone("ESMAD")
	last := func() string {
		t.Helper()
		reads, err := s.app.Reads(context.Background(), authz.Actor{Role: authz.Auditor, Office: "ESMAD"}, 0, 1)
		if err != nil || len(reads) != 1 {
			t.Fatal(err)
		}
		return strings.Join([]string{reads[0].Author, reads[0].Action, reads[0].Purpose, reads[0].Person}, " ")
	}
	id := strings.TrimPrefix(path, "/persona/")
	rosa.get(path).has(t, "Trabajas para", `<option value="registry" selected>`)
	if got := last(); got != "rosa read registry "+id {
		t.Errorf("the read is noted as %q", got)
	}
	back := rosa.post("/finalidad", "finalidad", "election", "volver", path)
	defer rosa.post("/finalidad", "finalidad", "registry")
	if back.path != path {
		t.Errorf("after choosing at %s", back.path)
	}
	back.has(t, "Ahora trabajas para: Elecciones", `<option value="election" selected>`, "q-purpose--marked")
	if got := last(); got != "rosa read election "+id {
		t.Errorf("the read is noted as %q", got)
	}
	rosa.post("/buscar", "q", "Maria")
	if got := last(); got != "rosa search election " {
		t.Errorf("the search is noted as %q", got)
	}
	for _, p := range []page{rosa.get("/registrar"), rosa.post(path + "/confirmar")} {
		if p.status != http.StatusForbidden {
			t.Errorf("%s gives %d for an election", p.path, p.status)
		}
		p.has(t, "Ahora trabajas para «Elecciones»", "Registro, Actuación, Asistencia y protección", "cambia arriba «Trabajas para»", `name="finalidad"`)
	}
	if p := rosa.get("/"); strings.Contains(p.text, `href="/registrar"`) {
		t.Error("the menu leads where the purpose does not allow")
	}
	for _, bad := range []string{"statistics", "curiosity", ""} {
		if p := rosa.post("/finalidad", "finalidad", bad); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%q as a purpose gives %d", bad, p.status)
		}
	}
	if p := rosa.post("/finalidad", "finalidad", "act", "volver", "//evil.example/"); p.path != "/" || p.status != http.StatusOK {
		t.Errorf("sent to %s, %d", p.path, p.status)
	}
	if p := s.as("carlos").get("/"); !strings.Contains(p.text, `<option value="registry" selected>`) {
		t.Error("another officer's purpose changed")
	}
	if p := s.as("amelia").get("/codigos"); strings.Contains(p.text, "/finalidad") {
		t.Error("who works with no people is asked for what")
	}
}

var tick = regexp.MustCompile(`name="fila" value="(\d+)"`)

// testWhoLooked: an auditor looks into what is marked, with a note, until nothing waits.
func testWhoLooked(t *testing.T, s *site) {
	rosa, amelia, marta := s.as("rosa"), s.as("amelia"), s.as("marta")
	theirs := s.stranger("USPAT")
	number := registryNumber.FindString(rosa.get(theirs).text)
	if number == "" {
		t.Fatal("no registry number on the page")
	}
	p := amelia.get("/")
	if p.path != "/accesos" {
		t.Errorf("the auditor begins at %s", p.path)
	}
	p.has(t, "Por revisar (", "Otra oficina", "La ficha era de Paterson; quien miró trabaja en Madrid.", number)
	lines := tick.FindAllStringSubmatch(p.text, -1)
	if len(lines) == 0 {
		t.Fatal("nothing waits")
	}
	here := p.fields().Get("aqui")
	p = amelia.post("/accesos/vistas", "fila", lines[0][1], "aqui", here)
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, `value="`+lines[0][1]+`" aria-label`) {
		t.Errorf("without a note: %d", p.status)
	}
	p.has(t, "Escribe qué averiguaste", "checked")
	if p := amelia.post("/accesos/vistas", "nota", "nada marcado", "aqui", here); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "nada marcado") {
		t.Errorf("without a tick: %d, or the note is lost", p.status)
	}
	amelia.post("/accesos/vistas", "fila", lines[0][1], "nota", "Estaba de guardia <b>", "aqui", here).has(t, "1 consulta quedó vista")
	amelia.get("/accesos?ver=vistas").has(t, "La dio por vista Amelia", "Estaba de guardia &lt;b&gt;")
	for range 20 {
		p = amelia.get("/accesos?ver=por-revisar")
		f := p.fields()
		if f.Get("todas") == "" {
			break
		}
		amelia.post("/accesos/vistas", "do", "all", "todas", f.Get("todas"), "nota", "revisadas", "aqui", f.Get("aqui")).has(t, "con tu nota")
	}
	p.has(t, "Por revisar (0)", "No hay consultas por revisar.")

	// The filter finds a record by its number and keeps the number out of the address.
	p = amelia.post("/accesos", "ver", "todas", "numero", number, "oficial", "rosa")
	if u := p.request.URL; p.path != "/accesos" || strings.Contains(u.RawQuery, number) || u.Query().Get("persona") != strings.TrimPrefix(theirs, "/persona/") {
		t.Errorf("the filter leads to %s?%s", p.path, u.RawQuery)
	}
	p.has(t, number, "Solo las de una ficha.")
	if p := amelia.post("/accesos", "ver", "todas", "numero", "0000-000-9999"); p.status != http.StatusNotFound || !strings.Contains(p.text, `value="0000-000-9999"`) {
		t.Errorf("a number of nobody gives %d, or is lost", p.status)
	}
	if p := amelia.get("/accesos?ver=todas&dia=mañana"); p.status != http.StatusOK || !strings.Contains(p.text, "govuk-error-summary") {
		t.Errorf("a day that is none gives %d", p.status)
	}
	amelia.get("/accesos?ver=todas&tipo=search&razon=many").has(t, "Ninguna consulta es así")
	marta.get("/accesos").has(t, "Abrió una ficha")
	if p := marta.get("/accesos?ver=por-revisar"); strings.Contains(p.text, "/accesos/vistas") {
		t.Error("a head of post may pass looks")
	}

	p = amelia.post("/accesos/csv", "aqui", "ver=todas&oficial=rosa")
	if kind := p.header.Get("Content-Disposition"); !strings.Contains(kind, "accesos-") || !strings.HasPrefix(p.text, "\ufefflugar;momento;") || !strings.Contains(p.text, ";rosa;") {
		t.Errorf("the export is %s %.200q", kind, p.text)
	}
	if strings.Contains(p.text, ";carlos;") {
		t.Error("the export is not narrowed")
	}
	amelia.get("/accesos?ver=todas&tipo=export_reads").has(t, "Descargó esta lista")
}

var registryNumber = regexp.MustCompile(`\d{4}-\d{3}-\d{4}`)

// testOversee: the head of post sees what was registered today, by whom and when.
func testOversee(t *testing.T, s *site) {
	ctx, marta := context.Background(), s.as("marta")
	before, err := s.app.OverseeDay(ctx, authz.Actor{Role: authz.Head, Office: "ESMAD"})
	if err != nil {
		t.Fatal(err)
	}
	path, _ := s.as("rosa").newcomer("Oliva")
	if err := s.app.NoteRegistrationTime(ctx, authz.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}, strings.TrimPrefix(path, "/persona/"), 155); err != nil {
		t.Fatal(err)
	}
	s.as("rosa").get("/").has(t, "Inscripciones de hoy", fmt.Sprintf("<strong>%d</strong>", len(before.Registrations)+1), "por ti", "Solicitudes de derechos")
	marta.get("/").has(t, `href="/jefatura"`)
	p := marta.get("/jefatura")
	p.has(t, "Inscripciones de hoy", fmt.Sprintf("<strong>%d</strong>", len(before.Registrations)+1), "Rosa (ventanilla, Madrid)", "<rect ", "de la", "Sesiones abiertas", `href="/cuentas/marta"`)
	if p := s.as("carlos").get("/jefatura"); strings.Contains(p.text, "Rosa (ventanilla") {
		t.Error("another office's day is shown")
	}
}

// testTimeline: one history has what was changed, moved and asked, and to who may know it
// who looked, in runs.
func testTimeline(t *testing.T, s *site) {
	rosa, marta, carlos := s.as("rosa"), s.as("marta"), s.as("carlos")
	path, _ := rosa.newcomer("Timotea")
	for range 3 {
		rosa.get(path)
	}
	carlos.get(path)
	form := rosa.get(path + "/editar/profile").fields()
	form.Set("civil_status", "married")
	rosa.send(path+"/editar/profile", form)
	rosa.post(path+"/consentimientos/alerts", "do", "grant", "version", app.ConsentVersion)
	carlos.post(path+"/trasladar", "office", "USPAT")
	marta.post(path+"/trasladar", "office", "ESMAD")
	p := marta.get(path + "/historia")
	p.has(t, "Traslado de Consulado General del Perú en Madrid a Consulado General del Perú en Paterson", "Inscripción", "Consentimiento", "Estado civil: Casado/a",
		"Carlos (jefe de oficina, Paterson) (carlos), USPAT, miró la ficha", "la ficha era de Consulado General del Perú en Madrid", "Para: Registro", "guardado aquí ")
	if !regexp.MustCompile(`Rosa \(ventanilla, Madrid\) \(rosa\), ESMAD, miró la ficha [3-9] veces`).MatchString(p.text) {
		t.Error("three looks of one officer are no run")
	}
	if moved, registered := strings.Index(p.text, "Traslado de"), strings.Index(p.text, "Número"); moved < 0 || registered >= 0 && registered < moved {
		t.Error("the newest does not stand first")
	}
	changes := marta.get(path + "/historia?ver=cambios")
	if changes.has(t, "Traslado de"); strings.Contains(changes.text, "miró la ficha") {
		t.Error("among the changes stands who looked")
	}
	looks := marta.get(path + "/historia?ver=miro")
	if looks.has(t, "miró la ficha"); strings.Contains(looks.text, "Traslado de") {
		t.Error("among the looks stand changes")
	}
	if own := rosa.get(path + "/historia?ver=miro"); strings.Contains(own.text, "miró la ficha") || !strings.Contains(own.text, "Traslado de") {
		t.Error("the window sees who looked, or nothing")
	}
	if past := marta.get(path + "/historia?dia=2020-01-01"); strings.Contains(past.text, "miró la ficha") {
		t.Error("a day before tells of looks after it")
	}
	marta.get(path+"/accesos").has(t, "la ficha era de", "/accesos?ver=todas")
	marta.get(path).has(t, `/editar/profile#civil_status`, `class="q-provenance"`)
	form = marta.get(path + "/editar/contact").fields()
	form.Set("safe_hours", "de diez a doce")
	marta.send(path+"/editar/contact", form)
	rosa.get(path).has(t, `govuk-tag--red">Reservado`)
}

// TestBarHidesNothing: what has the focus is not behind the bar that stays in sight, when
// one goes back through the page (WCAG 2.4.11).
func TestBarHidesNothing(t *testing.T) {
	s := newSite(t)
	b := &tab{s, webtest.Browser(t)}
	b.open("/idioma/es?volver=/entrar")
	b.signIn("marta")
	b.open(s.someone("ESMAD"))
	type found struct {
		Passed int
		Stuck  bool
		Hidden []string
	}
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[found](`(() => {
		const out = {passed: 0, stuck: false, hidden: []}, bar = document.querySelector(".q-identity");
		window.scrollTo(0, document.body.scrollHeight);
		out.stuck = bar.getBoundingClientRect().top === 0;
		for (const el of [...document.querySelectorAll("main a, main button, main input")].reverse()) {
			if (bar.contains(el) || el.type === "hidden" || !el.offsetParent) continue;
			el.focus();
			const r = el.getBoundingClientRect(), at = document.elementFromPoint(r.left + r.width / 2, r.top + Math.min(r.height / 2, 12));
			out.passed++;
			if (at && bar.contains(at)) out.hidden.push(el.outerHTML.slice(0, 120));
		}
		return out;
	})()`))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Stuck || got.Passed < 20 || len(got.Hidden) > 0 {
		t.Errorf("the bar stays: %v; of %d hidden: %q", got.Stuck, got.Passed, got.Hidden)
	}
}

// testRoles: every officer finds the table of rights, and it says what the program does.
func testRoles(t *testing.T, s *site) {
	rosa := s.as("rosa")
	rosa.get("/codigos").has(t, `href="/roles"`)
	p := s.as("sara").get("/roles")
	rows := regexp.MustCompile(`(?s)<tr class="govuk-table__row"><td.*?</tr>`).FindAllString(p.text, -1)
	if len(rows) != len(authz.Actions) {
		t.Fatalf("%d rows for %d actions", len(rows), len(authz.Actions))
	}
	words := map[authz.Reach]string{authz.None: ">no<", authz.Own: ">su oficina<", authz.World: ">todas<"}
	for i, a := range authz.Actions {
		cells, at := strings.SplitAfter(rows[i], "</td>"), 2
		if !strings.Contains(cells[0], a.In("es")) {
			t.Fatalf("the row of %s is %q", a, rows[i])
		}
		for _, r := range authz.Roles {
			if !authz.Known(r) {
				continue
			}
			if !strings.Contains(cells[at], words[authz.Grants(r, a)]) {
				t.Errorf("%s, %s: %q", r, a, cells[at])
			}
			at++
		}
	}
	rosa.get("/accesos").has(t, "mira en «Quién puede hacer qué»")
}
