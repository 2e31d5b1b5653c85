package review

import (
	"cmp"
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// unite merges the two of a pair, or proposes it when another officer must confirm.
func (r *Review) unite(ctx context.Context, tx *store.Tx, actor Actor, p *same.Pair, row store.PairRow, d same.Decision, cmd DecideCmd) (out Decided, err error) {
	if !p.Verdict.Waits() {
		return out, fault.New(fault.Conflict, "review.decided")
	}
	a, rowA, _, err := r.whole(ctx, tx, row.A)
	if err != nil {
		return out, err
	}
	b, rowB, _, err := r.whole(ctx, tx, row.B)
	if err != nil {
		return out, err
	}
	apart, err := r.apart(ctx, tx, row.A, row.B)
	if err != nil {
		return out, err
	}
	if len(apart) > 0 {
		return out, fault.New(fault.Conflict, "review.apart", "pair", apart[0])
	}
	d.Survivor, d.Keep = cmd.Survivor, cmd.Keep
	if p.Verdict == same.Proposed {
		d.Survivor = cmp.Or(d.Survivor, p.Survivor)
		if d.Keep == nil {
			d.Keep = p.Keep
		}
	}
	d.Survivor = cmp.Or(d.Survivor, same.Older(&a, &b))
	if d.Survivor != same.A && d.Survivor != same.B {
		return out, fault.New(fault.Invalid, "review.survivor").On("survivor")
	}
	d.Merge = string(r.NewID())
	m := same.Merging{A: &a, B: &b, Survivor: d.Survivor, Keep: d.Keep, Merge: d.Merge, Today: r.Today(), Blind: blind(actor, &a, &b)}
	ofSurvivor, ofOther, err := same.Merge(m)
	if err != nil {
		return out, err
	}
	if out.Waits = needs(actor, p, &a, &b); len(out.Waits) > 0 {
		d.Verdict, d.Merge, d.Covers, out.State = same.Proposed, "", covers(actor, p, &a, &b), same.Proposed
		return out, r.set(ctx, tx, actor, p, row, d)
	}
	writes := []node.Write{{Person: a, Change: ofSurvivor, There: true, Row: rowA}, {Person: b, Change: ofOther, There: true, Row: rowB}}
	if d.Survivor == same.B {
		writes[0].Change, writes[1].Change = ofOther, ofSurvivor
	}
	if err := r.CommitPeople(ctx, tx, actor, writes); err != nil {
		return out, err
	}
	survivor, other := row.A, row.B
	if d.Survivor == same.B {
		survivor, other = row.B, row.A
	}
	c, err := p.Decide(d)
	if err != nil {
		return out, err
	}
	c.Batch = d.Merge
	if err := r.say(ctx, tx, actor, p, row, c, d); err != nil {
		return out, err
	}
	if err := r.note(ctx, tx, actor, store.MergeRow{ID: d.Merge, Pair: row.ID, Survivor: survivor, Other: other}); err != nil {
		return out, err
	}
	out.State, out.Merge, out.Survivor, out.Number = same.Same, d.Merge, survivor, a.Text("number")
	if survivor == row.B {
		out.Number = b.Text("number")
	}
	return out, r.handOn(ctx, tx, survivor, other)
}

// blind holds of values that the actor may not see of one of the two.
func blind(actor Actor, people ...*registry.Person) func(string, change.Value) bool {
	return func(field string, v change.Value) bool {
		tier := node.TierOf(field, v)
		return slices.ContainsFunc(people, func(p *registry.Person) bool { return !node.RightsOver(actor, *p).See(tier) })
	}
}

// note writes that a merge was made.
func (r *Review) note(ctx context.Context, tx *store.Tx, actor Actor, m store.MergeRow) error {
	c := change.Change{Entity: change.Ref{Kind: same.KindMerge, ID: m.ID}, Action: same.ActionMerge, Schema: change.Schema, Batch: m.ID,
		Sets: []change.Set{{Field: "survivor", Value: change.Text(m.Survivor)}, {Field: "other", Value: change.Text(m.Other)},
			{Field: "pair", Value: change.Text(m.Pair)}, {Field: "state", Value: change.Text(store.MergeStanding)}}}
	c, err := r.append(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	return tx.PutMerge(ctx, mergeRow([]change.Change{c}))
}

// handOn makes of the pairs of an entry that was merged pairs of the one that stands for it.
func (r *Review) handOn(ctx context.Context, tx *store.Tx, survivor, merged string) error {
	rows, err := tx.PairsOf(ctx, []string{merged})
	if err != nil {
		return err
	}
	var found []Scored
	for _, row := range rows {
		if v := same.Verdict(row.Verdict); v == same.Open || v == same.Unsure {
			found = append(found, Scored{A: row.A, B: row.B, Weight: bits(row.Weight), Model: row.Model, Source: Source(row.Source)})
		}
	}
	if err := r.Put(ctx, tx, found); err != nil {
		return err
	}
	return r.order(ctx, tx, survivor)
}

// order gives the pairs of people that wait their places in the queue anew. A pair of which
// entries that are gathered in the two were said to be different does not wait: what was
// decided does not come back by itself.
func (r *Review) order(ctx context.Context, tx *store.Tx, people ...string) error {
	rows, err := tx.PairsOf(ctx, people)
	if err != nil {
		return err
	}
	rate, err := r.rates(ctx, tx)
	if err != nil {
		return err
	}
	for i := range rows {
		if !same.Verdict(rows[i].Verdict).Waits() {
			continue
		}
		apart, err := r.apart(ctx, tx, rows[i].A, rows[i].B)
		if err != nil {
			return err
		}
		gain := rate.gain(&rows[i])
		if len(apart) > 0 {
			gain = -1
		}
		if err := tx.SetGain(ctx, rows[i].ID, gain); err != nil {
			return err
		}
	}
	return nil
}

// MergeView is one merge, with what was written to the survivor since and to which entry
// each value goes when it is undone. Hinders says why it cannot be undone now, nil when it
// can.
type MergeView struct {
	store.MergeRow
	SurvivorFace, OtherFace Face
	Since                   []same.Write // of the values that the actor may see
	Hidden                  int          // values written since that he may not see; they follow the rule
	Hinders                 error
	May                     bool // the actor has the right to undo it
}

// Merges lists the merges that a person is or was in, the newest first, with what undoing
// the standing ones would do. Both people of each are logged as read.
func (r *Review) Merges(ctx context.Context, actor Actor, person string) (out []MergeView, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.MergesOf(ctx, person)
		if err != nil {
			return err
		}
		for _, m := range rows {
			v, err := r.view(ctx, tx, actor, m)
			if err != nil {
				return err
			}
			out = append(out, v)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, r.logMerges(ctx, actor, out)
}

// Merge opens one merge.
func (r *Review) Merge(ctx context.Context, actor Actor, merge string) (*MergeView, error) {
	var v MergeView
	err := r.DB.View(ctx, func(tx *store.Tx) error {
		m, ok, err := tx.Merge(ctx, merge)
		if err != nil || !ok {
			return node.NotFound(err, "merge", merge)
		}
		v, err = r.view(ctx, tx, actor, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &v, r.logMerges(ctx, actor, []MergeView{v})
}

func (r *Review) logMerges(ctx context.Context, actor Actor, all []MergeView) error {
	var reads []store.Read
	for _, v := range all {
		for _, p := range []string{v.Survivor, v.Other} {
			reads = append(reads, store.Read{Action: "read", Person: p, Detail: "ordinary"})
		}
	}
	if len(reads) == 0 {
		return nil
	}
	return r.LogReads(ctx, actor, reads...)
}

func (r *Review) view(ctx context.Context, tx *store.Tx, actor Actor, m store.MergeRow) (v MergeView, err error) {
	v.MergeRow = m
	rows, err := tx.PeopleByID(ctx, []string{m.Survivor, m.Other})
	if err != nil {
		return v, err
	}
	reviews := false
	for i := range rows {
		reviews = reviews || authz.May(actor, authz.Review, rows[i].Office)
		v.May = v.May || authz.May(actor, authz.Merge, rows[i].Office)
		if rows[i].ID == m.Survivor {
			v.SurvivorFace = face(&rows[i])
		} else {
			v.OtherFace = face(&rows[i])
		}
	}
	if !reviews {
		return v, authz.Check(actor, authz.Review, v.SurvivorFace.Office)
	}
	if m.State != store.MergeStanding {
		v.Hinders = fault.New(fault.Conflict, "review.undone_already")
		return v, nil
	}
	parting, survivor, _, err := r.parting(ctx, tx, m)
	if err != nil {
		v.Hinders = err
		if fault.As(err) != nil {
			err = nil
		}
		return v, err
	}
	since, err := parting.Since()
	rights := node.RightsOver(actor, survivor.Person)
	for _, w := range since {
		if rights.See(node.TierOf(w.Field, w.Change.Sets[0].Value)) {
			v.Since = append(v.Since, w)
		} else {
			v.Hidden++
		}
	}
	return v, err
}
