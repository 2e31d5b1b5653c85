package rights

import (
	"context"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

// erase carries out an item of a proposal, as far as it is still due. It reports whether
// something was erased, and whether the whole entry was.
//
// The values are emptied by a change like any other, so that the record, lists and searches
// follow. Then they leave the changes that held them (see change.Redact), and an erasure
// says so: the log still proves what it proved.
func (r *Rights) erase(ctx context.Context, tx *store.Tx, actor Actor, it rules.Item, p *rules.Proposal) (done, whole bool, err error) {
	before, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: it.Person})
	if err != nil || len(before) == 0 {
		return false, false, node.NotFound(err, "person", it.Person)
	}
	cur := registry.Load(before)
	due, err := r.still(&cur, it)
	if err != nil || len(due) == 0 {
		return false, false, err
	}
	entries, err := tx.Gathered(ctx, it.Person)
	if err != nil {
		return false, false, err
	}
	if done, whole, err = r.carryOut(ctx, tx, actor, &cur, before, due, p); err != nil || !done {
		return done, whole, err
	}
	for _, merged := range entries[1:] { // what was merged into the entry says the same
		before, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: merged})
		if err != nil {
			return false, false, err
		}
		other := registry.Load(before)
		also := rules.Also(due, &cur, &other)
		if len(also) == 0 {
			continue
		}
		if _, _, err := r.carryOut(ctx, tx, actor, &other, before, also, p); err != nil {
			return false, false, err
		}
	}
	return done, whole, nil
}

// carryOut erases what is due of one entry, whose changes so far are before.
func (r *Rights) carryOut(ctx context.Context, tx *store.Tx, actor Actor, cur *registry.Person, before []change.Change, due []rules.Due, p *rules.Proposal) (done, whole bool, err error) {
	ref := cur.Entity
	c, err := rules.CarryOut(cur, due, strings.Join(classesOf(due), " "))
	if err != nil || len(c.Sets) == 0 {
		return false, false, err
	}
	rows, err := tx.PeopleByID(ctx, []string{ref.ID})
	if err != nil || len(rows) == 0 {
		return false, false, node.NotFound(err, "person", ref.ID)
	}
	writes := []node.Write{{Person: *cur, Change: c, There: true, Row: rows[0].Row}}
	if err := r.CommitPeople(ctx, tx, actor, writes); err != nil {
		return false, false, err
	}
	after := writes[0].Person
	if err := r.redact(ctx, tx, actor, ref, rules.Gone(due, &after), writes[0].Change); err != nil {
		return false, false, err
	}
	if due[0].Whole {
		return true, true, r.forget(ctx, tx, before, p.Request)
	}
	if after.Text("photo") == "" {
		err = dropPhotos(ctx, tx, before)
	}
	return true, false, err
}

// still is what of an item is due today.
func (r *Rights) still(cur *registry.Person, it rules.Item) ([]rules.Due, error) {
	if it.Data == "" {
		return it.Still(rules.Home().DueOn(cur, r.Today())), nil
	}
	due, err := rules.Asked(cur, it.Data)
	if fault.Is(err, "rights.nothing_held") {
		return nil, nil
	}
	return []rules.Due{due}, err
}

// redact takes values out of the stored changes of a person, the last of which emptied
// them, and appends the erasure that says so.
func (r *Rights) redact(ctx context.Context, tx *store.Tx, actor Actor, ref change.Ref, gone func(*change.Set) bool, last change.Change) error {
	rows, err := tx.Entries(ctx, ref)
	if err != nil {
		return err
	}
	var lines []change.Erased
	for _, row := range rows {
		c, err := change.Decode(row.Body)
		if err != nil {
			return err
		}
		take := gone
		if c.ID == last.ID { // what it says instead stays
			take = func(s *change.Set) bool { return s.Value.Empty() }
		}
		note := c.Note
		out, taken := change.Redact(&c, audit.Leaf(&c, row.Body).String(), func(_ int, s *change.Set) bool { return take(s) })
		if !taken {
			continue
		}
		if c.ID == last.ID {
			out.Note = note // it names classes, nothing else
		}
		body := change.Encode(&out)
		if err := tx.Redact(ctx, c.ID, body); err != nil {
			return err
		}
		if err := tx.StripFound(ctx, c.ID); err != nil {
			return err
		}
		lines = append(lines, audit.Erased(&c, row.Body, body))
	}
	st, err := r.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	e := change.Erase(ref.ID, lines)
	st.Stamp(&e)
	return tx.Append(ctx, []change.Change{e})
}

// forget destroys what else says something about a person whose entry was anonymised: the
// keys of sealed values, photographs, the words of what the person and others asked. The
// words of a request that waits, or that this carries out, stay until their term.
func (r *Rights) forget(ctx context.Context, tx *store.Tx, before []change.Change, request string) error {
	person := before[0].Entity.ID
	if err := tx.DropSealedKeys(ctx, person); err != nil {
		return err
	}
	if err := tx.DropFound(ctx, before[0].Entity.String()); err != nil {
		return err
	}
	if err := forgetPairs(ctx, tx, person); err != nil {
		return err
	}
	asked, err := tx.RequestsOf(ctx, person)
	if err != nil {
		return err
	}
	for _, q := range asked {
		if q.ID != request && q.Closed != "" {
			if err := tx.DropSealedKeys(ctx, q.ID); err != nil {
				return err
			}
		}
	}
	others, err := tx.DisclosuresOf(ctx, person)
	if err != nil {
		return err
	}
	for _, d := range others {
		if d.Closed != "" {
			if err := tx.DropSealedKeys(ctx, d.ID); err != nil {
				return err
			}
		}
	}
	return dropPhotos(ctx, tx, before)
}

// forgetPairs destroys what was said of the person beside others: the scores, and the words
// of decisions and merges. That somebody decided stays.
func forgetPairs(ctx context.Context, tx *store.Tx, person string) error {
	pairs, err := tx.DropPairsOf(ctx, person)
	if err != nil {
		return err
	}
	merges, err := tx.MergesOf(ctx, person)
	if err != nil {
		return err
	}
	for _, m := range merges {
		pairs = append(pairs, m.ID, m.Pair)
	}
	for _, entity := range pairs {
		if err := tx.DropSealedKeys(ctx, entity); err != nil {
			return err
		}
	}
	return nil
}

// dropPhotos forgets every photograph that the changes of a person name, and that they did.
func dropPhotos(ctx context.Context, tx *store.Tx, changes []change.Change) error {
	for _, h := range node.Photos(changes) {
		if err := tx.DropAttachment(ctx, h); err != nil {
			return err
		}
	}
	return tx.NameFiles(ctx, map[string][]string{changes[0].Entity.String(): nil})
}
