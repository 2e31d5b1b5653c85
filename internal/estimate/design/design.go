// Package design knows how a sample was drawn, and what follows from it for the error of
// an estimate: strata, stages and clusters, finite populations, unequal probabilities,
// lonely units, replicate weights.
//
// A Design never changes; every step (a subset, new weights) returns a new one that shares
// its columns. Results agree with R's package survey 4.1.1 (Lumley), whose rules are named
// where they are more than the textbook's. Sums do not depend on the order of rows.
package design

import (
	"math"
	"slices"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Lonely says what a stratum with a single sampled unit contributes to a variance.
type Lonely string

const (
	Fail      Lonely = "fail"      // refuse
	Remove    Lonely = "remove"    // nothing
	Certainty Lonely = "certainty" // nothing: it was taken with certainty
	Adjust    Lonely = "adjust"    // its distance from the mean of the population
	Average   Lonely = "average"   // as much as other strata on average
)

// LonelyRules are all rules, in the order in which they are offered.
var LonelyRules = []Lonely{Fail, Adjust, Average, Certainty, Remove}

// Spec says how the sample was drawn. Each entry is a column or an expression over columns
// as formula reads it.
type Spec struct {
	IDs     []string // the units of each stage; "1" or "0", or nothing: the row is the unit
	Strata  []string // of each stage, the first alone most of the time
	FPC     []string // of each stage: units in the population (> 1), or the fraction sampled
	Weights string   // the weight of a row
	Probs   []string // or its probability at each stage

	Nest bool // numbers of units are used again in other strata
	// Equal takes a weight of 1 where there are neither weights nor probabilities nor sizes;
	// without it that is refused.
	Equal bool

	PPS         *PPS // unequal probabilities without replacement
	Lonely      Lonely
	LonelyInAll bool // adjust.domain.lonely: a stratum is lonely, too, when only one of its units has members of a domain
	OneStage    bool // ultimate clusters: the first stage alone, even with sizes of later stages
}

// Design is a sample with its weights. Use New or FromReplicates.
type Design struct {
	f    *frame.Frame
	spec Spec

	stages []stage
	strata bool      // the first stage has strata
	fpc    bool      // sizes of populations are known
	w      []float64 // 0 outside a subset
	// present are the rows that are there at all. Before a calibration a subset takes rows
	// away, afterwards (and under PPS) it only sets their weight to 0: as in R, where it
	// decides what counts as lonely and how many strata there are.
	present   []bool // nil: all
	residuals []Residual
	pps       *ppsPairs
	rep       *replication
	Warnings  []string // keys of the catalogue: what the reader should know
}

// New makes a design of the rows of f.
//
// Errors say which column, stratum or row is wrong: a unit in two strata, a fraction over 1
// beside sizes, fewer units in the population than in the sample, missing values, no weights.
func New(f *frame.Frame, s Spec) (*Design, error) {
	if s.Lonely == "" {
		s.Lonely = Fail
	}
	d := &Design{f: f, spec: s, strata: len(s.Strata) > 0}
	if f.N() == 0 {
		return nil, fault.New(fault.Invalid, "estimate.no_rows")
	}
	if err := d.addStages(); err != nil {
		return nil, err
	}
	if err := d.addPopulations(); err != nil {
		return nil, err
	}
	if err := d.addWeights(); err != nil {
		return nil, err
	}
	if s.PPS != nil {
		if err := d.addPairs(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// numbers evaluates a column or expression of the design; role names it in errors.
func (d *Design) numbers(text, role string) ([]float64, error) {
	c, err := formula.EvalText(text, d.f)
	if err != nil {
		return nil, err
	}
	x := formula.AsNumbers(c)
	for i, v := range x {
		if math.IsNaN(v) {
			return nil, fault.New(fault.Invalid, "estimate.design_missing", "role", role, "column", text, "row", i+1)
		}
	}
	return x, nil
}

func (d *Design) addWeights() error {
	s, n := d.spec, d.f.N()
	switch {
	case s.Weights != "" && len(s.Probs) > 0:
		return fault.New(fault.Invalid, "estimate.weights_and_probs")
	case s.Weights != "":
		w, err := d.numbers(s.Weights, "weights")
		if err != nil {
			return err
		}
		d.w = append([]float64(nil), w...)
		if len(d.w) == 1 && n > 1 {
			d.w = slices.Repeat([]float64{w[0]}, n)
		}
	case len(s.Probs) > 0:
		d.w = slices.Repeat([]float64{1}, n)
		for _, p := range s.Probs {
			x, err := d.numbers(p, "probs")
			if err != nil {
				return err
			}
			for i := range d.w {
				d.w[i] /= x[i%len(x)]
			}
		}
	case d.fpc:
		d.w = slices.Repeat([]float64{1}, n)
		for i := range d.stages {
			st := &d.stages[i]
			for r := range d.w {
				c := st.clusterOf(r)
				d.w[r] *= st.pop[c] / float64(st.size[st.stratum[c]])
			}
		}
	case s.Equal:
		d.w = slices.Repeat([]float64{1}, n)
		d.Warnings = append(d.Warnings, "estimate.warning.equal_weights")
	default:
		return fault.New(fault.Invalid, "estimate.no_weights")
	}
	for i, w := range d.w {
		if math.IsInf(w, 0) || math.IsNaN(w) {
			return fault.New(fault.Invalid, "estimate.not_finite", "row", i+1)
		}
	}
	return nil
}

// Frame is the data.
func (d *Design) Frame() *frame.Frame { return d.f }

// Spec is how the sample was drawn; empty for replicate weights.
func (d *Design) Spec() Spec { return d.spec }

// Stratified reports whether the first stage has strata.
func (d *Design) Stratified() bool { return d.strata }

// Calibrated reports whether weights were adjusted to known totals.
func (d *Design) Calibrated() bool { return len(d.residuals) > 0 }

// Weights are those in force, 0 outside a subset. The slice is the design's own: leave it.
func (d *Design) Weights() []float64 { return d.w }

// Present are the rows that are there at all (see Subset); nil means all.
func (d *Design) Present() []bool { return d.present }

// Replicated reports whether the design has replicate weights.
func (d *Design) Replicated() bool { return d.rep != nil }

// IsPPS reports whether the units were drawn with unequal probabilities without replacement.
func (d *Design) IsPPS() bool { return d.spec.PPS != nil }

// WithFrame is the design over other columns of the same rows, as after an update.
func (d *Design) WithFrame(f *frame.Frame) (*Design, error) {
	if f.N() != d.f.N() {
		return nil, fault.New(fault.Invalid, "estimate.column_length", "column", "", "rows", f.N(), "expected", d.f.N())
	}
	e := *d
	e.f = f
	return &e, nil
}

// WithLonely is the design under another rule for strata with one unit.
func (d *Design) WithLonely(rule Lonely, inAll bool) *Design {
	e := *d
	e.spec.Lonely, e.spec.LonelyInAll = rule, inAll
	return &e
}

// WithOneStage is the design with its first stage alone counting, or with all of them.
func (d *Design) WithOneStage(one bool) *Design {
	if d.spec.OneStage == one {
		return d
	}
	e := *d
	e.spec.OneStage = one
	return &e
}

// Rows is the number of rows that are there.
func (d *Design) Rows() int {
	if d.present == nil {
		return d.f.N()
	}
	n := 0
	for _, p := range d.present {
		if p {
			n++
		}
	}
	return n
}

// Count is the number of rows with a weight that is not 0.
func (d *Design) Count() int {
	n := 0
	for _, w := range d.w {
		if w != 0 {
			n++
		}
	}
	return n
}

// Population is the sum of the weights.
func (d *Design) Population() float64 { return tally.Sum(d.w) }
