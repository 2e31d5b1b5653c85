package quantile

import (
	"errors"
	"math"
	"testing"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

var (
	weights = []float64{1, 2, 3, 4, 1, 2, 3, 4}
	values  = []float64{5, 1, 4, 2, 8, 9, 3, 7}
)

func rows(t *testing.T) *design.Design {
	t.Helper()
	f := frame.New(8)
	if err := f.Add(frame.Numbers("w", weights)); err != nil {
		t.Fatal(err)
	}
	d, err := design.New(f, design.Spec{Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*math.Abs(b)
}

// The values are those of svyquantile of R's survey 4.1.1 at p = .05, .15, .25, .5, .65, 1;
// below the first weight its rules by steps give the second value. hf4 at 1 is NaN there.
func TestRulesAsInR(t *testing.T) {
	want := map[Rule][]float64{
		"math": {2, 2, 2, 4, 5, 9}, "school": {2, 2, 2, 4, 6, 9}, "shahvaish": {1, 2, 2, 4, 7, 9},
		"hf1": {2, 2, 2, 4, 5, 9}, "hf2": {2, 2, 2, 4, 6, 9}, "hf3": {2, 2, 2, 4, 7, 9},
		"hf4": {0.75, 1.25, 1.75, 3.33333333333333, 5, 9},
		"hf5": {1, 1.66666666666667, 2.28571428571429, 3.83333333333333, 5.4, 9},
		"hf6": {1, 1.325, 1.875, 3.66666666666667, 5.65, 9},
		"hf7": {1.45, 2.175, 2.625, 4, 4.9, 9},
		"hf8": {1, 1.53, 2.15, 3.77777777777778, 5.51111111111111, 9},
		"hf9": {1, 1.56153846153846, 2.18518518518519, 3.79166666666667, 5.48695652173913, 9},
	}
	s := NewOrder(values, weights).Under(weights)
	for _, r := range Rules {
		for i, p := range []float64{.05, .15, .25, .5, .65, 1} {
			if got, err := s.At(r, p); err != nil || math.Abs(got-want[r][i]) > 1e-13*20 {
				t.Errorf("%s at %v = %v %v, want %v", r, p, got, err, want[r][i])
			}
		}
	}
}

func TestIntervalsAsInR(t *testing.T) {
	for iv, want := range map[Interval][3]float64{
		Mean: {2, math.NaN(), math.NaN()}, Beta: {2, 9, 1.48015059798293}, XLogit: {2, 9, 1.48015059798293},
		Asin: {2, 9, 1.48015059798293}, Score: {2, 7, 1.05725042713066},
	} {
		q, err := Of(rows(t), values, []float64{.5}, Options{Interval: iv})
		if err != nil {
			t.Error(iv, err)
			continue
		}
		if q[0].Quantile != 4 || !same(q[0].Low, want[0]) || !same(q[0].High, want[1]) || !same(q[0].SE, want[2]) {
			t.Errorf("%s: %+v, want 4 %v", iv, q[0], want)
		}
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	d := rows(t)
	key := func(err error) string {
		var f *fault.Error
		if errors.As(err, &f) {
			return f.Key
		}
		return ""
	}
	missing := append([]float64{math.NaN()}, values[1:]...)
	if _, err := Of(d, missing, []float64{.5}, Options{}); key(err) != "inference.missing_value" {
		t.Error("a missing value:", err)
	}
	if _, err := Of(d, values, []float64{1.5}, Options{}); key(err) != "inference.quantile_p" {
		t.Error("a probability over 1:", err)
	}
	if _, err := Of(d, values, []float64{.5}, Options{Rule: "hf10"}); key(err) != "inference.quantile_rule" {
		t.Error("an unknown rule:", err)
	}
	if _, err := Of(d, values, []float64{.5}, Options{Interval: Replicates}); key(err) != "inference.quantile_interval" {
		t.Error("replicates without any:", err)
	}
	one := make([]bool, 8)
	if _, err := Of(d.Subset(one), values, []float64{.5}, Options{Bare: true}); key(err) != "inference.quantile_empty" {
		t.Error("nobody:", err)
	}
	one[3] = true
	if _, err := Of(d.Subset(one), values, []float64{.5}, Options{Rule: HF7, Bare: true}); key(err) != "inference.quantile_two" {
		t.Error("a single value:", err)
	}
}

// Leaving one unit out says nothing valid of the spread of a quantile; its share does.
func TestJackknife(t *testing.T) {
	d := rows(t)
	var reps [][]float64
	for i := range values {
		w := make([]float64, 8)
		for j := range w {
			if j != i {
				w[j] = 8. / 7
			}
		}
		reps = append(reps, w)
	}
	jk, err := d.WithReplicates(design.Replicates{Weights: reps, Type: "JK1", Scale: 7. / 8})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Of(jk, values, []float64{.5}, Options{Interval: Replicates}); err == nil {
		t.Error("a jackknife of quantiles is not refused")
	}
	if q, err := Of(jk, values, []float64{.5}, Options{Interval: XLogit}); err != nil || q[0].Low != 2 {
		t.Error("its shares are:", q, err)
	}
	boot, err := d.WithReplicates(design.Replicates{Weights: reps, Type: "bootstrap", Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	if q, err := Of(boot, values, []float64{.5}, Options{Interval: Replicates}); err != nil || !(q[0].SE > 0) {
		t.Error("other replicates:", q, err)
	}
}
