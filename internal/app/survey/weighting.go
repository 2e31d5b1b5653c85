package survey

import (
	"context"

	"quipu/internal/change"
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
