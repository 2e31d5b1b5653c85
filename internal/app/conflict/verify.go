package conflict

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Differ names the people, by Ref.String(), of whom the tables of conflicts say something else
// than their changes.
func Differ(ctx context.Context, tx *store.Tx, people []*registry.Person) (map[string]bool, error) {
	var open []store.ContestedRow
	var done []store.SettledRow
	refs := make([]string, len(people))
	for i, p := range people {
		refs[i] = p.Entity.String()
		waits, said := node.PersonConflicts(p)
		open, done = append(open, waits...), append(done, said...)
	}
	return differ(ctx, tx, refs, open, done)
}

// differ compares what the tables say of entities with what they should say.
func differ(ctx context.Context, tx *store.Tx, refs []string, open []store.ContestedRow, done []store.SettledRow) (map[string]bool, error) {
	odd := map[string]bool{}
	waits, err := tx.ContestedOf(ctx, refs...)
	if err != nil {
		return nil, err
	}
	said, err := tx.SettledOf(ctx, refs...)
	compare(odd, waits, open, func(r store.ContestedRow) string { return r.Entity })
	compare(odd, said, done, func(r store.SettledRow) string { return r.Entity })
	return odd, err
}

// compare notes the entities of rows that are in one list and not in the other.
func compare[R comparable](odd map[string]bool, have, want []R, entity func(R) string) {
	count := map[R]int{}
	for _, r := range have {
		count[r]++
	}
	for _, r := range want {
		count[r]--
	}
	for r, n := range count {
		if n != 0 {
			odd[entity(r)] = true
		}
	}
}

// VerifyConflicts compares the tables of conflicts with the changes, of everything but people
// who have a row; those are compared by Differ while they are folded. It returns the entities
// that differ, by Ref.String(), sorted, about most at most.
func (s *Conflicts) VerifyConflicts(ctx context.Context, actor Actor, most int) (out []string, err error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return nil, err
	}
	const page = 500
	pages := []func(tx *store.Tx, after string) ([]string, error){
		func(tx *store.Tx, after string) ([]string, error) { return tx.Disputed(ctx, after, page) }}
	for _, kind := range Kinds() {
		pages = append(pages, func(tx *store.Tx, after string) ([]string, error) {
			ids, err := tx.Entities(ctx, kind, strings.TrimPrefix(after, string(kind)+"/"), page)
			for i := range ids {
				ids[i] = change.Ref{Kind: kind, ID: ids[i]}.String()
			}
			return ids, err
		})
	}
	for _, next := range pages {
		for after, n := "", page; n == page && len(out) < most; {
			err := s.DB.View(ctx, func(tx *store.Tx) error {
				refs, err := next(tx, after)
				if n = len(refs); err != nil || n == 0 {
					return err
				}
				after = refs[n-1]
				odd, err := disputed(ctx, tx, refs)
				out = append(out, odd...)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// disputed are those of the entities of which the tables say something else than the changes.
func disputed(ctx context.Context, tx *store.Tx, refs []string) (out []string, err error) {
	// What is kept apart says in its body what it would be of.
	refs = slices.DeleteFunc(slices.Clone(refs), func(e string) bool { return strings.HasPrefix(e, string(Held)+"/") })
	gone, err := tx.ForgetsOf(ctx, "", refs)
	if err != nil {
		return nil, err
	}
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	var open []store.ContestedRow
	var done []store.SettledRow
	for _, e := range refs {
		switch kind := refOf(e).Kind; {
		case gone[e].Done > 0: // nothing is listed of what another office has now
		case kind == change.Person && len(changes[e]) > 0:
			p := registry.Load(changes[e])
			waits, said := node.PersonConflicts(&p)
			open, done = append(open, waits...), append(done, said...)
		case Decided(kind):
			waits, said := Rows(changes[e])
			open, done = append(open, waits...), append(done, said...)
		}
	}
	odd, err := differ(ctx, tx, refs, open, done)
	for _, e := range refs {
		if odd[e] {
			out = append(out, e)
		}
	}
	return out, err
}
