package survey

import (
	"math"

	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// twoStages works out a sample in which some offices are drawn, by how many people they have or
// all alike, and then people in each.
func (p *Proposal) twoStages(cmd SampleCmd, l *listed) error {
	if p.Plan.Each = cmd.Each; cmd.Each < 1 || cmd.Each > 10_000 {
		return fault.New(fault.Invalid, "sample.each_office").On("each")
	}
	strata, units := l.strata(nil)
	p.units = units
	var all []sample.First
	for _, s := range strata {
		all = append(all, sample.First{Name: s.Name, People: s.Population})
	}
	n := cmd.Firsts
	if n == 0 { // as many as the wish asks for
		want, err := cmd.Wish.Size(len(l.units))
		if err != nil {
			return err
		}
		n = max(2, (want+cmd.Each-1)/cmd.Each)
	}
	var err error
	if p.Plan.Firsts, err = sample.DrawFirst(all, n, cmd.Each, cmd.Method, cmd.Seed); err != nil {
		return fault.As(err).On("firsts")
	}
	p.Plan.By, p.Plan.Allocation = p.Plan.By[:1], ""
	for i := range p.Plan.Firsts {
		f := &p.Plan.Firsts[i]
		if !f.Drawn {
			continue
		}
		p.Plan.Strata = append(p.Plan.Strata, sample.Stratum{Name: f.Name, Office: f.Name, Parts: []string{f.Name}, Population: f.People, Take: f.Take})
		p.Halves = append(p.Halves, cmd.Wish.HalfWidth(f.Take, f.People))
		p.Cases += f.Take
	}
	p.Half = cmd.Wish.HalfWidth(p.Cases, math.MaxInt32)
	return nil
}

// drawPeople draws people of the offices that were drawn.
func (p *Proposal) drawPeople() (out []study.Drawn, err error) {
	for i, k := 0, 0; i < len(p.Plan.Firsts); i++ {
		f := &p.Plan.Firsts[i]
		if !f.Drawn {
			continue
		}
		s := p.Plan.Strata[k]
		k++
		units := make([]sample.Unit, len(p.units[f.Name]))
		for j := range units {
			u := &p.units[f.Name][j]
			units[j] = sample.Unit{ID: u.id, Order: u.order}
		}
		picks, err := sample.Draw(s, units, sample.Simple, p.Plan.Seed)
		if err != nil {
			return nil, err
		}
		for _, x := range picks {
			out = append(out, study.Drawn{Stratum: s.Name, Unit: f.Name, Probability: f.Probability * x.Probability, Order: x.Place, Office: f.Name, Person: x.ID})
		}
	}
	return out, nil
}

// stageProbabilities are those of each row: of the office, and of the person in it.
func (a *answers) stageProbabilities() (first, second frame.Column) {
	of := map[string]*sample.First{}
	for i := range a.plan.Firsts {
		of[a.plan.Firsts[i].Name] = &a.plan.Firsts[i]
	}
	x, y := make([]float64, len(a.of)), make([]float64, len(a.of))
	for i, k := range a.of {
		x[i], y[i] = math.NaN(), math.NaN()
		if f := of[a.cases[k].Unit]; f != nil {
			x[i], y[i] = f.Probability, f.Second()
		}
	}
	return frame.Numbers("prob_office", x), frame.Numbers("prob_person", y)
}
