package survey_test

import (
	"bufio"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
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

// twoOffices is a survey of three offices, in each of which people are registered.
func (f *field) twoOffices() string {
	f.Helper()
	for office, n := range map[string]int{"USPAT": 15, "ARBUE": 25} {
		for i := range n {
			who := survey.Actor{Login: "rosa", Role: authz.Window, Office: office, Purpose: "registry"}
			var in []registry.Input
			for field, v := range map[string]string{"surname_paternal": "Quispe", "given_names": fmt.Sprintf("Persona%d", i), "sex": "F", "birth_date": fmt.Sprintf("19%d-03-04", 60+i)} {
				in = append(in, registry.Input{Field: field, Value: change.Text(v)})
			}
			_, err := f.Register(ctx, who, registry.RegisterCmd{Office: office, Kind: "resident", Channel: "window", Inputs: in}, true)
			f.do(err)
		}
	}
	today := civil.FromTime(f.Now())
	of, err := f.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Dos etapas", Footing: study.Probability, First: today, Last: today.AddDays(9), Posts: []string{"ARBUE", "ESMAD", "USPAT"}})
	f.do(err)
	return of
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
	for bad, key := range map[string]string{"ESMAD,Parque,domingo,16": "sample.csv_problems", "USMIA,P,d,1,5": "sample.csv_problems", "": "sample.csv_empty"} {
		cmd.Places = bad
		if _, err := f.Surveys.PlanSample(ctx, f.stat, f.survey, cmd); !fault.Is(err, key) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	cmd.Places, cmd.KeepGood = "ESMAD,Parque,domingo,16,100\nESMAD,Locutorio,lunes,18,40\nESMAD,Iglesia,domingo,11,60\nUSMIA,Plaza,lunes,1,uno\n", true
	wrong, err := f.Surveys.PlaceProblems(ctx, f.stat, f.survey, cmd.Places)
	f.do(err)
	p, err := f.Surveys.PlanSample(ctx, f.stat, f.survey, cmd)
	f.do(err)
	if len(wrong) != 2 || wrong[0].Line != 4 || p.Plan.LeftOut["line"] != 1 || p.Plan.Strata[0].Population != 3 {
		t.Errorf("%+v, %+v", wrong, p.Plan)
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

// manyPlaces is a draw of more cases than are made at once.
func manyPlaces() survey.SampleCmd {
	cmd := survey.SampleCmd{Source: sample.Places, Method: sample.Brewer, Allocation: sample.Equal, N: 12, Each: 180, Seed: 11, Wish: sample.Wish{Half: 0.05, Share: 0.5, Deff: 1, Response: 1}}
	for i := range 30 {
		cmd.Places += fmt.Sprintf("ESMAD,Lugar %d,lunes,%d,%d\n", i, i, 200+17*i)
	}
	return cmd
}

// drawn are the cases that are there, with their probabilities; none twice.
func (f *field) drawn() map[string]float64 {
	f.Helper()
	out := map[string]float64{}
	cases, err := f.Surveys.Cases(ctx, f.stat, survey.CaseFilter{Survey: f.survey}, 0, 10_000)
	f.do(err)
	for _, c := range cases {
		key := fmt.Sprintf("%s %s %d", c.Stratum, c.Unit, c.Place)
		if _, twice := out[key]; twice {
			f.Errorf("%s is there twice", key)
		}
		out[key] = c.Probability
	}
	return out
}

// drawIn tells the process of these tests to draw in a folder until it is killed.
const drawIn = "QUIPU_TEST_DRAW_IN"

// TestDrawUntilKilled is no test of its own: TestDrawGoesOn runs it in a process that it kills.
func TestDrawUntilKilled(t *testing.T) {
	dir, of, ok := strings.Cut(os.Getenv(drawIn), "|")
	if !ok {
		t.Skip("only in the process that TestDrawGoesOn kills")
	}
	a, err := app.Open(ctx, dir, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	stat := survey.Actor{Login: "sara", Role: authz.Statistician, Office: "PELIM", Purpose: "registry"}
	_, err = a.Surveys.DrawSample(ctx, stat, of, manyPlaces(), func(done int) {
		fmt.Println("drawn", done)
		select {}
	})
	t.Fatalf("the draw ended: %v", err)
}

// TestDrawGoesOn: a draw whose program is killed on the way goes on when it is started again: the
// same cases as without that, none of them twice.
func TestDrawGoesOn(t *testing.T) {
	whole := newField(t)
	n, err := whole.Surveys.DrawSample(ctx, whole.stat, whole.survey, manyPlaces(), nil)
	whole.do(err)
	want := whole.drawn()
	if n != 12*180 || len(want) != n {
		t.Fatalf("%d cases, %d are there", n, len(want))
	}

	f := newField(t)
	dir := f.Dir()
	f.do(f.Close())
	child := exec.Command(os.Args[0], "-test.run=^TestDrawUntilKilled$")
	child.Env = append(os.Environ(), drawIn+"="+dir+"|"+f.survey)
	out, err := child.StdoutPipe()
	f.do(err)
	f.do(child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	f.do(child.Process.Kill())
	_ = child.Wait() // it was killed
	if line != "drawn 2000\n" {
		t.Fatalf("%q, %v", line, err)
	}
	f.App, err = app.Open(ctx, dir, app.Options{})
	f.do(err)
	t.Cleanup(func() { f.Close() })
	if got := len(f.drawn()); got != 2000 {
		t.Fatalf("%d cases before the stop", got)
	}
	page, err := f.Surveys.Sample(ctx, f.stat, f.survey)
	f.do(err)
	if !page.Resume || page.Here != 2000 || page.Cases != n {
		t.Errorf("%d of %d, %v", page.Here, page.Cases, page.Resume)
	}
	rest, err := f.Surveys.ResumeDraw(ctx, f.stat, f.survey, nil)
	f.do(err)
	if got := f.drawn(); rest != n-2000 || !maps.Equal(got, want) {
		t.Errorf("%d more, %d in all: not the cases of a draw that was not stopped", rest, len(got))
	}
	if _, err := f.Surveys.ResumeDraw(ctx, f.stat, f.survey, nil); !fault.Is(err, "sample.no_draw") {
		t.Errorf("gone on twice: %v", err)
	}
}

// TestSampleInTwoStages: offices first, then people of each: probabilities of both stages are kept
// and make the design.
func TestSampleInTwoStages(t *testing.T) {
	f := newField(t)
	f.people(20)
	of := f.twoOffices()
	cmd := survey.SampleCmd{Source: sample.Offices, Method: sample.Sampford, Firsts: 2, Each: 6, Seed: 5, Wish: sample.Wish{Half: 0.05, Share: 0.5, Deff: 1, Response: 1}}
	n, err := f.Surveys.DrawSample(ctx, f.stat, of, cmd, nil)
	f.do(err)
	cases, err := f.Surveys.Cases(ctx, f.stat, survey.CaseFilter{Survey: of}, 0, 100)
	f.do(err)
	p, err := f.Surveys.Sample(ctx, f.stat, of)
	f.do(err)
	first := map[string]sample.First{}
	for _, x := range p.Plan.Firsts {
		first[x.Name] = x
	}
	for _, c := range cases {
		x := first[c.Unit]
		if !x.Drawn || c.Unit != c.Office || math.Abs(c.Probability-x.Probability*x.Second()) > 1e-12 {
			t.Errorf("%+v of %+v", c, x)
		}
	}
	if n != 12 || len(cases) != n || len(first) != 3 {
		t.Errorf("%d cases, %+v", n, first)
	}
	cmd.Firsts = 1
	if _, err := f.Surveys.PlanSample(ctx, f.stat, of, cmd); !fault.Is(err, "sample.two_firsts") {
		t.Errorf("one office: %v", err)
	}
}
