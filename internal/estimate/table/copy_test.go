package table_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/table"
)

// answersOf invents answers, some of them with what the questionnaire does not have.
func answersOf(r *rand.Rand, words int) string {
	one := func(words ...string) string { return words[r.IntN(len(words))] }
	return fmt.Sprintf(`<data id="perfil"><sex>%s</sex><work><age>%s</age><came>%s</came><ways>%s</ways></work>%s<old>%s</old></data>`,
		one("f", "m", "", "x", "w"), one("31", "", "70", "x"), one("2019-05-02", ""), one("bank", "", "other bank", "money-order", "zeta alfa", "alfa"),
		strings.Repeat("<kid><kid_age>3</kid_age></kid>", r.IntN(3)), one("", "si", fmt.Sprint(r.IntN(words)), fmt.Sprint("w", r.IntN(words))))
}

// columns are those of a table, to be compared.
func columns(t *testing.T, tab *table.Table) (out []frame.Column, leftOut []string) {
	t.Helper()
	f, _, leftOut, err := tab.Frame()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range f.Names() {
		c, err := f.Col(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *c)
	}
	return out, leftOut
}

// TestCopy: a table of rows that were copied and added in another order, some of them gone, is
// that of the same answers added one by one; what was made of the first table stays as it was.
func TestCopy(t *testing.T) {
	equal := cmpopts.EquateNaNs()
	refused := false
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		words := 3 + r.IntN(150)
		var all []string
		old := table.New(form(t), 0)
		add := func(tab *table.Table, text string) {
			if err := tab.Add(text); err != nil {
				t.Fatal(err)
			}
		}
		for range 1 + r.IntN(500) {
			all = append(all, answersOf(r, words))
			add(old, all[len(all)-1])
		}
		was, _ := columns(t, old)
		before := make([]frame.Column, len(was))
		for i, c := range was {
			before[i] = frame.Column{Name: c.Name, Kind: c.Kind, Num: slices.Clone(c.Num), Code: slices.Clone(c.Code), Levels: slices.Clone(c.Levels)}
		}
		kept, scratch := table.New(form(t), 0), table.New(form(t), 0)
		copier, ok := kept.CopyFrom(old)
		if !ok {
			refused = true
			continue
		}
		for _, i := range r.Perm(len(all)) {
			switch r.IntN(4) {
			case 0: // it is gone
			case 1:
				text := answersOf(r, words)
				add(kept, text)
				add(scratch, text)
			default:
				copier.Row(i)
				add(scratch, all[i])
			}
		}
		got, left := columns(t, kept)
		want, leftWant := columns(t, scratch)
		if d := cmp.Diff(want, got, equal, cmpopts.EquateEmpty()); d != "" || !cmp.Equal(left, leftWant) {
			t.Fatalf("seed %d, left out %v and %v: %s", seed, left, leftWant, d)
		}
		for range 20 { // as one more is added to the first, what was made of it stays
			add(old, answersOf(r, words))
		}
		if d := cmp.Diff(before, was, equal, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	}
	if !refused {
		t.Error("no table had too many words to be copied")
	}
}
