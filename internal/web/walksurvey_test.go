package web_test

import (
	"fmt"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

// questions is the questionnaire of the walk.
const questions = `
	| survey   | type        | name       | label |
	| | start       | start      | |
	| | text        | quipu_case | Caso |
	| | select_one s | sexo      | Sexo |
	| | begin group | hogar      | Hogar |
	| | integer     | personas   | Personas |
	| | end group   |            | |
	| | image       | foto       | Foto |
	| choices  | list_name | name | label |
	| | s         | F    | mujer |
	| | s         | M    | hombre |
	| settings | form_id | version | form_title |
	| | perfil  | 2026-11 | Perfil |
`

// enquire is a survey under way: a questionnaire, cases of which one is of the person and was
// tried, and answers that are doubtful, with a file that has not come.
func (w *walk) enquire(person string) {
	w.t.Helper()
	ctx := w.t.Context()
	do := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	stat := authz.Actor{Login: "statistician", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	asker := authz.Actor{Login: "interviewer", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	today := civil.FromTime(w.app.Now())
	var err error
	w.survey, err = w.app.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Perfil de los peruanos en las principales ciudades de destino", Footing: study.Probability,
		First: today, Last: today.AddDays(30), Posts: []string{"ESMAD", "USPAT"}, Note: "Piloto"})
	do(err)
	do(w.app.Surveys.PutForm(ctx, stat, w.survey, study.Form{Name: "perfil", Version: "2026-11", Title: "Perfil"},
		survey.FormFiles{XForm: xform.Write(surveytest.Form(w.t, questions))}, id.Change{}))
	do(w.app.Surveys.Move(ctx, stat, w.survey, study.Open, id.Change{}))
	w.cases, err = w.app.Surveys.Draw(ctx, stat, w.survey, `{"seed":1}`, []study.Drawn{
		{Stratum: "Madrid, mujeres de 25 a 34", Probability: 0.02, Order: 1, Office: "ESMAD"},
		{Stratum: "Madrid, mujeres de 25 a 34", Probability: 0.02, Order: 2, Office: "ESMAD", Person: person}}, nil)
	do(err)
	head := authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	do(w.app.Surveys.Assign(ctx, head, w.cases, "interviewer"))
	do(w.app.Surveys.Try(ctx, asker, w.cases[1], "2.24", "Nadie en casa; volver el sábado"))
	got, err := w.app.Surveys.Submit(ctx, asker, survey.Incoming{Instance: []byte(`<data id="perfil" version="2026-11"><start>2026-11-26T10:00:00Z</start>` +
		`<quipu_case>NADIE</quipu_case><sexo>X</sexo><hogar><personas>3</personas></hogar><foto>1.jpg</foto><meta><instanceID>uuid:walk</instanceID></meta></data>`)})
	do(err)
	w.submissions = []string{got.Submission}
	w.ask(stat, asker)
}

// ask is a survey of whoever comes, with answers that can be weighted and no sample.
func (w *walk) ask(stat, asker authz.Actor) {
	w.t.Helper()
	ctx := w.t.Context()
	do := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	today := civil.FromTime(w.app.Now())
	var err error
	w.queue, err = w.app.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Quienes vienen a la ventanilla", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	do(err)
	form := `<h:html xmlns:h="x"><h:head><model><bind nodeset="/data/sexo" type="string"/><bind nodeset="/data/edad" type="int"/></model></h:head><h:body><select1 ref="/data/sexo">` +
		`<item><value>mujer</value></item><item><value>hombre</value></item></select1><input ref="/data/edad"/></h:body></h:html>`
	do(w.app.Surveys.PutForm(ctx, stat, w.queue, study.Form{Name: "cola", Version: "1", Title: "Cola"}, survey.FormFiles{XForm: []byte(form)}, id.Change{}))
	do(w.app.Surveys.Move(ctx, stat, w.queue, study.Open, id.Change{}))
	for i, sex := range []string{"mujer", "mujer", "hombre", "mujer"} {
		_, err := w.app.Surveys.Submit(ctx, asker, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="cola" version="1"><sexo>%s</sexo><edad>%d</edad><meta><instanceID>uuid:cola%d</instanceID></meta></data>`, sex, 20+9*i, i)})
		do(err)
	}
}
