package visits

import (
	"math"

	"quipu/internal/fault"
)

// Unit is one venue on one day at one time, a primary sampling unit.
type Unit struct {
	Name, Stratum string
	Probability   float64 // pi_v, with which it was chosen; in (0, 1]
	Visitors      float64 // N_v, people counted coming in while it lasted
}

// Met is one interview.
type Met struct {
	Unit string
	// Visits is how many times the person came to any venue of the frame in the last Recall days, this
	// time included.
	Visits float64
}

// Period says what the stated visits are compared with. Only totals depend on it: means and shares
// need no more than that the recall is as usual a time as the fieldwork.
type Period struct {
	Fieldwork, Recall float64 // days; both 1 when zero
}

// Weighted are the weights of time-location sampling, with what a design needs: interviews of a unit
// are one PSU, units of a stratum one stratum.
type Weighted struct {
	Weights      []float64 // of each interview
	PSU, Stratum []string
	// Empty are chosen units where nobody was interviewed. They belong to the design as PSUs with
	// nothing in them: leaving them out makes errors too small.
	Empty []string
	// Kish is (sum w)^2 / sum w^2.
	Kish float64
	// Often is the share of interviews with people who came ten times or more; their weights are small
	// and rest on a guess of a large number.
	Often float64
}

// TimeLocation weighs each interview by one over its chance: w = 1/(pi_v n_v/N_v) x 1/(visits expected
// in the period), n_v the interviews in its unit. A person met twice counts twice, as he should: every
// visit is a chance. It refuses units that are unknown, twice, or with more interviews than visitors,
// and visits below one: who was met came at least once.
func TimeLocation(units []Unit, met []Met, p Period) (Weighted, error) {
	at := map[string]int{}
	for i, u := range units {
		if _, twice := at[u.Name]; twice {
			return Weighted{}, fault.New(fault.Invalid, "visits.unit_twice", "unit", u.Name, "row", i+1)
		}
		at[u.Name] = i
		if !(u.Probability > 0 && u.Probability <= 1) {
			return Weighted{}, fault.New(fault.Invalid, "visits.probability", "unit", u.Name, "row", i+1, "probability", u.Probability)
		}
	}
	taken := make([]float64, len(units))
	for i, m := range met {
		u, known := at[m.Unit]
		if !known {
			return Weighted{}, fault.New(fault.Invalid, "visits.unit_unknown", "row", i+1, "unit", m.Unit)
		}
		if !(m.Visits >= 1) || math.IsInf(m.Visits, 0) {
			return Weighted{}, fault.New(fault.Invalid, "visits.visits", "row", i+1, "visits", shown(m.Visits))
		}
		taken[u]++
	}
	if len(met) == 0 {
		return Weighted{}, fault.New(fault.Invalid, "visits.nobody")
	}
	return weigh(units, met, at, taken, p)
}

func weigh(units []Unit, met []Met, at map[string]int, taken []float64, p Period) (Weighted, error) {
	span := 1.0
	if p.Fieldwork > 0 && p.Recall > 0 {
		span = p.Fieldwork / p.Recall
	}
	var w Weighted
	for i, u := range units {
		if taken[i] == 0 {
			w.Empty = append(w.Empty, u.Name)
		} else if !(u.Visitors >= taken[i]) || math.IsInf(u.Visitors, 0) {
			return w, fault.New(fault.Invalid, "visits.visitors", "unit", u.Name, "row", i+1, "visitors", shown(u.Visitors), "interviews", taken[i])
		}
	}
	sum, squares := 0.0, 0.0
	for _, m := range met {
		i := at[m.Unit]
		u := units[i]
		weight := 1 / (u.Probability * taken[i] / u.Visitors) / (m.Visits * span)
		w.Weights, w.PSU, w.Stratum = append(w.Weights, weight), append(w.PSU, u.Name), append(w.Stratum, u.Stratum)
		sum += weight
		squares += weight * weight
		if m.Visits >= 10 {
			w.Often += 1 / float64(len(met))
		}
	}
	w.Kish = sum * sum / squares
	return w, nil
}
