package survey

import (
	"cmp"
	"math"
	"strconv"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/rds"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
)

// recruit is what a case says of the chain; the zero value is of a case that was drawn.
type recruit struct {
	number        uint64
	degree, given int64
}

// chainReplicates is how many times the trees are drawn again where the steps do not say.
const chainReplicates = 500

// recruits are the people of the chains: those who answered, and those between them who did not.
type recruits struct {
	columns rds.Columns
	row     []int32 // of the table; -1 for who did not answer
}

// recruits lists them; outcome is the column whose groups are compared, nil for none. Somebody
// whose recruiter is not here hangs on the nearest who is.
func (a *answers) recruits(outcome *frame.Column) (out recruits) {
	numbers := a.plan.Chain.Coupons(nil)
	at, row := map[uint64]int{}, map[uint64]int32{}
	for i := range a.links {
		if a.links[i].number > 0 {
			at[a.links[i].number] = i
		}
	}
	for i, k := range a.of {
		row[a.links[k].number] = int32(i)
	}
	above := func(n uint64) uint64 {
		for n = numbers.Recruiter(n); n != 0; n = numbers.Recruiter(n) {
			if _, ok := at[n]; ok {
				return n
			}
		}
		return 0
	}
	wanted := map[uint64]bool{}
	for n := range row {
		for ; n != 0 && !wanted[n]; n = above(n) {
			wanted[n] = true
		}
	}
	if outcome != nil {
		out.columns.Outcome = []string{}
	}
	c := &out.columns
	for i := range a.links {
		l := &a.links[i]
		if !wanted[l.number] {
			continue
		}
		r, answered := row[l.number]
		if !answered {
			r = -1
		}
		by := ""
		if n := above(l.number); n != 0 {
			by = strconv.FormatUint(n, 10)
		}
		out.row = append(out.row, r)
		c.ID, c.Recruiter = append(c.ID, strconv.FormatUint(l.number, 10)), append(c.Recruiter, by)
		c.Degree, c.Coupons = append(c.Degree, float64(l.degree)), append(c.Coupons, float64(l.given))
		if outcome == nil {
			continue
		}
		said := ""
		if answered && !outcome.IsMissing(int(r)) {
			said = outcome.Text(int(r))
		}
		c.Outcome = append(c.Outcome, said)
	}
	if outcome != nil {
		c.OutcomeName = outcome.Name
	}
	return out
}

// chainDesign weighs people who recruited one another: each by the chance with which chains come to
// who knows as many, and the spread by drawing the trees again.
func (a *answers) chainDesign(out *Weighted, s weighting.Steps) (*design.Design, error) {
	method := cmp.Or(s.Chain, rds.MethodII)
	var group *frame.Column
	if method == rds.MethodI {
		var err error
		if group, err = a.frame.Col(s.Group); err != nil {
			return nil, fault.New(fault.Invalid, "weighting.column_gone", "column", s.Group).On("group").Because(err)
		}
	}
	people := a.recruits(group)
	forest, err := rds.New(people.columns)
	if err != nil {
		return nil, err
	}
	w, err := forest.Weights(rds.Bootstrap{Method: method, Replicates: cmp.Or(s.Replicates, chainReplicates), Seed: s.Seed, PopulationSize: s.Population, Confidence: .95})
	if err != nil {
		return nil, err
	}
	full := people.weights(w.Full, a.frame.N(), s.Population)
	reps := make([][]float64, len(w.Replicates))
	for r := range reps {
		reps[r] = people.weights(w.Replicates[r], a.frame.N(), s.Population)
	}
	out.Chain, out.Replicates, out.Left.Failed = method, reps, w.Failed
	out.Stages = []weighting.Stage{weighting.StageOf(string(method), full)}
	columns := a.chainColumns(&people)
	columns = append(columns, frame.Numbers("weight_base", full))
	if s.Method != weighting.None {
		if out.Margins, err = weighting.Margins(a.frame, a.officeTexts(), full, s); err != nil {
			return nil, err
		}
	}
	for _, m := range out.Margins {
		columns = append(columns, frame.Column{Name: m.Name, Kind: frame.Factor, Code: m.Code, Levels: m.Levels})
	}
	f, err := a.frame.With(columns...)
	if err != nil {
		return nil, err
	}
	return design.FromReplicates(f, full, design.Replicates{Weights: reps, Type: "other", Combined: true, Scale: 1 / float64(len(reps)-1)})
}

// weights puts weights of people into the rows of the table; those who did not answer stand for
// nobody, and the rest for the population where somebody said how large it is.
func (p *recruits) weights(w []float64, n, population int) []float64 {
	out, all := make([]float64, n), 0.0
	for k, r := range p.row {
		if r >= 0 {
			out[r] = w[k]
			all += w[k]
		}
	}
	to := float64(n)
	if population > 0 {
		to = float64(population)
	}
	for i := range out {
		if all > 0 {
			out[i] *= to / all
		}
	}
	return out
}

// chainColumns say who recruited whom by the rows of the table, as other programs read it.
func (a *answers) chainColumns(p *recruits) []frame.Column {
	n := a.frame.N()
	column := func() []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.NaN()
		}
		return x
	}
	row, by, degree, wave, seed, given := column(), column(), column(), column(), column(), column()
	numbers, at := a.plan.Chain.Coupons(nil), map[string]int32{}
	for k, r := range p.row {
		at[p.columns.ID[k]] = r
	}
	for k, r := range p.row {
		if r < 0 {
			continue
		}
		l := a.links[a.of[r]]
		waves, from := numbers.Chain(l.number)
		row[r], degree[r], given[r], wave[r], seed[r] = float64(r+1), float64(l.degree), float64(l.given), float64(waves), float64(from)
		switch up, ok := at[p.columns.Recruiter[k]]; {
		case !ok:
			by[r] = 0 // a seed
		case up >= 0:
			by[r] = float64(up + 1)
		}
	}
	return []frame.Column{frame.Numbers("row", row), a.office, frame.Numbers("rds_recruiter", by), frame.Numbers("rds_network_size", degree), frame.Numbers("rds_wave", wave),
		frame.Numbers("rds_chain", seed), frame.Numbers("rds_coupons", given)}
}
