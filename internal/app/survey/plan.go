package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Plan makes a survey of the actor's office, with the key that will link its cases to people.
func (m *Surveys) Plan(ctx context.Context, actor Actor, cmd study.PlanCmd) (survey string, err error) {
	if cmd.Office == "" {
		cmd.Office = actor.Office
	}
	if err := authz.Check(actor, authz.Survey, cmd.Office); err != nil {
		return "", err
	}
	if err := knownPosts(cmd.Posts); err != nil {
		return "", err
	}
	survey = string(m.NewID())
	link := string(m.NewID())
	c, err := study.Plan(cmd, link)
	if err != nil {
		return "", err
	}
	c.Entity = ref(study.KindSurvey, survey)
	tie := study.Tie(survey)
	tie.Entity = ref(study.KindLink, link)
	return survey, m.DB.Update(ctx, func(tx *store.Tx) error {
		for _, e := range []string{survey, link} {
			if _, err := m.NewSealKey(ctx, tx, e); err != nil {
				return err
			}
		}
		s := &study.Survey{Record: change.Record{Entity: c.Entity}, Link: link}
		return m.commit(ctx, tx, actor, s, tie, c)
	})
}

func knownPosts(posts []string) error {
	for _, p := range posts {
		if _, ok := place.Network().Office(p); !ok {
			return fault.New(fault.Invalid, "app.unknown_office", "office", p).On("posts")
		}
	}
	return nil
}

// Revise changes the plan.
func (m *Surveys) Revise(ctx context.Context, actor Actor, survey string, cmd study.PlanCmd, seen id.Change) error {
	if err := knownPosts(cmd.Posts); err != nil {
		return err
	}
	return m.onSurvey(ctx, actor, survey, seen, func(_ *store.Tx, s *study.Survey) (change.Change, error) { return s.Revise(cmd) })
}

// Move brings the survey into another state.
func (m *Surveys) Move(ctx context.Context, actor Actor, survey string, to study.State, seen id.Change) error {
	return m.onSurvey(ctx, actor, survey, seen, func(tx *store.Tx, s *study.Survey) (change.Change, error) {
		rows, err := tx.SurveysByID(ctx, []string{survey})
		if err != nil || len(rows) == 0 {
			return change.Change{}, node.NotFound(err, "survey", survey)
		}
		return s.Move(to, rows[0].Linked)
	})
}

// FormFiles are a questionnaire as it is kept: the XForm that clients fetch, and the workbook
// that it was made from.
type FormFiles struct {
	XForm, Source []byte
	SourceType    string // media type
	Media         []Upload
}

// PutForm makes a questionnaire the version in force. f says its name, version and title.
func (m *Surveys) PutForm(ctx context.Context, actor Actor, survey string, f study.Form, files FormFiles, seen id.Change) error {
	with := map[string][]byte{}
	for _, up := range files.Media {
		with[up.Name] = up.Data
	}
	if err := checkMedia(files.XForm, with); err != nil {
		return err
	}
	f.File, f.Source, f.Media = hashOf(files.XForm), "", nil
	if len(files.Source) > 0 {
		f.Source = hashOf(files.Source)
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		f.Media = append(f.Media, study.Medium{Name: name, Hash: hashOf(with[name]), Size: int64(len(with[name]))})
	}
	return m.onSurvey(ctx, actor, survey, seen, func(tx *store.Tx, s *study.Survey) (change.Change, error) {
		c, err := s.PutForm(f)
		if err != nil {
			return c, err
		}
		if err := tx.PutAttachment(ctx, f.File, "text/xml", files.XForm); err != nil {
			return c, err
		}
		for _, m := range f.Media {
			if err := tx.PutAttachment(ctx, m.Hash, "application/octet-stream", with[m.Name]); err != nil {
				return c, err
			}
		}
		if f.Source == "" {
			return c, nil
		}
		return c, tx.PutAttachment(ctx, f.Source, files.SourceType, files.Source)
	})
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// asker opens a survey for who asks its questions, plans it or analyses its answers.
func asker(ctx context.Context, tx *store.Tx, actor Actor, survey string) (study.Survey, error) {
	s, err := load(ctx, tx, survey)
	if err != nil {
		return s, err
	}
	err = check(actor, authz.Interview, &s)
	if err != nil && authz.ReachOf(actor, authz.Survey) != authz.None {
		err = check(actor, authz.Survey, &s)
	}
	if err != nil && authz.ReachOf(actor, authz.Analyse) != authz.None {
		err = check(actor, authz.Analyse, &s)
	}
	return s, err
}

// Versions lists the versions of the questionnaire, the oldest first.
func (m *Surveys) Versions(ctx context.Context, actor Actor, survey string) (out []study.Form, err error) {
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		s, err := asker(ctx, tx, actor, survey)
		out = s.Forms
		return err
	})
}

// Form returns a version of the questionnaire and its XForm, "" stands for the one in force.
func (m *Surveys) Form(ctx context.Context, actor Actor, survey, version string) (f study.Form, xform []byte, err error) {
	return f, xform, m.DB.View(ctx, func(tx *store.Tx) error {
		s, err := asker(ctx, tx, actor, survey)
		if err != nil {
			return err
		}
		if version == "" {
			version = s.Form
		}
		var ok bool
		if f, ok = s.FormOf(version); !ok {
			return node.NotFound(nil, "form", version)
		}
		_, xform, ok, err = tx.Attachment(ctx, f.File)
		if err == nil && !ok {
			err = fault.New(fault.Unavailable, "app.not_found", "what", "form", "which", version)
		}
		return err
	})
}

func (m *Surveys) onSurvey(ctx context.Context, actor Actor, survey string, seen id.Change, decide func(*store.Tx, *study.Survey) (change.Change, error)) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := m.survey(ctx, tx, actor, authz.Survey, survey)
		if err == nil {
			err = unmoved(&s.Record, seen)
		}
		if err != nil {
			return err
		}
		c, err := decide(tx, &s)
		if err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, &s, c)
	})
}

// DestroyLink destroys the key that ties the cases of a closed survey to people, here and, as
// the change arrives there, at every node. What was done, when and by whom stays in the log.
func (m *Surveys) DestroyLink(ctx context.Context, actor Actor, survey string) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		s, err := m.survey(ctx, tx, actor, authz.Survey, survey)
		if err != nil {
			return err
		}
		past, err := tx.Changes(ctx, ref(study.KindLink, s.Link))
		if err != nil || len(past) == 0 {
			return node.NotFound(err, "link", s.Link)
		}
		l := study.LoadLink(past)
		c, err := l.Destroy(&s, change.StampOf(m.Now()))
		if err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, &s, c)
	})
}

// List lists the surveys that the actor may see, the latest first.
func (m *Surveys) List(ctx context.Context, actor Actor) (out []store.SurveyRow, err error) {
	scope := actor.Office
	switch {
	case authz.ReachOf(actor, authz.Survey) == authz.World, authz.ReachOf(actor, authz.Analyse) == authz.World:
		scope = ""
	case authz.ReachOf(actor, authz.Fieldwork) == authz.None && authz.ReachOf(actor, authz.Interview) == authz.None:
		return nil, authz.Check(actor, authz.Survey, actor.Office)
	}
	return out, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Surveys(ctx, scope)
		return err
	})
}

// Page is a survey with how far it has come.
type Page struct {
	Survey  study.Survey
	Link    study.Link
	Changes []change.Change   // of the survey and its link, oldest first
	Counts  []store.CaseCount // of the cases that the actor may see
	Answers int64
	MayPlan bool
}

// Open reads one.
func (m *Surveys) Open(ctx context.Context, actor Actor, survey string) (p *Page, err error) {
	p = &Page{}
	return p, m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.Survey, err = m.survey(ctx, tx, actor, authz.Fieldwork, survey); err != nil {
			return err
		}
		tie, err := tx.Changes(ctx, ref(study.KindLink, p.Survey.Link))
		if err != nil {
			return err
		}
		past, err := tx.Changes(ctx, ref(study.KindSurvey, survey))
		if err != nil {
			return err
		}
		p.Changes = append(past, tie...)
		slices.SortStableFunc(p.Changes, func(a, b change.Change) int { return int(min(1, max(-1, a.At.Micros-b.At.Micros))) })
		p.Link, p.MayPlan = study.LoadLink(tie), authz.May(actor, authz.Survey, p.Survey.Office)
		office := officeOf(actor, authz.Fieldwork)
		if p.Counts, err = tx.CountCases(ctx, store.CaseFilter{Survey: survey, Office: office}); err != nil {
			return err
		}
		p.Answers, err = tx.CountSubmissions(ctx, store.SubmissionFilter{Survey: survey, Office: office})
		return err
	})
}

// officeOf is the only office whose cases and answers an actor sees, "" when all.
func officeOf(actor Actor, action authz.Action) string {
	if authz.ReachOf(actor, action) == authz.World {
		return ""
	}
	return actor.Office
}
