package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"quipu/internal/app/account"
	"quipu/internal/doc"
	"quipu/internal/web"
)

func TestSite(t *testing.T) {
	s := newSite(t)
	for name, test := range map[string]func(*testing.T, *site){
		"log-in": testLogin, "closed routes": testClosed, "public": testPublic, "search": testSearch, "person": testPerson, "rights": testRights,
		"edit": testEdit, "conflict": testConflict, "register": testRegister, "doubts": testDoubts, "import": testImport, "reference": testReference,
		"consents": testConsents, "relate": testRelate, "reopen": testReopen, "complete": testComplete, "vital": testVital, "photo": testPhoto,
		"two pasts": testTwoPasts, "waiting": testWaiting, "purpose": testPurpose, "who looked": testWhoLooked, "oversee": testOversee, "timeline": testTimeline, "roles": testRoles,
		"requests": testRequests, "own data": testOwnData, "breaches": testBreaches, "requests of others": testOthers, "terms": testTerms,
		"papers": testPapers, "minors card": testMinorsCard, "paper to public": testPaperToPublic, "renewals": testRenewals,
	} {
		t.Run(name, func(t *testing.T) {
			sub := *s
			sub.t = t
			test(t, &sub)
		})
	}
	// Last, for it uses up the tries at the log-in; then the log of all of it.
	testLimits(t, s)
	log := s.log.String()
	for _, bad := range []string{"Quispe", "QUISPE", "/persona/01", "Zevallos", "tres nudos"} {
		if strings.Contains(log, bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
	if !strings.Contains(log, `"route":"GET /persona/{id}"`) {
		t.Error("the log has no routes")
	}
}

func testLogin(t *testing.T, s *site) {
	b := s.browser()
	p := b.get("/entrar")
	p.has(t, "Demostración", "rosa")
	p = b.post("/entrar", "login", "rosa", "password", "wrong wrong wrong")
	if p.status != http.StatusForbidden {
		t.Errorf("a wrong password gives %d", p.status)
	}
	p = b.post("/entrar", "login", "rosa", "password", account.DemoPassword)
	p.has(t, "Rosa (ventanilla, Madrid)", "Consulado")
	u, _ := url.Parse(s.srv.URL)
	cookies := b.c.Jar.Cookies(u)
	if len(cookies) == 0 {
		t.Fatal("no cookie")
	}
	b.post("/salir")
	if p := b.get("/"); p.path != "/entrar" {
		t.Errorf("after signing out / leads to %s", p.path)
	}
	b.c.Jar.SetCookies(u, cookies)
	if p := b.get("/"); p.path != "/entrar" {
		t.Error("the old token still opens the register")
	}
}

// testClosed walks every route without a log-in.
func testClosed(t *testing.T, s *site) {
	routes, err := web.Routes(s.app)
	if err != nil {
		t.Fatal(err)
	}
	wild := regexp.MustCompile(`\{[^}]*\}`)
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if len(routes) < 30 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, r := range routes {
		if r.Public {
			continue
		}
		method, path, ok := strings.Cut(r.Pattern, " ")
		if !ok {
			method, path = http.MethodGet, r.Pattern
		}
		path = wild.ReplaceAllString(strings.Replace(path, "{$}", "", 1), "x")
		req, err := http.NewRequest(method, s.srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := plain.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/entrar" {
			t.Errorf("%s answers %d without a log-in", r.Pattern, res.StatusCode)
		}
	}
}

func testPublic(t *testing.T, s *site) {
	b := s.browser()
	if p := b.get("/healthz"); p.status != 200 || !strings.Contains(p.text, `"status":"ok"`) {
		t.Errorf("health: %d %s", p.status, p.text)
	}
	b.get("/atajos").has(t, "Ctrl")
	req, _ := http.NewRequest(http.MethodPost, s.srv.URL+"/entrar", strings.NewReader("login=rosa"))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := b.do(req); p.status != http.StatusForbidden {
		t.Errorf("a form of another site gives %d", p.status)
	}
	p := s.as("rosa").get("/no/existe")
	if p.status != http.StatusNotFound {
		t.Errorf("an unknown address gives %d", p.status)
	}
	if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") {
		t.Errorf("policy %q", csp)
	}
}

func testSearch(t *testing.T, s *site) {
	b := s.as("rosa")
	p := b.post("/buscar", "q", "Maria")
	p.has(t, "Número de registro", "mismo nombre: MARIA")
	if p.path != "/buscar" {
		t.Errorf("at %s", p.path)
	}
	if personLink.FindString(p.text) == "" {
		t.Error("no link to a person")
	}
	b.post("/buscar", "q", "Xyzzy").has(t, "Nadie coincide", "/registrar")
	b.get("/buscar?q=Maria") // nothing is asked for by address
}

func testPerson(t *testing.T, s *site) {
	b, path := s.as("marta"), s.someone("ESMAD")
	b.get(path).has(t, "Inscripción", "q-provenance", "Contacto", "ESMAD")
	for _, tab := range []string{"/documentos", "/familia", "/historia", "/accesos"} {
		if p := b.get(path + tab); p.status != 200 {
			t.Errorf("%s gives %d", tab, p.status)
		}
	}
	b.get(path+"/historia").has(t, "Importación")
	b.get(path+"/historia/surname_paternal").has(t, "sigue vigente")
	b.get(path+"/accesos").has(t, "marta")
	b.get(path+"?dia=2020-05-01").has(t, "1 de mayo de 2020")
	if p := b.get(path + "?dia=ayer"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a bad day gives %d", p.status)
	}
	if p := b.get("/persona/01ARZ3NDEKTSV4RRFFQ69G5FAV"); p.status != http.StatusNotFound {
		t.Errorf("nobody gives %d", p.status)
	}
	for _, act := range []string{"/confirmar", "/cerrar", "/trasladar", "/fallecimiento"} {
		if p := b.get(path + act); p.status != 200 {
			t.Errorf("%s gives %d", act, p.status)
		}
	}
	if p := b.post(path+"/cerrar", "note", "x"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("closing without a reason gives %d", p.status)
	}
	b.post(path+"/confirmar").has(t, "confirmada")
	if p := b.post(path+"/trasladar", "office", "USPAT"); p.status != http.StatusForbidden {
		t.Errorf("sending somebody to another office gives %d", p.status)
	}
	s.as("carlos").post(path+"/trasladar", "office", "USPAT", "note", "Llegó en marzo").has(t, "pasó a la otra oficina", "Paterson", "Llegó en marzo")
	b.post(path+"/trasladar", "office", "ESMAD").has(t, "Madrid")
}

func testRights(t *testing.T, s *site) {
	rosa, theirs := s.as("rosa"), s.someone("USPAT")
	p := rosa.get(theirs)
	p.has(t, "Reservado", "no puede ver")
	if strings.Contains(p.text, "/editar/") {
		t.Error("a window of Madrid is offered to edit at Paterson")
	}
	for _, path := range []string{theirs + "/editar/identity", theirs + "/accesos", "/importar", "/auditoria", "/accesos"} {
		if p := rosa.get(path); p.status != http.StatusForbidden {
			t.Errorf("%s gives %d", path, p.status)
		}
	}
	if p := rosa.post(theirs+"/editar/identity", "given_names", "Otra"); p.status != http.StatusForbidden {
		t.Errorf("editing gives %d", p.status)
	}
	if p := s.as("sara").get(theirs); p.status != http.StatusForbidden {
		t.Errorf("a statistician who opens a person gets %d", p.status)
	}
	s.as("amelia").get("/accesos?ver=todas").has(t, "rosa", "Abrió una ficha")
}

func testEdit(t *testing.T, s *site) {
	b, path := s.as("marta"), s.someone("ESMAD")
	for _, sec := range []string{"identity", "documents", "registration", "contact", "family", "profile", "citizenship", "vulnerability", "lifecycle"} {
		if p := b.get(path + "/editar/" + sec); p.status != 200 {
			t.Errorf("%s gives %d", sec, p.status)
		}
	}
	form := b.get(path + "/editar/contact").fields()
	form.Set("phone/new.number", "912 345 678")
	form.Set("note", "Lo dijo por teléfono")
	p := b.send(path+"/editar/contact", form)
	p.has(t, "quedaron guardados", "+34912345678")
	b.get(path+"/historia").has(t, "Cambio de datos", "Lo dijo por teléfono", "+34912345678")

	p = b.send(path+"/editar/contact", b.get(path+"/editar/contact").fields())
	p.has(t, "No había nada que cambiar")

	form = b.get(path + "/editar/contact").fields()
	form.Set("phone/new.number", "12")
	form.Set("note", "que no se pierda")
	p = b.send(path+"/editar/contact", form)
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("a bad telephone gives %d", p.status)
	}
	p.has(t, `href="#phone%2fnew.number"`, "que no se pierda", `value="12"`)
}

// testConflict: two officers open the same form; the second loses nothing.
func testConflict(t *testing.T, s *site) {
	marta, rosa, path := s.as("marta"), s.as("rosa"), s.someone("ESMAD")+"/editar/identity"
	first, second := marta.get(path).fields(), rosa.get(path).fields()
	first.Set("name_used", "Charo")
	marta.send(path, first).has(t, "guardados")
	second.Set("surname_married", "de Huamán")
	second.Set("name_used", "Rosarito")
	p := rosa.send(path, second)
	if p.status != http.StatusConflict {
		t.Fatalf("a conflict gives %d", p.status)
	}
	p.has(t, "Charo", "Rosarito", "de Huamán", "c:name_used")
	again := p.fields()
	again.Set("c:name_used", "theirs")
	rosa.send(path, again).has(t, "guardados", "Charo", "de Huamán")

	third := rosa.get(path).fields() // somebody else's field is not touched by ours
	fourth := marta.get(path).fields()
	third.Set("surname_married", "de Rojas")
	rosa.send(path, third).has(t, "guardados")
	fourth.Set("name_used", "Chayo")
	marta.send(path, fourth).has(t, "guardados", "Chayo", "de Rojas")
}

func testRegister(t *testing.T, s *site) {
	b := s.as("rosa")
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: "116054321", Nationality: "PER", Birth: "900215",
		Expiry: "310101", Sex: "F", Primary: "ZEVALLOS<TICONA", Secondary: "MARIA<FE"})
	if err != nil {
		t.Fatal(err)
	}
	form := b.get("/registrar").fields()
	form.Set("scan", zone)
	form.Set("do", "read")
	p := b.send("/registrar", form)
	p.has(t, `value="Zevallos"`, `value="Ticona"`, `value="116054321"`, "Correcto")
	form = p.fields()
	form.Set("document.mrz", zone)
	form.Set("document.type", "passport")
	form.Set("document.verification", "seen_original")
	form.Set("sex", "F")
	form.Set("kind", "resident")
	form.Set("nationality_basis", "birth_in_country")
	form.Set("address.city", "Getafe")
	form.Set("phone.number", "12")
	form["consent"] = []string{"alerts"}
	p = b.send("/registrar", form)
	if p.status != http.StatusUnprocessableEntity {
		t.Fatalf("a bad telephone gives %d", p.status)
	}
	p.has(t, `href="#phone.number"`, "Getafe", "Zevallos")
	form.Set("phone.number", "612 345 678")
	p = b.send("/registrar", form)
	p.has(t, "Revisa antes de inscribir", "Nada se guardó", "Zevallos", "15 de febrero de 1990", `value="back:phone.number"`)
	form = p.fields()
	form.Set("do", "save")
	p = b.send("/registrar", form)
	if p.status != 200 || !strings.HasSuffix(p.path, "/inscrita") {
		t.Fatalf("registering gives %d at %s: %s", p.status, p.path, p.text)
	}
	p.has(t, "Zevallos Ticona", "0000-00")
	if again := b.send("/registrar", form); again.path != p.path {
		t.Errorf("sent twice, the form leads to %s and %s", p.path, again.path)
	}
	fresh := b.get("/registrar").fields()
	form.Set("once", fresh.Get("once"))
	same := b.send("/registrar", form)
	if same.status != http.StatusConflict {
		t.Fatalf("the same document gives %d", same.status)
	}
	same.has(t, strings.TrimSuffix(p.path, "/inscrita"), "Son dos personas")
	two := same.fields()
	two.Set("apart", strings.TrimSuffix(strings.TrimPrefix(p.path, "/persona/"), "/inscrita")+" "+numberOf.FindStringSubmatch(p.text)[1])
	if q := b.send("/registrar", two); q.status != http.StatusConflict || !strings.Contains(q.text, "Di por qué son dos personas") {
		t.Errorf("without a reason: %d", q.status)
	}
	two.Set("verdict.reason", "Son gemelas")
	check := b.send("/registrar", two)
	check.has(t, "Es otra persona que", "Son gemelas")
	two = check.fields()
	two.Set("do", "save")
	if q := b.send("/registrar", two); !strings.HasSuffix(q.path, "/inscrita") || q.path == p.path {
		t.Errorf("two people: %d at %s", q.status, q.path)
	}
	none := b.post("/registrar", "surname_paternal", "Zevallos", "given_names", "Abel", "no_papers", "1", "kind", "resident", "residence_country", "España", "do", "save")
	none.has(t, "Provisional")
	if p := b.post("/registrar", "kind", "resident"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("nobody gives %d", p.status)
	}
}

var doubtForm = regexp.MustCompile(`action="(/persona/[0-9A-Z]{26}/duda/[^"]+)"`)

// testDoubts registers somebody of whom little is known, puts a doubt away, and ends the
// registration in both ways.
func testDoubts(t *testing.T, s *site) {
	b := s.as("rosa")
	p := b.post("/registrar", "surname_paternal", "Zevallos", "given_names", "Nilda", "no_papers", "1", "kind", "resident", "residence_country", "ES", "do", "save")
	path := strings.TrimSuffix(p.path, "/inscrita")
	p = b.get(path)
	p.has(t, "Dudas por revisar", "Provisional")
	found := doubtForm.FindAllStringSubmatch(p.text, -1)
	if len(found) == 0 {
		t.Fatal("no doubt can be answered")
	}
	p = b.post(found[0][1], "do", "dismiss")
	p.has(t, "descartada")
	if n := len(doubtForm.FindAllString(p.text, -1)); n != len(found)-1 {
		t.Errorf("%d doubts are left of %d", n, len(found))
	}
	if p := b.post(found[0][1], "do", "dismiss"); p.status != http.StatusNotFound {
		t.Errorf("a doubt put away twice gives %d", p.status)
	}
	b.post(path+"/cerrar", "reason", "returned", "note", "Vuelve en junio").has(t, "quedó cerrada", "Inscripción cerrada")
	if p := b.post(path + "/confirmar"); p.status != http.StatusConflict {
		t.Errorf("confirming what is closed gives %d", p.status)
	}
	if p := b.post(path+"/fallecimiento", "date-day", "31", "date-month", "2", "date-year", "2025"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("31 February gives %d", p.status)
	}
	b.post(path+"/fallecimiento", "date-day", "3", "date-month", "2", "date-year", "2025", "place", "Madrid").has(t, "quedó anotado", "Fallecida")
	b.get(path+"/historia").has(t, "Fallecimiento", "Cierre de la inscripción", "Duda resuelta", "Inscripción")
}

func testLimits(t *testing.T, s *site) {
	b := s.as("rosa")
	p := b.post("/buscar", "q", strings.Repeat("x", 2<<20))
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("a form of 2 MiB gives %d", p.status)
	}
	p.has(t, "pasa de 1 MB")
	if p := s.as("marta").upload("grande.csv", "ESMAD", "Nombres,Apellidos\n"+strings.Repeat("x", 65<<20)); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a list of 65 MiB gives %d", p.status)
	}
	for range 40 {
		p = s.browser().post("/entrar", "login", "nobody", "password", "x")
	}
	if p.status != http.StatusTooManyRequests {
		t.Errorf("after many tries the log-in gives %d", p.status)
	}
}

const list = "Apellidos,Nombres,DNI,Fecha de nacimiento,Ciudad,Religión\r\n" +
	"Zevallos Apaza,Inés,45671230,7/4/1968,Madrid,x\r\n" +
	"Zevallos Apaza,Raúl,45671231,31/2/1970,Madrid,x\r\n"

func (b *browser) upload(name, office, content string) page {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("office", office)
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	f.Write([]byte(content))
	w.Close()
	req, err := http.NewRequest(http.MethodPost, b.srv.URL+"/importar", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

func testImport(t *testing.T, s *site) {
	b := s.as("marta")
	if p := b.upload("vacia.csv", "ESMAD", ""); p.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty file gives %d", p.status)
	}
	if p := b.upload("lista.xlsx", "ESMAD", list); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "termina en .xlsx") {
		t.Errorf("a list under the name of a workbook gives %d", p.status)
	}
	if p := b.upload("lista.csv", "USPAT", list); p.status != http.StatusForbidden {
		t.Errorf("another office's list gives %d", p.status)
	}
	p := b.upload("lista.csv", "ESMAD", list)
	if !strings.HasPrefix(p.path, "/importar/") {
		t.Fatalf("the upload leads to %s: %d", p.path, p.status)
	}
	p.has(t, "utf-8", "Religión", "No se guarda", "Ficha nueva", "Filas que se rechazan")
	before, _ := s.app.CountPeople(context.Background())
	if q := b.post(p.path, "do", "import", "mode", "all"); q.status != http.StatusUnprocessableEntity {
		t.Errorf("all or nothing gives %d", q.status)
	}
	b.post(p.path, "do", "preview", "col.4", "").has(t, "elegida a mano")
	b.post(p.path, "do", "preview", "col.4", "address.city")
	if q := s.as("carlos").get(p.path); q.status != http.StatusNotFound {
		t.Errorf("another's list gives %d", q.status)
	}
	done := b.post(p.path, "do", "import", "mode", "good")
	if !strings.HasPrefix(done.path, "/importacion/") {
		t.Fatalf("the import leads to %s: %d", done.path, done.status)
	}
	done.has(t, "La lista entró", "Descargar las filas rechazadas", "Deshacer")
	if again := b.post(p.path, "do", "import", "mode", "good"); again.path != done.path {
		t.Errorf("sent twice, the import leads to %s", again.path)
	}
	bad := b.get(done.path + "/rechazadas")
	if !strings.Contains(bad.text, "Raúl") || strings.Contains(bad.text, "Inés") || !strings.Contains(bad.text, "quipu_motivo") {
		t.Errorf("refused rows: %q", bad.text)
	}
	if n, _ := s.app.CountPeople(context.Background()); n != before+1 {
		t.Errorf("%d people, want %d", n, before+1)
	}
	b.post(done.path+"/deshacer").has(t, "se deshizo", "Fichas retiradas", "Deshecha")
	if n, _ := s.app.CountPeople(context.Background()); n != before {
		t.Errorf("after the undo %d people, want %d", n, before)
	}
	if q := b.post(done.path + "/deshacer"); q.status != http.StatusConflict {
		t.Errorf("undone twice gives %d", q.status)
	}
	b.get("/importar").has(t, "lista.csv", "Deshecha")
}

func testReference(t *testing.T, s *site) {
	b := s.as("marta")
	b.get("/oficinas").has(t, "ESMAD", "USPAT")
	b.get("/oficinas?pais=ES").has(t, "ESMAD")
	b.get("/oficinas/ESMAD").has(t, "Europe/Madrid")
	b.get("/codigos").has(t, "isco08", "SHA-256")
	for _, l := range []string{"sex", "country", "isco08", "ubigeo-inei"} {
		if p := b.get("/codigos/" + l); p.status != 200 {
			t.Errorf("%s gives %d", l, p.status)
		}
	}
	b.get("/codigos/country?q=per").has(t, "PE")
	b.get("/auditoria").has(t, "Cambios")
	b.post("/auditoria").has(t, "En orden")
	b.get("/idioma/en?volver=/oficinas").has(t, "Offices")
	for _, path := range []string{"/codigos/nada", "/oficinas/XXXXX"} {
		if p := b.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s gives %d", path, p.status)
		}
	}
}
