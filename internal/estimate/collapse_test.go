package estimate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// rows hides that a statistic is a function of totals, so that replicates go through the rows.
type rows struct{ estimate.Statistic }

// What is worked out from totals by unit is what going through the rows gives.
func TestTotalsByUnitGiveTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 900
	var city, sex, group []string
	unit, y, x, w := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		u := r.IntN(60)
		city, unit[i] = append(city, fmt.Sprint(u/6)), float64(u)
		sex, group = append(sex, []string{"F", "M"}[r.IntN(2)]), append(group, []string{"a", "b", "c"}[r.IntN(3)])
		y[i], x[i], w[i] = r.NormFloat64(), 1+r.Float64(), r.Float64()
	}
	f := frame.New(n)
	for _, c := range []frame.Column{frame.Texts("city", city), frame.Texts("sex", sex), frame.Texts("group", group), frame.Numbers("unit", unit), frame.Numbers("y", y), frame.Numbers("x", x), frame.Numbers("w", w)} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	d, err := design.New(f, design.Spec{IDs: []string{"unit"}, Strata: []string{"city"}, Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = d.Replicate(design.Making{Type: "JKn"}); err != nil {
		t.Fatal(err)
	}
	in := make([]bool, n)
	for i := range in {
		in[i] = i%7 != 0
	}
	vars, err := formula.Variables("~y+sex", f)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*design.Design{d, d.Subset(in)} {
		for name, s := range map[string]estimate.Statistic{"mean": estimate.MeanOf(vars), "total": estimate.TotalOf(vars)} {
			one, err := estimate.Of(d, s)
			if err != nil {
				t.Fatal(err)
			}
			other, err := estimate.Of(d, rows{s})
			if err != nil {
				t.Fatal(err)
			}
			for j := range one.Estimates {
				if a, b := one.Estimates[j].SE, other.Estimates[j].SE; !(math.Abs(a-b) <= 1e-11*b) {
					t.Errorf("%s of %s: %v by units, %v by rows", name, one.Estimates[j].Term, a, b)
				}
			}
		}
	}
}
