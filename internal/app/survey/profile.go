package survey

import (
	"bytes"
	"context"
	"math"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/estimate"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/profile"
	"quipu/internal/estimate/remit"
	"quipu/internal/estimate/tally"
	"quipu/internal/estimate/visits"
	"quipu/internal/estimate/weighting"
	questions "quipu/internal/survey"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"

	"quipu/internal/store"
)

// Profiled is the profile of a survey's people: by city, and what a report says of them.
type Profiled struct {
	Survey  study.Survey
	Known   bool // the questionnaire is one of a pack that says what its profile is
	Rung    visits.Step
	Options profile.Options
	Profile profile.Profile
	Left    Left
	Money   Money
	Margins bool // the weights are calibrated to the register
	Remits  bool // the questionnaire asks for remittances
	Remit   remit.Report
	Texts   map[string]questions.Text            // what was asked, by the name of the question
	Answers map[string]map[string]questions.Text // labels of answers, by the name of the question
}

// rungs say how far a sample can be believed, by what it stands on.
var rungs = map[study.Footing]visits.Rung{study.Probability: visits.Probability, study.Visits: visits.Places, study.Centres: visits.Places,
	study.Recruited: visits.Recruited, study.Queue: visits.Queue, study.Volunteers: visits.Volunteers}

// Profile works it out, for who analyses. With covariates the model of cities knows what the
// register says of each: see Covariates.
func (m *Surveys) Profile(ctx context.Context, actor Actor, survey string, covariates ...string) (*Profiled, error) {
	p := &Profiled{Texts: map[string]questions.Text{}, Answers: map[string]map[string]questions.Text{}}
	form, err := m.profileForm(ctx, actor, survey, p)
	if err != nil {
		return nil, err
	}
	p.Rung = visits.Ladder()[rungs[p.Survey.Footing].Place()-1]
	name := ""
	if f, ok := p.Survey.FormOf(p.Survey.Form); ok {
		name = pack.Of(f.Name)
	}
	all, err := pack.Profile(name)
	if p.Known = len(all) > 0; err != nil || !p.Known {
		return p, err
	}
	if err := p.learn(form); err != nil {
		return nil, err
	}
	w, err := m.Weighted(ctx, actor, survey)
	if err != nil {
		return nil, err
	}
	p.Money = w.Money
	all = told(all, w.Apart)
	p.Left, p.Margins, p.Options = w.Left, w.Report != nil, profile.Options{Interval: p.Rung.Interval, Persons: w.members()}
	if len(covariates) > 0 {
		p.Options.Covariates = covariates
		if p.Options.Areas, err = m.covariates(ctx, actor, &p.Survey, covariates); err != nil {
			return nil, err
		}
	}
	if p.Profile, err = profile.Of(w.Design, all, "office", p.Options); err != nil {
		return nil, err
	}
	p.Remit, p.Remits, err = profile.Remittances(w.Design, all, remit.Options{})
	return p, err
}

// members are how many people the cases of the sample say there are, nil where later steps moved
// the weights away from that.
func (w *Weighted) members() map[string]estimate.Estimate {
	all, ok := w.Cases.Members[weighting.Everybody]
	if sum := tally.Sum(w.Design.Weights()); !ok || math.Abs(sum-all.Estimate) > 1e-9*sum {
		return nil
	}
	return w.Cases.Members
}

// told leaves out the indicators of sensitive questions: a profile is by city, and what is said of
// them is said of a whole country at least.
func told(all []pack.Indicator, apart *frame.Frame) (out []pack.Indicator) {
	for _, ind := range all {
		withheld := false
		for _, text := range []string{ind.Value, ind.Domain} {
			e, err := formula.Parse(text)
			withheld = withheld || err == nil && slices.ContainsFunc(formula.Names(e), apart.Has)
		}
		if !withheld {
			out = append(out, ind)
		}
	}
	return out
}

// profileForm opens the survey and the questionnaire in force.
func (m *Surveys) profileForm(ctx context.Context, actor Actor, survey string, p *Profiled) (form []byte, err error) {
	return form, m.DB.View(ctx, func(tx *store.Tx) error {
		if p.Survey, err = m.survey(ctx, tx, actor, authz.Analyse, survey); err != nil {
			return err
		}
		f, ok := p.Survey.FormOf(p.Survey.Form)
		if !ok {
			return nil
		}
		var there bool
		if _, form, there, err = tx.Attachment(ctx, f.File); err == nil && !there {
			err = node.NotFound(nil, "form", p.Survey.Form)
		}
		return err
	})
}

// learn takes the texts of questions and answers from the questionnaire.
func (p *Profiled) learn(form []byte) error {
	f, err := xform.Read(bytes.NewReader(form))
	if err != nil {
		return err
	}
	for _, n := range f.Nodes() {
		if n.Label.Empty() {
			continue
		}
		p.Texts[n.Name] = n.Label
		if l := f.List(n.List); l != nil {
			p.Answers[n.Name] = map[string]questions.Text{}
			for _, c := range l.Choices {
				p.Answers[n.Name][c.Value] = c.Label
			}
		}
	}
	return nil
}
