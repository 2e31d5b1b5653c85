package surveydata_test

import (
	"fmt"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

// planned is a survey that is open, with the questionnaire of these tests.
func planned(t *testing.T, footing study.Footing, posts ...string) (*app.App, string) {
	t.Helper()
	a, err := app.Open(ctx, t.TempDir(), app.Options{Create: true})
	must(t, err)
	t.Cleanup(func() { a.Close() })
	today := civil.FromTime(a.Now())
	sv, err := a.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Otro diseño", Footing: footing, First: today, Last: today.AddDays(30), Posts: posts})
	must(t, err)
	form, problems := xlsform.Read(surveytest.Sheets(asked), xlsform.Options{})
	must(t, problems.Err())
	must(t, a.Surveys.PutForm(ctx, stat, sv, study.Form{Name: "perfil", Version: "1"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	if footing == study.Recruited {
		must(t, a.Surveys.PlanChain(ctx, stat, sv, sample.Chain{SeedsEach: 4, Each: 3, Days: 20, Target: 500}, id.Change{}))
	}
	must(t, a.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
	return a, sv
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer sends the ith interview.
func answer(t *testing.T, a *app.App, who survey.Actor, kase string, i int) {
	t.Helper()
	more := "<sends>2</sends>"
	if i*7%5 > 1 {
		more = fmt.Sprintf("<sends>1</sends><amount>%d.5</amount><ways>%s</ways>", 50+(i*37)%200, []string{"bank", "giro", "bank giro"}[i%5%3])
	}
	_, err := a.Surveys.Submit(ctx, who, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="perfil" version="1"><quipu_case>%s</quipu_case><sex>%s</sex><age>%d</age>%s<meta><instanceID>uuid:%d</instanceID></meta></data>`,
		kase, []string{"woman", "man", "woman"}[i*5%7%3], 18+(i*13)%60, more, i)})
	must(t, err)
}

func opened(t *testing.T, a *app.App, sv string) *surveydata.Set {
	t.Helper()
	s, err := surveydata.Open(ctx, a.Surveys, stat, sv)
	must(t, err)
	return s
}

// staged is a sample of 4 of 7 offices, one of which is sure to come, and of people in each, of whom
// some did not answer.
func staged(t *testing.T) *surveydata.Set {
	t.Helper()
	sizes := map[string]int{"ARBUE": 90, "CLSCL": 40, "ESBCN": 55, "ESMAD": 400, "ITMIL": 30, "JPTYO": 25, "USPAT": 70}
	var all []sample.First
	var posts []string
	for o, n := range sizes {
		all, posts = append(all, sample.First{Name: o, People: n}), append(posts, o)
	}
	a, sv := planned(t, study.Probability, posts...)
	firsts, err := sample.DrawFirst(all, 4, 20, sample.Sampford, 9)
	must(t, err)
	p := sample.Plan{Source: sample.Offices, Method: sample.Sampford, Seed: 9, Firsts: firsts}
	var drawn []study.Drawn
	for _, f := range firsts {
		if !f.Drawn {
			continue
		}
		p.Strata = append(p.Strata, sample.Stratum{Name: f.Name, Office: f.Name, Population: f.People, Take: f.Take})
		for k := range f.Take {
			drawn = append(drawn, study.Drawn{Stratum: f.Name, Unit: f.Name, Office: f.Name, Order: k + 1, Probability: f.Probability * f.Second()})
		}
	}
	cases, err := a.Surveys.Draw(ctx, stat, sv, p.JSON(), drawn, nil)
	must(t, err)
	for i, kase := range cases {
		if i%9 != 8 {
			answer(t, a, survey.Actor{Login: "eva", Role: authz.Interviewer, Office: drawn[i].Office, Purpose: "registry"}, kase, i)
		}
	}
	return opened(t, a, sv)
}

// invited are chains of some eighty people.
func invited(t *testing.T) *surveydata.Set {
	t.Helper()
	a, sv := planned(t, study.Recruited, "ESMAD")
	head := survey.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	var last []string
	n := 0
	for i := range 4 {
		kase, err := a.Surveys.AddSeed(ctx, head, sv, "ESMAD", 8+i)
		must(t, err)
		answer(t, a, head, kase, n)
		last, n = append(last, kase), n+1
	}
	for n < 80 && len(last) > 0 {
		from := last[0]
		last = last[1:]
		must(t, a.Surveys.HandOut(ctx, head, from, 3))
		sheet, err := a.Surveys.Coupons(ctx, head, from)
		must(t, err)
		for k, code := range sheet.Codes {
			if (n+k)%3 == 0 {
				continue
			}
			kase, err := a.Surveys.Redeem(ctx, head, sv, survey.RedeemCmd{Code: code, Degree: 1 + n*11%29, Relation: study.Friend})
			must(t, err)
			answer(t, a, head, kase, n)
			last, n = append(last, kase), n+1
		}
	}
	return opened(t, a, sv)
}

// designs are tables of each kind of sample.
func designs(t *testing.T) map[string]*surveydata.Set {
	return map[string]*surveydata.Set{"strata": open(t), "offices": staged(t), "chains": invited(t)}
}
