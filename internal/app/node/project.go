package node

import (
	"context"
	"encoding/json"
	"strings"

	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// ProjectPeople writes the tables about people anew as their changes say: lists and searches,
// what is contested, which files are named, when who was registered. Whoever brings changes
// into the log without having decided them calls it, in the same transaction.
func (n *Node) ProjectPeople(ctx context.Context, tx *store.Tx, people []string) error {
	const page = 500
	for len(people) > 0 {
		some := people[:min(page, len(people))]
		if err := n.projectPage(ctx, tx, some); err != nil {
			return err
		}
		people = people[len(some):]
	}
	return nil
}

// projection is what becomes of a page of people.
type projection struct {
	made, known []store.PersonRow
	gone        []string
	refs        []string
	people      []*registry.Person
	had         map[string]bool     // of whom something was contested or decided
	files       map[string][]string // by Ref.String()
	times       []store.RegistrationTime
}

func (n *Node) projectPage(ctx context.Context, tx *store.Tx, people []string) error {
	p := projection{refs: make([]string, len(people)), files: map[string][]string{}, had: map[string]bool{}}
	for i, id := range people {
		p.refs[i] = change.Ref{Kind: change.Person, ID: id}.String()
	}
	entries, err := tx.FoldedOf(ctx, p.refs)
	if err != nil {
		return err
	}
	rows, err := tx.PeopleByID(ctx, people)
	if err != nil {
		return err
	}
	there := make(map[string]int64, len(rows))
	for _, r := range rows {
		there[r.ID] = r.Row
	}
	open, err := tx.ContestedOf(ctx, p.refs...)
	if err != nil {
		return err
	}
	for _, c := range open {
		p.had[strings.TrimPrefix(c.Entity, string(change.Person)+"/")] = true
	}
	left, err := tx.ForgetsOf(ctx, "", p.refs)
	if err != nil {
		return err
	}
	for i, id := range people {
		row, known := there[id]
		_, was := left[p.refs[i]]
		if err := p.one(id, entries[p.refs[i]], row, known, was); err != nil {
			return err
		}
	}
	return p.write(ctx, tx)
}

// one folds a person. was says that the person was here before and forgotten: the place in
// the index of names is taken.
func (p *projection) one(id string, entries []store.Entry, row int64, known, was bool) error {
	changes := make([]change.Change, len(entries))
	var err error
	for i := range entries {
		if changes[i], err = change.Decode(entries[i].Body); err != nil {
			return err
		}
	}
	if len(changes) == 0 {
		p.gone = append(p.gone, id)
		return nil
	}
	person := registry.Load(changes)
	p.people = append(p.people, &person)
	p.files[person.Entity.String()] = Photos(changes)
	if person.Text("number") == "" { // only a creation creates
		p.gone = append(p.gone, id)
		return nil
	}
	if !known {
		row = entries[0].Seq
		for _, e := range entries {
			row = min(row, e.Seq)
		}
		if t, ok := registrationTime(&changes[0]); ok {
			p.times = append(p.times, t)
		}
	}
	r := Project(&person, row, !known && !was)
	if r.New {
		p.made = append(p.made, r)
	} else {
		p.known = append(p.known, r)
	}
	return nil
}

func (p *projection) write(ctx context.Context, tx *store.Tx) error {
	if err := tx.DropRows(ctx, p.gone); err != nil {
		return err
	}
	for _, rows := range [][]store.PersonRow{p.made, p.known} {
		if err := distinct(ctx, tx, rows); err != nil {
			return err
		}
		if err := tx.PutPeople(ctx, rows); err != nil {
			return err
		}
	}
	if err := ProjectConflicts(ctx, tx, p.people, p.had); err != nil {
		return err
	}
	for _, t := range p.times {
		if err := tx.PutRegistrationTime(ctx, t); err != nil {
			return err
		}
	}
	return tx.NameFiles(ctx, p.files)
}

// distinct marks the number of a row that another person has already. It cannot happen while
// every number comes from its range; when it does, nobody is lost, and verifying names both.
func distinct(ctx context.Context, tx *store.Tx, rows []store.PersonRow) error {
	numbers := make([]string, len(rows))
	for i := range rows {
		numbers[i] = rows[i].Number
	}
	taken, err := tx.PeopleByNumber(ctx, numbers)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if other, ok := taken[r.Number]; ok && other != r.ID {
			r.Number += "/" + r.ID
		} else {
			taken[r.Number] = r.ID
		}
	}
	return nil
}

// Photos are the files that changes name.
func Photos(changes []change.Change) (hashes []string) {
	for i := range changes {
		for _, s := range changes[i].Sets {
			if s.Field == "photo" && s.Value.Text != "" {
				hashes = append(hashes, s.Value.Text)
			}
		}
	}
	return hashes
}

// registrationTime is the line of a registration at a window; how long its form was open is
// known where it was.
func registrationTime(c *change.Change) (store.RegistrationTime, bool) {
	if c.Batch != "" || c.Action != "register" && c.Action != "provisional" {
		return store.RegistrationTime{}, false
	}
	return store.RegistrationTime{Person: c.Entity.ID, Author: c.Author, Office: c.Office, At: c.At.Micros}, true
}

// ProjectOffices writes offices anew as their changes say.
func (n *Node) ProjectOffices(ctx context.Context, tx *store.Tx, codes []string) error {
	var rows []store.OfficeRow
	for _, code := range codes {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Office, ID: code})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		row, err := officeRow(code, changes)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return tx.PutOffices(ctx, rows)
}

// officeRow is an office as its changes say.
func officeRow(code string, changes []change.Change) (store.OfficeRow, error) {
	rec := change.Fold(changes)
	body, err := json.Marshal(map[string]string{"es": rec.Text("name_es"), "en": rec.Text("name_en"), "parent": rec.Text("parent"), "source": changes[0].Prov.Evidence})
	return store.OfficeRow{Code: code, Category: rec.Text("category"), Country: rec.Text("country"), City: rec.Text("city"), Zone: rec.Text("zone"), Body: string(body)}, err
}

// ProjectImports writes imports of lists anew as their changes say.
func (n *Node) ProjectImports(ctx context.Context, tx *store.Tx, ids []string) error {
	for _, id := range ids {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Import, ID: id})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		if err := tx.PutImportRun(ctx, ImportRow(changes)); err != nil {
			return err
		}
	}
	return nil
}

// ImportRow is an import as its changes say. While it goes on they say nothing of how far it
// has come.
func ImportRow(changes []change.Change) store.ImportRun {
	first, rec := &changes[0], change.Fold(changes)
	run := store.ImportRun{ID: first.Entity.ID, Office: rec.Text("office"), File: rec.Text("file"), SHA256: rec.Text("sha256"), Author: first.Author,
		Started: first.At.Micros, State: "running", Summary: "{}"}
	if result := rec.Text("result"); result != "" {
		run.State, run.Summary = "done", result
		if state := rec.Text("state"); state != "" {
			run.State = state
		}
	}
	if rec.Text("undone") != "" {
		run.State = "undone"
	}
	return run
}
