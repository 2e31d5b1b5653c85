package visits

import (
	"math/rand/v2"
	"slices"
	"sync"

	"quipu/internal/fault"
)

// Replicates are the weights of centre sampling in samples drawn again; they can be given to a
// replicate design of type "bootstrap" with scale 1/(R-1).
type Replicates struct {
	Weights [][]float64 // by replicate and interview; 0 for who was not drawn
	Failed  int         // samples in which the centres did not hang together; left out of Weights
}

// Bootstrap draws as many interviews within each centre as were made there, with replacement, and finds
// the fixed point again in each sample: shares and weights are themselves estimates. Each replicate has
// its own stream of chance, and rows are taken in order of their ids.
func Bootstrap(names []string, interviews []Interview, replicates int, seed uint64) (Replicates, error) {
	if _, err := CentreSampling(names, interviews); err != nil {
		return Replicates{}, err
	}
	for k, rows := range byCentre(len(names), interviews) {
		if len(rows) == 1 {
			return Replicates{}, fault.New(fault.Invalid, "visits.lonely", "centre", names[k])
		}
	}
	rows := byCentre(len(names), interviews)
	all := make([][]float64, replicates)
	const workers = 8
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for r := w; r < replicates; r += workers {
				all[r] = redrawn(names, interviews, rows, rand.New(rand.NewPCG(seed, uint64(r))))
			}
		})
	}
	wg.Wait()
	kept := slices.DeleteFunc(all, func(w []float64) bool { return w == nil })
	out := Replicates{kept, replicates - len(kept)}
	if replicates < 2 || len(kept)*10 < replicates*9 {
		return out, fault.New(fault.Invalid, "visits.bootstrap", "failed", out.Failed, "replicates", replicates)
	}
	return out, nil
}

func redrawn(names []string, interviews []Interview, rows [][]int, chance *rand.Rand) []float64 {
	var from []int
	var drawn []Interview
	for _, r := range rows {
		for range r {
			i := r[chance.IntN(len(r))]
			from, drawn = append(from, i), append(drawn, interviews[i])
		}
	}
	c, err := CentreSampling(names, drawn)
	if err != nil {
		return nil
	}
	w := make([]float64, len(interviews))
	for k, i := range from {
		w[i] += c.Weights[k]
	}
	return w
}

// Variance is that of a statistic of the weights over the replicates, around their mean.
func (r Replicates) Variance(statistic func(weights []float64) float64) float64 {
	n := float64(len(r.Weights))
	values, mean, v := make([]float64, len(r.Weights)), 0.0, 0.0
	for k, w := range r.Weights {
		values[k] = statistic(w)
		mean += values[k] / n
	}
	for _, x := range values {
		v += (x - mean) * (x - mean) / (n - 1)
	}
	return v
}
