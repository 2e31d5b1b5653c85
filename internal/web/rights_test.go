package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/rights"
	"quipu/internal/web/webtest"
)

var radio = regexp.MustCompile(`name="outcome" type="radio" value="([^"]+)"`)

// fill answers a form of a page, as a browser would, with more.
func (b *browser) fill(p page, action string, pairs ...string) page {
	b.t.Helper()
	form := p.form(action)
	if !strings.Contains(p.text, `<form action="`+action+`"`) {
		b.t.Fatalf("%s has no form to %s", p.path, action)
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(action, form)
}

func testRequests(t *testing.T, s *site) {
	rosa, marta := s.as("rosa"), s.as("marta")
	path, _ := rosa.newcomer("Fermina", "sex", "F")
	p := rosa.get(path + "/derechos")
	p.has(t, "Sus derechos sobre sus datos", "todavía no pidió", "Anotar una solicitud")
	if strings.Contains(p.text, `/derechos/datos`) {
		t.Error("a window clerk may hand own data out")
	}
	bad := rosa.fill(p, path+"/derechos", "kind", "rectification", "channel", "letter", "wants", "")
	bad.has(t, "Falta escribir esto")
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.text, `value="letter" selected`) {
		t.Errorf("a request without words gives %d and forgets what was chosen", bad.status)
	}
	p = rosa.fill(p, path+"/derechos", "kind", "rectification", "channel", "letter", "wants", "mi segundo apellido", "representative", "Rita Apoderada", "shown", "poder")
	p.has(t, "Rectificación", "vence en 10 días hábiles", "mi segundo apellido", "Rita Apoderada", "Recibida")
	request := p.path
	if strings.Contains(p.text, `value="answer"`) {
		t.Error("a window clerk may answer")
	}
	rosa.get("/datos").has(t, "Rectificación", "vence en 10 días hábiles", "Fermina", "Recibidas")
	if q := s.as("carlos").get(request); q.status != http.StatusForbidden {
		t.Errorf("another office opens it: %d", q.status)
	}
	p = marta.get(request)
	marta.fill(p, request, "do", "answer", "state", "refused", "reason", "no procede").has(t, "di a la persona dónde puede reclamar")
	marta.fill(p, request, "do", "answer", "state", "granted", "reason", "procede").has(t, "Elige el cambio")
	p = marta.fill(p, request, "do", "begin")
	p.has(t, "En trámite")
	old := p
	p = marta.fill(p, request, "do", "extend", "extend_reason", "falta un informe")
	p.has(t, "Con plazo ampliado", "falta un informe", "vence en 20 días hábiles")
	if q := marta.fill(old, request, "do", "withdraw", "withdraw_reason", "ya no"); q.status != http.StatusConflict {
		t.Errorf("deciding on an old page gives %d", q.status)
	}
	form := marta.get(path + "/editar/identity").fields()
	form.Set("surname_maternal", "Ñahui")
	marta.send(path+"/editar/identity", form).has(t, "guardados")
	p = marta.get(request)
	done := radio.FindStringSubmatch(p.text)
	if done == nil {
		t.Fatal("what was done is not offered as what carried it out")
	}
	p = marta.fill(p, request, "do", "answer", "state", "granted", "reason", "consta en la partida", "outcome", done[1])
	p.has(t, "Concedida", "consta en la partida", "respondido a tiempo", "Con qué se cumplió")
	marta.get("/datos/respondidas").has(t, "Concedida", "Fermina")
	marta.get("/idioma/en?volver="+request).has(t, "Granted", "answered in time")
	marta.get("/idioma/es?volver=/")
}

func testOwnData(t *testing.T, s *site) {
	marta := s.as("marta")
	path := s.someone("ESMAD")
	p := marta.post(path+"/derechos/datos", "format", "json", "lang", "en")
	var own struct {
		Version  int `json:"quipu_own_data"`
		Sections []struct{ Title string }
		Reads    []struct{ Did struct{ Code string } }
	}
	if err := json.Unmarshal([]byte(p.text), &own); err != nil || own.Version != 1 || own.Sections[0].Title != "Identity" || p.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("own data is %d %+v, %v", p.status, own, err)
	}
	if file := p.header.Get("Content-Disposition"); !strings.HasPrefix(file, `attachment; filename="quipu-0`) || !strings.HasSuffix(file, `.json"`) {
		t.Errorf("the file is called %s", file)
	}
	if p = marta.post(path+"/derechos/datos", "format", "pdf"); p.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(p.text, "%PDF-") {
		t.Errorf("the paper is %s", p.header.Get("Content-Type"))
	}
	if q := s.as("rosa").post(path+"/derechos/datos", "format", "pdf"); q.status != http.StatusForbidden {
		t.Errorf("a window clerk gets %d", q.status)
	}
	if q := marta.post(path+"/derechos/datos", "format", "exe"); q.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown format gives %d", q.status)
	}
	marta.get("/accesos").has(t, "Entregó a la persona sus datos")
}

func testBreaches(t *testing.T, s *site) {
	marta, pilar := s.as("marta"), s.as("pilar")
	p := marta.get("/datos/incidente-nuevo")
	p.has(t, "Europe/Madrid", "No nombres a las personas")
	marta.fill(p, "/datos/incidente-nuevo", "what", "se envió una lista a otro correo", "certainty", "unknown").has(t, "Escribe el día y la hora")
	noticed := time.Now().Add(-50 * time.Hour).In(madrid(t)).Format("2006-01-02T15:04")
	p = marta.fill(p, "/datos/incidente-nuevo", "what", "se envió una lista a otro correo", "certainty", "estimated", "people", "120", "data", "contact", "noticed", noticed)
	p.has(t, "vencido hace 2 horas", "120 (estimadas)", "Contacto y ubicación")
	breach := p.path
	pilar.get("/datos/incidentes").has(t, "se envió una lista", "vencido hace 2 horas")
	if q := s.as("carlos").get(breach); q.status != http.StatusForbidden {
		t.Errorf("another office opens it: %d", q.status)
	}
	at := time.Now().In(madrid(t)).Format("2006-01-02T15:04")
	pilar.fill(p, breach, "do", "authority", "authority_at", at).has(t, "Falta escribir esto")
	p = pilar.fill(pilar.get(breach), breach, "do", "authority", "authority_at", at, "reference", "N-17", "delay", "no había red")
	p.has(t, "N-17 no había red", "Se avisó a la autoridad")
	pilar.fill(p, breach, "do", "close").has(t, "Falta avisar a las personas")
	p = pilar.fill(p, breach, "do", "untold", "untold", "la lista estaba cifrada")
	p.has(t, "No hace falta", "la lista estaba cifrada")
	p = pilar.fill(p, breach, "do", "update", "what", "se envió una lista cifrada a otro correo", "measures", "se pidió borrarla", "certainty", "counted", "people", "118", "data", "contact", "noticed", noticed)
	p.has(t, "118 (contadas)", "se pidió borrarla", "Se completó")
	pilar.fill(p, breach, "do", "close").has(t, "Cerrado")
}

func madrid(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func testOthers(t *testing.T, s *site) {
	marta := s.as("marta")
	_, number := s.as("rosa").newcomer("Casimira", "sex", "F")
	p := marta.get("/datos/tercero-nuevo")
	marta.fill(p, "/datos/tercero-nuevo", "asker", "host_authority", "asker_name", "Oficina inventada", "aim", "enforcement", "wants", "dónde vive", "number", "nadie").
		has(t, "No hay nadie con ese", "Oficina inventada")
	p = marta.fill(p, "/datos/tercero-nuevo", "asker", "host_authority", "asker_name", "Oficina inventada", "aim", "enforcement", "wants", "dónde vive", "number", number)
	p.has(t, "La única respuesta es denegar", "Casimira", "Control migratorio")
	if strings.Contains(p.text, `value="granted"`) {
		t.Error("it offers to give data for enforcement")
	}
	marta.fill(p, p.path, "state", "granted", "reason", "lo piden", "given", "todo").has(t, "La respuesta solo puede ser negativa")
	marta.fill(p, p.path, "state", "refused", "reason", "el registro no sirve para eso").has(t, "Denegada", "el registro no sirve para eso")
	marta.get("/datos/terceros").has(t, "Oficina inventada", "Denegada")
}

func testTerms(t *testing.T, s *site) {
	rosa, marta, pilar := s.as("rosa"), s.as("marta"), s.as("pilar")
	path, _ := rosa.newcomer("Hermelinda", "sex", "F")
	marta.get("/datos/plazos").has(t, "Plazos de guarda", "se anonimiza a los 5 años", "se aplica aquí")
	left, _ := rosa.newcomer("Eduviges", "sex", "F", "emergency_contact.name", "Luis Inventado", "emergency_contact.phone", "+34600999888", "emergency_contact.may_be_told", "no")
	rosa.post(left+"/cerrar", "reason", "returned")
	marta.post("/datos/plazos", "do", "look").has(t, "Con el plazo cumplido", "El contacto de emergencia se borra")
	p := marta.post("/datos/plazos", "do", "propose")
	p.has(t, "Otra persona debe aprobarlo", "Contacto de emergencia", "Eduviges")
	if q := pilar.post("/datos/plazos", "do", "propose", "office", "ESMAD"); q.status != http.StatusConflict {
		t.Errorf("a second proposal gives %d", q.status)
	}
	pilar.fill(pilar.get(p.path), p.path, "do", "reject").has(t, "Falta escribir esto")
	pilar.fill(pilar.get(p.path), p.path, "do", "reject", "reason", "el mes que viene").has(t, "Rechazada", "el mes que viene")
	p = marta.post("/datos/plazos", "do", "propose")
	pilar.fill(pilar.get(p.path), p.path, "do", "approve").has(t, "Se borraron datos de", "Borrado")
	if text := rosa.get(left).text; strings.Contains(text, "Luis Inventado") || !strings.Contains(text, "Eduviges") {
		t.Error("not what was due was erased")
	}
	if p := marta.post("/datos/plazos", "do", "look", "office", "USPAT"); p.status != http.StatusForbidden {
		t.Errorf("looking at another office gives %d", p.status)
	}
	rosa.post(path+"/cerrar", "reason", "asked_out")
	p = rosa.get(path + "/derechos")
	request := rosa.fill(p, path+"/derechos", "kind", "cancellation", "channel", "window", "wants", "que borren todo").path
	p = marta.get(request)
	p = marta.fill(p, request, "do", "erase", "data", "person", "erase_reason", "ya no está inscrita")
	p.has(t, "Hermelinda", "Toda la ficha", "Tú hiciste esta propuesta", "Por aprobar")
	proposal := p.path
	if strings.Contains(p.text, `value="approve"`) {
		t.Error("who proposed may approve")
	}
	p = pilar.get(proposal)
	p.has(t, "Aprobar y borrar")
	pilar.fill(p, proposal, "do", "approve").has(t, "Se borraron datos de 1 persona", "Borrado")
	if text := rosa.get(path).text; strings.Contains(text, "Hermelinda") || strings.Contains(text, "Zevallos") {
		t.Error("the page still names the person")
	}
	rosa.get(path).has(t, "Ficha anonimizada")
	p = marta.get(path + "/historia")
	if strings.Contains(p.text, "Hermelinda") {
		t.Error("the history still names the person")
	}
	p.has(t, "Borrado por plazo", "Inscripción")
	p = marta.get(request)
	done := radio.FindStringSubmatch(p.text)
	if done == nil {
		t.Fatal("the erasure is not offered as what carried it out")
	}
	marta.fill(p, request, "do", "answer", "state", "granted", "reason", "borrado", "outcome", done[1]).has(t, "Concedida", "Borrado por plazo")
	marta.post("/auditoria").has(t, "En orden")
}

// TestRightsAxe looks at every screen of the room, in both languages and at both widths.
func TestRightsAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at some twenty pages")
	}
	s := newSite(t)
	b := &tab{s, webtest.Browser(t)}
	marta := s.as("marta")
	path := s.someone("ESMAD")
	form := marta.get(path + "/derechos")
	request := marta.fill(form, path+"/derechos", "kind", "cancellation", "channel", "window", "wants", "que borren mi teléfono").path
	proposal := marta.fill(marta.get(request), request, "do", "erase", "data", "section:contact", "erase_reason", "lo pide").path
	breach := marta.fill(marta.get("/datos/incidente-nuevo"), "/datos/incidente-nuevo", "what", "se perdió una memoria", "certainty", "unknown", "data", "contact",
		"noticed", time.Now().Add(-time.Hour).In(madrid(t)).Format("2006-01-02T15:04")).path
	other := marta.fill(marta.get("/datos/tercero-nuevo"), "/datos/tercero-nuevo", "asker", "press", "asker_name", "Diario", "aim", "publicity", "wants", "datos").path
	for _, lang := range i18n.Langs {
		b.open("/idioma/" + string(lang) + "?volver=/entrar")
		b.signIn("pilar")
		for name, to := range map[string]string{"derechos": "/datos", "respondidas": "/datos/respondidas", "solicitud": request, "derechos-persona": path + "/derechos",
			"incidentes": "/datos/incidentes", "incidente-nuevo": "/datos/incidente-nuevo", "incidente": breach, "terceros": "/datos/terceros",
			"tercero-nuevo": "/datos/tercero-nuevo", "tercero": other, "plazos": "/datos/plazos", "propuesta": proposal} {
			webtest.NoViolations(t, b.ctx, s.srv.URL+to)
			b.shot(name, lang)
		}
		b.press(`.q-session form button`)
		webtest.Arrive(t, b.ctx, "/entrar")
	}
}

// matters are a request, an incident, a request of others and a proposal at Madrid, in the
// place of their names in addresses.
func (g *gate) matters(person string) *strings.Replacer {
	g.t.Helper()
	head := authz.Actor{Login: "alguien", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	day := g.app.Today()
	request, err := g.app.OpenRequest(g.t.Context(), head, rights.RequestCmd{Kind: rights.Cancellation, Person: person, Channel: "window", Wants: "que borren", Received: day})
	if err != nil {
		g.t.Fatal(err)
	}
	proposal, err := g.app.ProposeErasure(g.t.Context(), head, request, "section:contact", "lo pide")
	if err != nil {
		g.t.Fatal(err)
	}
	breach, err := g.app.OpenBreach(g.t.Context(), head, rights.BreachCmd{What: "se perdió una memoria", Noticed: change.StampOf(g.app.Now()), Data: []registry.Section{registry.Contact}, Certainty: rights.Unknown})
	if err != nil {
		g.t.Fatal(err)
	}
	other, err := g.app.OpenDisclosure(g.t.Context(), head, rights.DisclosureCmd{Asker: rights.Press, AskerName: "Diario", Aim: rights.Publicity, Wants: "datos", Received: day})
	if err != nil {
		g.t.Fatal(err)
	}
	return strings.NewReplacer("{request}", request, "{proposal}", proposal, "{breach}", breach, "{disclosure}", other)
}
