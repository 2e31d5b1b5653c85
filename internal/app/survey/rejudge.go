package survey

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// unchecked is the doubt of answers that came before their questionnaire.
const unchecked = "unchecked"

// JudgeTaken judges submissions that a node sent, at the hub: a node may have an older program,
// or not have had the questionnaire. Doubts are added, and nothing is thrown away; what cannot be
// read here stays as it came.
func (m *Surveys) JudgeTaken(ctx context.Context, tx *store.Tx, ids []string) error {
	var stamper *node.Stamper
	var out []change.Change
	k := m.keys(ctx, tx)
	for _, entity := range ids {
		past, err := tx.Changes(ctx, ref(study.KindSubmission, entity))
		if err != nil || len(past) == 0 {
			return err
		}
		c, office, err := m.rejudged(ctx, tx, k, past)
		if err != nil {
			return err
		}
		if len(c.Sets) == 0 {
			continue
		}
		actor := authz.Actor{Login: "node:" + string(m.Name()), Office: office, Purpose: "registry"}
		if stamper == nil {
			if stamper, err = m.Stamper(ctx, tx, actor); err != nil {
				return err
			}
		}
		stamper.As(actor)
		stamper.Stamp(&c)
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil
	}
	return save(ctx, tx, out)
}

// rejudged is what this register's judge adds to a submission.
func (m *Surveys) rejudged(ctx context.Context, tx *store.Tx, k *keys, past []change.Change) (none change.Change, office string, err error) {
	s := study.LoadSubmission(past)
	plan, err := tx.Changes(ctx, ref(study.KindSurvey, s.Survey))
	if err != nil || len(plan) == 0 {
		return none, "", err
	}
	sv := study.LoadSurvey(plan)
	form, ok := sv.FormOf(s.Form)
	if !ok {
		return none, "", nil
	}
	if err := k.open(sv.Entity.ID, sv.Link, past); err != nil {
		return none, "", nil //nolint:nilerr // sealed under a key that has not come: the office judged it
	}
	s = study.LoadSubmission(past)
	c, there, err := m.checkerOf(ctx, tx, form)
	if fault.KindOf(err) == fault.Invalid { // a questionnaire of a later program
		return none, "", nil
	}
	if err != nil || !there {
		return none, "", err
	}
	v, err := c.check([]byte(s.Answers), nil, node.Moment(s.Created.At.Micros))
	if err != nil {
		return s.Doubt([]string{"unread"}, nil, nil), s.Office, nil //nolint:nilerr // nothing of a node's stops what others sent
	}
	if slices.Contains(s.Reasons, unchecked) && slices.ContainsFunc(s.Files, func(f study.File) bool { return !slices.Contains(v.meta.Files, f.Name) }) {
		v.reasons = append(v.reasons, "file_unasked")
	}
	if slices.ContainsFunc(s.Contested, func(x change.Contender) bool { return strings.HasPrefix(x.Field, "file/") }) {
		v.reasons = append(v.reasons, "file_changed")
	}
	fresh := slices.DeleteFunc(v.reasons, func(r string) bool { return slices.Contains(s.Reasons, r) })
	return s.Doubt(fresh, []string{unchecked}, v.meta.Files), s.Office, nil
}
