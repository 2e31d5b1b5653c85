package rds

import (
	"math/rand/v2"
	"slices"

	"quipu/internal/fault"
)

// Weights are those of a method and of each draw of the tree bootstrap, by row of the file, for
// statistics of any kind: R's svrepdesign takes them with type "other", combined weights and a
// scale of 1 over the number of replicates less 1.
type Weights struct {
	Full       []float64   // sums to the number of respondents with an outcome
	Replicates [][]float64 // each as the estimator weighs that draw; who was not drawn has 0
	Failed     int         // draws that gave no estimate, and are not among the replicates
}

// Weights makes them by RDS-II, successive sampling, or RDS-I, whose weights are those of the
// sample's outcome. Draws are those of Bootstrap with Kind Tree and the same seed.
func (s *Sample) Weights(o Bootstrap) (out Weights, err error) {
	if o.Method == "" {
		o.Method = MethodII
	}
	if o.Replicates < 2 {
		return out, fault.New(fault.Invalid, "rds.bootstrap", "replicates", o.Replicates, "confidence", o.Confidence)
	}
	p, each, err := s.point(o)
	if err != nil {
		return out, err
	}
	out.Full = slices.Clone(p.Weights)
	for i := range out.Full {
		out.Full[i] *= float64(p.N)
	}
	roots, t := s.roots(), newTally(len(s.Levels))
	for r := range o.Replicates {
		t.clear()
		times := make([]float64, s.N())
		s.walk(rand.New(rand.NewPCG(o.Seed, uint64(r))), roots, func(i, from int32) {
			times[i]++
			t.add(s.Group[i], s.Degree[i], each[i])
			if from >= 0 {
				t.recruit(s.Group[from], s.Group[i])
			}
		})
		shares := t.estimate(o.Method)
		if shares == nil {
			out.Failed++
			continue
		}
		out.Replicates = append(out.Replicates, s.spreadOver(times, each, shares, t, o.Method, p.N))
	}
	if len(out.Replicates)*10 < o.Replicates*9 {
		return out, fault.New(fault.Invalid, "rds.bootstrap_failed", "failed", out.Failed, "replicates", o.Replicates)
	}
	return out, nil
}

// spreadOver gives each respondent who was drawn his part: within a level in proportion to each, the
// levels as they were estimated. It adds up to n.
func (s *Sample) spreadOver(times, each, shares []float64, t *tally, m Method, n int) []float64 {
	w := make([]float64, s.N())
	for i, g := range s.Group {
		if g < 0 || times[i] == 0 {
			continue
		}
		part, whole := each[i], t.weight[g]
		if m == MethodI {
			part, whole = 1/s.Degree[i], t.inverse[g]
		}
		w[s.Row[i]] = float64(n) * shares[g] * times[i] * part / whole
	}
	return w
}
