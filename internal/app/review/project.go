package review

import (
	"context"
	"strconv"

	"quipu/internal/change"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Project writes pairs or merges anew as their changes say.
func (r *Review) Project(ctx context.Context, tx *store.Tx, kind change.Kind, ids []string) error {
	switch kind {
	case same.KindPair:
		return r.pairsAgain(ctx, tx, ids)
	case same.KindMerge:
		return mergesAgain(ctx, tx, ids)
	}
	return nil
}

// pairsAgain goes through what was said of each pair. Its score, when it has one here, stays:
// a model's word does not travel.
func (r *Review) pairsAgain(ctx context.Context, tx *store.Tx, ids []string) error {
	scored, err := tx.VerdictsOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		changes, err := tx.Changes(ctx, change.Ref{Kind: same.KindPair, ID: id})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		p := same.LoadPair(id, nil)
		row := r.unscored(id, 0, ByOfficer)
		if _, there := scored[id]; there {
			if row, err = r.scored(ctx, tx, row); err != nil {
				return err
			}
		}
		for i := range changes {
			c, was := &changes[i], p.Verdict
			p.Apply(c)
			if err := r.project(ctx, tx, &p, row, c, saidIn(c), was); err != nil {
				return err
			}
		}
	}
	return nil
}

// scored is the row of a pair as the tables have it, or as it was given.
func (r *Review) scored(ctx context.Context, tx *store.Tx, otherwise store.PairRow) (store.PairRow, error) {
	row, ok, err := tx.Pair(ctx, otherwise.ID)
	if err != nil || !ok {
		return otherwise, err
	}
	return row, nil
}

// saidIn reads the decision of a change of a pair, as far as figures need it.
func saidIn(c *change.Change) (d same.Decision) {
	verdict, seconds := "verdict", "seconds"
	if c.Action == same.ActionSecond {
		verdict, seconds = "second", "second_seconds"
	}
	for _, s := range c.Sets {
		switch s.Field {
		case verdict:
			d.Verdict = same.Verdict(s.Value.Text)
		case seconds:
			d.Seconds, _ = strconv.ParseInt(s.Value.Text, 10, 64) //nolint:errcheck // 0 is "nobody knows"
		case "weight":
			d.Weight, _ = strconv.ParseInt(s.Value.Text, 10, 64) //nolint:errcheck // the same
		}
	}
	return d
}

func mergesAgain(ctx context.Context, tx *store.Tx, ids []string) error {
	for _, id := range ids {
		changes, err := tx.Changes(ctx, change.Ref{Kind: same.KindMerge, ID: id})
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		if err := tx.PutMerge(ctx, mergeRow(changes)); err != nil {
			return err
		}
	}
	return nil
}

// mergeRow is a merge as its changes say.
func mergeRow(changes []change.Change) store.MergeRow {
	first, rec := &changes[0], change.Fold(changes)
	m := store.MergeRow{ID: first.Entity.ID, Pair: rec.Text("pair"), Survivor: rec.Text("survivor"), Other: rec.Text("other"),
		Author: first.Author, Office: first.Office, At: first.At.Micros, State: rec.Text("state")}
	if m.State == store.MergeUndone {
		m.Ended = rec.Fields["state"].At.Micros
	}
	return m
}
