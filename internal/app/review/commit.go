package review

import (
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// load reads the changes of a pair or a merge with its sealed words opened. Words whose key
// was destroyed are empty.
func (r *Review) load(ctx context.Context, tx *store.Tx, ref change.Ref) ([]change.Change, error) {
	past, err := tx.Changes(ctx, ref)
	if err != nil || len(past) == 0 {
		return nil, err
	}
	return past, r.OpenSets(ctx, tx, ref.ID, past, sealed)
}

func sealed(s *change.Set) bool { return same.Sealed(s.Field) }

func (r *Review) pair(ctx context.Context, tx *store.Tx, pair string) (same.Pair, []change.Change, error) {
	past, err := r.load(ctx, tx, change.Ref{Kind: same.KindPair, ID: pair})
	return same.LoadPair(pair, past), past, err
}

// append seals, stamps and appends a change of a pair or a merge, and returns it as stamped,
// with its words open.
func (r *Review) append(ctx context.Context, tx *store.Tx, actor Actor, c change.Change) (change.Change, error) {
	st, err := r.Stamper(ctx, tx, actor)
	if err != nil {
		return c, err
	}
	st.Stamp(&c)
	kept := c
	kept.Sets = slices.Clone(c.Sets)
	if err := r.SealSets(ctx, tx, &kept, sealed); err != nil {
		return c, err
	}
	return c, tx.Append(ctx, []change.Change{kept})
}

// say appends what an officer said of a pair and writes it into the tables. row is the pair
// as scored, or as it would be.
func (r *Review) say(ctx context.Context, tx *store.Tx, actor Actor, p *same.Pair, row store.PairRow, c change.Change, d same.Decision) error {
	c, err := r.append(ctx, tx, actor, c)
	if err != nil {
		return err
	}
	was := p.Verdict
	p.Apply(&c)
	return r.project(ctx, tx, p, row, &c, d, was)
}

// project writes what a change of a pair says into the tables.
func (r *Review) project(ctx context.Context, tx *store.Tx, p *same.Pair, row store.PairRow, c *change.Change, d same.Decision, was same.Verdict) error {
	row.Verdict, row.SaidBy, row.SaidAt, row.Second = string(p.Verdict), p.By, c.At.Micros, string(p.Second)
	if c.Action == same.ActionSecond {
		row.SaidAt = p.Fields["said"].At.Micros
	}
	rate, err := r.rates(ctx, tx)
	if err != nil {
		return err
	}
	row.Gain = rate.gain(&row)
	if err := tx.PutVerdict(ctx, row); err != nil {
		return err
	}
	return tx.PutDecision(ctx, store.DecisionRow{Change: c.ID.String(), Pair: p.ID, Kind: c.Action, Verdict: string(d.Verdict), Author: c.Author, Office: c.Office,
		At: c.At.Micros, Seconds: d.Seconds, Weight: row.Weight, Agrees: c.Action == same.ActionSecond && d.Verdict == was})
}

// unscored is the row of a pair that no model scored.
func (r *Review) unscored(pair string, weight float64, source Source) store.PairRow {
	a, b, _ := same.Sides(pair)
	f := Scored{A: a, B: b, Weight: weight, Model: "alike", Source: source}
	row, _ := f.row(r.Now().UnixMicro()) //nolint:errcheck // without evidence nothing can fail
	return row
}

// whole is a person with everything opened, and his changes, opened too. An entry that was
// merged is loaded like any other.
func (r *Review) whole(ctx context.Context, tx *store.Tx, person string) (p registry.Person, row int64, changes []change.Change, err error) {
	changes, err = tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
	if err != nil || len(changes) == 0 {
		return p, 0, nil, node.NotFound(err, "person", person)
	}
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 {
		return p, 0, nil, node.NotFound(err, "person", person)
	}
	err = r.OpenSets(ctx, tx, person, changes, node.Closed)
	return registry.Load(changes), rows[0].Row, changes, err
}

// seen is the person as the actor may see him, and how many fields he may not.
func seen(actor Actor, p registry.Person) (registry.Person, node.Rights, int) {
	rights := node.RightsOver(actor, p)
	if !authz.May(actor, authz.Read, node.OfficeOf(p)) {
		rights = node.Rights{}
	}
	out, hidden := p, 0
	out.Fields = map[string]change.Held{}
	for f, h := range p.Fields {
		if rights.See(node.TierOf(f, h.Value)) {
			out.Fields[f] = h
		} else if !h.Value.Empty() {
			hidden++
		}
	}
	return out, rights, hidden
}
