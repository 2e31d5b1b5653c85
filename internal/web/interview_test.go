package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/web"
)

var talkPath = regexp.MustCompile(`/encuestas/[0-9A-Z]{26}/entrevista/[0-9a-z-]+`)

// TestInterviewInBrowser: an interviewer, who has no other page of a survey, asks a case page by
// page without scripts: rules hold at the server, answers open questions on the same page, a
// repeat grows, the browser closes in between, and what is sent is a submission like any other.
func TestInterviewInBrowser(t *testing.T) {
	w := &walk{in: map[string]*browser{}}
	w.gate = newGateWith(t, true, func(_ *gate, o *web.Options) { o.Unpaced = true })
	fill(t, w.app)
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	w.enquire(w.enter(head, "Elba"))
	b := w.as("interviewer")
	start := "/encuestas/" + w.survey + "/entrevista"
	b.get("/encuestas").has(t, `href="`+start+`"`)
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
	b.fill(p, at, "do", "send").has(t, "La entrevista se guardó")

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
	if strings.Contains(b.get("/encuestas").text, start) {
		t.Error("a closed survey is offered")
	}
}
