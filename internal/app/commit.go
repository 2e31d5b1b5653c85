package app

import (
	"context"

	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// write is one person's change on its way into the register: the record before (empty
// for a new person) and the change that the domain decided.
type write struct {
	person  registry.Person
	change  change.Change
	oldKeys bool // the person has rows in the projections already
	row     int64
}

// stamper gives changes their ids and says who wrote them.
type stamper struct {
	app   *App
	actor Actor
	n     int64
	at    change.Stamp
	notes *Written
}

func (a *App) stamper(ctx context.Context, tx *store.Tx, actor Actor) (*stamper, error) {
	n, err := tx.LastN(ctx, a.node)
	return &stamper{app: a, actor: actor, n: n, at: change.StampOf(a.now()), notes: NotedIn(ctx)}, err
}

func (s *stamper) stamp(c *change.Change) {
	s.n++
	c.ID = id.Change{Node: s.app.node, N: s.n}
	c.At, c.Author, c.Office = s.at, s.actor.Login, s.actor.Office
	s.notes.note(c.ID)
	c.Purpose, c.Schema, c.Codes = s.actor.Purpose, change.Schema, code.Edition
}

// commitPeople stamps, seals, appends and projects. All writes must be of new people, or
// all of people who are there.
func (a *App) commitPeople(ctx context.Context, tx *store.Tx, actor Actor, writes []write) error {
	if len(writes) == 0 {
		return nil
	}
	st, err := a.stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	size, err := tx.Size(ctx)
	if err != nil {
		return err
	}
	changes := make([]change.Change, len(writes))
	rows := make([]store.PersonRow, len(writes))
	for i := range writes {
		w := &writes[i]
		if err := a.sealSets(ctx, tx, &w.change); err != nil {
			return err
		}
		st.stamp(&w.change)
		words := ""
		if w.oldKeys {
			words = searchText(&w.person)
		}
		w.person.Apply(&w.change)
		changes[i] = w.change
		if !w.oldKeys {
			w.row = size + int64(i) + 1
		}
		rows[i] = project(&w.person, w.row, !w.oldKeys)
		rows[i].NamesKept = w.oldKeys && rows[i].SearchText == words
	}
	if err := tx.Append(ctx, changes); err != nil {
		return err
	}
	return tx.PutPeople(ctx, rows)
}

// project writes a person as a row of lists and searches.
func project(p *registry.Person, row int64, isNew bool) store.PersonRow {
	s := registry.Summarise(p)
	r := store.PersonRow{Row: row, ID: p.Entity.ID, Number: p.Text("number"), Entry: p.Text("entry"),
		SurnamePaternal: p.Text("surname_paternal"), SurnameMaternal: p.Text("surname_maternal"), GivenNames: p.Text("given_names"),
		Birth: p.Text("birth_date"), Sex: p.Text("sex"), Country: p.Text("residence_country"), City: s.City,
		Office: s.Office, RegKind: s.RegKind, Expires: s.Expires, Vital: s.Vital, Doubts: s.Doubts, New: isNew}
	if _, open := registry.Current(p); !open {
		r.Expires = "" // what was closed does not expire
	}
	if p.Exists() { // a withdrawn entry keeps its row and its number, and is found by nothing else
		r.NameKey, r.SearchText, r.Keys = registry.NameKey(p), searchText(p), registry.Keys(p)
	}
	return r
}

// searchText is what the person can be found by in the index of names; a withdrawn entry
// by nothing.
func searchText(p *registry.Person) string {
	if !p.Exists() {
		return ""
	}
	return registry.SearchText(p)
}

// sealSets encrypts the values of tier 3 under the person's own key.
func (a *App) sealSets(ctx context.Context, tx *store.Tx, c *change.Change) error {
	var key *seal.DataKey
	for i := range c.Sets {
		s := &c.Sets[i]
		f := registry.Lookup(s.Field)
		if f == nil || f.Tier != registry.T3 || s.Value.Text == "" || seal.Sealed(s.Value.Text) {
			continue
		}
		if key == nil {
			var err error
			if key, err = a.sealKey(ctx, tx, c.Entity.ID, true); err != nil {
				return err
			}
		}
		s.Value.Text = key.Seal(s.Field, s.Value.Text)
	}
	return nil
}

const sealedTier = "T3"

// sealKey is the key of a person's sealed values; nil when there is none and make is false.
func (a *App) sealKey(ctx context.Context, tx *store.Tx, person string, make bool) (*seal.DataKey, error) {
	wrapped, err := tx.SealedKey(ctx, person, int(registry.T3))
	if err != nil {
		return nil, err
	}
	if wrapped == "" {
		if !make {
			return nil, nil
		}
		key, wrapped := a.master.NewDataKey(person, sealedTier)
		return key, tx.PutSealedKey(ctx, person, int(registry.T3), wrapped)
	}
	return a.master.OpenDataKey(person, sealedTier, wrapped)
}
