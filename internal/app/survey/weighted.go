package survey

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/estimate/calibrate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/rds"
	"quipu/internal/estimate/table"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// Weighted are the answers of a survey as a table with their design and final weights. It is
// shared by all who ask: nobody changes it.
type Weighted struct {
	Survey study.Survey
	Form   *table.Form // the questions that are columns, in the order of the questionnaire
	Steps  weighting.Steps

	// Frame has a row for each submission that counts, by when it was received: a column a question, and
	//   row          from 1
	//   case         the number of its case, from 1; missing without a sample
	//   office       that sent it
	//   stratum      of the design: strata with one answer are joined to the next of their office
	//   psu          place or other first unit, only where a sample has them
	//   prob_office  probability of the office and, prob_person, of the person in it: only where offices were drawn
	//   fpc          people in the stratum, only where they were drawn from the register one by one
	//   weight_base  after the design and nonresponse, before calibration
	//   rds_…        row of the recruiter, 0 for a seed; network_size, wave, chain and coupons given: only where
	//                people recruited people, in the place of case, stratum, psu and fpc
	//   cal_…        the cells of the calibration
	//   weight       the final one
	// and behind a question of Money.Amounts, under its name and "_usd", its amount in US dollars.
	Frame   *frame.Frame
	Apart   *frame.Frame   // answers of sensitive questions, row by row the same: they leave in no table
	Design  *design.Design // with the final weights; variances go through the calibration
	Margins []weighting.Margin
	Stages  []weighting.Stage // how the weights stood after each step
	Cases   weighting.Cased   // how many people the cases stood for, without the weight of each
	Report  *calibrate.Report // of the calibration, nil without one
	Limits  calibrate.Bounds  // by which weights were trimmed, in weights; zero without trimming
	Left    Left
	Money   Money      // the amounts in dollars, and the rates that they lack
	Chain   rds.Method // by which people who recruited one another are weighed, "" where they were not
	// Replicates are weights of the trees drawn again, before calibration: nil but for chains.
	Replicates [][]float64
	LogSize    int64 // changes in the register when it was made
}

// Left are submissions that do not count, and what else the reader should know.
type Left struct {
	Caseless, Twice int      // without a case of the sample; of a case that was answered before
	Silent          int      // did not say how often they come
	Joined          int      // strata that were joined to another
	Failed          int      // draws of chains that gave no estimate
	Equal           bool     // no probabilities are known: all weights begin as 1
	Words           []string // reckoned answers with too many different words
}

// Weighted makes the table of a survey with the weights of the steps that are kept with it.
func (m *Surveys) Weighted(ctx context.Context, actor Actor, survey string) (Weighted, error) {
	return m.weighted(ctx, actor, survey, nil)
}

// WeightedBy makes it with other steps, to see what they would do.
func (m *Surveys) WeightedBy(ctx context.Context, actor Actor, survey string, steps weighting.Steps) (Weighted, error) {
	return m.weighted(ctx, actor, survey, &steps)
}

func (m *Surveys) weighted(ctx context.Context, actor Actor, survey string, steps *weighting.Steps) (Weighted, error) {
	if err := authz.Check(actor, authz.Analyse, ""); err != nil {
		return Weighted{}, err
	}
	h := m.held.of(survey)
	h.Lock()
	defer h.Unlock()
	if err := m.refresh(ctx, actor, survey, h); err != nil {
		return Weighted{}, err
	}
	if steps != nil {
		return h.answers.weigh(*steps)
	}
	if h.final == nil {
		kept, err := weighting.Read(h.answers.survey.Weighting)
		if err != nil {
			return Weighted{}, err
		}
		w, err := h.answers.weigh(kept)
		if err != nil {
			return Weighted{}, err
		}
		h.final = &w
	}
	out := *h.final
	out.LogSize = h.answers.size
	return out, nil
}

// weigh makes weights of the answers.
func (a *answers) weigh(s weighting.Steps) (out Weighted, err error) {
	out = Weighted{Survey: a.survey, Form: a.form, Apart: a.apart, Steps: s, Left: a.left, Money: a.money, LogSize: a.size}
	if a.frame.N() < 2 {
		return out, fault.New(fault.Invalid, "weighting.too_few", "n", a.frame.N())
	}
	if a.plan.Chain != nil {
		d, err := a.chainDesign(&out, s)
		if err != nil {
			return out, err
		}
		return out, a.finish(&out, d, s)
	}
	w := make([]float64, a.frame.N())
	if a.sampled {
		cased, err := weighting.OfCases(a.cases, s)
		if err != nil {
			return out, err
		}
		for i, c := range a.of {
			w[i] = cased.Weight[c]
		}
		out.Stages = cased.Stages
		out.Cases, out.Cases.Weight = cased, nil
	} else {
		for i := range w {
			w[i] = 1
		}
		out.Left.Equal = true
		out.Stages = []weighting.Stage{weighting.StageOf("equal", w)}
	}
	if s.Visits != "" {
		if out.Left.Silent, err = weighting.ByVisits(w, a.frame, s.Visits); err != nil {
			return out, err
		}
		out.Stages = append(out.Stages, weighting.StageOf("visits", w))
	}
	if s.Method != weighting.None {
		if out.Margins, err = weighting.Margins(a.frame, a.officeTexts(), w, s); err != nil {
			return out, err
		}
	}
	d, err := a.design(&out, w)
	if err != nil {
		return out, err
	}
	return out, a.finish(&out, d, s)
}

// finish calibrates and trims, and puts the final weights into the table.
func (a *answers) finish(out *Weighted, d *design.Design, s weighting.Steps) error {
	if s.Method != weighting.None {
		adj, err := weighting.Adjust(d.Weights(), out.Margins, s)
		if err != nil {
			return err
		}
		if d, err = adj.On(d); err != nil {
			return err
		}
		out.Report = &adj.Report
		out.Stages = append(out.Stages, weighting.StageOf("calibration", d.Weights()))
	}
	if limits, any := s.Limits(d.Weights()); any {
		trimmed, _, err := calibrate.TrimDesign(d, limits, true)
		if err != nil {
			return err
		}
		d, out.Limits = trimmed, limits
		out.Stages = append(out.Stages, weighting.StageOf("trimming", d.Weights()))
	}
	f, err := d.Frame().With(frame.Numbers("weight", append([]float64(nil), d.Weights()...)))
	if err != nil {
		return err
	}
	out.Frame = f
	out.Design, err = d.WithFrame(f)
	return err
}

// design is how the answers were drawn, with the weights before calibration.
func (a *answers) design(out *Weighted, w []float64) (*design.Design, error) {
	stratum, joined := a.strata()
	out.Left.Joined = joined
	n := len(w)
	row := make([]float64, n)
	for i := range row {
		row[i] = float64(i + 1)
	}
	columns := []frame.Column{frame.Numbers("row", row), a.office, stratum, frame.Numbers("weight_base", w)}
	spec := design.Spec{Strata: []string{"stratum"}, Weights: "weight_base", Nest: true, Lonely: design.Fail}
	if a.sampled {
		columns = append(columns, a.caseNumbers())
	}
	if a.units {
		columns = append(columns, a.psu())
		spec.IDs = []string{"psu"}
		if a.plan.Source == sample.Offices {
			first, second := a.stageProbabilities()
			columns = append(columns, first, second)
			spec.IDs, spec.FPC, spec.PPS = []string{"psu", "row"}, []string{first.Name, second.Name}, &design.PPS{Method: design.Brewer}
		}
	} else if fpc, ok := a.fpc(&stratum); ok {
		columns = append(columns, fpc)
		spec.FPC = []string{"fpc"}
	}
	for _, m := range out.Margins {
		columns = append(columns, frame.Column{Name: m.Name, Kind: frame.Factor, Code: m.Code, Levels: m.Levels})
	}
	f, err := a.frame.With(columns...)
	if err != nil {
		return nil, err
	}
	return design.New(f, spec)
}
