package conflict

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Item is one conflict of a list: a contested value of a person, or all that one change wrote of
// a matter. Person is nil when the entity is none, or when nobody registered it here; then there
// is nothing to open. Verdict is empty while it waits.
type Item struct {
	ID      string // names it within its entity
	Entity  change.Ref
	Fields  []string
	Change  id.Change // that wrote the contested value
	Reason  string
	Office  string
	At      int64 // microseconds; of a decided one when it was decided
	Person  *Row
	Verdict change.Verdict
	Author  string // who decided
}

// Held is the kind of what the hub keeps apart; see store.HeldApart. Such an item has no fields.
const Held change.Kind = "held"

// Opens reports whether there is a page on which it is decided.
func (it *Item) Opens() bool {
	return it.Person != nil || it.Entity.Kind == Held || Decided(it.Entity.Kind)
}

// IDOf names the conflict about what a change wrote to a field.
func IDOf(at id.Change, field string) string {
	_, name, _ := strings.Cut(change.SettledField(at, field), "/")
	return name
}

// mostListed bounds a list of conflicts; the count says how many there are.
const mostListed = 200

// ActOf is the right of who decides about a kind of entity.
func ActOf(kind change.Kind) authz.Action {
	if m := matters[kind]; m != nil {
		return m.act
	}
	return authz.Edit
}

// allowed are the kinds about which an actor may decide, with the office to which that is
// limited, "" for all.
func allowed(actor Actor) (out []store.OfKind) {
	for _, kind := range append([]change.Kind{change.Person}, Kinds()...) {
		if scope, ok := authz.ScopeOf(actor, ActOf(kind)); ok {
			out = append(out, store.OfKind{Kind: kind, Office: scope.Office})
		}
	}
	for _, act := range []authz.Action{authz.Nodes, authz.Edit} { // what the hub keeps apart
		if scope, ok := authz.ScopeOf(actor, act); ok {
			return append(out, store.OfKind{Kind: Held, Office: scope.Office})
		}
	}
	return out
}

// OpenConflicts lists what waits for a decision of the actor, the oldest first, and the newest
// decisions about the same. Every person that is shown is logged as read.
func (s *Conflicts) OpenConflicts(ctx context.Context, actor Actor) (open, decided []Item, err error) {
	may := allowed(actor)
	if len(may) == 0 {
		return nil, nil, authz.Check(actor, authz.Edit, actor.Office)
	}
	err = s.DB.View(ctx, func(tx *store.Tx) error {
		if open, err = waiting(ctx, tx, may); err != nil {
			return err
		}
		var past []store.SettledRow
		for _, k := range may {
			some, err := tx.SettledOfKind(ctx, k, 25)
			if err != nil {
				return err
			}
			past = append(past, some...)
		}
		slices.SortStableFunc(past, func(a, b store.SettledRow) int { return cmp.Compare(b.At, a.At) })
		for _, r := range past {
			decided = add(decided, Item{Entity: refOf(r.Entity), Change: r.Change, Verdict: change.Verdict(r.Verdict),
				Office: r.Office, Author: r.Author, At: r.At}, r.Field)
		}
		decided = decided[:min(25, len(decided))]
		return named(ctx, tx, open, decided)
	})
	if err != nil {
		return nil, nil, err
	}
	reads := []store.Read{{Action: "search", Detail: "conflicts"}}
	seen := map[string]bool{}
	for _, it := range slices.Concat(open, decided) {
		if it.Person != nil && !seen[it.Person.ID] {
			seen[it.Person.ID] = true
			reads = append(reads, store.Read{Action: "candidate", Person: it.Person.ID, Detail: "ordinary"})
		}
	}
	return open, decided, s.LogReads(ctx, actor, reads...)
}

// add puts a row into a list: of a matter beside what the same change wrote of it.
func add(list []Item, it Item, field string) []Item {
	if it.Entity.Kind == Held {
		it.ID = it.Entity.ID
		return append(list, it)
	}
	it.Fields = []string{field}
	if !Decided(it.Entity.Kind) {
		it.ID = IDOf(it.Change, field)
		return append(list, it)
	}
	it.ID = CaseID(it.Change)
	for i := range list {
		if list[i].Entity == it.Entity && list[i].ID == it.ID {
			list[i].Fields = append(list[i].Fields, field)
			return list
		}
	}
	return append(list, it)
}

// waiting are the conflicts that wait, the oldest first, without the people.
func waiting(ctx context.Context, tx *store.Tx, may []store.OfKind) (out []Item, err error) {
	var rows []store.ContestedRow
	for _, k := range may {
		some, err := tx.ContestedOfKind(ctx, k, mostListed)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	slices.SortStableFunc(rows, func(a, b store.ContestedRow) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Field, b.Field))
	})
	for _, r := range rows {
		out = add(out, Item{Entity: refOf(r.Entity), Change: r.Change, Reason: r.Reason, Office: r.Office, At: r.At}, r.Field)
	}
	return out[:min(len(out), mostListed)], nil
}

// NextConflict is the oldest conflict of the list that can be opened, nil when none is. It shows
// nobody and logs nothing: opening it does.
func (s *Conflicts) NextConflict(ctx context.Context, actor Actor) (next *Item, err error) {
	may := allowed(actor)
	if len(may) == 0 {
		return nil, authz.Check(actor, authz.Edit, actor.Office)
	}
	err = s.DB.View(ctx, func(tx *store.Tx) error {
		open, err := waiting(ctx, tx, may)
		if err == nil {
			err = named(ctx, tx, open)
		}
		if i := slices.IndexFunc(open, func(it Item) bool { return it.Opens() && it.Entity.Kind != Held }); i >= 0 {
			next = &open[i]
		}
		return err
	})
	return next, err
}

func refOf(entity string) change.Ref {
	kind, id, _ := strings.Cut(entity, "/")
	return change.Ref{Kind: change.Kind(kind), ID: id}
}

// named adds the rows of the people whom conflicts are about.
func named(ctx context.Context, tx *store.Tx, lists ...[]Item) error {
	var ids []string
	for _, l := range lists {
		for _, it := range l {
			if it.Entity.Kind == change.Person {
				ids = append(ids, it.Entity.ID)
			}
		}
	}
	slices.Sort(ids)
	rows, err := tx.PeopleByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	byID := make(map[string]*store.PersonRow, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	for _, l := range lists {
		for i := range l {
			if l[i].Entity.Kind == change.Person {
				l[i].Person = byID[l[i].Entity.ID]
			}
		}
	}
	return nil
}
