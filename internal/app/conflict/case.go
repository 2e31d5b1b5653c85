package conflict

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// waits folds the changes of a matter and lists what of it waits for an officer.
func waits(changes []change.Change) (change.Record, []change.Contender) {
	rec, open := change.Waiting(changes)
	m := matters[rec.Entity.Kind]
	return rec, slices.DeleteFunc(open, func(x change.Contender) bool { return m == nil || m.field(x.Field) == nil })
}

// Rows are the rows about what of a matter waits for a decision and what was decided. What
// nobody decides about, such as how long a pair was looked at, waits for nobody.
func Rows(changes []change.Change) (open []store.ContestedRow, done []store.SettledRow) {
	rec, waiting := waits(changes)
	return node.ConflictRows(&rec, waiting, rec.Text("office"))
}

// CaseID names what waits of one change of a matter: it is decided together.
func CaseID(at id.Change) string { return IDOf(at, "") }

// Line is one field of a case: what stands, and what was written beside it.
type Line struct {
	Field  Field
	Stands change.Held
	Beside change.Contender
}

// Case is what one change wrote of a matter that did not come into force. Name is what the
// matter is called, People are those whom it is about.
type Case struct {
	ID        string
	Entity    change.Ref
	Head      id.Change // the last change of the matter
	Name      string
	Survey    string // that it is, or is of; "" for other matters
	Office    string
	People    []Row
	Lines     []Line
	Answers   []Differing // of a submission: what its two versions say otherwise
	Received  Received
	MayDecide bool
	MayTake   bool
	Blocked   string // why nothing but what stands can stay: a key of the catalogue
}

// Differing is a question to which two versions of a submission say different things.
type Differing struct{ Question, Stands, Beside string }

// Case opens a conflict of a matter. Whoever may decide about the matter sees it; the people
// whom it is about are logged as seen.
func (s *Conflicts) Case(ctx context.Context, actor Actor, ref change.Ref, conflict string) (*Case, error) {
	var out *Case
	err := s.DB.View(ctx, func(tx *store.Tx) error {
		c, _, _, err := s.openCase(ctx, tx, actor, ref, conflict)
		out = c
		return err
	})
	if err != nil {
		return nil, err
	}
	reads := make([]store.Read, len(out.People))
	for i, p := range out.People {
		reads[i] = store.Read{Action: "candidate", Person: p.ID, Detail: "ordinary"}
	}
	if len(reads) == 0 {
		return out, nil
	}
	return out, s.LogReads(ctx, actor, reads...)
}

// openCase loads a matter, its values opened, and finds what waits of one change in it.
func (s *Conflicts) openCase(ctx context.Context, tx *store.Tx, actor Actor, ref change.Ref, conflict string) (*Case, change.Record, []change.Contender, error) {
	var none change.Record
	m := matters[ref.Kind]
	if m == nil {
		return nil, none, nil, fault.New(fault.NotFound, "conflict.none")
	}
	changes, err := tx.Changes(ctx, ref)
	if err != nil || len(changes) == 0 {
		return nil, none, nil, node.NotFound(err, string(ref.Kind), ref.ID)
	}
	rec, open := waits(changes) // over what is stored: every node comes to the same
	if !ofSurveys(ref.Kind) {   // those are under keys of their surveys, and stay as they are
		keys, err := s.SealKeys(ctx, tx, ref.ID)
		if err != nil {
			return nil, none, nil, err
		}
		opened := registry.Person{Record: rec}
		opened.Contested = open
		if err := node.OpenRecord(keys, &opened); err != nil {
			return nil, none, nil, err
		}
		rec, open = opened.Record, opened.Contested
	}
	c := &Case{ID: conflict, Entity: ref, Head: rec.Head, Office: rec.Text("office")}
	mine := slices.DeleteFunc(slices.Clone(open), func(x change.Contender) bool { return CaseID(x.Change) != conflict })
	if len(mine) == 0 {
		if slices.ContainsFunc(rec.Decisions(), func(d change.Settled) bool { return CaseID(d.Change) == conflict }) {
			return nil, none, nil, fault.New(fault.Conflict, "registry.settled_already")
		}
		return nil, none, nil, fault.New(fault.NotFound, "conflict.none")
	}
	if c.Office == "" {
		c.Office = mine[0].Office
	}
	if err := authz.Check(actor, m.act, c.Office); err != nil {
		return nil, none, nil, err
	}
	for i := range m.fields {
		for _, x := range mine {
			if x.Field == m.fields[i].Name {
				c.Lines = append(c.Lines, Line{m.fields[i], rec.Fields[x.Field], x})
			}
		}
	}
	c.MayDecide = ref.Kind != change.User || actor.Login != ref.ID
	if m.last != nil {
		c.Blocked = m.last(&rec)
	}
	c.MayTake = c.MayDecide && c.Blocked == ""
	if c.Received, err = receivedOf(ctx, tx, c.Lines); err != nil {
		return nil, none, nil, err
	}
	if err := s.compareAnswers(ctx, tx, c, rec.Text("survey")); err != nil {
		return nil, none, nil, err
	}
	return c, rec, open, s.called(ctx, tx, m, c, &rec)
}

// ofSurveys holds of kinds whose sealed fields are under the key of a survey or of its link.
func ofSurveys(kind change.Kind) bool {
	return kind == study.KindSurvey || kind == study.KindCase || kind == study.KindSubmission
}

// compareAnswers opens both versions of a submission. They are under the survey's key, which may
// not have come.
func (s *Conflicts) compareAnswers(ctx context.Context, tx *store.Tx, c *Case, survey string) error {
	i := slices.IndexFunc(c.Lines, func(l Line) bool { return c.Entity.Kind == study.KindSubmission && l.Field.Name == "answers" })
	if i < 0 {
		return nil
	}
	entity, name := study.SealedBy(survey, "", c.Entity, "answers")
	keys, err := s.SealKeys(ctx, tx, entity)
	if err != nil {
		return err
	}
	var said [2][]study.Answer
	for k, sealed := range []string{c.Lines[i].Stands.Value.Text, c.Lines[i].Beside.Value.Text} {
		text, err := keys.Open(name, sealed)
		if err == nil {
			said[k], err = study.Answers(strings.NewReader(text))
		}
		if err != nil {
			return nil //nolint:nilerr // they are decided unseen, as the page says
		}
	}
	at := map[string]int{}
	for k := range said {
		for _, a := range said[k] {
			n, there := at[a.Path]
			if !there {
				n = len(c.Answers)
				at[a.Path], c.Answers = n, append(c.Answers, Differing{Question: a.Path})
			}
			into := &c.Answers[n].Stands
			if k == 1 {
				into = &c.Answers[n].Beside
			}
			*into = strings.TrimSpace(*into + " " + a.Text)
		}
	}
	c.Answers = slices.DeleteFunc(c.Answers, func(d Differing) bool { return d.Stands == d.Beside })
	return nil
}

// called says what a matter is called, and whom it is about.
func (s *Conflicts) called(ctx context.Context, tx *store.Tx, m *matter, c *Case, rec *change.Record) (err error) {
	var people []string
	for _, f := range m.people {
		people = append(people, rec.Text(f))
	}
	switch c.Entity.Kind {
	case change.User:
		c.Name = rec.Text("name") + " (" + c.Entity.ID + ")"
	case same.KindPair:
		a, b, _ := same.Sides(c.Entity.ID)
		people = append(people, a, b)
	case same.KindMerge:
		people = append(people, rec.Text("survivor"), rec.Text("other"))
	case change.Import:
		c.Name = rec.Text("file")
	case study.KindSurvey:
		c.Name, c.Survey = rec.Text("title"), c.Entity.ID
	case study.KindCase, study.KindSubmission:
		c.Survey = rec.Text("survey")
		rows, err := tx.SurveysByID(ctx, []string{c.Survey})
		if err != nil {
			return err
		}
		for _, r := range rows {
			c.Name = r.Title
		}
	default:
		c.Name = rec.Text("city")
	}
	people = slices.DeleteFunc(people, func(p string) bool { return p == "" })
	slices.Sort(people)
	c.People, err = tx.PeopleByID(ctx, slices.Compact(people))
	return err
}

// Received says when the hub received changes: microseconds, 0 for those that it has not.
type Received map[id.Change]int64

func receivedOf(ctx context.Context, tx *store.Tx, lines []Line) (Received, error) {
	var names []id.Change
	for _, l := range lines {
		names = append(names, l.Stands.Version, l.Beside.Change)
	}
	return received(ctx, tx, names...)
}

func received(ctx context.Context, tx *store.Tx, names ...id.Change) (Received, error) {
	names = slices.DeleteFunc(slices.Clone(names), id.Change.IsZero)
	found, err := tx.Named(ctx, names)
	out := make(Received, len(found))
	for at, e := range found {
		out[at] = e.Received
	}
	return out, err
}
