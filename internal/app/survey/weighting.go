package survey

import (
	"context"
	"slices"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/estimate/table"
	"quipu/internal/estimate/weighting"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// KeepWeighting keeps the steps by which the weights of a survey are made.
func (m *Surveys) KeepWeighting(ctx context.Context, actor Actor, survey string, steps weighting.Steps, seen id.Change) error {
	if err := steps.Check(); err != nil {
		return err
	}
	return m.onSurvey(ctx, actor, survey, seen, func(_ *store.Tx, s *study.Survey) (change.Change, error) {
		return s.KeepWeighting(steps.JSON()), nil
	})
}

// Columns are a survey and the questions that are columns of its table, for who may analyse.
// Sensitive ones are none.
func (m *Surveys) Columns(ctx context.Context, actor Actor, survey string) (s *study.Survey, form *table.Form, err error) {
	if err := authz.Check(actor, authz.Analyse, ""); err != nil {
		return nil, nil, err
	}
	return s, form, m.DB.View(ctx, func(tx *store.Tx) error {
		found, err := m.survey(ctx, tx, actor, authz.Analyse, survey)
		if err != nil {
			return err
		}
		s = &found
		if form, err = m.columnsOf(ctx, tx, s); err != nil {
			return err
		}
		form.Questions = slices.DeleteFunc(form.Questions, func(q table.Question) bool { return q.Sensitive })
		return nil
	})
}
