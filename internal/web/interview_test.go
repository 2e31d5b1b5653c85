package web_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

var talkPath = regexp.MustCompile(`/encuestas/[0-9A-Z]{26}/entrevista/[0-9a-z-]+`)

// TestInterviewInBrowser: an interviewer, who has no other page of a survey, asks a case page by
// page without scripts: rules hold at the server, answers open questions on the same page, a
// repeat grows, the browser closes in between, and what is sent is a submission like any other.
func TestInterviewInBrowser(t *testing.T) {
	w := interviewed(t)
	w.joins(0, 0, func(st *store.SyncState) { // a node whose line was cut three hours ago: it asks all the same
		st.Receipt, st.Trouble = w.app.Now().Add(-3*time.Hour).UnixMicro(), `{"Key":"sync.no_answer","Args":["address","quipu.example.org"]}`
	})
	b := w.as("interviewer")
	start := "/encuestas/" + w.survey + "/entrevista"
	b.get("/encuestas").has(t, `href="`+start+`"`, "Sin enlace desde", "0 en riesgo")
	b.get(start).has(t, "Entrevistas sin terminar", "Madrid, mujeres de 25 a 34")
	if p := b.get("/encuestas/" + w.survey); p.status != http.StatusForbidden {
		t.Errorf("an interviewer gets %d for the plan", p.status)
	}
	p := b.post(start, "case", w.cases[1])
	at := talkPath.FindString(p.path)
	if at != start+"/"+w.interviews[0] {
		t.Fatalf("the case that is under way leads to %q and not to %q", p.path, w.interviews[0])
	}
	p.has(t, "La persona", "¿Cuál es tu sexo?", "Página 1 de")
	const q = "q.data.persona."
	p = b.fill(p, at, "do", "next", q+"edad", "12")
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong page gives %d", p.status)
	}
	p.has(t, "De 15 a 110 años", "Falta la respuesta", `value="12"`)
	p = b.fill(p, at, "lang", "English (en)")
	p.has(t, "How old are you?", `value="12"`)
	b.fill(p, at, "do", "next").has(t, "From 15 to 110 years")
	p = b.fill(b.get(at), at, "do", "next", q+"sexo", "F", q+"edad", "34", q+"llegada-day", "3", q+"llegada-month", "2", q+"llegada-year", "2019")
	p.has(t, "Did you work last week?", "tiene más preguntas")

	b = w.as("interviewer") // another browser
	p = b.get(at)
	p.has(t, `value="34"`, "Did you work last week?")
	w.now.Add(25) // seconds that the page is on the screen
	p = b.fill(p, at, "do", "next", q+"sexo", "F", q+"trabaja", "si")
	p = b.fill(p, at, "do", "next", q+"sexo", "F", q+"trabaja", "si", q+"sueldo", "1200,50", q+"paises", "ESP", q+"nota", "<b>&")
	p.has(t, "Child")
	p = b.fill(p, at, "do", "next", "q.data.hijo.nombre", "Inti", "q.data.hijo.anios", "4")
	p.has(t, "Va 1.")
	p = b.fill(p, at, "do", "more")
	p.has(t, "Child 2")
	p = b.fill(p, at, "do", "next", "q.data.hijo-2.nombre", "Sami")
	p.has(t, "Van 2.")
	p = b.fill(p, at, "do", "back")
	p.has(t, `value="Sami"`, "How old is Sami?")
	p = b.fill(b.fill(p, at, "do", "next"), at, "do", "next")
	p.has(t, "How many people live with you?")
	p = b.fill(b.fill(p, at, "do", "next"), at, "do", "next")
	p.has(t, "Enviar la entrevista")
	b.fill(p, at, "do", "send").has(t, "La entrevista se guardó", "Sin enlace desde", "cambios guardados aquí")

	w.arrived(b, start)
}

// arrived looks at the interview that was sent, at who may see one that is under way, and at the
// end of the survey.
func (w *walk) arrived(b *browser, start string) {
	t := w.t
	t.Helper()
	stranger := authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	rows, err := w.app.Surveys.Submissions(t.Context(), stranger, survey.SubmissionFilter{Survey: w.survey, Case: w.cases[1]}, survey.Place{}, false, 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d submissions of the case, %v", len(rows), err)
	}
	s, _, _, err := w.app.Surveys.Submission(t.Context(), stranger, rows[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<edad>34</edad>", "<llegada>2019-02-03</llegada>", "<sueldo>1200.50</sueldo>", "<nombre>Sami</nombre>", "&lt;b", w.cases[1]} {
		if !strings.Contains(s.Answers, want) {
			t.Errorf("the answers have no %s: %s", want, s.Answers)
		}
	}
	if s.Standing != study.Received {
		t.Errorf("the interview is %s: %v", s.Standing, s.Reasons)
	}
	times, err := w.app.Surveys.Audit(t.Context(), stranger, s.Entity.ID)
	if err != nil || times == nil || times.Lost != 0 {
		t.Fatalf("the times of its pages: %+v, %v", times, err)
	}
	if spent := times.Spent(); len(spent) < 3 || spent["/data/persona"] != 25*time.Second {
		t.Errorf("its pages took %v", spent)
	}
	b.get(start+"/"+w.interviews[0]).has(t, "ya no está")
	b.get("/encuestas/"+w.survey+"/respuestas").has(t, "interviewer")

	mine := talkPath.FindString(b.post(start).path)
	if p := w.as("head").get(mine); p.status != http.StatusNotFound {
		t.Errorf("another officer gets %d for the interview", p.status)
	}
	stat := authz.Actor{Login: "statistician", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	if err := w.app.Surveys.Move(t.Context(), stat, w.survey, study.Closed, id.Change{}); err != nil {
		t.Fatal(err)
	}
	b.get(mine).has(t, "no está abierta")
	b.get(start).has(t, "no está abierta")
	if strings.Contains(b.get("/encuestas").text, start) {
		t.Error("a closed survey is offered")
	}
}

// TestInterviewerSeesLittle: an account that only interviews begins at the surveys, has nothing
// else in its menu, and every link of its pages leads to a page that it may open.
func TestInterviewerSeesLittle(t *testing.T) {
	w := interviewed(t)
	b := w.as("interviewer")
	begin := b.get("/")
	if begin.path != "/encuestas" {
		t.Errorf("an interviewer begins at %s", begin.path)
	}
	_, menu, _ := strings.Cut(begin.text, `class="q-nav"`)
	menu, _, _ = strings.Cut(menu, "</nav>")
	if links := anyLink.FindAllStringSubmatch(menu, -1); len(links) != 1 || links[0][1] != "/encuestas" {
		t.Errorf("the menu of an interviewer leads to %v", links)
	}
	todo, seen := []string{"/encuestas"}, map[string]bool{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		p := b.get(path)
		if p.status != http.StatusOK {
			t.Errorf("%s gives an interviewer %d", path, p.status)
		}
		for _, m := range anyLink.FindAllStringSubmatch(p.text, -1) {
			if strings.HasPrefix(m[1], "/encuestas") {
				todo = append(todo, m[1])
			}
		}
	}
	at := "/encuestas/" + w.survey
	for _, want := range []string{at + "/entrevista", at + "/campo", at + "/respuestas", at + "/casos/" + w.cases[0], "/encuestas/codigo", at + "/entrevista/" + w.interviews[0]} {
		if !seen[want] {
			t.Errorf("no link leads an interviewer to %s; there are %d pages", want, len(seen))
		}
	}
	for _, no := range []string{"", "/cuestionario", "/muestra", "/pesos"} {
		if seen[at+no] {
			t.Errorf("a link leads an interviewer to %q", at+no)
		}
	}
	for _, no := range []string{"/registrar", "/importar", "/persona/" + w.people[0], "/jefatura", "/encuestas/nueva"} {
		if p := b.get(no); p.status != http.StatusForbidden {
			t.Errorf("%s gives an interviewer %d", no, p.status)
		}
	}
}

var anyLink = regexp.MustCompile(`href="(/[^"#]*)"`)

// interviewed is a register with a survey that is under way, and an interviewer.
func interviewed(t *testing.T) *walk {
	t.Helper()
	w := &walk{in: map[string]*browser{}}
	w.gate = newGateWith(t, true, func(_ *gate, o *web.Options) { o.Unpaced = true })
	fill(t, w.app)
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	w.people = []string{w.enter(head, "Elba")}
	w.enquire(w.people[0])
	return w
}

// TestInterviewAxe: the pages of an interview are clean for axe at both widths and go by keys.
func TestInterviewAxe(t *testing.T) {
	w := interviewed(t)
	b := w.as("interviewer")
	at := "/encuestas/" + w.survey + "/entrevista/" + w.interviews[0]
	ctx, shots := webtest.Browser(t), 0
	look := func(path string) {
		t.Helper()
		look{view{by: b}, i18n.Spanish}.carry(t, ctx)
		webtest.NoViolations(t, ctx, b.srv.URL+path)
		if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
			webtest.Screenshot(t, ctx, filepath.Join(dir, fmt.Sprintf("interview-%d.png", shots)))
			shots++
		}
	}
	look("/encuestas/" + w.survey + "/entrevista")
	const q = "q.data.persona."
	b.fill(b.get(at), at, "do", "next", q+"edad", "12")
	b.fill(b.get(at), at, "do", "next", q+"sexo", "F", q+"edad", "34")
	look(at)
}

// TestInvented: in a demonstration an officer who runs fieldwork sends invented interviews and sees
// how far that has come; anywhere else there is no such page.
func TestInvented(t *testing.T) {
	w := &walk{in: map[string]*browser{}}
	goes := make(chan bool)
	w.gate = newGateWith(t, true, func(_ *gate, o *web.Options) {
		o.Unpaced, o.Demo = true, true
		o.Invent = func(_ context.Context, _ string, n int, progress func(int)) (int, error) {
			progress(n / 2)
			<-goes
			return n, nil
		}
	})
	fill(t, w.app)
	w.people = []string{w.enter(authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}, "Elba")}
	w.enquire(w.people[0])
	at := "/encuestas/" + w.survey + "/campo/inventar"
	b := w.as("head")
	b.get("/encuestas/"+w.survey+"/campo").has(t, at)
	if p := b.post(at, "n", "9999"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("too many: %d", p.status)
	}
	p := b.post(at, "n", "40")
	p.has(t, "Van 20 de 40", "<progress")
	if p.header.Get("Refresh") == "" {
		t.Error("the page does not renew itself")
	}
	b.post(at, "n", "40") // twice is once
	close(goes)
	for range 100 {
		if p = b.get(at); strings.Contains(p.text, "Se enviaron 40") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.has(t, "Se enviaron 40")
	if p := w.as("interviewer").get(at); p.status != http.StatusNotFound {
		t.Errorf("an interviewer: %d", p.status)
	}
	plain := interviewed(t)
	if p := plain.as("head").get("/encuestas/" + plain.survey + "/campo/inventar"); p.status != http.StatusNotFound {
		t.Errorf("outside of a demonstration: %d", p.status)
	}
}
