package survey

import (
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
	questions "quipu/internal/survey"
	"quipu/internal/survey/study"
)

// Submissions lists submissions of a survey: all of the office's for who runs its fieldwork,
// his own for an interviewer.
func (m *Surveys) Submissions(ctx context.Context, actor Actor, f SubmissionFilter, at Place, backward bool, limit int) (out []SubmissionRow, err error) {
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		_, f, err := seesSubmissions(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		out, err = tx.Submissions(ctx, f, at, backward, limit)
		return err
	})
}

// Submission opens one with its answers and its history: for who runs the fieldwork of its
// office, for who sent it, and for who analyses. Sensitive answers are shown to nobody: whoever
// runs the fieldwork may know whose case it is.
func (m *Surveys) Submission(ctx context.Context, actor Actor, entity string) (s study.Submission, plan study.Survey, past []change.Change, err error) {
	return s, plan, past, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, plan, past, err = m.openSubmission(ctx, tx, actor, entity); err != nil {
			return err
		}
		return m.withhold(ctx, tx, &s, &plan, past)
	})
}

// withhold takes the sensitive answers out of a submission and of its history.
func (m *Surveys) withhold(ctx context.Context, tx *store.Tx, s *study.Submission, plan *study.Survey, past []change.Change) (err error) {
	versions, err := m.versions(ctx, tx, plan)
	if err != nil {
		return err
	}
	paths := sensitive(versions)
	if s.Answers, err = study.Withhold(s.Answers, paths); err != nil {
		return err
	}
	for i := range past {
		past[i].Sets = slices.DeleteFunc(slices.Clone(past[i].Sets), func(set change.Set) bool { return set.Field == "answers" })
	}
	for _, v := range versions {
		if v.version != s.Form {
			continue
		}
		for _, n := range v.form.Nodes() {
			if paths[n.Short()] && !n.Container() && n.Type != questions.Note {
				s.Withheld = append(s.Withheld, n.Short())
			}
		}
	}
	return nil
}

func (m *Surveys) openSubmission(ctx context.Context, tx *store.Tx, actor Actor, entity string) (s study.Submission, plan study.Survey, past []change.Change, err error) {
	past, err = tx.Changes(ctx, ref(study.KindSubmission, entity))
	if err != nil || len(past) == 0 {
		return s, plan, nil, node.NotFound(err, "submission", entity)
	}
	s = study.LoadSubmission(past)
	own := s.Interviewer == actor.Login && authz.May(actor, authz.Interview, s.Office)
	if !own && !authz.May(actor, authz.Fieldwork, s.Office) {
		if err := authz.Check(actor, authz.Analyse, s.Office); err != nil {
			return s, plan, nil, err
		}
	}
	if plan, err = load(ctx, tx, s.Survey); err != nil {
		return s, plan, nil, err
	}
	if err := m.keys(ctx, tx).open(plan.Entity.ID, plan.Link, past); err != nil {
		return s, plan, nil, err
	}
	return study.LoadSubmission(past), plan, past, nil
}

// File returns a file of a submission as it was sent.
func (m *Surveys) File(ctx context.Context, actor Actor, submission, name string) (f study.File, data []byte, err error) {
	return f, data, m.DB.View(ctx, func(tx *store.Tx) error {
		s, plan, _, err := m.openSubmission(ctx, tx, actor, submission)
		if err != nil {
			return err
		}
		for _, f = range s.Files {
			if f.Name != name {
				continue
			}
			text, there, err := m.keys(ctx, tx).file(plan.Entity.ID, &s, f)
			if err != nil || !there {
				return node.NotFound(err, "file", name)
			}
			data = []byte(text)
			return nil
		}
		return node.NotFound(nil, "file", name)
	})
}

// file opens a file of a submission of a survey; it is not there while it is on its way from
// another node.
func (k *keys) file(survey string, of *study.Submission, f study.File) (data string, there bool, err error) {
	_, sealed, there, err := k.tx.Attachment(k.ctx, f.Hash)
	if err != nil || !there {
		return "", false, err
	}
	with, err := k.of(survey)
	if err != nil {
		return "", false, err
	}
	data, err = node.OpenSealed(with, "file/"+of.Entity.ID+"/"+f.Name, string(sealed))
	return data, err == nil, err
}

// Judge says what the office thinks of a submission.
func (m *Surveys) Judge(ctx context.Context, actor Actor, entity string, to study.Standing, why string, seen id.Change) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		s, plan, _, err := m.openSubmission(ctx, tx, actor, entity)
		if err == nil {
			err = authz.Check(actor, authz.Fieldwork, s.Office)
		}
		if err == nil {
			err = unmoved(&s.Record, seen)
		}
		if err != nil {
			return err
		}
		c, err := s.Judge(to, why)
		if err != nil {
			return err
		}
		more, err := m.decided(ctx, tx, &s, to)
		if err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, &plan, append([]change.Change{c}, more...)...)
	})
}

// answersAtOnce is how many submissions are opened at once.
const answersAtOnce = 500

// Answers calls f with every submission of a survey, by when it was received, with its answers
// and the row of its case (its zero value without one), for who may analyse. Those that
// count for nothing are left out. Nobody's name is among it.
func (m *Surveys) Answers(ctx context.Context, actor Actor, survey string, f func(study.Submission, store.CaseRow) error) error {
	return m.eachSubmission(ctx, actor, survey, func(tx *store.Tx, some []arrived) error {
		var named []string
		for _, s := range some {
			if s.Case != "" {
				named = append(named, s.Case)
			}
		}
		found, err := tx.CasesByID(ctx, named)
		if err != nil {
			return err
		}
		cases := map[string]store.CaseRow{}
		for _, c := range found {
			cases[c.ID] = c
		}
		for _, s := range some {
			if !s.Standing.Counts() {
				continue
			}
			if err := f(s.Submission, cases[s.Case]); err != nil {
				return err
			}
		}
		return nil
	})
}

// eachSubmission calls f with the submissions of a survey, some at a time, with their answers.
func (m *Surveys) eachSubmission(ctx context.Context, actor Actor, survey string, f func(*store.Tx, []arrived) error) error {
	if err := authz.Check(actor, authz.Analyse, ""); err != nil {
		return err
	}
	for at, more := (store.Place{}), true; more; {
		err := m.DB.View(ctx, func(tx *store.Tx) error {
			s, err := m.survey(ctx, tx, actor, authz.Analyse, survey)
			if err != nil {
				return err
			}
			rows, err := tx.Submissions(ctx, store.SubmissionFilter{Survey: survey}, at, false, answersAtOnce)
			if more = len(rows) > 0; err != nil || !more {
				return err
			}
			at = store.Place{Received: rows[len(rows)-1].Received, ID: rows[len(rows)-1].ID}
			some, err := m.keys(ctx, tx).arrived(&s, rows)
			if err != nil {
				return err
			}
			return f(tx, some)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Received is a survey with the number of its submissions that fit a filter, as the actor sees
// them: see Submissions.
func (m *Surveys) Received(ctx context.Context, actor Actor, f SubmissionFilter) (s study.Survey, n int64, err error) {
	return s, n, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if s, f, err = seesSubmissions(ctx, tx, actor, f); err == nil {
			n, err = tx.CountSubmissions(ctx, f)
		}
		return err
	})
}

// seesSubmissions narrows a filter to what the actor may see.
func seesSubmissions(ctx context.Context, tx *store.Tx, actor Actor, f SubmissionFilter) (study.Survey, SubmissionFilter, error) {
	s, err := inField(ctx, tx, actor, f.Survey, &f.Office, &f.Interviewer)
	return s, f, err
}
