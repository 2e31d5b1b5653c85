package survey_test

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
)

var rosa = survey.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}

func (f *field) person(name, sex, birth string) string {
	f.Helper()
	var in []registry.Input
	for field, v := range map[string]string{"surname_paternal": "Quispe", "given_names": name, "sex": sex, "birth_date": birth, "residence_country": "ES"} {
		in = append(in, registry.Input{Field: field, Value: change.Text(v)})
	}
	r, err := f.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Kind: "resident", Channel: "window", Inputs: in}, true)
	f.do(err)
	return r.Person
}

// people registers n women and n men of thirty or forty, a child, a dead man, and a woman who took
// her consent to studies back.
func (f *field) people(n int) (refuses string) {
	f.Helper()
	names := []string{"Ana", "Rosa", "Julia", "Inés", "Pilar", "Carmen", "Luz", "Flor", "Elsa", "Nora"}
	for i := range n {
		year := 1976 + 10*(i%2)
		f.person(names[i%10]+" "+names[i/10], "F", fmt.Sprintf("%d-03-%02d", year, 1+i))
		f.person(names[i%10]+" "+names[i/10]+" M", "M", fmt.Sprintf("%d-05-%02d", year, 1+i))
	}
	f.person("Niña", "F", "2020-01-01")
	dead := f.person("Difunto", "M", "1950-01-01")
	_, err := f.Decease(ctx, rosa, dead, f.Today(), "", "")
	f.do(err)
	refuses = f.person("Renuente", "F", "1990-01-01")
	_, err = f.GrantConsent(ctx, rosa, refuses, "research", app.ConsentVersion, "spa", "carta")
	f.do(err)
	_, _, err = f.WithdrawConsent(ctx, rosa, refuses, "research", "", "")
	f.do(err)
	return refuses
}

func TestSampleOfPeople(t *testing.T) {
	f := newField(t)
	refuses := f.people(20)
	cmd := survey.SampleCmd{Source: sample.Register, By: []string{"sex", "age"}, Method: sample.Simple, Allocation: sample.Proportional, N: 12, Reserve: 0.5, Seed: 7,
		Wish: sample.Wish{Half: 0.05, Share: 0.5, Deff: 1, Response: 0.8}}
	p, err := f.Surveys.PlanSample(ctx, f.stat, f.survey, cmd)
	f.do(err)
	if want := map[string]int{"dead": 1, "refused": 1, "age": 1}; !maps.Equal(p.Plan.LeftOut, want) {
		t.Errorf("left out %v, want %v", p.Plan.LeftOut, want)
	}
	taken, population := p.Plan.Taken()
	if taken != 12 || population != 40 || len(p.Plan.Strata) != 4 || !(p.Half > 0.2 && p.Half < 0.4) {
		t.Errorf("%d of %d, %+v, half %v", taken, population, p.Plan.Strata, p.Half)
	}
	if _, err := f.Surveys.PlanSample(ctx, rosa, f.survey, cmd); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an officer at the window plans: %v", err)
	}
	other := f.stat
	other.Purpose = "election"
	if _, err := f.Surveys.PlanSample(ctx, other, f.survey, cmd); !fault.Is(err, "authz.purpose") {
		t.Errorf("a frame for elections: %v", err)
	}
	n, err := f.Surveys.DrawSample(ctx, f.stat, f.survey, cmd, nil)
	f.do(err)
	if n != p.Cases {
		t.Errorf("%d cases, %d were said", n, p.Cases)
	}
	if _, err := f.Surveys.DrawSample(ctx, f.stat, f.survey, cmd, nil); !fault.Is(err, "sample.drawn") {
		t.Errorf("drawn twice: %v", err)
	}
	f.eachIsAPerson(refuses, n)
	f.framesAreLogged(2)
}

// eachIsAPerson: every case is for somebody else, and none for the one who refuses.
func (f *field) eachIsAPerson(refuses string, n int) {
	f.Helper()
	head := survey.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	cases, err := f.Surveys.Cases(ctx, head, survey.CaseFilter{Survey: f.survey}, 0, 100)
	f.do(err)
	seen := map[string]bool{refuses: true}
	for _, c := range cases {
		page, err := f.Surveys.Case(ctx, head, c.ID)
		f.do(err)
		if page.Person == nil || seen[page.Person.ID] || math.Abs(c.Probability-0.3) > 1e-12 {
			f.Fatalf("case %+v is for %+v", c, page.Person)
		}
		seen[page.Person.ID] = true
	}
	if len(cases) != n {
		f.Errorf("%d cases, want %d", len(cases), n)
	}
}

// framesAreLogged: reading people for a frame is in the log of reads, as one read each time.
func (f *field) framesAreLogged(want int) {
	f.Helper()
	got := 0
	f.do(f.DB.View(ctx, func(tx *store.Tx) error {
		reads, err := tx.Reads(ctx, 1<<60, 500)
		for _, r := range reads {
			if r.Action == "survey_frame" && r.Author == "sara" && r.Purpose != "" {
				got++
			}
		}
		return err
	}))
	if got != want {
		f.Errorf("%d frames are in the log of reads, want %d", got, want)
	}
}

func TestSampleOfPlaces(t *testing.T) {
	f := newField(t)
	cmd := survey.SampleCmd{Source: sample.Places, Method: sample.PPS, Allocation: sample.Proportional, N: 2, Each: 5, Seed: 3,
		Wish:   sample.Wish{Half: 0.05, Share: 0.5, Deff: 1, Response: 1},
		Places: "oficina,lugar,día,hora,visitas\nESMAD,Parque,domingo,16,100\nESMAD,Locutorio,lunes,18,40\nESMAD,Iglesia,domingo,11,60\n"}
	n, err := f.Surveys.DrawSample(ctx, f.stat, f.survey, cmd, nil)
	f.do(err)
	cases, err := f.Surveys.Cases(ctx, f.stat, survey.CaseFilter{Survey: f.survey}, 0, 100)
	f.do(err)
	units := map[string]int{}
	for _, c := range cases {
		units[c.Unit]++
		if math.Abs(c.Probability-2*5/200.0) > 1e-9 { // π of the place, times 5 of those who come: the same for all
			if c.Unit != "Parque, domingo, 16" {
				t.Errorf("%+v", c)
			}
		}
	}
	if n != 10 || len(units) != 2 {
		t.Errorf("%d cases in %v", n, units)
	}
	for bad, key := range map[string]string{"ESMAD,Parque,domingo,16": "sample.csv_cells", "ESMAD,P,d,1,x\nESMAD,P,d,1,x": "sample.csv_visits", "USMIA,P,d,1,5": "sample.csv_office", "": "sample.csv_empty"} {
		cmd.Places = bad
		if _, err := f.Surveys.PlanSample(ctx, f.stat, f.survey, cmd); !fault.Is(err, key) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestWeightSurvey: margins are counted in the register when steps are kept, and steps by which
// there are no weights are not kept.
func TestWeightSurvey(t *testing.T) {
	f, ids := asked(t)
	f.people(20)
	for i := range 8 {
		f.answer(i+10, ids[i])
		f.answer(i+20, ids[10+i])
	}
	steps := weighting.Steps{Nonresponse: weighting.Propensity, Method: weighting.Rake, Variables: []weighting.Variable{{Of: weighting.BySex, Column: "sex"}}}
	f.do(f.Surveys.WeightSurvey(ctx, f.stat, f.survey, steps, id.Change{}))
	w, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if got := w.Design.Population(); math.Abs(got-40) > 1e-6 || w.Steps.Date == "" || len(w.Stages) != 3 {
		t.Errorf("weights add up to %v, %+v", got, w.Stages)
	}
	steps.Variables = append(steps.Variables, weighting.Variable{Of: weighting.ByAge, Column: "age"})
	if err := f.Surveys.WeightSurvey(ctx, f.stat, f.survey, steps, id.Change{}); !fault.Is(err, "weighting.not_in_register") && !fault.Is(err, "weighting.empty_cell") {
		t.Errorf("a margin with an empty cell was kept: %v", err)
	}
	w, err = f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if len(w.Steps.Variables) != 1 {
		t.Errorf("kept %+v", w.Steps)
	}
}
