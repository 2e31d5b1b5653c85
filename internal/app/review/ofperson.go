package review

import (
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// PairsOf lists the pairs that a person is in and that the actor may see, those that wait
// first and then the likeliest. Every person that is shown is logged as read.
func (r *Review) PairsOf(ctx context.Context, actor Actor, person string) (out []QueueItem, err error) {
	if _, ok := authz.ScopeOf(actor, authz.Review); !ok {
		return nil, authz.Check(actor, authz.Review, actor.Office)
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		if there, err := tx.PeopleByID(ctx, []string{person}); err != nil || len(there) == 0 {
			return node.NotFound(err, "person", person)
		}
		rows, err := tx.PairsOf(ctx, []string{person})
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row store.PairRow) bool { return maySee(actor, &row) != nil })
		slices.SortStableFunc(rows, func(x, y store.PairRow) int {
			return one(!same.Verdict(x.Verdict).Waits()) - one(!same.Verdict(y.Verdict).Waits())
		})
		out, err = r.items(ctx, tx, rows[:min(len(rows), 50)])
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	var reads []store.Read
	for _, it := range out {
		for _, f := range []Face{it.A, it.B} {
			if f.Person != person {
				reads = append(reads, store.Read{Action: "candidate", Person: f.Person, Detail: "ordinary"})
			}
		}
	}
	return out, r.LogReads(ctx, actor, reads...)
}
