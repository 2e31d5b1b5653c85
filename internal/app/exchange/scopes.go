package exchange

import (
	"context"
	"slices"

	"quipu/internal/change"
	"quipu/internal/registry/same"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// scopesOf says in which scopes entities are now, by Ref.String(), sorted.
func (x *Exchange) scopesOf(ctx context.Context, tx *store.Tx, entities []string) (map[string][]string, error) {
	out := make(map[string][]string, len(entities))
	kinds, ids := byKind(entities)
	for _, kind := range kinds {
		f := x.kinds[kind].Scopes
		if f == nil {
			continue
		}
		found, err := f(ctx, tx, ids[kind])
		if err != nil {
			return nil, err
		}
		for id, scopes := range found {
			slices.Sort(scopes)
			out[change.Ref{Kind: kind, ID: id}.String()] = slices.DeleteFunc(slices.Compact(scopes), func(s string) bool { return s == "" })
		}
	}
	return out, nil
}

func everybody(_ context.Context, _ *store.Tx, ids []string) (map[string][]string, error) {
	out := make(map[string][]string, len(ids))
	for _, id := range ids {
		out[id] = []string{string(sync.Everybody)}
	}
	return out, nil
}

// ofPeople: the office of the registration in force, or of the last one; whoever was never
// registered belongs to the office that made the entry. And the lists that name the person.
func (x *Exchange) ofPeople(ctx context.Context, tx *store.Tx, people []string) (map[string][]string, error) {
	out := make(map[string][]string, len(people))
	rows, err := tx.PeopleByID(ctx, people)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Office != "" {
			out[r.ID] = []string{r.Office}
		}
	}
	nowhere := slices.DeleteFunc(slices.Clone(people), func(p string) bool { return len(out[p]) > 0 })
	if len(nowhere) > 0 {
		first, err := ofFirst(change.Person)(ctx, tx, nowhere)
		if err != nil {
			return nil, err
		}
		for p, scopes := range first {
			out[p] = scopes
		}
	}
	for _, l := range x.lists {
		more, err := l(ctx, tx, people)
		if err != nil {
			return nil, err
		}
		for p, scopes := range more {
			out[p] = append(out[p], scopes...)
		}
	}
	return out, nil
}

// ofFirst: the office whose officer made the entity.
func ofFirst(kind change.Kind) func(context.Context, *store.Tx, []string) (map[string][]string, error) {
	return func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
		refs := ofKind(kind, ids)
		changes, err := tx.ChangesOf(ctx, refs)
		out := make(map[string][]string, len(ids))
		for i, id := range ids {
			if cs := changes[refs[i]]; len(cs) > 0 {
				out[id] = []string{cs[0].Office}
			}
		}
		return out, err
	}
}

func ofAccounts(ctx context.Context, tx *store.Tx, logins []string) (map[string][]string, error) {
	out := make(map[string][]string, len(logins))
	for _, l := range logins {
		a, ok, err := tx.Account(ctx, l)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		out[l] = []string{a.Office}
		teams, err := tx.CampaignsOfTeam(ctx, l) // the team's laptop needs their accounts
		if err != nil {
			return nil, err
		}
		for _, c := range teams {
			out[l] = append(out[l], Campaign(c))
		}
	}
	return out, nil
}

// Campaign is the scope of a campaign.
func Campaign(id string) string { return "campaign/" + id }

// ofBoth: what was said of two people goes where both are; when that is no one scope, it stays
// at the hub.
func (x *Exchange) ofBoth(kind change.Kind) func(context.Context, *store.Tx, []string) (map[string][]string, error) {
	return func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
		sides := make(map[string][2]string, len(ids))
		var people []string
		for _, id := range ids {
			a, b, err := parties(ctx, tx, kind, id)
			if err != nil {
				return nil, err
			}
			if a != "" && b != "" {
				sides[id] = [2]string{a, b}
				people = append(people, a, b)
			}
		}
		slices.Sort(people)
		of, err := x.ofPeople(ctx, tx, slices.Compact(people))
		out := make(map[string][]string, len(ids))
		for id, s := range sides {
			for _, scope := range of[s[0]] {
				if slices.Contains(of[s[1]], scope) {
					out[id] = append(out[id], scope)
				}
			}
		}
		return out, err
	}
}

func parties(ctx context.Context, tx *store.Tx, kind change.Kind, id string) (a, b string, err error) {
	if kind == same.KindPair {
		a, b, _ = same.Sides(id)
		return a, b, nil
	}
	m, _, err := tx.Merge(ctx, id)
	return m.Survivor, m.Other, err
}

// alongPeople: what was said of a person beside others, and what was erased, goes along.
func alongPeople(ctx context.Context, tx *store.Tx, people []string) (along []string, err error) {
	said, err := tx.SaidOf(ctx, people)
	if err != nil {
		return nil, err
	}
	return tx.InLog(ctx, append(said, ofKind(change.Erasure, people)...))
}
