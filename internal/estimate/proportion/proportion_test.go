package proportion

import (
	"errors"
	"math"
	"testing"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

func rows(t *testing.T) *design.Design {
	t.Helper()
	f := frame.New(8)
	if err := f.Add(frame.Numbers("w", []float64{1, 2, 3, 4, 1, 2, 3, 4})); err != nil {
		t.Fatal(err)
	}
	d, err := design.New(f, design.Spec{Weights: "w"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The values are those of svyciprop of R's survey 4.1.1: share, error, interval.
func TestMethodsAsInR(t *testing.T) {
	y := []float64{1, 0, 1, 0, 1, 0, 0, 1}
	for m, want := range map[Method][4]float64{
		"logit":      {0.450000000274841, 0.205981968697679, 0.102603097209598, 0.854120174539445},
		"likelihood": {0.4500000002748406, 0.2059819686976786, 0.0700497155784853, 0.8830942643874667},
		"asin":       {0.45, 0.2059819686976786, 0.0592062582354498, 0.8850124036827436},
		"beta":       {0.45, 0.2059819686976786, 0.0891957206551279, 0.8578001453086008},
		"mean":       {0.45, 0.2059819686976786, -0.0370699585733565, 0.9370699585733566},
		"xlogit":     {0.45, 0.205981968697679, 0.102603097087230, 0.854120174428311},
	} {
		e, err := Of(rows(t), y, Options{Method: m})
		if err != nil {
			t.Error(m, err)
			continue
		}
		for i, got := range []float64{e.P, e.SE, e.Low, e.High} {
			if math.Abs(got-want[i]) > 1e-11 {
				t.Errorf("%s: %.15g, want %.15g", m, got, want[i])
			}
		}
	}
}

// Where nobody said yes, the beta interval of Clopper and Pearson remains: 1 - (a/2)^(1/n).
func TestAllAlike(t *testing.T) {
	d, none := rows(t), make([]float64, 8)
	for _, m := range Methods {
		e, err := Of(d, none, Options{Method: m})
		var f *fault.Error
		switch {
		case m != Beta && m != Auto && (!errors.As(err, &f) || f.Key != "inference.proportion_end"):
			t.Errorf("%s of 0: %+v %v", m, e, err)
		case (m == Beta || m == Auto) && (err != nil || e.Low != 0 || math.Abs(e.High-(1-math.Pow(.025, 1./8))) > 1e-12):
			t.Errorf("beta of 0: %+v %v", e, err)
		}
	}
}

func TestAuto(t *testing.T) {
	y := []float64{1, 0, 1, 0, 1, 0, 0, 1}
	if e, err := Of(rows(t), y, Options{Method: Auto}); err != nil || e.Method != Beta { // n* is 5.8
		t.Errorf("eight rows: %+v %v", e, err)
	}
	for p, want := range map[float64]Method{.04: Beta, .5: Logit, .96: Beta} {
		if got := choose(p, p*(1-p)/100, false); got != want {
			t.Errorf("a share of %v of 100: %v", p, got)
		}
	}
	if choose(.5, .25/29, false) != Beta {
		t.Error("29 are enough for the logit")
	}
}

// TestAutoOfReplicates: a replicate in which all answered alike does not throw the interval.
func TestAutoOfReplicates(t *testing.T) {
	const n = 100
	f := frame.New(n)
	w, y := make([]float64, n), make([]float64, n)
	for i := range n {
		w[i] = 1
		if i < 90 {
			y[i] = 1
		}
	}
	if err := f.Add(frame.Numbers("w", w)); err != nil {
		t.Fatal(err)
	}
	reps := make([][]float64, 40)
	for r := range reps { // the share goes from .8 to 1: in the last all answered alike
		reps[r] = make([]float64, n)
		for i := range n {
			reps[r][i] = 1
			if y[i] == 0 {
				reps[r][i] = 2 * float64(len(reps)-1-r) / float64(len(reps)-1)
			}
		}
		reps[r][r] = 1.5
	}
	d, err := design.FromReplicates(f, w, design.Replicates{Weights: reps, Type: "other", Combined: true, Scale: 1. / 39})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Of(d, y, Options{Method: Auto})
	if err != nil || e.Method != XLogit || e.Low < .7 || e.High > .98 || !(e.Low < .9 && .9 < e.High) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestValuesThatAreNoShare(t *testing.T) {
	y := []float64{1, 0, 1, 0, math.NaN(), 0, 0, 1}
	if _, err := Of(rows(t), y, Options{Method: Asin}); err == nil {
		t.Error("a missing value passes")
	}
	a, err := Of(rows(t), y, Options{Method: Asin, DropMissing: true})
	b, berr := Of(rows(t), y, Options{Method: Logit})
	if err != nil || berr != nil || math.Abs(a.P-b.P) > 1e-8 {
		t.Errorf("left out: %+v %v, %+v %v", a, err, b, berr)
	}
	y[4] = 2
	if _, err := Of(rows(t), y, Options{}); err == nil {
		t.Error("a 2 passes for a share")
	}
}
