// Package survey holds the use cases of surveys: planning one, its questionnaire, the cases of
// its sample, and the answers that come in. The rules are in internal/survey.
//
// What people answered and whom a case was drawn for are sealed, under two keys: that of the
// survey and that of its link, which is destroyed when fieldwork ends. Whoever reads answers
// meets no person, and whoever meets people reads no answers.
package survey

import (
	"context"
	"slices"
	"sync"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// Surveys are the use cases on one node.
type Surveys struct {
	*node.Node
	in      *node.Together[*parcel]
	held    kept[held]
	watched kept[watch]
	draws   sync.Mutex // one draw at a time
	checks  checkers
}

// New makes them.
func New(n *node.Node) *Surveys {
	s := &Surveys{Node: n}
	s.in = s.inbox()
	n.DB.Listen(store.Listener{Erasing: func() error { s.held.drop(); return nil }})
	return s
}

// Actor is who asks.
type Actor = authz.Actor

// What lists show and how they are chosen, for screens and other interfaces.
type (
	Row              = store.SurveyRow
	PersonRow        = store.PersonRow
	CaseRow          = store.CaseRow
	CaseCount        = store.CaseCount
	CaseFilter       = store.CaseFilter
	SubmissionRow    = store.SubmissionRow
	SubmissionFilter = store.SubmissionFilter
	Place            = store.Place
)

func ref(kind change.Kind, entity string) change.Ref { return change.Ref{Kind: kind, ID: entity} }

// survey opens one, and asks whether the actor may do the action at its office or at one of
// those that take part.
func (m *Surveys) survey(ctx context.Context, tx *store.Tx, actor Actor, action authz.Action, entity string) (study.Survey, error) {
	s, err := load(ctx, tx, entity)
	if err == nil {
		err = check(actor, action, &s)
	}
	return s, err
}

// load reads a survey for whoever asks.
func load(ctx context.Context, tx *store.Tx, entity string) (s study.Survey, err error) {
	past, err := tx.Changes(ctx, ref(study.KindSurvey, entity))
	if err != nil || len(past) == 0 {
		return s, node.NotFound(err, "survey", entity)
	}
	return study.LoadSurvey(past), nil
}

// check asks whether the actor may do the action at the survey's office, or at his own where it
// takes part.
func check(actor Actor, action authz.Action, s *study.Survey) error {
	if s.Takes(actor.Office) && authz.May(actor, action, actor.Office) {
		return nil
	}
	return authz.Check(actor, action, s.Office)
}

// inField opens a survey for who runs its fieldwork or interviews, and narrows a filter of cases
// or answers to what he may see of it: his office, and for an interviewer his own.
func inField(ctx context.Context, tx *store.Tx, actor Actor, entity string, office, interviewer *string) (study.Survey, error) {
	s, err := load(ctx, tx, entity)
	if err != nil {
		return s, err
	}
	if err := check(actor, authz.Fieldwork, &s); err != nil {
		if check(actor, authz.Interview, &s) != nil {
			return s, err
		}
		*interviewer = actor.Login
	}
	if only := officeOf(actor, authz.Fieldwork); only != "" {
		*office = only
	}
	return s, nil
}

// unmoved refuses when somebody changed the entity since the actor looked; a zero seen skips
// the question.
func unmoved(r *change.Record, seen id.Change) error {
	if !seen.IsZero() && r.Head != seen {
		return fault.New(fault.Conflict, "survey.moved")
	}
	return nil
}

// keys opens what is sealed in surveys, each key once.
type keys struct {
	m    *Surveys
	ctx  context.Context
	tx   *store.Tx
	held map[string]seal.DataKeys
}

func (m *Surveys) keys(ctx context.Context, tx *store.Tx) *keys {
	return &keys{m, ctx, tx, map[string]seal.DataKeys{}}
}

func (k *keys) of(entity string) (seal.DataKeys, error) {
	if got, ok := k.held[entity]; ok {
		return got, nil
	}
	got, err := k.m.SealKeys(k.ctx, k.tx, entity)
	k.held[entity] = got
	return got, err
}

// sealing is the key under which an entity is sealed, made where there is none.
func (k *keys) sealing(entity string) (*seal.DataKey, error) {
	with, err := k.of(entity)
	if err != nil || len(with) > 0 {
		return with.First(), err
	}
	key, err := k.m.NewSealKey(k.ctx, k.tx, entity)
	if err == nil {
		k.held[entity] = seal.DataKeys{key}
	}
	return key, err
}

// open opens the sealed fields of changes of cases or submissions of a survey. What was sealed
// under a key that was destroyed reads as "".
func (k *keys) open(survey, link string, past []change.Change) error {
	for i := range past {
		c := &past[i]
		for j := range c.Sets {
			set := &c.Sets[j]
			if !study.Sealed(c.Entity.Kind, set.Field) || set.Value.Text == "" {
				continue
			}
			entity, name := study.SealedBy(survey, link, c.Entity, set.Field)
			with, err := k.of(entity)
			if err != nil {
				return err
			}
			if set.Value.Text, err = node.OpenSealed(with, name, set.Value.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// seal encrypts the sealed fields of a change that is about to be saved. A case of a survey
// whose link was destroyed takes no person.
func (k *keys) seal(s *study.Survey, c *change.Change) error {
	for j := range c.Sets {
		set := &c.Sets[j]
		if !study.Sealed(c.Entity.Kind, set.Field) || set.Value.Text == "" {
			continue
		}
		entity, name := study.SealedBy(s.Entity.ID, s.Link, c.Entity, set.Field)
		with, err := k.of(entity)
		if err == nil && len(with) == 0 && c.Entity.Kind == study.KindCase {
			err = fault.New(fault.Conflict, "survey.link_gone")
		}
		if err != nil {
			return err
		}
		key, err := k.sealing(entity)
		if err != nil {
			return err
		}
		if c.Entity.Kind == study.KindSubmission { // two posts may receive the same
			set.Value = change.Text(key.SealAlike(name, set.Value.Text))
			continue
		}
		set.Value = change.Text(key.Seal(name, set.Value.Text))
	}
	return nil
}

// commit stamps, seals, appends and projects changes of a survey's entities.
func (m *Surveys) commit(ctx context.Context, tx *store.Tx, actor Actor, s *study.Survey, changes ...change.Change) error {
	changes = slices.DeleteFunc(changes, func(c change.Change) bool { return len(c.Sets) == 0 })
	if len(changes) == 0 {
		return nil
	}
	st, err := m.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	k := m.keys(ctx, tx)
	for i := range changes {
		st.Stamp(&changes[i])
		if err := k.seal(s, &changes[i]); err != nil {
			return err
		}
	}
	return save(ctx, tx, changes)
}

// save appends changes that are stamped and sealed, and projects what they touch.
func save(ctx context.Context, tx *store.Tx, changes []change.Change) error {
	if err := tx.Append(ctx, changes); err != nil {
		return err
	}
	ids := map[change.Kind][]string{}
	for i := range changes {
		r := changes[i].Entity
		ids[r.Kind] = append(ids[r.Kind], r.ID)
	}
	for _, kind := range []change.Kind{study.KindLink, study.KindSurvey, study.KindCase, study.KindSubmission} {
		slices.Sort(ids[kind])
		if err := Project(ctx, tx, kind, slices.Compact(ids[kind])); err != nil {
			return err
		}
	}
	return nil
}
