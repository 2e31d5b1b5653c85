package exchange

import (
	"context"
	"maps"
	"slices"

	"quipu/internal/app/survey"
	"quipu/internal/change"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// surveys are kinds of surveys: a survey and its link go to every office that takes part, cases
// and answers to their office. Nodes write cases and answers; plans are the ministry's.
func (x *Exchange) surveys() {
	for _, kind := range []change.Kind{study.KindSurvey, study.KindLink, study.KindCase, study.KindSubmission} {
		x.kinds[kind] = Kind{
			Nodes: kind == study.KindCase || kind == study.KindSubmission,
			Project: func(ctx context.Context, tx *store.Tx, ids []string) error {
				return survey.Project(ctx, tx, kind, ids)
			},
			Forget: func(ctx context.Context, tx *store.Tx, ids []string) error {
				return survey.Drop(ctx, tx, kind, ids)
			},
		}
	}
	x.set(study.KindSurvey, func(k *Kind) {
		k.Scopes = ofSurveys
		k.Along = func(ctx context.Context, tx *store.Tx, ids []string) (along []string, err error) {
			rows, err := tx.SurveysByID(ctx, ids)
			for _, s := range rows {
				along = append(along, change.Ref{Kind: study.KindLink, ID: s.Link}.String())
			}
			return along, err
		}
	})
	x.set(study.KindLink, func(k *Kind) { k.Scopes = ofLinks })
	x.set(study.KindCase, func(k *Kind) {
		k.Scopes = func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
			rows, err := tx.CasesByID(ctx, ids)
			out := make(map[string][]string, len(rows))
			for _, c := range rows {
				out[c.ID] = []string{c.Office}
			}
			return out, err
		}
	})
	x.set(study.KindSubmission, func(k *Kind) {
		k.Scopes = func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
			rows, err := tx.SubmissionsByID(ctx, ids)
			out := make(map[string][]string, len(rows))
			for _, s := range rows {
				out[s.ID] = []string{s.Office}
			}
			return out, err
		}
	})
}

func ofSurveys(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
	out, err := tx.SurveyPosts(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows, err := tx.SurveysByID(ctx, ids)
	for _, s := range rows {
		out[s.ID] = append(out[s.ID], s.Office)
	}
	return out, err
}

// ofLinks: a link goes where its survey goes.
func ofLinks(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
	changes, err := tx.ChangesOf(ctx, ofKind(study.KindLink, ids))
	if err != nil {
		return nil, err
	}
	of := map[string]string{} // link: survey
	for _, past := range changes {
		l := study.LoadLink(past)
		of[l.Entity.ID] = l.Survey
	}
	scopes, err := ofSurveys(ctx, tx, slices.Compact(slices.Sorted(maps.Values(of))))
	out := make(map[string][]string, len(of))
	for link, survey := range of {
		out[link] = scopes[survey]
	}
	return out, err
}
