package web_test

import (
	"fmt"
	"strings"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

// questions are a page of each kind of control.
const questions = `
| settings | form_id | form_title | version | default_language |
|          | perfil  | Perfil de los peruanos en el exterior | 2026-11 | Español (es) |
| survey | type | name | label::Español (es) | label::English (en) | relevant | constraint | constraint_message::Español (es) | constraint_message::English (en) | required | calculation | appearance |
|  | start | start | | | | | | | | | |
|  | audit | audit | | | | | | | | | |
|  | hidden | quipu_case | | | | | | | | | |
|  | begin group | persona | La persona | The person | | | | | | | |
|  | select_one sexo | sexo | ¿Cuál es tu sexo? | What is your sex? | | | | | yes | | |
|  | integer | edad | ¿Qué edad tienes? | How old are you? | | . >= 15 and . <= 110 | De 15 a 110 años | From 15 to 110 years | yes | | |
|  | date | llegada | ¿Cuándo llegaste? | When did you arrive? | | | | | | | |
|  | select_one sino | trabaja | ¿Trabajaste la semana pasada? | Did you work last week? | ${edad} >= 15 | | | | yes | | |
|  | decimal | sueldo | ¿Cuánto ganas? | How much do you earn? | ${trabaja} = 'si' | | | | | | |
|  | select_multiple pais | paises | ¿En qué países has vivido? | In which countries did you live? | | | | | | | |
|  | text | nota | ¿Algo más? | Anything else? | | | | | | | multiline |
|  | image | foto | Una foto | A photograph | | | | | | | |
|  | end group | | | | | | | | | | |
|  | begin repeat | hijo | Hija o hijo | Child | | | | | | | |
|  | text | nombre | ¿Cómo se llama? | What is the name? | | | | | yes | | |
|  | integer | anios | ¿Qué edad tiene ${nombre}? | How old is ${nombre}? | | | | | | | |
|  | end repeat | | | | | | | | | | |
|  | begin group | hogar | El hogar | The household | | | | | | | |
|  | integer | personas | ¿Cuántas personas viven contigo? | How many people live with you? | | | | | | | |
|  | end group | | | | | | | | | | |
|  | note | gracias | Gracias. | Thank you. | | | | | | | |
| choices | list_name | name | label::Español (es) | label::English (en) |
|  | sexo | F | Mujer | Woman |
|  | sexo | M | Hombre | Man |
|  | sino | si | Sí | Yes |
|  | sino | no | No | No |
|  | pais | ESP | España | Spain |
|  | pais | ITA | Italia | Italy |
`

func (w *walk) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// plan is a survey from today on for so many days, with its questionnaire.
func (w *walk) plan(stat authz.Actor, cmd study.PlanCmd, days int, form study.Form, questions string) string {
	w.t.Helper()
	cmd.First = civil.FromTime(w.app.Now())
	cmd.Last = cmd.First.AddDays(days)
	planned, err := w.app.Surveys.Plan(w.t.Context(), stat, cmd)
	w.must(err)
	w.must(w.app.Surveys.PutForm(w.t.Context(), stat, planned, form, survey.FormFiles{XForm: xform.Write(surveytest.Form(w.t, questions))}, id.Change{}))
	return planned
}

// enquire is a survey under way: a questionnaire, cases of which one is of the person and was
// tried, and answers that are doubtful, with a file that has not come.
func (w *walk) enquire(person string) {
	w.t.Helper()
	ctx := w.t.Context()
	stat := authz.Actor{Login: "statistician", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	asker := authz.Actor{Login: "interviewer", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	w.survey = w.plan(stat, study.PlanCmd{Title: "Perfil de los peruanos en las principales ciudades de destino", Footing: study.Probability, Posts: []string{"ESMAD", "USPAT"}, Note: "Piloto"}, 30,
		study.Form{Name: "perfil", Version: "2026-11", Title: "Perfil"}, questions)
	w.must(w.app.Surveys.Move(ctx, stat, w.survey, study.Open, id.Change{}))
	var err error
	w.cases, err = w.app.Surveys.Draw(ctx, stat, w.survey, `{"seed":1}`, []study.Drawn{
		{Stratum: "Madrid, mujeres de 25 a 34", Probability: 0.02, Order: 1, Office: "ESMAD"},
		{Stratum: "Madrid, mujeres de 25 a 34", Probability: 0.02, Order: 2, Office: "ESMAD", Person: person}}, nil)
	w.must(err)
	head := authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	w.must(w.app.Surveys.Assign(ctx, head, w.cases, "interviewer"))
	w.must(w.app.Surveys.Try(ctx, asker, w.cases[1], "2.24", "Nadie en casa; volver el sábado"))
	got, err := w.app.Surveys.Submit(ctx, asker, survey.Incoming{Instance: []byte(`<data id="perfil" version="2026-11"><start>2026-11-26T10:00:00Z</start>` +
		`<quipu_case>NADIE</quipu_case><persona><sexo>X</sexo><foto>1.jpg</foto></persona><hogar><personas>3</personas></hogar><meta><instanceID>uuid:walk</instanceID></meta></data>`)})
	w.must(err)
	w.submissions = []string{got.Submission}
	one, err := w.app.Surveys.BeginInterview(ctx, asker, w.survey, w.cases[1])
	w.must(err)
	w.interviews = []string{one}
	w.ask(stat, asker)
}

// queueQuestions are asked of whoever comes.
const queueQuestions = `
| settings | form_id | version | form_title |
|          | cola    | 1       | Cola |
| survey | type | name | label |
|  | select_one sexo | sexo | Sexo |
|  | integer | edad | Edad |
| choices | list_name | name | label |
|  | sexo | mujer | Mujer |
|  | sexo | hombre | Hombre |
`

// ask is a survey of whoever comes, with answers that can be weighted and no sample.
func (w *walk) ask(stat, asker authz.Actor) {
	w.t.Helper()
	ctx := w.t.Context()
	w.queue = w.plan(stat, study.PlanCmd{Title: "Quienes vienen a la ventanilla", Footing: study.Queue, Posts: []string{"ESMAD"}}, 9,
		study.Form{Name: "cola", Version: "1", Title: "Cola"}, queueQuestions)
	w.must(w.app.Surveys.Move(ctx, stat, w.queue, study.Open, id.Change{}))
	for i, sex := range []string{"mujer", "mujer", "hombre", "mujer"} {
		_, err := w.app.Surveys.Submit(ctx, asker, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="cola" version="1"><sexo>%s</sexo><edad>%d</edad><meta><instanceID>uuid:cola%d</instanceID></meta></data>`, sex, 20+9*i, i)})
		w.must(err)
	}
	w.invite(stat, asker)
}

// invite is a survey in which people invite people: a chain of three who answered, and one who
// waits.
func (w *walk) invite(stat, asker authz.Actor) {
	w.t.Helper()
	ctx := w.t.Context()
	w.chain = w.plan(stat, study.PlanCmd{Title: "Cadenas de conocidos", Footing: study.Recruited, Posts: []string{"ESMAD"}}, 30,
		study.Form{Name: "cadena", Version: "1", Title: "Cadena"}, strings.Replace(queueQuestions, "cola    ", "cadena  ", 1))
	w.must(w.app.Surveys.PlanChain(ctx, stat, w.chain, sample.Chain{SeedsEach: 3, Each: 3, Days: 14, Target: 40, Size: 2000, Reward: "Un recuerdo"}, id.Change{}))
	w.must(w.app.Surveys.Move(ctx, stat, w.chain, study.Open, id.Change{}))
	head := authz.Actor{Login: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	last, err := w.app.Surveys.AddSeed(ctx, head, w.chain, "ESMAD", 20)
	w.must(err)
	w.must(w.app.Surveys.Assign(ctx, head, []string{last}, asker.Login))
	for i, sex := range []string{"mujer", "hombre", "mujer"} {
		_, err := w.app.Surveys.Submit(ctx, asker, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="cadena" version="1"><sexo>%s</sexo><edad>%d</edad><quipu_case>%s</quipu_case><meta><instanceID>uuid:cadena%d</instanceID></meta></data>`, sex, 20+9*i, last, i)})
		w.must(err)
		w.must(w.app.Surveys.HandOut(ctx, asker, last, 3))
		sheet, err := w.app.Surveys.Coupons(ctx, asker, last)
		w.must(err)
		w.cases, w.coupons = append(w.cases, last), sheet.Codes[1:]
		last, err = w.app.Surveys.Redeem(ctx, asker, w.chain, survey.RedeemCmd{Code: sheet.Codes[0], Degree: 5 + i, Relation: study.Friend})
		w.must(err)
	}
	w.cases = append(w.cases, last)
}
