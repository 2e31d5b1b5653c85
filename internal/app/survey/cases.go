package survey

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/store"
	"quipu/internal/survey/fieldwork"
	"quipu/internal/survey/study"
)

// casesAtOnce is how many cases are drawn in one transaction.
const casesAtOnce = 2000

// Draw makes cases of a survey, and notes the plan by which they were drawn. It returns their
// ids in the order of drawn. Each transaction is whole; who is told of a trouble on the way may
// draw the rest with what is left of drawn, as ResumeDraw does.
func (m *Surveys) Draw(ctx context.Context, actor Actor, survey, plan string, drawn []study.Drawn, progress func(done int)) (ids []string, err error) {
	for len(drawn) > 0 {
		some := drawn[:min(casesAtOnce, len(drawn))]
		drawn = drawn[len(some):]
		err := m.DB.Update(ctx, func(tx *store.Tx) error {
			s, err := m.survey(ctx, tx, actor, authz.Survey, survey)
			if err != nil {
				return err
			}
			changes := make([]change.Change, 0, len(some)+1)
			if plan != "" {
				c, err := s.KeepPlan(plan)
				if err != nil {
					return err
				}
				changes = append(changes, c)
			}
			for _, d := range some {
				c, err := study.Draw(survey, d)
				if err != nil {
					return err
				}
				c.Entity = ref(study.KindCase, string(m.NewID()))
				ids, changes = append(ids, c.Entity.ID), append(changes, c)
			}
			return m.commit(ctx, tx, actor, &s, changes...)
		})
		if err != nil {
			return ids, err
		}
		plan = ""
		if progress != nil {
			progress(len(ids))
		}
	}
	return ids, nil
}

// Cases lists cases of a survey by office, stratum and place: all for who sees the fieldwork of
// the office, his own for an interviewer. Whom they were drawn for is not among it.
func (m *Surveys) Cases(ctx context.Context, actor Actor, f store.CaseFilter, after, limit int) (out []store.CaseRow, err error) {
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		if _, err := inField(ctx, tx, actor, f.Survey, &f.Office, &f.Interviewer); err != nil {
			return err
		}
		out, err = tx.Cases(ctx, f, after, limit)
		return err
	})
}

// CasePage is a case with its survey and, while the link is there and for who may, the person.
type CasePage struct {
	Case   study.Case
	Survey study.Survey
	Person *PersonRow
}

// Case opens one. Who asks it or runs the fieldwork of its office sees whom it was drawn for,
// which is logged as a read of the person.
func (m *Surveys) Case(ctx context.Context, actor Actor, entity string) (p *CasePage, err error) {
	p = &CasePage{}
	err = m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.Case, p.Survey, err = m.openCase(ctx, tx, actor, entity); err != nil || p.Case.Person == "" {
			return err
		}
		rows, err := tx.PeopleByID(ctx, []string{p.Case.Person})
		if err == nil && len(rows) > 0 {
			p.Person = &rows[0]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Person != nil {
		if err := m.LogReads(ctx, actor, store.Read{Person: p.Person.ID, Action: "survey_case"}); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// openCase opens a case with the person, for who asks it or runs the fieldwork of its office.
func (m *Surveys) openCase(ctx context.Context, tx *store.Tx, actor Actor, entity string) (c study.Case, s study.Survey, err error) {
	past, err := tx.Changes(ctx, ref(study.KindCase, entity))
	if err != nil || len(past) == 0 {
		return c, s, node.NotFound(err, "case", entity)
	}
	c = study.LoadCase(past)
	if !authz.May(actor, authz.Fieldwork, c.Office) {
		if err := authz.Check(actor, authz.Interview, c.Office); err != nil {
			return c, s, err
		}
		if c.Interviewer != actor.Login {
			return c, s, fault.New(fault.Forbidden, "survey.not_yours")
		}
	}
	if s, err = load(ctx, tx, c.Survey); err != nil {
		return c, s, err
	}
	if err := m.keys(ctx, tx).open(s.Entity.ID, s.Link, past); err != nil {
		return c, s, err
	}
	return study.LoadCase(past), s, nil
}

// Assign gives cases to an interviewer of their office, "" takes them back.
func (m *Surveys) Assign(ctx context.Context, actor Actor, cases []string, login string) error {
	return m.onCases(ctx, actor, authz.Fieldwork, cases, func(tx *store.Tx, c *study.Case) (change.Change, error) {
		if login != "" {
			acc, ok, err := tx.Account(ctx, login)
			if err != nil {
				return change.Change{}, err
			}
			if !ok || acc.Office != c.Office || !authz.May(Actor{Login: login, Role: authz.Role(acc.Role), Office: acc.Office}, authz.Interview, c.Office) {
				return change.Change{}, fault.New(fault.Invalid, "survey.no_interviewer", "login", login, "office", c.Office).On("interviewer")
			}
		}
		return c.Assign(login), nil
	})
}

// Try notes an attempt to reach somebody, with a disposition of package fieldwork.
func (m *Surveys) Try(ctx context.Context, actor Actor, entity, code, note string) error {
	d, err := fieldwork.Find(code)
	if err != nil {
		return fault.As(err).On("code")
	}
	code = d.Code
	return m.onCases(ctx, actor, authz.Interview, []string{entity}, func(_ *store.Tx, c *study.Case) (change.Change, error) {
		return c.Try(string(m.NewID()), code, note)
	})
}

func (m *Surveys) onCases(ctx context.Context, actor Actor, action authz.Action, cases []string, decide func(*store.Tx, *study.Case) (change.Change, error)) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		for _, entity := range cases {
			c, s, err := m.openCase(ctx, tx, actor, entity)
			if err == nil {
				err = authz.Check(actor, action, c.Office)
			}
			if err != nil {
				return err
			}
			ch, err := decide(tx, &c)
			if err != nil {
				return err
			}
			if err := m.commit(ctx, tx, actor, &s, ch); err != nil {
				return err
			}
		}
		return nil
	})
}

// Fieldwork is a survey with the counts of its cases: all of the office's for who runs its
// fieldwork, his own for an interviewer.
func (m *Surveys) Fieldwork(ctx context.Context, actor Actor, survey string) (s study.Survey, counts []CaseCount, err error) {
	return s, counts, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		f := CaseFilter{Survey: survey}
		if s, err = inField(ctx, tx, actor, survey, &f.Office, &f.Interviewer); err == nil {
			counts, err = tx.CountCases(ctx, f)
		}
		return err
	})
}

// NameOf is the name of a person in a row of lists.
func NameOf(p *PersonRow) name.Name {
	return name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}
}
