package survey

import (
	"context"
	"math"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// SampleCmd is the sample that is wished.
type SampleCmd struct {
	Source     sample.Source
	By         []string // sex, age; the office always
	Method     sample.Method
	Allocation sample.Allocation
	N          int // units; 0 takes as many as Wish needs
	Wish       sample.Wish
	Reserve    float64            // reserves as a share of the units
	SD         map[string]float64 // by office, for Neyman's allocation
	Each       int                // interviews at a place, or people of an office
	Firsts     int                // offices, where they are drawn first; 0 as Wish needs
	Seed       uint64
	Places     string // CSV, where the frame is of places
	KeepGood   bool   // draw from the lines that are right when others are not
}

// Proposal is what would be drawn.
type Proposal struct {
	Plan   sample.Plan
	Half   float64   // half the width of the interval of a share in the whole
	Halves []float64 // and in each stratum
	Cases  int
	units  map[string][]unit
}

// PlanSample works out a sample without drawing it.
func (m *Surveys) PlanSample(ctx context.Context, actor Actor, survey string, cmd SampleCmd) (*Proposal, error) {
	s, err := m.planned(ctx, actor, survey)
	if err != nil {
		return nil, err
	}
	l, err := m.frameOf(ctx, actor, &s, cmd)
	if err != nil {
		return nil, err
	}
	if len(l.units) == 0 {
		return nil, fault.New(fault.Conflict, "sample.nobody")
	}
	p := &Proposal{Plan: sample.Plan{Source: cmd.Source, Method: cmd.Method, Allocation: cmd.Allocation, Seed: cmd.Seed, Date: l.date, LogSize: l.logSize,
		By: append([]string{weighting.ByOffice}, cmd.By...), LeftOut: l.out}}
	if cmd.Source == sample.Offices {
		return p, p.twoStages(cmd, l)
	}
	p.Plan.Strata, p.units = l.strata(cmd.By)
	if cmd.Source == sample.Places {
		if p.Plan.Each = cmd.Each; cmd.Each < 1 || cmd.Each > 200 {
			return nil, fault.New(fault.Invalid, "sample.each").On("each")
		}
	} else if cmd.Method != sample.Simple && cmd.Method != sample.Systematic {
		return nil, fault.New(fault.Invalid, "sample.method").On("method")
	}
	return p, p.share(cmd, len(l.units))
}

// share says how many come from each stratum and how exact that is.
func (p *Proposal) share(cmd SampleCmd, population int) error {
	n, err := cmd.Wish.Size(population)
	if err != nil {
		return err
	}
	if cmd.N > 0 {
		n = cmd.N
	} else if cmd.Source == sample.Places { // the wish is of interviews
		if n, err = cmd.Wish.Size(math.MaxInt32); err != nil {
			return err
		}
		n = (n + cmd.Each - 1) / cmd.Each
	}
	strata := p.Plan.Strata
	for i := range strata {
		strata[i].SD = cmd.SD[strata[i].Office]
	}
	if err := sample.Allocate(strata, n, cmd.Allocation); err != nil {
		return err
	}
	whole := cmd.Wish
	for i := range strata {
		s := &strata[i]
		if cmd.Source == sample.Register {
			s.Reserve = min(s.Population-s.Take, int(math.Ceil(float64(s.Take)*max(0, min(cmd.Reserve, 5))-1e-9)))
			p.Halves = append(p.Halves, whole.HalfWidth(s.Take, s.Population))
			p.Cases += s.Take + s.Reserve
			continue
		}
		p.Halves = append(p.Halves, whole.HalfWidth(s.Take*p.Plan.Each, math.MaxInt32))
		p.Cases += s.Take * p.Plan.Each
	}
	if cmd.Source == sample.Places {
		p.Half = whole.HalfWidth(p.Cases, math.MaxInt32)
	} else {
		p.Half = whole.Expected(strata)
	}
	return nil
}

// DrawSample draws what was planned and makes its cases; whom each is for is sealed. A survey is drawn once.
func (m *Surveys) DrawSample(ctx context.Context, actor Actor, survey string, cmd SampleCmd, progress func(done int)) (n int, err error) {
	m.draws.Lock()
	defer m.draws.Unlock()
	s, err := m.planned(ctx, actor, survey)
	if err != nil {
		return 0, err
	}
	if s.Plan != "" {
		return 0, fault.New(fault.Conflict, "sample.drawn")
	}
	if err := m.dropDraw(survey); err != nil { // one that never began
		return 0, err
	}
	p, err := m.PlanSample(ctx, actor, survey, cmd)
	if err != nil {
		return 0, err
	}
	drawn, err := p.draw()
	if err != nil {
		return 0, err
	}
	if err := m.keepDraw(survey, drawn); err != nil {
		return 0, err
	}
	ids, err := m.Draw(ctx, actor, survey, p.Plan.JSON(), drawn, progress)
	if err != nil {
		return len(ids), err
	}
	return len(ids), m.dropDraw(survey)
}

func (p *Proposal) draw() (out []study.Drawn, err error) {
	if p.Plan.Source == sample.Offices {
		return p.drawPeople()
	}
	for _, s := range p.Plan.Strata {
		units := make([]sample.Unit, len(p.units[s.Name]))
		offices := map[string]*unit{}
		for i := range units {
			u := &p.units[s.Name][i]
			units[i] = sample.Unit{ID: u.id, Order: u.order, Size: u.size}
			offices[u.id] = u
		}
		picks, err := sample.Draw(s, units, p.Plan.Method, p.Plan.Seed)
		if err != nil {
			return nil, err
		}
		for _, k := range picks {
			u := offices[k.ID]
			if p.Plan.Source == sample.Register {
				out = append(out, study.Drawn{Stratum: s.Name, Probability: k.Probability, Order: k.Place, Office: u.office, Person: u.id})
				continue
			}
			each := min(1, float64(p.Plan.Each)/max(u.size, 1)) // of those who come
			for i := range p.Plan.Each {
				out = append(out, study.Drawn{Stratum: s.Name, Unit: u.order, Probability: k.Probability * each, Order: (k.Place-1)*p.Plan.Each + i + 1, Office: u.office})
			}
		}
	}
	return out, nil
}

// planned opens a survey for who plans it, while a sample may be drawn.
func (m *Surveys) planned(ctx context.Context, actor Actor, survey string) (s study.Survey, err error) {
	err = m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, err = m.survey(ctx, tx, actor, authz.Survey, survey); err != nil {
			return err
		}
		rows, err := tx.SurveysByID(ctx, []string{survey})
		if err != nil || len(rows) == 0 {
			return node.NotFound(err, "survey", survey)
		}
		if !rows[0].Linked {
			return fault.New(fault.Conflict, "survey.link_gone")
		}
		return nil
	})
	if err == nil && s.State == study.Closed {
		err = fault.New(fault.Conflict, "survey.closed")
	}
	return s, err
}

func (m *Surveys) frameOf(ctx context.Context, actor Actor, s *study.Survey, cmd SampleCmd) (*listed, error) {
	switch cmd.Source {
	case sample.Register, sample.Offices:
		return m.frameOfPeople(ctx, actor, s)
	case sample.Places:
		return m.frameOfPlaces(ctx, s, cmd)
	}
	return nil, fault.New(fault.Invalid, "sample.source").On("source")
}

// SamplePage is the plan of a survey's sample as it stands.
type SamplePage struct {
	Survey  study.Survey
	Plan    sample.Plan // without strata before it is drawn
	Counts  []CaseCount
	MayPlan bool
	Cases   int  // that the plan makes
	Here    int  // of which so many were made
	Resume  bool // a draw was interrupted here, and can go on
}

// Sample reads it, for who sees the fieldwork.
func (m *Surveys) Sample(ctx context.Context, actor Actor, survey string) (*SamplePage, error) {
	p, err := m.Open(ctx, actor, survey)
	if err != nil {
		return nil, err
	}
	out := &SamplePage{Survey: p.Survey, Counts: p.Counts, MayPlan: p.MayPlan}
	if out.Plan, err = sample.ReadPlan(p.Survey.Plan); err != nil {
		return nil, err
	}
	for _, s := range out.Plan.Strata {
		n := s.Take + s.Reserve
		if out.Plan.Source == sample.Places {
			n = s.Take * out.Plan.Each
		}
		out.Cases += n
	}
	for _, c := range p.Counts {
		out.Here += int(c.N)
	}
	out.Resume = p.MayPlan && out.Here < out.Cases && m.drawWaits(survey)
	return out, nil
}

// WeightSurvey counts the register for the margins, where steps ask for them, and keeps the steps.
func (m *Surveys) WeightSurvey(ctx context.Context, actor Actor, survey string, steps weighting.Steps, seen id.Change) error {
	if err := steps.Check(); err != nil {
		return err
	}
	steps, err := m.Counted(ctx, actor, survey, steps)
	if err != nil {
		return err
	}
	if _, err := m.WeightedBy(ctx, actor, survey, steps); err != nil {
		return err // steps by which there are no weights are not kept
	}
	return m.KeepWeighting(ctx, actor, survey, steps, seen)
}

// Counted are steps with the counts of the register, from today where they have none.
func (m *Surveys) Counted(ctx context.Context, actor Actor, survey string, steps weighting.Steps) (weighting.Steps, error) {
	if steps.Method == weighting.None || len(steps.Counts) > 0 {
		return steps, nil
	}
	var s study.Survey
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		s, err = m.survey(ctx, tx, actor, authz.Survey, survey)
		return err
	})
	if err != nil {
		return steps, err
	}
	l, err := m.frameOfPeople(ctx, actor, &s)
	if err != nil {
		return steps, err
	}
	steps.Counts, steps.Date, steps.LogSize = l.counts(), l.date, l.logSize
	return steps, nil
}
