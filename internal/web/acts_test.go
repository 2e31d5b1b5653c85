package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/node"
)

// newcomer registers somebody without papers at the officer's office.
func (b *browser) newcomer(given string, more ...string) (path, number string) {
	b.t.Helper()
	p := b.post("/registrar", append([]string{"surname_paternal", "Zevallos", "given_names", given, "no_papers", "1", "kind", "resident",
		"residence_country", "ES", "do", "save"}, more...)...)
	if !strings.HasSuffix(p.path, "/inscrita") {
		b.t.Fatalf("registering gives %d at %s", p.status, p.path)
	}
	return strings.TrimSuffix(p.path, "/inscrita"), numberOf.FindStringSubmatch(p.text)[1]
}

var numberOf = regexp.MustCompile(`q-identity__number">([^<]+)<`)

func testConsents(t *testing.T, s *site) {
	b := s.as("rosa")
	path, _ := b.newcomer("Olga")
	p := b.get(path + "/consentimientos")
	p.has(t, "peligro donde vivo", "Sin respuesta", "Da su consentimiento")
	if q := b.post(path+"/consentimientos/research", "do", "grant", "version", "1999"); q.status != http.StatusUnprocessableEntity {
		t.Errorf("words that nobody has give %d", q.status)
	}
	b.post(path+"/consentimientos/research", "do", "grant", "version", app.ConsentVersion, "evidence", "hoja firmada").
		has(t, "quedó anotado", "Dado el", "(rosa)", "hoja firmada", "texto "+app.ConsentVersion)
	form := b.get(path + "/editar/profile").fields()
	form.Set("civil_status", "married")
	b.send(path+"/editar/profile", form).has(t, "guardados")
	b.post(path+"/consentimientos/research", "do", "withdraw").
		has(t, "El retiro quedó anotado", "Hay 1 dato que revisar", "Retirado el", "Estado civil", "/editar/profile#civil_status")
	if q := b.post(path+"/consentimientos/events", "do", "withdraw"); q.status != http.StatusConflict {
		t.Errorf("withdrawing what was never given gives %d", q.status)
	}
	there := s.as("carlos")
	if q := there.get(path + "/consentimientos"); strings.Contains(q.text, "<button class=\"govuk-button govuk-button--secondary\" name=\"do\"") {
		t.Error("another office may answer for the person")
	}
	if q := there.post(path+"/consentimientos/alerts", "do", "grant", "version", app.ConsentVersion); q.status != http.StatusForbidden {
		t.Errorf("another office's consent gives %d", q.status)
	}
	b.get("/idioma/en?volver="+path+"/consentimientos").has(t, "danger where I live", "Withdrawn on")
}

func testRelate(t *testing.T, s *site) {
	b := s.as("rosa")
	child, _ := b.newcomer("Escolástica", "sex", "F")
	mother, number := b.newcomer("Purificación", "sex", "F")
	at := child + "/familia/vincular"
	b.get(at).has(t, "Vincular a un familiar")
	p := b.post(at, "do", "find", "q", number)
	p.has(t, "Zevallos, Purificación", "No está en el registro")
	id := strings.TrimPrefix(mother, "/persona/")
	if !strings.Contains(p.text, `value="`+id+`"`) {
		t.Fatal("the mother was not found by her number")
	}
	for _, bad := range [][]string{{"q", number, "relation", "mother"}, {"q", number, "person", id}, {"q", number, "person", "name", "relation", "mother"}} {
		if q := b.post(at, append(bad, "do", "link")...); q.status != http.StatusUnprocessableEntity {
			t.Errorf("%v gives %d", bad, q.status)
		}
	}
	b.post(at, "do", "link", "q", number, "person", id, "relation", "mother", "household", "yes", "authority", "yes", "evidence", "acta 12").
		has(t, "El vínculo quedó anotado", "Madre", "Zevallos", "acta 12")
	b.get(mother+"/familia").has(t, "Hijo/a", "Escolástica")
	b.post(at, "do", "link", "q", "Zevallos Abel", "person", "name", "relation", "other_relative", "name", "Abel Zevallos", "birth_date-year", "1950").
		has(t, "El vínculo quedó anotado", "Abel Zevallos", "1950")
	nobody, _ := b.newcomer("Sin Sexo")
	q := b.post(nobody+"/familia/vincular", "do", "link", "q", number, "person", id, "relation", "child")
	if q.status != http.StatusUnprocessableEntity {
		t.Errorf("a parent whose sex is not stated gives %d", q.status)
	}
	q.has(t, `href="#inverse"`)
	if q := s.as("carlos").get(at); q.status != http.StatusForbidden {
		t.Errorf("another office gets the form with %d", q.status)
	}
}

func testReopen(t *testing.T, s *site) {
	b, there := s.as("rosa"), s.as("carlos")
	path, _ := b.newcomer("Delia")
	if q := b.post(path+"/reinscribir", "kind", "resident"); q.status != http.StatusConflict {
		t.Errorf("registering twice gives %d", q.status)
	}
	b.post(path+"/cerrar", "reason", "returned")
	b.get(path).has(t, "Volver a inscribir")
	there.get(path+"/reinscribir").has(t, "inscripción nueva en tu oficina")
	if q := there.post(path + "/reinscribir"); q.status != http.StatusUnprocessableEntity {
		t.Errorf("no kind gives %d", q.status)
	}
	there.post(path+"/reinscribir", "kind", "transient", "note", "volvió").has(t, "inscrita de nuevo", "Paterson")
	b.post(path+"/trasladar", "office", "ESMAD", "note", "Espera su pasaporte").has(t, "pasó a la otra oficina")
	b.get(path).has(t, "Nota de Consulado General del Perú en Madrid", "Espera su pasaporte", "se quita al confirmar")
	if q := there.get(path); strings.Contains(q.text, "se quita al confirmar") {
		t.Error("the office that gave the person away is told its own note")
	}
}

func testComplete(t *testing.T, s *site) {
	b := s.as("rosa")
	path, _ := b.newcomer("Elba")
	b.get(path).has(t, "Completar la ficha", "Falta:", "Fecha de nacimiento")
	b.get(path+"/completar").has(t, "deja de ser provisional")
	if q := b.post(path+"/completar", "nationality_basis", "birth_in_country"); q.status != http.StatusUnprocessableEntity {
		t.Errorf("no paper gives %d", q.status)
	}
	q := b.post(path+"/completar", "type", "dni", "number", "1", "verification", "seen_original", "nationality_basis", "birth_in_country")
	if q.status == http.StatusUnprocessableEntity {
		q.has(t, `href="#number"`)
	}
	q = b.post(path+"/completar", "type", "passport", "number", "116077001", "issuer", "PER", "verification", "seen_original",
		"expires-day", "1", "expires-month", "2", "expires-year", "2031", "nationality_basis", "birth_in_country", "note", "trajo el pasaporte")
	if q.status == 200 {
		q.has(t, "La ficha quedó completa")
	}
	b.get(path+"/documentos").has(t, "116077001", "1 de febrero de 2031")
	if q := b.get(path + "/completar"); q.status != http.StatusConflict {
		t.Errorf("completing twice gives %d", q.status)
	}
}

func testVital(t *testing.T, s *site) {
	b := s.as("rosa")
	path, _ := b.newcomer("Teófila")
	if p := b.get(path + "/vida"); strings.Contains(p.text, `value="alive"`) || strings.Contains(p.text, `value="deceased"`) {
		t.Error("what the record says already is offered, or a death")
	}
	for _, bad := range [][]string{{"status", ""}, {"status", "missing", "date-day", "40", "date-month", "1", "date-year", "2026"}, {"status", "missing", "date-year", "2050"}} {
		if q := b.post(path+"/vida", bad...); q.status != http.StatusUnprocessableEntity {
			t.Errorf("%v gives %d", bad, q.status)
		}
	}
	b.post(path+"/vida", "status", "missing", "date-year", "2025", "place", "Calais").has(t, "quedó anotado", "Desaparecido", "Calais")
	b.post(path+"/fallecimiento", "date-year", "2025").has(t, "Fallecida")
	p := b.post(path+"/vida", "status", "alive")
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("to rise without a note gives %d", p.status)
	}
	p.has(t, `href="#note"`)
	b.post(path+"/vida", "status", "alive", "note", "era otra persona").has(t, "quedó anotado", "Con vida", "Volver a inscribir")
}

// portrait sends the form of the photograph.
func (b *browser) portrait(path, do string, file []byte) page {
	b.t.Helper()
	return b.portraitAs("foto.png", path, do, file)
}

func (b *browser) portraitAs(name, path, do string, file []byte) page {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile("photo", name)
	if err != nil {
		b.t.Fatal(err)
	}
	f.Write(file)
	w.WriteField("do", do)
	w.Close()
	req, err := http.NewRequest(http.MethodPost, b.srv.URL+path+"/retrato", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// face is an invented face: a light oval on grey.
func face(t *testing.T) []byte {
	t.Helper()
	pic := image.NewGray(image.Rect(0, 0, 350, 450))
	for y := range 450 {
		for x := range 350 {
			pic.Pix[y*pic.Stride+x] = 110
			if dx, dy := (x-175)*10/12, y-200; dx*dx+dy*dy*6/10 < 100*100 {
				pic.Pix[y*pic.Stride+x] = 220
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, pic); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func testPhoto(t *testing.T, s *site) {
	b := s.as("carlos")
	path, _ := b.newcomer("Fotogénica")
	b.get(path+"/retrato").has(t, "No consta su consentimiento")
	if p := b.portrait(path, "save", []byte("nada")); p.status != http.StatusUnprocessableEntity {
		t.Errorf("what is no picture gives %d", p.status)
	}
	if p := b.portrait(path, "save", make([]byte, 7<<20)); p.status != http.StatusUnprocessableEntity {
		t.Errorf("7 MiB give %d", p.status)
	}
	if p := b.portraitAs("foto.png.exe", path, "save", face(t)); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a program by its name gives %d", p.status)
	}
	if p := b.get(path + "/foto"); p.status != http.StatusNotFound {
		t.Errorf("no photograph gives %d", p.status)
	}
	b.portrait(path, "save", face(t)).has(t, "La foto quedó guardada", `src="`+path+`/foto"`)
	p := b.get(path + "/foto")
	if p.status != 200 || p.header.Get("Content-Type") != "image/jpeg" || p.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(p.header.Get("Cache-Control"), "no-store") {
		t.Errorf("the photograph: %d %v", p.status, p.header)
	}
	there := s.as("rosa") // at the window of another office
	if p := there.get(path); strings.Contains(p.text, "/foto\"") {
		t.Error("who may not see the detail is sent to the photograph")
	}
	if p := there.get(path + "/foto"); p.status != http.StatusForbidden {
		t.Errorf("who may not see the detail gets it with %d", p.status)
	}
	b.portrait(path, "remove", nil).has(t, "La foto se quitó")
}

// testTwoPasts: what was known on a day, and how that day was by what is known now.
func testTwoPasts(t *testing.T, s *site) {
	b := s.as("rosa")
	path, _ := b.newcomer("Saturnina")
	form := b.get(path + "/editar/identity").fields()
	form.Set("name_used", "Nina")
	form.Set("valid_from-year", "2019")
	b.send(path+"/editar/identity", form).has(t, "guardados")
	known := b.get(path + "?dia=2020-05-01")
	known.has(t, "como se conocía el 1 de mayo de 2020", "segun=hoy")
	truth := b.get(path + "?dia=2020-05-01&segun=hoy")
	truth.has(t, "como fue el 1 de mayo de 2020", "Nina", `href="`+path+`/familia?dia=2020-05-01&amp;segun=hoy"`)
	if strings.Contains(known.text, "Nina") || strings.Contains(truth.text, "/editar/") {
		t.Error("the pasts are mixed up, or can be written to")
	}
	if p := b.get(path + "?dia=2015-05-01&segun=hoy"); strings.Contains(p.text, ">Nina") {
		t.Log("a first value counts from always") // see registry.ValidOn
	}
	b.get(path+"/historia?dia=2020-05-01&segun=hoy").has(t, "como fue el")
}

func testWaiting(t *testing.T, s *site) {
	b := s.as("rosa")
	path, _ := b.newcomer("Dudosa")
	b.get("/").has(t, "Hoy en tu oficina", "Personas inscritas", "Fichas con dudas", "/dudas")
	p := b.get("/dudas")
	for p.status == 200 && !strings.Contains(p.text, path) { // she is the last
		next := nextPage.FindStringSubmatch(p.text)
		if next == nil {
			t.Fatal("who is in doubt is not on the list")
		}
		p = b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	}
	b.get("/vencen").has(t, "Inscripciones que vencen")
	b.get("/vencen?desde=x").has(t, "Inscripciones que vencen")
	if p := s.as("sara").get("/dudas"); p.status != http.StatusForbidden {
		t.Errorf("a statistician gets the list with %d", p.status)
	}
	day, err := s.app.OfficeDay(context.Background(), node.Operator("test", "ESMAD"))
	if err != nil || day.Registered == 0 || day.Doubtful == 0 {
		t.Errorf("the day is %+v, %v", day, err)
	}
	b.get(path+"/historia").has(t, "Rosa (ventanilla, Madrid) (rosa)")
}

var nextPage = regexp.MustCompile(`href="(/dudas\?desde=\d+)" rel="next"`)
