package review

import (
	"context"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Drift is a pair or a merge of which a table says something else than the log.
type Drift struct {
	Kind change.Kind
	ID   string
}

// VerifyTables folds what was said of pairs and what was merged again, and compares the
// result with the tables that the queue and the numbers are read from. It returns at most
// 1,000 that differ.
func (r *Review) VerifyTables(ctx context.Context, actor Actor) (out []Drift, err error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return nil, err
	}
	for _, check := range []struct {
		kind change.Kind
		same func(context.Context, *store.Tx, string, []change.Change) (bool, error)
	}{{same.KindPair, samePair}, {same.KindMerge, sameMerge}} {
		for after := ""; len(out) < 1000; {
			n := 0
			err := r.DB.View(ctx, func(tx *store.Tx) error {
				const page = 500
				ids, err := tx.Entities(ctx, check.kind, after, page)
				if n = len(ids); err != nil || n == 0 {
					return err
				}
				after = ids[n-1]
				refs := make([]string, n)
				for i, id := range ids {
					refs[i] = change.Ref{Kind: check.kind, ID: id}.String()
				}
				gone, err := tx.ForgetsOf(ctx, "", refs) // another office has them now
				if err != nil {
					return err
				}
				changes, err := tx.ChangesOf(ctx, refs)
				for i := 0; i < n && err == nil; i++ {
					if gone[refs[i]].Done > 0 {
						continue
					}
					var ok bool
					if ok, err = check.same(ctx, tx, ids[i], changes[refs[i]]); !ok && err == nil {
						out = append(out, Drift{check.kind, ids[i]})
					}
				}
				return err
			})
			if err != nil {
				return out, err
			}
			if n == 0 {
				break
			}
		}
	}
	return out, nil
}

// samePair compares a pair; one whose scores were forgotten with a person has no row.
func samePair(ctx context.Context, tx *store.Tx, pair string, changes []change.Change) (bool, error) {
	said, err := tx.VerdictsOf(ctx, []string{pair})
	if err != nil {
		return false, err
	}
	verdict, there := said[pair]
	p := same.LoadPair(pair, changes) // the verdict is not sealed
	if !there {
		rows, err := tx.PeopleByID(ctx, []string{p.A, p.B})
		for _, row := range rows {
			there = there || row.Entry == registry.EntryErased
		}
		return there, err
	}
	return verdict == string(p.Verdict), nil
}

func sameMerge(ctx context.Context, tx *store.Tx, merge string, changes []change.Change) (bool, error) {
	m, ok, err := tx.Merge(ctx, merge)
	if err != nil || !ok {
		return false, err
	}
	rec := change.Fold(changes)
	return m.Survivor == rec.Text("survivor") && m.Other == rec.Text("other") && m.State == rec.Text("state") && m.Pair == rec.Text("pair"), nil
}
