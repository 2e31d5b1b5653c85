package survey

import (
	"context"
	"strings"

	"quipu/internal/change"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Project writes the projections of entities of one kind from their changes as they stand in
// the log. What is sealed is not opened: the tables hold none of it.
func Project(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = ref(kind, id).String()
	}
	all, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	switch kind {
	case study.KindSurvey:
		return projectSurveys(ctx, tx, refs, all)
	case study.KindLink:
		return projectLinks(ctx, tx, refs, all)
	case study.KindCase:
		rows := make([]store.CaseRow, 0, len(refs))
		for _, r := range refs {
			if past := all[r]; len(past) > 0 {
				c := study.LoadCase(past)
				rows = append(rows, caseRow(&c))
			}
		}
		return tx.PutCases(ctx, rows)
	case study.KindSubmission:
		return projectSubmissions(ctx, tx, refs, all)
	}
	return nil
}

func projectSurveys(ctx context.Context, tx *store.Tx, refs []string, all map[string][]change.Change) error {
	for _, r := range refs {
		past := all[r]
		if len(past) == 0 {
			continue
		}
		s := study.LoadSurvey(past)
		tie, err := tx.Changes(ctx, ref(study.KindLink, s.Link))
		if err != nil {
			return err
		}
		link := study.LoadLink(tie)
		row := store.SurveyRow{ID: s.Entity.ID, Office: s.Office, Title: s.Title, State: string(s.State), Footing: string(s.Footing), Form: s.Form,
			First: s.First.String(), Last: s.Last.String(), Link: s.Link, Linked: link.Destroyed.Micros == 0}
		if f, ok := s.FormOf(s.Form); ok {
			row.FormName = f.Name
		}
		if err := tx.PutSurvey(ctx, row, s.Posts); err != nil {
			return err
		}
		files := map[string][]string{r: nil}
		for _, f := range s.Forms {
			files[r] = append(files[r], f.File)
			if f.Source != "" {
				files[r] = append(files[r], f.Source)
			}
			for _, m := range f.Media {
				files[r] = append(files[r], m.Hash)
			}
		}
		if err := tx.NameFiles(ctx, files); err != nil {
			return err
		}
	}
	return nil
}

// projectLinks destroys the keys of links that were ended, here as everywhere the change comes.
func projectLinks(ctx context.Context, tx *store.Tx, refs []string, all map[string][]change.Change) error {
	for _, r := range refs {
		past := all[r]
		if len(past) == 0 {
			continue
		}
		l := study.LoadLink(past)
		if l.Destroyed.Micros == 0 {
			continue
		}
		if err := tx.DropSealedKeys(ctx, l.Entity.ID); err != nil {
			return err
		}
		if err := projectSurveysOf(ctx, tx, l.Survey); err != nil {
			return err
		}
	}
	return nil
}

func projectSurveysOf(ctx context.Context, tx *store.Tx, survey string) error {
	r := ref(study.KindSurvey, survey).String()
	all, err := tx.ChangesOf(ctx, []string{r})
	if err != nil {
		return err
	}
	return projectSurveys(ctx, tx, []string{r}, all)
}

func caseRow(c *study.Case) store.CaseRow {
	return store.CaseRow{ID: c.Entity.ID, Survey: c.Survey, Office: c.Office, Stratum: c.Stratum, Unit: c.Unit, Probability: c.Probability,
		Place: int64(c.Order), Interviewer: c.Interviewer, Disposition: c.Disposition, Tries: int64(len(c.Attempts)), Submission: c.Submission,
		Coupon: int64(c.Coupon), Degree: int64(c.Degree), Relation: string(c.Relation), Given: int64(c.Given), Until: c.Until.String()}
}

func projectSubmissions(ctx context.Context, tx *store.Tx, refs []string, all map[string][]change.Change) error {
	rows, files := make([]store.SubmissionRow, 0, len(refs)), map[string][]string{}
	for _, r := range refs {
		past := all[r]
		if len(past) == 0 {
			continue
		}
		s := study.LoadSubmission(past)
		rows = append(rows, submissionRow(&s))
		for _, f := range s.Files {
			files[r] = append(files[r], f.Hash)
		}
		for _, x := range s.Contested { // another post had other contents under the name
			if hash := x.Value.Part("file"); strings.HasPrefix(x.Field, "file/") && hash != "" {
				files[r] = append(files[r], hash)
			}
		}
	}
	if err := tx.PutSubmissions(ctx, rows); err != nil || len(files) == 0 {
		return err
	}
	return tx.NameFiles(ctx, files)
}

func submissionRow(s *study.Submission) store.SubmissionRow {
	return store.SubmissionRow{ID: s.Entity.ID, Survey: s.Survey, Office: s.Office, Form: s.Form, Instance: s.Instance, Case: s.Case,
		Interviewer: s.Interviewer, Standing: string(s.Standing), Awaited: int64(len(s.Awaited)), Received: s.Created.At.Micros}
}

// Drop takes entities out of the projections, when a node is told to forget them.
func Drop(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	if kind == study.KindSurvey {
		return tx.DropSurveys(ctx, ids)
	}
	return tx.DropEntities(ctx, string(kind), ids)
}
