package node

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Write is one person's change on its way into the register: the record before (empty
// for a new person) and the change that the domain decided.
type Write struct {
	Person registry.Person
	Change change.Change
	There  bool // the person has rows in the projections already
	Row    int64
}

// Stamper gives changes their ids and says who wrote them.
type Stamper struct {
	node  *Node
	actor Actor
	n     int64
	at    change.Stamp
	notes *Written
}

// Stamper begins the numbering of changes that the actor writes in a transaction.
func (n *Node) Stamper(ctx context.Context, tx *store.Tx, actor Actor) (*Stamper, error) {
	if err := n.Waits(ctx, tx); err != nil {
		return nil, err
	}
	last, err := tx.LastN(ctx, n.name)
	s := &Stamper{node: n, n: last, notes: NotedIn(ctx)}
	s.As(actor)
	return s, err
}

// As goes on in the name of another actor: what several sent is saved together.
func (s *Stamper) As(actor Actor) {
	at := s.node.now()
	if clock := place.Clock(actor.Office); clock != time.UTC { // the hub serves offices of many zones
		at = at.In(clock)
	}
	s.actor, s.at = actor, change.StampOf(at)
}

// Stamp completes a change with its id, time, author, office, purpose and editions.
func (s *Stamper) Stamp(c *change.Change) {
	s.n++
	c.ID = id.Change{Node: s.node.name, N: s.n}
	c.At, c.Author, c.Office = s.at, s.actor.Login, s.actor.Office
	s.notes.note(c.ID)
	c.Purpose, c.Schema, c.Codes = s.actor.Purpose, change.Schema, code.Edition
	if c.Entity.Kind == change.Person {
		c.Salt = salt()
	}
}

// salt is 96 bits of chance, as text.
func salt() string {
	var r [12]byte
	rand.Read(r[:]) //nolint:errcheck // crypto/rand never fails
	return base64.RawURLEncoding.EncodeToString(r[:])
}

// CommitPeople stamps, seals, appends and projects. All writes must be of new people, or
// all of people who are there, whose Person then has the change. That of a new person stays
// empty: a list brings thousands at a time, and a folded record takes 8 KB.
func (n *Node) CommitPeople(ctx context.Context, tx *store.Tx, actor Actor, writes []Write) error {
	if len(writes) == 0 {
		return nil
	}
	st, err := n.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	size, err := tx.Size(ctx)
	if err != nil {
		return err
	}
	changes := make([]change.Change, len(writes))
	var files []store.Attached
	rows := make([]store.PersonRow, len(writes))
	var people []*registry.Person // of whom something waits for a decision, or was decided
	had := map[string]bool{}
	for i := range writes {
		w := &writes[i]
		p := &w.Person
		if !w.There {
			p = &registry.Person{}
		}
		if len(p.Contested) > 0 {
			had[p.Entity.ID] = true
		}
		if err := n.SealSets(ctx, tx, &w.Change, closes); err != nil {
			return err
		}
		st.Stamp(&w.Change)
		words := ""
		if w.There {
			words = searchText(p)
		}
		p.Apply(&w.Change)
		if had[p.Entity.ID] || questioned(p) {
			people = append(people, p)
		}
		changes[i] = w.Change
		for _, h := range Photos(changes[i : i+1]) {
			files = append(files, store.Attached{Hash: h, Entity: w.Change.Entity.String()})
		}
		if !w.There {
			w.Row = size + int64(i) + 1
		}
		rows[i] = Project(p, w.Row, !w.There)
		rows[i].NamesKept = w.There && rows[i].SearchText == words
	}
	if err := tx.Append(ctx, changes); err != nil {
		return err
	}
	if err := tx.PutPeople(ctx, rows); err != nil {
		return err
	}
	if err := tx.PutAttached(ctx, files); err != nil {
		return err
	}
	return ProjectConflicts(ctx, tx, people, had)
}

// Project writes a person as a row of lists and searches.
func Project(p *registry.Person, row int64, isNew bool) store.PersonRow {
	s := registry.Summarise(p)
	r := store.PersonRow{Row: row, ID: p.Entity.ID, Number: p.Text("number"), Entry: p.Text("entry"),
		SurnamePaternal: p.Text("surname_paternal"), SurnameMaternal: p.Text("surname_maternal"), GivenNames: p.Text("given_names"),
		Birth: p.Text("birth_date"), Sex: p.Text("sex"), Country: p.Text("residence_country"), City: s.City,
		Office: s.Office, RegKind: s.RegKind, Expires: s.Expires, Vital: s.Vital, Doubts: s.Doubts, New: isNew}
	if !s.Open {
		r.Expires = "" // what was closed does not expire
	}
	if registry.Merged(p) { // counted, due and in doubt at the entry that stands for the person
		r.Expires, r.Doubts = "", 0
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
