package survey

import (
	"context"
	"strconv"

	"quipu/internal/authz"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/rds"
	"quipu/internal/estimate/table"
	"quipu/internal/fault"
	"quipu/internal/survey/study"
)

// ChainReport says how far the chains of a survey can be believed, for one question.
type ChainReport struct {
	Survey    study.Survey
	Questions []string // that may be asked about
	Question  string
	Diagnosis rds.Diagnosis
	Matrix    rds.Matrix
	Steps     []rds.Step   // the estimate as waves came in
	Branches  []rds.Branch // and chain by chain, named as cases are
	Estimate  []rds.Interval
	Plain     map[string]float64 // shares without weights
	Failed    error              // why there is no interval
}

// mostLevels is how many answers a question may have that chains are looked at by.
const mostLevels = 6

// ChainReport makes it, for who analyses; question "" stands for the first
// to which not nearly all answered the same.
func (m *Surveys) ChainReport(ctx context.Context, actor Actor, survey, question string) (*ChainReport, error) {
	if err := authz.Check(actor, authz.Analyse, ""); err != nil {
		return nil, err
	}
	h := m.held.of(survey)
	h.Lock()
	defer h.Unlock()
	if err := m.refresh(ctx, actor, survey, h); err != nil {
		return nil, err
	}
	a := h.answers
	if a.plan.Chain == nil {
		return &ChainReport{Survey: a.survey}, fault.New(fault.Conflict, "chain.none")
	}
	out := &ChainReport{Survey: a.survey, Question: question}
	var column *frame.Column
	for _, q := range a.form.Questions {
		c, err := a.frame.Col(q.Name)
		if err != nil || q.Kind != table.Choice && q.Kind != table.Reckoned || c.Kind != frame.Factor || len(c.Dropped().Levels) < 2 || len(c.Dropped().Levels) > mostLevels {
			continue
		}
		out.Questions = append(out.Questions, q.Name)
		if question == "" && (column == nil || !mixed(column) && mixed(c)) || q.Name == question {
			column, out.Question = c, q.Name
		}
	}
	if column == nil {
		return out, fault.New(fault.Invalid, "chain.no_question").On("question")
	}
	s, err := rds.New(a.recruits(column).columns)
	if err != nil {
		return out, err
	}
	out.Diagnosis, out.Matrix, out.Steps, out.Branches = s.Diagnose(), s.Recruitment(), s.ByWave(), s.BySeed()
	out.Plain = map[string]float64{}
	for g, x := range s.Plain().Estimate {
		out.Plain[s.Levels[g]] = x
	}
	names := chained{plan: a.plan.Chain}
	for i := range out.Branches {
		if n, err := strconv.ParseUint(out.Branches[i].Seed, 10, 64); err == nil {
			_, seed := a.plan.Chain.Coupons(nil).Chain(n)
			out.Branches[i].Seed = names.name(seed)
		}
	}
	u, err := s.Bootstrap(rds.Bootstrap{Replicates: chainReplicates})
	out.Estimate, out.Failed = u.Intervals, err
	return out, nil
}

// mixed reports whether at least one of ten answered otherwise than most.
func mixed(c *frame.Column) bool {
	n, most := 0, 0
	counts := make([]int, len(c.Levels))
	for i := range c.Len() {
		if !c.IsMissing(i) {
			n++
			counts[c.Code[i]]++
			most = max(most, counts[c.Code[i]])
		}
	}
	return (n-most)*10 >= n
}
