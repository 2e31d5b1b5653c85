package survey_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

const smallForm = `
	| survey | type | name | label |
	| | hidden | quipu_case | |
	| | select_one sex | sex | Sexo |
	| | integer | age | Edad |
	| choices | list_name | name | label |
	| | sex | woman | Mujer |
	| | sex | man | Hombre |
	| settings | form_id | version | form_title |
	| | perfil | 2 | Perfil |
`

// asked is a survey of 40 cases in two strata of 100 and 300 people, 10 of the second reserves,
// most of which answered.
func asked(t *testing.T) (*field, []string) {
	t.Helper()
	f := newField(t)
	form, problems := xlsform.Read(surveytest.Sheets(smallForm), xlsform.Options{})
	f.do(problems.Err())
	f.do(f.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "2"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	f.open()
	plan := sample.Plan{Source: sample.Register, By: []string{"office", "age"}, Strata: []sample.Stratum{
		{Name: "ESMAD A", Office: "ESMAD", Parts: []string{"ESMAD", "A"}, Population: 100, Take: 10},
		{Name: "ESMAD B", Office: "ESMAD", Parts: []string{"ESMAD", "B"}, Population: 300, Take: 20, Reserve: 10}}}
	var drawn []study.Drawn
	for _, s := range plan.Strata {
		for k := range s.Take + s.Reserve {
			drawn = append(drawn, study.Drawn{Stratum: s.Name, Office: s.Office, Order: k + 1, Probability: float64(s.Take) / float64(s.Population)})
		}
	}
	ids, err := f.Surveys.Draw(ctx, f.stat, f.survey, plan.JSON(), drawn, nil)
	f.do(err)
	return f, ids
}

func (f *field) answer(i int, kase string) {
	f.Helper()
	sex := []string{"woman", "man"}[i%2]
	_, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: fmt.Appendf(nil,
		`<data id="perfil" version="2"><quipu_case>%s</quipu_case><sex>%s</sex><age>%d</age><meta><instanceID>uuid:%d</instanceID></meta></data>`, kase, sex, 20+i, i)})
	f.do(err)
}

func TestWeighted(t *testing.T) {
	f, ids := asked(t)
	for i, kase := range ids {
		if i < 8 || i >= 10 && i < 28 { // 8 of 10, and 18 of 20; no reserves
			f.answer(i, kase)
		}
	}
	f.answer(50, "") // not of the sample
	w, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if w.Frame.N() != 26 || w.Left.Caseless != 1 || w.Left.Equal {
		t.Fatalf("%d rows, left %+v", w.Frame.N(), w.Left)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("the sum with the usual steps", w.Design.Population(), 400)
	if c := w.Cases; c.Drawn != 400 || c.Outside != 0 || c.Unworked != 4 || c.Lent != 0 {
		t.Errorf("%+v of the sample", c)
	}
	if all := w.Cases.Members[weighting.Everybody]; all.Estimate != 400 || all.SE != 0 {
		t.Errorf("%v of the population, when everybody whom we know of is", all)
	}
	w, err = f.Surveys.WeightedBy(ctx, f.stat, f.survey, weighting.Steps{})
	f.do(err)
	near("the sum of design weights", w.Design.Population(), 8*10+18*15)
	steps := weighting.Steps{Nonresponse: weighting.Stratum}
	f.do(f.Surveys.KeepWeighting(ctx, f.stat, f.survey, steps, id.Change{}))
	w, err = f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	near("the sum after nonresponse", w.Design.Population(), 400)
	if len(w.Stages) != 2 || w.Stages[1].Deff <= 1 {
		t.Errorf("stages %+v", w.Stages)
	}
	steps.Method, steps.Variables = weighting.Rake, []weighting.Variable{{Of: weighting.BySex, Column: "sex"}}
	_, err = f.Surveys.WeightedBy(ctx, f.stat, f.survey, steps)
	if !fault.Is(err, "weighting.no_counts") {
		t.Errorf("margins that nobody counted: %v", err)
	}
	steps.Counts = []weighting.Count{{Key: []string{"ESMAD", "F", "15-24"}, N: 260}, {Key: []string{"ESMAD", "M", "15-24"}, N: 140}}
	w, err = f.Surveys.WeightedBy(ctx, f.stat, f.survey, steps)
	f.do(err)
	sex, err := w.Frame.Col("sex")
	f.do(err)
	women := 0.0
	for i, x := range w.Design.Weights() {
		if sex.Text(i) == "woman" {
			women += x
		}
	}
	near("women after calibration", women, 260)
	vars, err := formula.Variables("~sex", w.Frame)
	f.do(err)
	share, err := estimate.Mean(w.Design, vars, estimate.Options{})
	f.do(err)
	if se := share.Estimates[0].SE; !(se < 1e-6) {
		t.Errorf("what is calibrated to has an error of %v", se)
	}
	if _, err := f.Surveys.Weighted(ctx, f.eva, f.survey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an interviewer reads all answers: %v", err)
	}
}

// TestWeightedFollows: a table that is held is made again when answers come, and only then.
func TestWeightedFollows(t *testing.T) {
	f, ids := asked(t)
	for i := range 4 {
		f.answer(i, ids[i])
		f.answer(10+i, ids[10+i])
	}
	a, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	other, err := f.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Otra", Footing: study.Queue, First: a.Survey.First, Last: a.Survey.Last, Posts: []string{"ESMAD"}})
	f.do(err)
	b, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if a.Frame != b.Frame || b.LogSize <= a.LogSize {
		t.Errorf("another survey (%s) makes the table anew; log %d, then %d", other, a.LogSize, b.LogSize)
	}
	f.answer(5, ids[5])
	f.do(f.Surveys.Try(ctx, survey.Actor{Login: "jefe", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}, ids[6], "2.11", ""))
	c, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if c.Frame.N() != a.Frame.N()+1 {
		t.Errorf("%d rows, then %d", a.Frame.N(), c.Frame.N())
	}
	if !slices.Contains(c.Frame.Names(), "fpc") {
		t.Error("the population of strata is lost")
	}
}
