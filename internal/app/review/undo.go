package review

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// UndoCmd takes a merge back. To moves values that were written since, by same.Write.Key, to
// one of the two people; the rest goes where same.Write.Default says. Then is what holds of
// the two now: same.Different, same.Unsure, or same.Open, and they wait for a decision.
type UndoCmd struct {
	Reason string
	To     map[string]string
	Then   same.Verdict
}

// Undone is what came of it.
type Undone struct {
	Merge           string
	Survivor, Other string
	Values          int // that the merge had written, gone back
	Moved           int // written since, and now with the other entry
	Stayed          int // written since, and still with the survivor
}

// UndoMerge parts two entries again: both stand, each with what it said before and what was
// written to it since. A merge can be undone at any time; of several into one entry the last
// goes first, since the later was decided on what the earlier had put together.
func (r *Review) UndoMerge(ctx context.Context, actor Actor, merge string, cmd UndoCmd) (out Undone, err error) {
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		m, ok, err := tx.Merge(ctx, merge)
		if err != nil || !ok {
			return node.NotFound(err, "merge", merge)
		}
		parting, survivor, other, err := r.parting(ctx, tx, m)
		if err != nil {
			return err
		}
		if err := mayUndo(actor, survivor, other); err != nil {
			return err
		}
		out, err = r.part(ctx, tx, actor, m, parting, survivor, other, cmd)
		return err
	})
	return out, err
}

func mayUndo(actor Actor, survivor, other loaded) error {
	if authz.May(actor, authz.Merge, node.OfficeOf(survivor.Person)) {
		return nil
	}
	return authz.Check(actor, authz.Merge, node.OfficeOf(other.Person))
}

// loaded is a person with the place of his row.
type loaded struct {
	registry.Person
	row int64
}

// parting reads what undoing a merge needs, and refuses what cannot be undone now.
func (r *Review) parting(ctx context.Context, tx *store.Tx, m store.MergeRow) (p same.Parting, survivor, other loaded, err error) {
	p.Merge, p.Undone = m.ID, map[string][]same.Moved{}
	if m.State != store.MergeStanding {
		return p, survivor, other, fault.New(fault.Conflict, "review.undone_already")
	}
	if survivor.Person, survivor.row, p.Survivor, err = r.whole(ctx, tx, m.Survivor); err != nil {
		return p, survivor, other, err
	}
	if other.Person, other.row, p.Other, err = r.whole(ctx, tx, m.Other); err != nil {
		return p, survivor, other, err
	}
	if registry.Erased(&survivor.Person) || registry.Erased(&other.Person) {
		return p, survivor, other, fault.New(fault.Conflict, "review.erased")
	}
	all, err := tx.MergesOf(ctx, m.Survivor)
	if err != nil {
		return p, survivor, other, err
	}
	for _, x := range all {
		if x.ID == m.ID {
			continue
		}
		if x.State == store.MergeStanding && (x.Other == m.Survivor || after(p.Survivor, m.ID, x.ID)) {
			return p, survivor, other, fault.New(fault.Conflict, "review.later_merge", "merge", x.ID)
		}
		if x.State == store.MergeUndone {
			past, err := r.load(ctx, tx, change.Ref{Kind: same.KindMerge, ID: x.ID})
			if err != nil {
				return p, survivor, other, err
			}
			if x.Survivor == m.Survivor {
				rec := change.Fold(past)
				p.Undone[x.ID] = same.ReadMoved(rec.Text("moved"))
			} else {
				p.Undone[x.ID] = nil
			}
		}
	}
	return p, survivor, other, nil
}

// after reports whether a merge came after another into the same entry, in log order.
func after(changes []change.Change, first, second string) bool {
	seen := false
	for i := range changes {
		switch changes[i].Batch {
		case first:
			seen = true
		case second:
			return seen
		}
	}
	return false
}

func (r *Review) part(ctx context.Context, tx *store.Tx, actor Actor, m store.MergeRow, parting same.Parting, survivor, other loaded, cmd UndoCmd) (out Undone, err error) {
	ofSurvivor, ofOther, moved, err := parting.Unmerge(cmd.To)
	if err != nil {
		return out, err
	}
	pairRow, ok, err := tx.Pair(ctx, m.Pair)
	if err != nil {
		return out, err
	}
	if !ok {
		pairRow = r.unscored(m.Pair, 0, ByOfficer)
	}
	p, _, err := r.pair(ctx, tx, m.Pair)
	if err != nil {
		return out, err
	}
	c, err := p.Undone(cmd.Then, cmd.Reason)
	if err != nil {
		return out, err
	}
	c.Batch = m.ID
	ofSurvivor.Note, ofOther.Note = "", ""
	err = r.CommitPeople(ctx, tx, actor, []node.Write{
		{Person: survivor.Person, Change: ofSurvivor, There: true, Row: survivor.row},
		{Person: other.Person, Change: ofOther, There: true, Row: other.row}})
	if err != nil {
		return out, err
	}
	if err := r.say(ctx, tx, actor, &p, pairRow, c, same.Decision{Verdict: cmd.Then}); err != nil {
		return out, err
	}
	if err := r.ended(ctx, tx, actor, m, moved); err != nil {
		return out, err
	}
	if err := r.order(ctx, tx, m.Survivor, m.Other); err != nil {
		return out, err
	}
	out = Undone{Merge: m.ID, Survivor: m.Survivor, Other: m.Other, Values: len(ofSurvivor.Sets)}
	for _, x := range moved {
		if x.Person == m.Other {
			out.Moved++
		} else {
			out.Stayed++
		}
	}
	return out, nil
}

// ended writes that a merge was undone, and what went where.
func (r *Review) ended(ctx context.Context, tx *store.Tx, actor Actor, m store.MergeRow, moved []same.Moved) error {
	past, err := r.load(ctx, tx, change.Ref{Kind: same.KindMerge, ID: m.ID})
	if err != nil {
		return err
	}
	rec := change.Fold(past)
	base := func(f string) id.Change { return rec.Version(f) }
	c := change.Change{Entity: change.Ref{Kind: same.KindMerge, ID: m.ID}, Action: same.ActionUndo, Schema: change.Schema, Batch: m.ID,
		Sets: []change.Set{{Field: "state", Value: change.Text(store.MergeUndone), Base: base("state")}}}
	if text := same.WriteMoved(moved); text != "" {
		c.Sets = append(c.Sets, change.Set{Field: "moved", Value: change.Text(text), Base: base("moved")})
	}
	c, err = r.append(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return tx.PutMerge(ctx, mergeRow(append(past, c)))
}
