package review

import (
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/store"
)

// PairsWith lists the pairs that a person is in, decided or not, the likeliest first: those
// that the actor reviews. Every person that is shown is logged as read.
func (r *Review) PairsWith(ctx context.Context, actor Actor, person string) (out []QueueItem, err error) {
	if _, may := authz.ScopeOf(actor, authz.Review); !may {
		return nil, authz.Check(actor, authz.Review, actor.Office)
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		there, err := tx.PeopleByID(ctx, []string{person})
		if err != nil || len(there) == 0 {
			return node.NotFound(err, "person", person)
		}
		rows, err := tx.PairsOf(ctx, []string{person})
		if err != nil {
			return err
		}
		out, err = r.items(ctx, tx, slices.DeleteFunc(rows, func(row store.PairRow) bool { return maySee(actor, &row) != nil }))
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, r.logShown(ctx, actor, "review of one", out)
}

// logShown writes down that people were shown in a list of pairs.
func (r *Review) logShown(ctx context.Context, actor Actor, detail string, list []QueueItem) error {
	reads := []store.Read{{Action: "search", Detail: detail}}
	for i := range list {
		for _, p := range []Face{list[i].A, list[i].B} {
			reads = append(reads, store.Read{Action: "candidate", Person: p.Person, Detail: "ordinary"})
		}
	}
	return r.LogReads(ctx, actor, reads...)
}
