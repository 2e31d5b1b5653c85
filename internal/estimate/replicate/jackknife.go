package replicate

import (
	"fmt"
	"slices"

	"quipu/internal/fault"
)

// JK1 leaves out one unit after another of a design without strata; the others count
// n/(n−1) times. The scale is (1−f)(n−1)/n.
func JK1(s Stratum) (*Weights, error) {
	n := len(s.Units)
	if n < 2 {
		return nil, fault.New(fault.Invalid, "replicate.one_unit")
	}
	f, err := s.correction()
	if err != nil {
		return nil, err
	}
	if f == 0 {
		return nil, fault.New(fault.Invalid, "replicate.census")
	}
	w := &Weights{Type: "JK1", Scale: f * float64(n-1) / float64(n), RScales: slices.Repeat([]float64{1}, n)}
	for _, out := range s.Units {
		row := make([]float64, n)
		for i := range row {
			row[i] = float64(n) / float64(n-1)
		}
		row[out] = 0
		w.Factors = append(w.Factors, row)
	}
	return w, nil
}

// JKn leaves out one unit after another of each stratum; the others of the stratum count
// n_h/(n_h−1) times, and the replicate counts (1−f_h)(n_h−1)/n_h times. A stratum that was
// taken whole has no replicates. lonely says what a stratum with one unit means, in the
// words of survey.lonely.psu: fail, remove, certainty, average or adjust.
func JKn(strata []Stratum, lonely string) (*Weights, error) {
	all, h := units(strata), len(strata)
	w := &Weights{Type: "JKn", Scale: 1}
	for _, s := range strata {
		f, err := s.correction()
		switch {
		case err != nil:
			return nil, err
		case f == 0:
			continue
		case len(s.Units) > 1:
			w.leaveOut(s, f, all)
		case lonely == "fail" || lonely == "":
			return nil, fault.New(fault.Invalid, "replicate.lonely", "stratum", s.Name)
		case lonely == "adjust":
			if h < 2 {
				return nil, fault.New(fault.Invalid, "replicate.one_unit")
			}
			row := make([]float64, all)
			for i := range row {
				row[i] = float64(h) / float64(h-1)
			}
			row[s.Units[0]] = 0
			w.Factors, w.RScales = append(w.Factors, row), append(w.RScales, float64(h-1)/float64(h))
		case lonely == "remove" || lonely == "certainty" || lonely == "average":
		default:
			return nil, fault.New(fault.Invalid, "replicate.lonely_rule", "rule", fmt.Sprintf("%q", lonely))
		}
	}
	if w.Count() == 0 {
		return nil, fault.New(fault.Invalid, "replicate.census")
	}
	if lonely == "average" {
		w.Scale = float64(all) / float64(w.Count())
	}
	return w, nil
}

func (w *Weights) leaveOut(s Stratum, f float64, all int) {
	n := float64(len(s.Units))
	for _, out := range s.Units {
		row := slices.Repeat([]float64{1}, all)
		for _, u := range s.Units {
			row[u] = n / (n - 1)
		}
		row[out] = 0
		w.Factors, w.RScales = append(w.Factors, row), append(w.RScales, f*(n-1)/n)
	}
}
