package app

import (
	"context"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/app/number"
	"quipu/internal/app/review"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/intake"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// chunk is a run of rows that are decided and written together. No two of its rows speak
// of the same person: a row that might closes the chunk, and meets the person in the next.
type chunk struct {
	drafts []intake.Draft
	cells  [][]string
	keys   map[string]bool
	prints map[[16]byte]bool
}

func newChunk() *chunk {
	return &chunk{keys: make(map[string]bool, chunkRows), prints: make(map[[16]byte]bool, chunkRows)}
}

// empty makes room for the next rows.
func (c *chunk) empty() {
	clear(c.keys)
	clear(c.prints)
	clear(c.drafts)
	clear(c.cells)
	c.drafts, c.cells = c.drafts[:0], c.cells[:0]
}

func (c *chunk) full(d *intake.Draft) bool {
	return len(c.drafts) >= chunkRows || c.prints[d.Print] || slices.ContainsFunc(d.Keys, func(k string) bool { return c.keys[k] })
}

func (c *chunk) add(d intake.Draft, cells []string) {
	for _, k := range d.Keys {
		c.keys[k] = true
	}
	c.prints[d.Print] = true
	c.drafts = append(c.drafts, d)
	c.cells = append(c.cells, slices.Clone(cells))
}

// known is what the register holds about the people of a chunk.
type known struct {
	byKey   map[string][]string
	byPrint map[[16]byte]string
	byName  map[string][]store.PersonRow
	changes map[string][]change.Change
	rows    map[string]store.PersonRow
}

// commit decides every row of the chunk against the register and writes the outcome.
func (r *importRun) commit(ctx context.Context, c *chunk) error {
	if len(c.drafts) == 0 {
		return nil
	}
	work := func(tx *store.Tx) error {
		k, err := lookUp(ctx, tx, c)
		if err != nil {
			return err
		}
		if r.shadow != nil {
			r.shadow.join(c, &k)
		}
		return r.decide(ctx, tx, c, k)
	}
	var err error
	if r.job.DryRun {
		err = r.app.DB.View(ctx, work)
	} else {
		err = work(r.tx)
	}
	if err == nil && (r.job.DryRun || r.job.AllOrNothing) {
		r.progress() // else it waits until the rows are saved
	}
	return err
}

func lookUp(ctx context.Context, tx *store.Tx, c *chunk) (k known, err error) {
	var keys, names []string
	var prints [][16]byte
	for i := range c.drafts {
		d := &c.drafts[i]
		keys = append(keys, d.Keys...)
		if len(d.Keys) == 0 {
			prints = append(prints, d.Print)
		}
		if d.NameKey != "" {
			names = append(names, d.NameKey)
		}
	}
	slices.Sort(keys)
	if k.byKey, err = tx.PersonIDs(ctx, keys); err != nil {
		return k, err
	}
	if k.byPrint, err = tx.RowPrints(ctx, prints); err != nil {
		return k, err
	}
	if err := followPrints(ctx, tx, k.byPrint); err != nil {
		return k, err
	}
	slices.Sort(names)
	if k.byName, err = tx.NameKeys(ctx, slices.Compact(names)); err != nil {
		return k, err
	}
	var ids, refs []string
	for _, found := range k.byKey {
		ids = append(ids, found...)
	}
	for _, p := range k.byPrint {
		ids = append(ids, p)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, p := range ids {
		refs = append(refs, change.Ref{Kind: change.Person, ID: p}.String())
	}
	if k.changes, err = tx.ChangesOf(ctx, refs); err != nil {
		return k, err
	}
	people, err := tx.PeopleByID(ctx, ids)
	k.rows = make(map[string]store.PersonRow, len(people))
	for _, p := range people {
		k.rows[p.ID] = p
	}
	return k, err
}

// followPrints goes from entries that were merged to those that stand for the people.
func followPrints(ctx context.Context, tx *store.Tx, byPrint map[[16]byte]string) error {
	people := slices.Sorted(maps.Values(byPrint))
	to, err := tx.Leads(ctx, slices.Compact(people))
	for print, p := range byPrint {
		if to[p] != "" {
			byPrint[print] = to[p]
		}
	}
	return err
}

// decide sorts the rows of a chunk into new, same, changed and refused, and writes.
func (r *importRun) decide(ctx context.Context, tx *store.Tx, c *chunk, k known) error {
	out := outcome{run: r, touched: make(map[string]bool)}
	for i := range c.drafts {
		d := &c.drafts[i]
		person, refusal := r.match(d, k)
		switch {
		case refusal != nil:
			if err := r.refuse(c.cells[i], refusal); err != nil {
				return err
			}
		case person == "":
			if err := out.create(ctx, tx, d, k); err != nil {
				return err
			}
		default:
			if err := out.meet(ctx, tx, person, k); err != nil {
				return err
			}
			if w, ok := r.grow(d, person, k); ok {
				out.grown = append(out.grown, w)
			}
		}
	}
	return out.write(ctx, tx)
}

// outcome is what a chunk has decided and not yet written.
type outcome struct {
	run     *importRun
	made    []node.Write
	alike   []review.Scored // the new with those whom they may be
	grown   []node.Write
	prints  []store.RowPrint
	touched map[string]bool // people of grown
}

func (o *outcome) create(ctx context.Context, tx *store.Tx, d *intake.Draft, k known) error {
	w, alike, err := o.run.create(ctx, tx, d, k)
	if err != nil {
		return err
	}
	o.made, o.alike = append(o.made, w), append(o.alike, alike...)
	if o.run.shadow != nil {
		o.run.shadow.note(d, &w.Change)
	}
	if len(d.Keys) == 0 {
		o.prints = append(o.prints, store.RowPrint{Print: d.Print, Person: w.Change.Entity.ID, Batch: o.run.result.Batch})
	}
	return nil
}

// meet makes sure that a row sees what an earlier row of the chunk wrote about the same
// person: two rows can reach him by different documents.
func (o *outcome) meet(ctx context.Context, tx *store.Tx, person string, k known) error {
	if !o.touched[person] || o.run.shadow != nil {
		o.touched[person] = true
		return nil
	}
	if err := o.write(ctx, tx); err != nil {
		return err
	}
	o.touched[person] = true
	ref := change.Ref{Kind: change.Person, ID: person}
	changes, err := tx.Changes(ctx, ref)
	k.changes[ref.String()] = changes
	return err
}

// write commits what was decided so far and starts afresh.
func (o *outcome) write(ctx context.Context, tx *store.Tx) error {
	r := o.run
	made, grown, prints, alike := o.made, o.grown, o.prints, o.alike
	o.made, o.grown, o.prints, o.alike = nil, nil, nil, nil
	clear(o.touched)
	if r.job.DryRun {
		return nil
	}
	if err := r.number(ctx, tx, made); err != nil {
		return err
	}
	if err := r.app.CommitPeople(ctx, tx, r.actor, made); err != nil {
		return err
	}
	if err := r.app.CommitPeople(ctx, tx, r.actor, grown); err != nil {
		return err
	}
	if err := r.app.Review.Put(ctx, tx, alike); err != nil {
		return err
	}
	return tx.PutRowPrints(ctx, prints)
}

// match finds the person that a row speaks of: by a document, or because the very same
// row came in before. A name alone is never enough.
func (r *importRun) match(d *intake.Draft, k known) (person string, refusal *intake.Refusal) {
	if len(d.Keys) == 0 {
		return k.byPrint[d.Print], nil
	}
	var found []string
	for _, key := range d.Keys {
		for _, p := range k.byKey[key] {
			if !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		cur := registry.Load(k.changes[change.Ref{Kind: change.Person, ID: found[0]}.String()])
		if err := d.Contradicts(&cur); err != nil {
			return "", d.Refuse(err)
		}
		return found[0], nil
	}
	var numbers []string
	for _, p := range found {
		numbers = append(numbers, k.rows[p].Number)
	}
	slices.Sort(numbers)
	return "", d.RefuseAmbiguous(numbers)
}

// create makes the entry of a person whom the register does not know. Whom it may speak of
// all the same is noted as a doubt and put before the reviewers; nobody is merged.
func (r *importRun) create(ctx context.Context, tx *store.Tx, d *intake.Draft, k known) (w node.Write, pairs []review.Scored, err error) {
	r.result.New++
	made := string(r.app.NewID())
	found, err := r.alike.of(ctx, tx, d, made)
	if err != nil {
		return w, nil, err
	}
	if len(found) > 0 {
		_, m, err := r.app.Alike.Weigher(ctx, tx)
		if err != nil {
			return w, nil, err
		}
		pairs = r.doubtful(d, made, m.Name(), found)
	}
	for _, p := range k.byName[d.NameKey] {
		weighed := slices.ContainsFunc(found, func(f LikelyRow) bool { return f.Like.ID == p.ID })
		if !gone(p.Entry) && p.Birth == d.Birth && !weighed {
			d.DoubtDuplicate(p.Number)
			pairs = append(pairs, review.SameName(made, p.ID))
		}
	}
	c := d.Create()
	c.Entity = change.Ref{Kind: change.Person, ID: made}
	c.Batch = r.result.Batch
	r.result.Doubts += len(d.Doubts)
	r.sample(ImportSample{Row: d.Row, Line: d.Line, Name: d.Name.Display(), What: "new"})
	return node.Write{Change: c}, pairs, nil
}

// number gives the new entries their registry numbers, in the order of the rows.
func (r *importRun) number(ctx context.Context, tx *store.Tx, made []node.Write) error {
	if len(made) == 0 {
		return nil
	}
	numbers, err := number.Take(ctx, tx, len(made))
	if err != nil {
		return err
	}
	for i := range made {
		set := change.Set{Field: "number", Value: change.Text(id.Number(numbers[i]))}
		made[i].Change.Sets = append(made[i].Change.Sets, set)
	}
	return nil
}

// grow adds to a person what the row knows and the register did not. A value that differs
// from the one in force is not written over it: it becomes a doubt for an officer.
func (r *importRun) grow(d *intake.Draft, person string, k known) (node.Write, bool) {
	changes := k.changes[change.Ref{Kind: change.Person, ID: person}.String()]
	cur := registry.Load(changes)
	c, doubts := d.Merge(&cur, changes)
	if len(c.Sets) == 0 {
		r.result.Same++
		r.sample(ImportSample{Row: d.Row, Line: d.Line, Name: d.Name.Display(), What: "same"})
		return node.Write{}, false
	}
	r.result.Changed++
	r.result.Doubts += doubts
	r.sample(ImportSample{Row: d.Row, Line: d.Line, Name: d.Name.Display(), What: "changed"})
	c.Entity, c.Batch = cur.Entity, r.result.Batch
	if r.shadow != nil {
		r.shadow.note(d, &c)
		k.changes[c.Entity.String()] = r.shadow.changes(c.Entity.ID, changes)
	}
	return node.Write{Person: cur, Change: c, There: true, Row: k.rows[person].Row}, true
}
