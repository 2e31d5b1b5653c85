package app

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// somebody describes an invented person.
func somebody(paternal, maternal, given, birth, dni string) []registry.Input {
	in := []registry.Input{text("surname_paternal", paternal), text("surname_maternal", maternal), text("given_names", given),
		text("birth_date", birth), text("residence_country", "ES")}
	if dni != "" {
		in = append(in, registry.Input{Field: "document/new", Value: change.Group("type", "dni", "number", dni, "verification", "seen_original")})
	}
	return in
}

// TestCandidates: the person is found whatever slipped, and others are not shown.
func TestCandidates(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, rosa := t.Context(), officer(authz.Window, "ESMAD")
	enter := func(in []registry.Input) string {
		t.Helper()
		r, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: in}, true)
		if err != nil {
			t.Fatal(err)
		}
		return r.Person
	}
	yesenia := enter(somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", "46829103"))
	twin := enter(somebody("Quispe", "Mamani", "Rosa", "1985-03-12", "46829104"))
	enter(somebody("Condori", "Rojas", "Pedro", "1970-01-01", "10117410"))
	for name, in := range map[string][]registry.Input{
		"as it stands":          somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", ""),
		"a letter":              somebody("Quispe", "Mamani", "Jesenia", "1985-03-12", ""),
		"surnames swapped":      somebody("Mamani", "Quispe", "Yesenia", "1985-03-12", ""),
		"day and month":         somebody("Quispe", "Mamani", "Yesenia", "1985-12-03", ""),
		"a wrong digit, a name": somebody("Quispe", "", "Yesenia", "1985-03-12", "46829108"),
		"all slightly wrong":    somebody("Quizpe", "Mamany", "Jesenia", "1985-03-12", ""),
		"wrong and swapped":     somebody("Quizpe", "Mamani", "Jesenia", "1985-12-03", ""),
		"only the document":     somebody("", "", "", "", "46829103"),
	} {
		got, err := a.Candidates(ctx, rosa, in, 5)
		if err != nil || len(got) == 0 || got[0].ID != yesenia || len(got[0].Reasons) == 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	got, err := a.Candidates(ctx, rosa, somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", "46829103"), 5)
	if err != nil || len(got) == 0 || got[0].ID != yesenia || slices.ContainsFunc(got, func(c Candidate) bool { return c.ID == twin && c.Strong() }) {
		t.Errorf("beside the twin: %+v, %v", got, err)
	}
	if got, err := a.Candidates(ctx, rosa, somebody("Flores", "Huanca", "Inés", "2001-05-05", ""), 5); err != nil || len(got) != 0 {
		t.Errorf("a stranger: %+v, %v", got, err)
	}
	if got, err := a.Candidates(ctx, rosa, nil, 5); err != nil || got != nil {
		t.Errorf("nothing typed: %+v, %v", got, err)
	}
	if _, err := a.Candidates(ctx, officer(authz.Statistician, "ESMAD"), somebody("Quispe", "Mamani", "Rosa", "", ""), 5); err == nil {
		t.Error("a statistician sees people")
	}
	reads, err := a.Reads(ctx, officer(authz.Supervisor, "ESMAD"), 0, 100)
	if err != nil || !slices.ContainsFunc(reads, func(r store.Read) bool { return r.Action == "candidate" && r.Person == twin }) ||
		!slices.ContainsFunc(reads, func(r store.Read) bool { return r.Action == "search" && strings.Contains(r.Detail, "Jesenia") }) {
		t.Errorf("the log of reads says %+v, %v", reads, err)
	}
}

// TestRegisterAsks: a likely double stops the entry until the officer has decided, and the
// decision stays.
func TestRegisterAsks(t *testing.T) {
	a, _ := openTest(t, Options{})
	ctx, rosa := t.Context(), officer(authz.Window, "ESMAD")
	first, err := a.Register(ctx, rosa, registry.RegisterCmd{Office: "ESMAD", Inputs: somebody("Quispe", "Mamani", "Yesenia", "1985-03-12", "46829103")}, false)
	if err != nil || first.Person == "" {
		t.Fatal(first, err)
	}
	again := registry.RegisterCmd{Office: "ESMAD", Inputs: somebody("Quispe", "Mamani", "Jesenia", "1985-03-12", "")}
	stopped, err := a.Register(ctx, rosa, again, false)
	if err != nil || stopped.Person != "" || len(stopped.Same) != 1 || stopped.Same[0].ID != first.Person {
		t.Fatalf("not stopped: %+v, %v", stopped, err)
	}
	again.Alike = []registry.Verdict{{Person: first.Person, Number: first.Number}}
	if _, err := a.Register(ctx, rosa, again, false); err == nil {
		t.Fatal("two people without a reason")
	}
	again.Alike[0].Reason = "Son primas, se llevan dos horas"
	second, err := a.Register(ctx, rosa, again, false)
	if err != nil || second.Person == "" {
		t.Fatalf("decided: %+v, %v", second, err)
	}
	p, err := a.Person(ctx, rosa, second.Person, a.Now())
	if err != nil || len(p.Person.Items("distinct_from")) != 1 || p.Person.Items("distinct_from")[0].Value.Part("person") != first.Person {
		t.Fatalf("the decision is not kept: %v, %v", p.Person.Items("distinct_from"), err)
	}
	third := registry.RegisterCmd{Office: "ESMAD", Inputs: somebody("Quispe", "Mamani", "Yessenia", "1985-03-12", ""),
		Alike: []registry.Verdict{{Person: first.Person, Number: first.Number, Unsure: true}, {Person: second.Person, Number: second.Number, Unsure: true}}}
	r, err := a.Register(ctx, rosa, third, false)
	if err != nil || !slices.ContainsFunc(r.Doubts, func(d registry.Doubt) bool { return d.Key == "registry.same_person" && d.From == first.Person }) {
		t.Fatalf("unsure: %+v, %v", r, err)
	}
	waiting, err := a.DoubtfulPeople(ctx, rosa, 0, 10)
	if err != nil || !slices.ContainsFunc(waiting, func(h Hit) bool { return h.ID == r.Person }) {
		t.Errorf("nobody will look at it again: %+v, %v", waiting, err)
	}
}
