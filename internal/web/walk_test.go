package web_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/conflict"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/web"
)

// The walk opens every GET route of web.Routes by itself, as every role. A new screen needs
// nothing here unless its address has a part that values does not know yet: then the walk
// fails and says what to add.

// values say how a part in braces of an address is filled in: each value is tried, and one
// must lead to a page. A key is the name of the part, or a whole pattern for a part that
// means something else there.
func (w *walk) values() map[string][]string {
	return map[string][]string{
		"id":      w.people,
		"section": {"identity", "documents", "registration", "contact", "family", "profile", "citizenship", "vulnerability", "lifecycle"},
		"field":   {"name_used", "surname_paternal"},
		"serial":  {w.serial},
		"login":   {"window"},
		"code":    {"ESMAD"},
		"list":    {"sex", "country", "ubigeo-inei"},
		"batch":   {w.batch},

		"request": {w.request}, "breach": {w.breach}, "disclosure": {w.disclosure}, "proposal": {w.proposal},
		"pair": {w.pair, w.merged}, "merge": {w.merge}, "conflict": {w.conflict, w.other}, "kind": {"user"}, "matter": {"window"},
		"campaign": {w.campaign}, "turn": w.turns,
		"survey": {w.survey, w.queue, w.chain}, "case": w.cases, "submission": w.submissions, "interview": w.interviews,

		"GET /importar/{token}": {w.upload},
		"GET /retomar/{token}":  {w.kept},
	}
}

// more are addresses beside those of the routes: what comes after a question mark.
func (w *walk) more() []string {
	full := "/persona/" + w.people[0]
	return []string{"/oficinas?pais=ES", full + "?dia=2020-05-01", full + "?dia=2020-05-01&segun=hoy", full + "/historia?desde=30", "/nada",
		"/encuestas/" + w.queue + "/archivo?formato=r", "/encuestas/" + w.queue + "/analisis/plan?statistic=share&row=office",
		"/encuestas/" + w.chain + "/campo", "/encuestas/" + w.chain + "/muestra", "/encuestas/" + w.chain + "/pesos", "/encuestas/" + w.chain + "/casos/" + w.cases[2] + "/cupones",
		"/encuestas/" + w.chain + "/cadenas?pregunta=sexo"}
}

// elsewhere are routes that the walk cannot open, and who looks at them.
var elsewhere = map[string]string{
	"GET /entrar/oidc":                          "leads to the provider: TestProvider",
	"GET /entrar/oidc/vuelta":                   "comes from the provider: TestProvider",
	"GET /entrar/oidc/salida":                   "needs a provider: TestProvider",
	"GET /confirmar-clave/proveedor":            "leads to the provider: TestProvider",
	"GET /nodos/{node}":                         "needs a hub with computers: TestNodes",
	"GET /apartados/{held}":                     "needs a hub and a node: TestKeptApartByKeys",
	"GET /sincronizacion/archivo/{stick}":       "needs a file that was brought: TestARoundByStick",
	"GET /nodos/{node}/fichas":                  "needs a hub with computers: TestHeld",
	"GET /nodos/{node}/perdido":                 "needs a hub that was put back: TestMissing",
	"GET /encuestas/{survey}/muestra/plantilla": "is a file: TestSampleOfPlaces",
	"GET /encuestas/{survey}/archivo":           "asked in a format: more, and TestExport of cli/surveys",
	"GET /encuestas/{survey}/analisis/plan":     "asked with a question: more",
	"GET /persona/{id}/traer":                   "needs a node and its hub: TestDemoPosts of the command line",
	"GET /revision/siguiente":                   "leads to the next pair: TestReviewByKeys",
	"GET /primera-vez":                          "only before there is an account: TestFirstAdminInBrowser",
	"GET " + "/idioma/{lang}":                   "leads back",
	"GET /encuestas/{survey}/campo/inventar":    "of a demonstration alone: TestInvented",
}

// walk is a register in which every screen has something to show, with an officer of each
// role, somebody who has shown the password alone, and nobody.
type walk struct {
	*gate
	in                          map[string]*browser
	people                      []string // full, provisional, closed, of another office, come from there, dead, a child
	serial, batch, upload, kept string

	request, breach, disclosure, proposal string // about people's data

	campaign string   // a mobile consulate under way
	turns    []string // somebody at a table, somebody turned away, somebody on the list

	survey, queue      string   // a survey under way, and one of whoever comes, without a sample
	chain              string   // and one in which people invite people
	coupons            []string // of that one, that nobody came with
	cases, submissions []string // one that waits, one that was tried; one that is doubtful
	interviews         []string // of the interviewer, in a browser

	pair, merged, merge string // two entries that may be one person; two that were merged

	conflict string // two offices wrote one field of the first person
	other    string // and one of the account of the window
}

// The roles of nobody and of the steps of the log-in.
const (
	roleNobody    = "nobody"
	roleEnrolling = "enrolling"
	roleSecond    = "second"
)

func (w *walk) roles() []string { return slices.Sorted(maps.Keys(w.in)) }

func newWalk(t *testing.T) *walk {
	t.Helper()
	w := &walk{in: map[string]*browser{}}
	w.gate = newGateWith(t, true, func(g *gate, o *web.Options) { o.Unpaced = true })
	fill(t, w.app)
	for _, login := range []string{roleEnrolling, roleSecond, "carlos"} {
		acc := account.NewAccount{Login: login, Name: login, Office: map[bool]string{true: "USPAT", false: "ESMAD"}[login == "carlos"], Role: authz.Window, Lang: "es", Password: account.DemoPassword}
		if err := w.app.CreateAccount(t.Context(), node.Operator("test", acc.Office), acc); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range authz.Roles {
		if authz.Known(r) {
			w.in[string(r)] = w.as(string(r))
		}
	}
	w.in[roleNobody] = w.browser()
	b := w.browser()
	w.gate.enrol(b, roleSecond)
	for _, login := range []string{roleEnrolling, roleSecond} {
		w.in[login] = w.browser()
		w.in[login].signIn(login)
	}
	w.furnish()
	return w
}

// furnish makes the people and papers that fill the screens.
func (w *walk) furnish() {
	w.t.Helper()
	head := authz.Actor{Login: "head", Name: "Persona head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	full := w.enter(head, "María de los Ángeles Guadalupe", "birth_date", "1961-09-27", "sex", "F", "nationality_basis", "birth_in_country")
	w.people = []string{full, w.enter(head, "Elba"), w.enter(head, "Delia", "sex", "F"), strings.TrimPrefix(w.someone("USPAT"), "/persona/"),
		w.moved(head), w.enter(head, "Abel", "birth_date", "1931-05-03", "sex", "M"), w.enter(head, "Nieves", "birth_date", "2019-02-03", "sex", "F")}
	w.crowd(head, full)
	b := w.in["head"]
	w.edit(head, w.people[2], parts("emergency_contact/new", "name", "Luis Inventado", "phone", "+34600999888", "may_be_told", "no"))
	b.post("/persona/"+w.people[2]+"/cerrar", "reason", "returned", "note", "Vuelve en junio")
	b.post("/persona/"+w.people[5]+"/fallecimiento", "date-day", "3", "date-month", "2", "date-year", "2025", "place", "Madrid")
	b.portrait("/persona/"+full, "save", face(w.t))
	for _, purpose := range []string{"photo", "alerts", "research"} {
		b.post("/persona/"+full+"/consentimientos/"+purpose, "do", "grant", "version", app.ConsentVersion)
	}
	b.portrait("/persona/"+full, "save", face(w.t))
	b.post("/persona/"+full+"/consentimientos/research", "do", "withdraw", "evidence", "lo dijo en ventanilla")
	p := b.post("/persona/"+full+"/constancias", "kind", "registration")
	if m := paperParts.FindStringSubmatch(p.path); m != nil {
		w.serial = m[2]
	}
	up := b.upload("lista.csv", "ESMAD", list)
	w.batch = strings.TrimPrefix(b.post(up.path, "do", "import", "mode", "good").path, "/importacion/")
	w.upload = strings.TrimPrefix(b.upload("otra.csv", "ESMAD", list).path, "/importar/")
	w.aboutData(b, "/persona/"+full)
	w.alike(head)
	w.apart(full)
	w.journey(b, full)
	w.enquire(full)
	// A form that waits: what the officer sent after somebody else had closed the registration.
	refused := b.post("/persona/"+w.people[2]+"/cerrar", "reason", "moved", "note", "No llegó a guardarse")
	w.kept = regexp.MustCompile(`/retomar/([^"]+)`).FindString(refused.text)
	w.kept = strings.TrimPrefix(w.kept, "/retomar/")
	for name, got := range map[string]string{"request": w.request, "breach": w.breach, "disclosure": w.disclosure, "proposal": w.proposal, "paper": w.serial, "import": w.batch, "upload": w.upload, "form that waits": w.kept} {
		if got == "" {
			w.t.Errorf("the walk has no %s", name)
		}
	}
}

// aboutData is what people asked about their data, and what went wrong with them.
func (w *walk) aboutData(b *browser, person string) {
	w.t.Helper()
	last := func(p page) string { return p.path[strings.LastIndexByte(p.path, '/')+1:] }
	w.request = last(b.fill(b.get(person+"/derechos"), person+"/derechos", "kind", "rectification", "channel", "letter", "wants", "mi segundo apellido"))
	w.breach = last(b.fill(b.get("/datos/incidente-nuevo"), "/datos/incidente-nuevo", "what", "se envió una lista a otro correo", "certainty", "estimated",
		"people", "120", "data", "contact", "noticed", w.app.Now().Add(-50*time.Hour).In(madrid(w.t)).Format("2006-01-02T15:04")))
	number := numberOf.FindStringSubmatch(b.get(person).text)
	w.disclosure = last(b.fill(b.get("/datos/tercero-nuevo"), "/datos/tercero-nuevo", "asker", "host_authority", "asker_name", "Oficina inventada",
		"aim", "enforcement", "wants", "dónde vive", "number", number[1]))
	w.proposal = last(b.post("/datos/plazos", "do", "propose"))
}

// journey is a mobile consulate under way: people on the list, in the queue, at a table, done.
func (w *walk) journey(b *browser, full string) {
	w.t.Helper()
	last := func(p page) string { return p.path[strings.LastIndexByte(p.path, '/')+1:] }
	day := w.app.Now().In(madrid(w.t))
	w.campaign = last(b.fill(b.get("/campanas/nueva"), "/campanas/nueva", "city", "Zaragoza", "venue", "Centro cívico", "team", "window", "from", "09:00", "to", "17:00", "services", "dni", "capacity", "30", "numbers", "20",
		"first-day", fmt.Sprint(day.Day()), "first-month", fmt.Sprint(int(day.Month())), "first-year", fmt.Sprint(day.Year())))
	at := "/campanas/" + w.campaign
	b.fill(b.get(at), at, "state", "under_way")
	turn := func(visitor string) string {
		b.post(at+"/jornada", "do", "visitor", "visitor", visitor, "contact", "+34600111222")
		called := b.post(at+"/jornada", "do", "next")
		return last(called)
	}
	number := numberOf.FindStringSubmatch(b.get("/persona/" + full).text)
	b.post(at+"/lista", "do", "number", "number", number[1], "timed", "yes")
	w.turns = []string{turn("Ana Inventada")}
	away := turn("Eva Inventada")
	b.fill(b.get(at+"/turnos/"+away), at+"/turnos/"+away, "do", "away", "why", "no_capacity", "offer", "next_campaign")
	w.turns = append(w.turns, away)
	served := turn("Luz Inventada")
	b.fill(b.get(at+"/turnos/"+served), at+"/turnos/"+served, "do", "serve", "act.dni", "1")
	b.post(at+"/jornada", "do", "visitor", "visitor", "Sol Inventada")
	if w.campaign == "" || len(away) != 26 || len(served) != 26 {
		w.t.Errorf("the journey is %q, %q, %q", w.campaign, away, served)
	}
}

// alike are pairs to decide, and one that was decided: with values that contradict each other
// and values written since.
func (w *walk) alike(head authz.Actor) {
	w.t.Helper()
	var err error
	if w.pair, err = w.app.Suspect(w.t.Context(), head, w.people[0], w.people[1]); err != nil {
		w.t.Fatal(err)
	}
	one, other := w.enter(head, "Justina", "sex", "F", "birth_date", "1977-02-03"), w.enter(head, "Justina Elvira", "sex", "F", "birth_date", "1977-03-02")
	if w.merged, err = w.app.Suspect(w.t.Context(), head, one, other); err != nil {
		w.t.Fatal(err)
	}
	done, err := w.app.Decide(w.t.Context(), head, w.merged, review.DecideCmd{Verdict: same.Same})
	if err != nil {
		w.t.Fatal(err)
	}
	w.merge = done.Merge
	w.edit(head, done.Survivor, parts("phone/new", "number", "+34600111222"))
}

// apart is what an office without a link wrote about a person.
func (w *walk) apart(person string) {
	w.t.Helper()
	far := &conflicttest.Far{Node: "LEJOS", Office: "USPAT", Login: "carlos"}
	c := far.Write(w.t, w.app.Node, person, w.app.Now(), change.Set{Field: "name_used", Value: change.Text("Charito de la Santísima Trinidad Huamanñahui")})
	w.conflict = conflict.IDOf(c.ID, "name_used")
	c = far.Tell(w.t, w.app.Node, w.app.Exchange.Project, change.Ref{Kind: change.User, ID: "window"}, w.app.Now(), "edit",
		change.Set{Field: "name", Value: change.Text("María de los Ángeles Huamanñahui de la Santísima Trinidad")}, change.Set{Field: "role", Value: change.Text("statistician")})
	w.other = conflict.CaseID(c.ID)
}

// moved is somebody whom another office has handed over with a note.
func (w *walk) moved(to authz.Actor) string {
	w.t.Helper()
	there := authz.Actor{Login: "carlos", Name: "carlos", Role: authz.Window, Office: "USPAT", Purpose: "registry"}
	person := w.enter(there, "Olga", "sex", "F")
	cmd := registry.TransferCmd{ToOffice: to.Office, Note: "Espera su pasaporte; llamar antes de las diez."}
	if _, err := w.app.Transfer(w.t.Context(), to, person, cmd); err != nil {
		w.t.Fatal(err)
	}
	return person
}

// enter registers somebody of the family of long names.
func (w *walk) enter(actor authz.Actor, given string, pairs ...string) string {
	w.t.Helper()
	in := []registry.Input{{Field: "surname_paternal", Value: change.Text("Huamanñahui de la Santísima Trinidad")},
		{Field: "surname_maternal", Value: change.Text("Quispe-Yupanqui Condorcanqui")}, {Field: "given_names", Value: change.Text(given)},
		{Field: "residence_country", Value: change.Text("ES")}}
	for i := 0; i < len(pairs); i += 2 {
		in = append(in, registry.Input{Field: pairs[i], Value: change.Text(pairs[i+1])})
	}
	made, err := w.app.Register(w.t.Context(), actor, registry.RegisterCmd{Office: actor.Office, Kind: "resident", Channel: "window", Inputs: in}, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return made.Person
}

func (w *walk) edit(actor authz.Actor, person string, in ...registry.Input) {
	w.t.Helper()
	if _, err := w.app.Edit(w.t.Context(), actor, person, in, "Lo trajo en una carpeta con los papeles de toda la familia y se revisó hoja por hoja"); err != nil {
		w.t.Fatal(err)
	}
}

// parts is an item of a list.
func parts(field string, pairs ...string) registry.Input {
	v := change.Value{Parts: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		v.Parts[pairs[i]] = pairs[i+1]
	}
	return registry.Input{Field: field, Value: v}
}

// crowd fills a record: twenty documents, as many relatives, sixty changes.
func (w *walk) crowd(actor authz.Actor, person string) {
	w.t.Helper()
	edit := func(in ...registry.Input) { w.t.Helper(); w.edit(actor, person, in...) }
	for i := range 20 {
		edit(parts("document/new", "type", "passport", "number", fmt.Sprint(116054300+i), "issuer", "PER", "issued", "2015-03-01", "expires", "2025-03-01",
			"verification", "seen_original"),
			parts("family/new", "relation", "child", "name", fmt.Sprintf("Hija número %d de la Santísima Trinidad Huamanñahui", i), "birth_date", fmt.Sprint(1985+i), "household", "yes"))
	}
	for i := range 5 {
		edit(parts("phone/new", "number", fmt.Sprint("+3461234567", i), "where", "En la casa de su hermana, por las tardes"),
			parts("address/new", "lines", fmt.Sprintf("Calle de la Sangre de Cristo %d, escalera B, quinto derecha", i), "city", "Getafe", "country", "ES", "postcode", fmt.Sprint(28900+i)),
			parts("emergency_contact/new", "name", fmt.Sprintf("Pariente %d Huamanñahui", i), "relation", "sibling", "may_be_told", "yes", "phone", "+51987654321"))
	}
	var base registry.Input
	for i := range 35 {
		p, err := w.app.Person(w.t.Context(), actor, person, w.app.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		base = registry.Input{Field: "name_used", Value: change.Text(fmt.Sprintf("Charito %d", i)), Base: p.Person.Version("name_used")}
		edit(base)
	}
}

var braces = regexp.MustCompile(`\{([^}.$]*)(\.\.\.)?\}`)

// addresses fills in the parts of a pattern in every way that values knows.
func (w *walk) addresses(pattern string) (out []string) {
	_, path, _ := strings.Cut(pattern, " ")
	out = []string{strings.Replace(path, "{$}", "", 1)}
	known := w.values()
	for _, m := range braces.FindAllStringSubmatch(out[0], -1) {
		values, ok := known[pattern]
		if !ok {
			values, ok = known[m[1]]
		}
		if !ok {
			w.t.Errorf("the walk does not know what stands for %s in %q: add it to values in walk_test.go", m[0], pattern)
			return nil
		}
		var more []string
		for _, path := range out {
			for _, v := range values {
				more = append(more, strings.Replace(path, m[0], v, 1))
			}
		}
		out = more
	}
	return out
}

// view is a page as one role gets it. An answer to a form has no address to open it again:
// the page itself is kept then, in each language.
type view struct {
	page
	by    *browser
	role  string
	route string
	query string
	main  bool               // the heaviest of its route
	other bool               // of another server than the rest
	sent  map[i18n.Lang]page // of the answer to a form
}

// open asks for a page without following where it leads.
func (w *walk) open(role string, lang i18n.Lang, path string) page {
	w.t.Helper()
	b := w.in[role]
	b.speak(lang)
	b.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { b.c.CheckRedirect = nil }()
	return b.get(path)
}

// speak sets the language of a browser.
func (b *browser) speak(lang i18n.Lang) {
	u, err := url.Parse(b.srv.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.c.Jar.SetCookies(u, []*http.Cookie{{Name: "quipu-lang", Value: string(lang), Path: "/"}})
}

// isPage reports an answer that a person reads as a page.
func (p page) isPage() bool {
	return strings.HasPrefix(p.header.Get("Content-Type"), "text/html") && (p.status < 300 || p.status >= 400)
}

// pages opens every GET route as every role in both languages, and returns what is to be
// looked at in a browser: of each route the heaviest page, and those that have an element of
// a kind that the others have not. Every page is held against its budget (browser.do).
func (w *walk) pages() (out []view) {
	w.t.Helper()
	routes, err := web.Routes(w.app)
	if err != nil {
		w.t.Fatal(err)
	}
	patterns := []string{}
	for _, r := range routes {
		if strings.HasPrefix(r.Pattern, "GET ") {
			patterns = append(patterns, r.Pattern)
		}
	}
	for _, pattern := range patterns {
		if elsewhere[pattern] != "" {
			continue
		}
		found, any := w.opened(pattern, w.addresses(pattern))
		if !any {
			w.t.Errorf("no role gets a page at %q: give the walk something to show there, in furnish of walk_test.go, or say in elsewhere who looks at it", pattern)
		}
		out = append(out, chosen(found)...)
	}
	for _, path := range w.more() {
		found, _ := w.opened(path, []string{path})
		out = append(out, chosen(found)...)
	}
	return out
}

// opened opens addresses of one route, all of them as the head of the office, who may see
// most, and one that has a page as every other role; any says whether one of them answered
// with what was asked for, page or file.
func (w *walk) opened(pattern string, paths []string) (found []view, any bool) {
	one := ""
	open := func(role, path string) {
		p := w.open(role, i18n.Spanish, path)
		if p.status >= 500 {
			w.t.Errorf("%s as %s gives %d", path, role, p.status)
		}
		if p.status == http.StatusOK {
			any, one = true, cmp.Or(one, path)
		}
		if !p.isPage() || p.status != http.StatusOK && path != "/nada" {
			return
		}
		at, query, _ := strings.Cut(path, "?")
		if query != "" {
			query = "?" + query
		}
		p.path = at
		found = append(found, view{page: p, by: w.in[role], role: role, route: pattern, query: query})
		w.open(role, i18n.English, path) // for its weight and its words
	}
	for _, path := range paths {
		open(string(authz.Head), path)
	}
	for _, role := range w.roles() {
		if role != string(authz.Head) {
			open(role, cmp.Or(one, paths[0]))
		}
	}
	return found, any
}

var element = regexp.MustCompile(`<([a-z0-9]+)((?:\s[^>]*)?)>`)
var telling = regexp.MustCompile(`(?:class|role|type|aria-[a-z]+|tabindex|hidden|open|disabled|checked)(?:="[^"]*")?`)

// kinds are the kinds of element that a page has: what an instrument could find fault with.
func (p page) kinds() map[string]bool {
	out := map[string]bool{}
	for _, m := range element.FindAllStringSubmatch(p.text, -1) {
		out[m[1]+" "+strings.Join(telling.FindAllString(m[2], -1), " ")] = true
	}
	return out
}

// chosen keeps the heaviest page and what adds a kind of element to those before it.
func chosen(all []view) (out []view) {
	slices.SortStableFunc(all, func(a, b view) int { return b.weight - a.weight })
	seen := map[string]bool{}
	for _, v := range all {
		fresh := false
		for k := range v.kinds() {
			fresh = fresh || !seen[k]
			seen[k] = true
		}
		if fresh {
			v.main = len(out) == 0
			out = append(out, v)
		}
	}
	return out
}
