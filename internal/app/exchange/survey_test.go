package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

const sheets = `
	| survey   | type | name       | label |
	| | text | quipu_case | Case |
	| | text | city       | City |
	| settings | form_id | version | form_title |
	| | perfil  | 1       | Perfil |
`

func instance(name, kase, city string) []byte {
	return []byte(`<data id="perfil" version="1"><quipu_case>` + kase + `</quipu_case><city>` + city + `</city><meta><instanceID>` + name + `</instanceID></meta></data>`)
}

// survey is a survey that the ministry plans, with its form, and has not opened yet.
func (w *world) survey(stat survey.Actor, footing study.Footing, sheets string, posts ...string) string {
	w.t.Helper()
	today := civil.FromTime(w.now)
	sv, err := w.hub.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Perfil", Footing: footing, First: today, Last: today.AddDays(20), Posts: posts})
	w.do(err)
	form := survey.FormFiles{XForm: xform.Write(surveytest.Form(w.t, sheets))}
	w.do(w.hub.Surveys.PutForm(ctx, stat, sv, study.Form{Name: "perfil", Version: "1", Title: "Perfil"}, form, id.Change{}))
	return sv
}

// TestASurveyTravels: the ministry plans and draws, an office without a link asks, the answers
// reach the ministry and no other office; when the link is destroyed at the ministry nobody can
// tell any more whom a case was drawn for, at the office neither.
func TestASurveyTravels(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "USPAT")
		madrid, paterson := w.nodes["ESMAD-1"], w.nodes["USPAT-1"]
		ana := w.register(madrid, "ESMAD", "Ana", "Quispe")
		w.level()
		stat := officer(authz.Statistician, "PELIM")
		sv := w.survey(stat, study.Probability, sheets, "ESMAD")
		cases, err := w.hub.Surveys.Draw(ctx, stat, sv, `{"seed":1}`, []study.Drawn{{Stratum: "ESMAD", Probability: 0.5, Order: 1, Office: "ESMAD", Person: ana}}, nil)
		w.do(err)
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
		w.level()

		head, eva := officer(authz.Head, "ESMAD"), officer(authz.Window, "ESMAD")
		page, err := madrid.Surveys.Case(ctx, head, cases[0])
		w.do(err)
		if page.Person == nil || page.Person.ID != ana {
			t.Fatalf("the office does not see whom to ask: %+v", page.Person)
		}
		if _, err := madrid.Surveys.Case(ctx, eva, cases[0]); !fault.Is(err, "survey.not_yours") {
			t.Errorf("somebody else's case: %v", err)
		}
		if list, err := paterson.Surveys.List(ctx, officer(authz.Head, "USPAT")); err != nil || len(list) != 0 {
			t.Errorf("an office that takes no part has %v %v", list, err)
		}
		got, err := madrid.Surveys.Submit(ctx, eva, survey.Incoming{Instance: instance("uuid:1", cases[0], "Madrid")})
		w.do(err)
		// The questionnaire comes as a file after the changes, which this world does not carry.
		if !got.New || !slices.Equal(got.Reasons, []string{"case_of_another", "unchecked"}) {
			t.Errorf("receipt %+v", got)
		}
		w.level()
		w.sound()

		var answers []string
		w.do(w.hub.Surveys.Answers(ctx, stat, sv, func(s study.Submission, c store.CaseRow) error {
			answers = append(answers, s.Answers)
			if c.Probability != 0.5 || c.Submission != s.Entity.ID || c.Disposition != study.Complete {
				t.Errorf("the case of the answers: %+v", c)
			}
			return nil
		}))
		if len(answers) != 1 || !strings.Contains(answers[0], "Madrid") {
			t.Fatalf("the ministry has %v", answers)
		}
		w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.Entries(ctx, change.Ref{Kind: study.KindCase, ID: cases[0]})
			if len(rows) != 2 || !strings.Contains(string(rows[0].Body), `"person"`) || strings.Contains(string(rows[0].Body), ana) {
				t.Errorf("the log has %d changes of the case, and the first must hold its person, sealed", len(rows))
			}
			return err
		}))
		if err := w.hub.Surveys.DestroyLink(ctx, stat, sv); !fault.Is(err, "survey.not_closed") {
			t.Errorf("the link of an open survey: %v", err)
		}
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Closed, id.Change{}))
		w.do(w.hub.Surveys.DestroyLink(ctx, stat, sv))
		w.level()
		for name, a := range map[string]*app.App{"hub": w.hub, "office": madrid} {
			page, err := a.Surveys.Case(ctx, officer(authz.Operator, "ESMAD"), cases[0])
			w.do(err)
			if page.Case.Person != "" || page.Person != nil {
				t.Errorf("%s: the case can still be traced to %q", name, page.Case.Person)
			}
		}
		w.sound()
	})
}
