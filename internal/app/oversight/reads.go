package oversight

import (
	"cmp"
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/store"
)

// Read is one line of the log of reads.
type Read = store.Read

// Reads lists who looked at whom before a place in the log of reads (0 for the newest),
// as far as the actor's right goes.
func (o *Oversight) Reads(ctx context.Context, actor authz.Actor, before int64, limit int) ([]store.Read, error) {
	lines, _, err := o.ReadsPage(ctx, actor, before, limit)
	return lines, err
}

// ReadsPage is Reads, and says before which place the next page stands, 0 after the last.
func (o *Oversight) ReadsPage(ctx context.Context, actor authz.Actor, before int64, limit int) (out []store.Read, next int64, err error) {
	found, next, err := o.find(ctx, actor, AccessFilter{ReadFilter: store.ReadFilter{Before: before}}, limit)
	for _, r := range found {
		out = append(out, r.Read)
	}
	return out, next, err
}

// within narrows the filter to what the actor may know: all, or what was read at his office
// and who anywhere read about its people.
func within(actor authz.Actor, f *store.ReadFilter) error {
	scope, ok := authz.ScopeOf(actor, authz.ReadLog)
	if !ok {
		return authz.Check(actor, authz.ReadLog, actor.Office)
	}
	if !scope.All {
		f.Around = scope.Office
	}
	return nil
}

// find is a page of the log. Marks are searched by reason here, in slices: their reasons
// are one text.
func (o *Oversight) find(ctx context.Context, actor authz.Actor, f AccessFilter, limit int) (out []store.MarkedRead, next int64, err error) {
	if err := within(actor, &f.ReadFilter); err != nil {
		return nil, 0, err
	}
	const slices, size = 40, 500
	err = o.DB.View(ctx, func(tx *store.Tx) error {
		for range slices {
			ask := limit
			if f.Reason != "" {
				ask = size
			}
			found, err := tx.FindReads(ctx, f.ReadFilter, ask)
			if err != nil {
				return err
			}
			for _, r := range found {
				f.Before, next = r.Seq, r.Seq
				if f.holds(&r) {
					out = append(out, r)
				}
				if len(out) == limit {
					return nil
				}
			}
			if len(found) < ask {
				next = 0
				return nil
			}
		}
		return nil
	})
	return out, next, err
}

// ReadsOf lists who looked at a person, newest first, for who may know it of the office
// where the person is registered. It is for a page of the person that was opened: opening
// it is the read.
func (o *Oversight) ReadsOf(ctx context.Context, actor authz.Actor, person string, limit int) (out []store.Read, err error) {
	err = o.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.PeopleByID(ctx, []string{person})
		if err != nil || len(rows) == 0 {
			return node.NotFound(err, "person", person)
		}
		if err := authz.Check(actor, authz.ReadLog, rows[0].Office); err != nil {
			return err
		}
		entries, err := tx.Gathered(ctx, person)
		if err != nil {
			return err
		}
		for _, entry := range entries { // who looked at an entry that was merged looked at the person
			of, err := tx.ReadsOf(ctx, entry, limit)
			if err != nil {
				return err
			}
			out = append(out, of...)
		}
		slices.SortStableFunc(out, func(x, y store.Read) int { return cmp.Compare(y.Seq, x.Seq) })
		out = out[:min(len(out), limit)]
		return nil
	})
	return out, err
}
