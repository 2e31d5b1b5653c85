package survey_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// shown is what is to be the same of two tables of answers.
func shown(w survey.Weighted) map[string]any {
	out := map[string]any{"left": w.Left, "stages": w.Stages, "weights": w.Design.Weights()}
	for _, name := range w.Frame.Names() {
		c, err := w.Frame.Col(name)
		if err != nil {
			panic(err)
		}
		out[name] = []any{c.Num, c.Code, c.Levels}
	}
	return out
}

// TestHeldAnswers: whatever happens to submissions and cases, the table that was held and brought
// up to date is the one that is read from the register, byte by byte.
func TestHeldAnswers(t *testing.T) {
	f, cases := asked(t)
	r := rand.New(rand.NewPCG(7, 6))
	sent := map[int]string{} // submissions by number, as they are called now
	send := func(i int, name, replaces, kase string) {
		if replaces != "" {
			replaces = "<deprecatedID>" + replaces + "</deprecatedID>"
		}
		_, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="perfil" version="2"><quipu_case>%s</quipu_case><sex>%s</sex><age>%d</age><meta><instanceID>%s</instanceID>%s</meta></data>`,
			kase, []string{"woman", "man", "zz", "aa", ""}[r.IntN(5)], 15+r.IntN(60), name, replaces)})
		if fault.Is(err, "survey.set_aside") {
			return
		}
		f.do(err)
		sent[i] = name
	}
	someCase := func() string {
		if r.IntN(12) == 0 {
			return ""
		}
		return cases[r.IntN(len(cases))]
	}
	head := survey.Actor{Login: "ana", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	for step := range 160 {
		i := r.IntN(max(1, len(sent)))
		switch kind := r.IntN(10); {
		case kind < 6 || len(sent) < 4:
			send(len(sent), fmt.Sprintf("uuid:%d", len(sent)), "", someCase())
		case kind < 7:
			send(i, fmt.Sprintf("%s.%d", sent[i], step), sent[i], someCase())
		case kind < 8:
			if err := f.Surveys.Try(ctx, head, cases[r.IntN(len(cases))], []string{"2.11", "2.20"}[r.IntN(2)], ""); err != nil && !fault.Is(err, "survey.answered") {
				t.Fatal(err)
			}
		default:
			to := []study.Standing{study.SetAside, study.Checked}[r.IntN(2)]
			err := f.Surveys.Judge(ctx, head, study.IDOf(fmt.Sprintf("uuid:%d", i)), to, "porque", id.Change{})
			if err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
		}
		if step%3 > 0 {
			continue
		}
		held, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
		fresh, err2 := survey.New(f.Node).Weighted(ctx, f.stat, f.survey)
		if err != nil || err2 != nil {
			if fmt.Sprint(err) != fmt.Sprint(err2) {
				t.Fatalf("step %d: %v and %v", step, err, err2)
			}
			continue
		}
		if d := cmp.Diff(shown(fresh), shown(held), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("step %d: %s", step, d)
		}
	}
	if w, err := f.Surveys.Weighted(ctx, f.stat, f.survey); err != nil || w.Left.Twice == 0 || w.Left.Caseless == 0 || w.Frame.N() < 10 {
		t.Errorf("the answers show nothing: %+v %v", w.Left, err)
	}
}

// TestHeldAnswersEnd: what is held is nobody's who may not read it, and goes with the key.
func TestHeldAnswersEnd(t *testing.T) {
	f, cases := asked(t)
	for i, kase := range cases[:20] {
		f.answer(i, kase)
	}
	w, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if _, err := f.Surveys.Weighted(ctx, f.eva, f.survey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an interviewer reads what is held: %v", err)
	}
	f.do(f.DB.Update(ctx, func(tx *store.Tx) error { return tx.DropSealedKeys(ctx, f.survey) }))
	gone, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	missing := func(w survey.Weighted) (n int) {
		c, err := w.Frame.Col("age")
		f.do(err)
		for i := range c.Len() {
			if c.IsMissing(i) {
				n++
			}
		}
		return n
	}
	if missing(w) != 0 || missing(gone) != gone.Frame.N() {
		t.Errorf("%d of %d ages are there after the key is gone", gone.Frame.N()-missing(gone), gone.Frame.N())
	}
}
