package survey

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/table"
	"quipu/internal/estimate/weighting"
	"quipu/internal/store"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
)

// answers are those of a survey as a table, with its sample.
type answers struct {
	survey  study.Survey
	keys    []string // names of those that the answers were opened with
	plan    sample.Plan
	form    *table.Form
	rows    []row // of all submissions, by when they were received
	table   *table.Table
	names   map[string]string // offices and months, each once in memory
	number  map[string]int32  // of cases, by id
	frame   *frame.Frame
	apart   *frame.Frame // answers of sensitive questions, row by row the same
	office  frame.Column
	of      []int32 // the case of each row
	cases   []weighting.Case
	links   []recruit // of each case, where people recruited people
	sampled bool      // cases with probabilities are known
	units   bool      // they were drawn in places or other first units
	left    Left
	size    int64
	months  []string // YYYY-MM of each answer
	money   Money
}

// row is a submission in its place.
type row struct {
	received      int64
	id            string
	office, month string
	kase          int32 // its number, -1 for none of the sample
	at            int32 // its row in the table, -1 for one that is not there
	counts        bool
}

func compareRows(a, b row) int {
	return cmp.Or(cmp.Compare(a.received, b.received), cmp.Compare(a.id, b.id))
}

// arrived is a submission with its answers, and when the list has it as received.
type arrived struct {
	received int64
	study.Submission
}

// readAnswers reads the questionnaire, the cases and the answers.
func (m *Surveys) readAnswers(ctx context.Context, actor Actor, survey string) (*answers, error) {
	a, n := &answers{names: map[string]string{}}, int64(0)
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if a.survey, err = m.survey(ctx, tx, actor, authz.Analyse, survey); err != nil {
			return err
		}
		if a.plan, err = sample.ReadPlan(a.survey.Plan); err != nil {
			return err
		}
		if a.form, err = m.columnsOf(ctx, tx, &a.survey); err != nil {
			return err
		}
		if a.keys, err = keyNames(ctx, tx, survey); err != nil {
			return err
		}
		if n, err = tx.CountSubmissions(ctx, store.SubmissionFilter{Survey: survey}); err != nil {
			return err
		}
		return a.readCases(ctx, tx, survey)
	})
	if err != nil {
		return nil, err
	}
	a.begin(int(n))
	err = m.eachSubmission(ctx, actor, survey, func(_ *store.Tx, some []arrived) error {
		for i := range some {
			if err := a.add(a.rowOf(&some[i]), &some[i].Submission); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, a.finishRows()
}

// spare is what tables have room for beyond the answers that are there.
const spare = 1000

// begin empties what follows from the rows, for about n of them.
func (a *answers) begin(n int) {
	n += spare
	a.rows, a.table, a.of, a.months = make([]row, 0, n), table.New(a.form, n), nil, make([]string, 0, n)
	a.office = frame.Column{Name: "office", Kind: frame.Factor, Code: make([]int32, 0, n)}
	a.left.Caseless, a.left.Twice = 0, 0
	for i := range a.cases {
		a.cases[i].Answered = false
	}
}

func (a *answers) same(s string) string {
	if t, ok := a.names[s]; ok {
		return t
	}
	s = strings.Clone(s) // a part of a change, which would stay with it
	a.names[s] = s
	return s
}

func (a *answers) rowOf(s *arrived) row {
	r := row{received: s.received, id: strings.Clone(s.Entity.ID), office: a.same(s.Office), kase: -1, at: -1, counts: s.Standing.Counts()}
	if k, ok := a.number[s.Case]; ok {
		r.kase = k
	}
	if r.counts {
		r.month = a.same(monthOf(&a.survey, &s.Submission))
	}
	return r
}

// add puts a submission behind those that are there, and its answers into the table.
func (a *answers) add(r row, s *study.Submission) error {
	r.at = -1
	in := a.enters(&r)
	if in {
		r.at = int32(a.table.Rows())
	}
	a.rows = append(a.rows, r)
	if !in {
		return nil
	}
	return a.table.Add(s.Answers)
}

// enters reports whether a submission counts, and notes what goes with its row: the first of a
// case does, where there is a sample.
func (a *answers) enters(r *row) bool {
	if !r.counts {
		return false
	}
	if chain := a.plan.Chain != nil; a.sampled || chain {
		switch {
		case r.kase < 0 || chain && a.links[r.kase].number == 0:
			a.left.Caseless++
			return false
		case a.cases[r.kase].Answered:
			a.left.Twice++
			return false
		}
		a.cases[r.kase].Answered = true
		a.of = append(a.of, r.kase)
	}
	code := int32(slices.Index(a.office.Levels, r.office))
	if code < 0 {
		code = int32(len(a.office.Levels))
		a.office.Levels = append(a.office.Levels, r.office)
	}
	a.office.Code = append(a.office.Code, code)
	a.months = append(a.months, r.month)
	return true
}

// finishRows makes the frames of the table as it stands.
func (a *answers) finishRows() (err error) {
	if a.frame, a.apart, a.left.Words, err = a.table.Frame(); err != nil {
		return err
	}
	a.money = Money{}
	return a.dollars()
}

// take brings what happened into the table: at its end where submissions are new and the latest,
// which costs nothing for those that are there; else the table is made anew of its own rows. It
// is not ok when answers are needed that are not in the table.
func (a *answers) take(n *news) (ok bool, err error) {
	for _, c := range n.worked {
		k, known := a.number[c.ID]
		if !known || a.plan.Chain != nil {
			return false, nil // the sample is another, or who recruited whom
		}
		a.cases[k].Disposition = a.same(c.Disposition)
	}
	fresh := make([]row, len(n.arrived))
	changed := map[string]*study.Submission{}
	for i := range n.arrived {
		s := &n.arrived[i]
		fresh[i] = a.rowOf(s)
		changed[s.Entity.ID] = &s.Submission
	}
	slices.SortFunc(fresh, compareRows)
	behind := len(fresh) == 0 || len(a.rows) == 0 || compareRows(a.rows[len(a.rows)-1], fresh[0]) < 0
	if behind && !slices.ContainsFunc(a.rows, func(r row) bool { return changed[r.id] != nil }) {
		for _, r := range fresh {
			if err := a.add(r, changed[r.id]); err != nil {
				return false, err
			}
		}
		return true, a.finishRows()
	}
	if ok, err = a.rebuild(fresh, changed); err != nil || !ok {
		return false, err
	}
	return true, a.finishRows()
}

// rebuild makes the table anew of its rows, with those that changed or are new at their places.
func (a *answers) rebuild(fresh []row, changed map[string]*study.Submission) (ok bool, err error) {
	old := a.table
	all := slices.DeleteFunc(slices.Clone(a.rows), func(r row) bool { return changed[r.id] != nil })
	all = append(all, fresh...)
	slices.SortFunc(all, compareRows)
	a.begin(len(all))
	from, ok := a.table.CopyFrom(old)
	if !ok {
		return false, nil
	}
	for _, r := range all {
		if s := changed[r.id]; s != nil {
			if err := a.add(r, s); err != nil {
				return false, err
			}
			continue
		}
		was := r.at
		r.at = -1
		if a.enters(&r) {
			if was < 0 { // another of its case counted until now
				return false, nil
			}
			r.at = int32(a.table.Rows())
			from.Row(int(was))
		}
		a.rows = append(a.rows, r)
	}
	return true, nil
}
