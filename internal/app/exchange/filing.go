package exchange

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/store"
)

// role is the setting that says that a register is a hub. A node has a state of its own.
const (
	role     = "sync.role"
	roleHub  = "hub"
	roleNode = "node"
)

// IsHub reports whether the register is a hub.
func IsHub(ctx context.Context, tx *store.Tx) (bool, error) {
	r, err := tx.Setting(ctx, role)
	return r == roleHub, err
}

// IsNode reports whether the register is a hub's node.
func IsNode(ctx context.Context, tx *store.Tx) (bool, error) {
	_, enrolled, err := tx.SyncState(ctx)
	return enrolled, err
}

// file files what a transaction at the hub appended, before it is saved: every change under
// the scopes in which its entity was before or is after, and with it the entities that it
// moved.
func (x *Exchange) file(ctx context.Context, tx *store.Tx, from int64, appended []change.Ref) error {
	hub, err := IsHub(ctx, tx)
	if err != nil || !hub {
		return err
	}
	began, err := tx.FirstOf(ctx, x.Name())
	if err != nil {
		return err
	}
	f := filing{x: x, first: map[string]int64{}, restored: began > 1}
	entities := make([]string, len(appended))
	for i := range appended {
		e := appended[i].String()
		if entities[i] = e; f.first[e] == 0 {
			f.first[e] = from + int64(i) + 1
		}
	}
	along, err := f.scopes(ctx, tx, slices.Sorted(maps.Keys(f.first)))
	if err != nil {
		return err
	}
	for i, e := range entities {
		f.put(e, from+int64(i)+1)
	}
	for len(along) > 0 {
		var more []string
		for _, e := range along {
			if f.before[e] != nil || f.after[e] != nil {
				continue
			}
			f.first[e] = from + int64(len(appended)) // with the last change of the transaction
			more = append(more, e)
		}
		if along, err = f.scopes(ctx, tx, more); err != nil {
			return err
		}
		for _, e := range more {
			if !slices.Equal(f.before[e], f.after[e]) {
				f.put(e, f.first[e])
			}
		}
	}
	return f.save(ctx, tx)
}

// filing gathers what is to be filed.
type filing struct {
	x             *Exchange
	first         map[string]int64 // the place of the first change of an entity
	restored      bool             // the hub was put back from a copy
	before, after map[string][]string
	filed         []store.Filed
	come          []store.Member
	gone          []store.Member
}

// scopes finds where entities were and are, and which others go along with those that moved.
func (f *filing) scopes(ctx context.Context, tx *store.Tx, entities []string) (along []string, err error) {
	if len(entities) == 0 {
		return nil, nil
	}
	before, err := tx.ScopesOf(ctx, entities)
	if err != nil {
		return nil, err
	}
	after, err := f.x.scopesOf(ctx, tx, entities)
	if err != nil {
		return nil, err
	}
	if f.before == nil {
		f.before, f.after = map[string][]string{}, map[string][]string{}
	}
	var moved []string
	for _, e := range entities {
		f.before[e], f.after[e] = append([]string{}, before[e]...), append([]string{}, after[e]...)
		for _, s := range after[e] {
			if !slices.Contains(before[e], s) {
				f.come = append(f.come, store.Member{Scope: s, Entity: e, Since: f.first[e]})
			}
		}
		for _, s := range before[e] {
			if !slices.Contains(after[e], s) {
				f.gone = append(f.gone, store.Member{Scope: s, Entity: e})
			}
		}
		// Nothing is there before who is new, unless the hub was restored and hears of the rest first.
		if (len(before[e]) > 0 || f.restored) && !slices.Equal(before[e], after[e]) || f.x.alwaysAlong(e) {
			moved = append(moved, e)
		}
	}
	kinds, ids := byKind(moved)
	for _, kind := range kinds {
		if g := f.x.kinds[kind].Along; g != nil {
			some, err := g(ctx, tx, ids[kind])
			if err != nil {
				return nil, err
			}
			along = append(along, some...)
		}
	}
	slices.Sort(along)
	return slices.Compact(along), nil
}

// alwaysAlong holds of entities that move others by what they say, not by where they are.
func (x *Exchange) alwaysAlong(entity string) bool {
	kind := refOf(entity).Kind
	return kind != change.Person && x.kinds[kind].Along != nil
}

// put files an entity at a place.
func (f *filing) put(e string, seq int64) {
	all := slices.Concat(f.before[e], f.after[e])
	slices.Sort(all)
	for _, s := range slices.Compact(all) {
		f.filed = append(f.filed, store.Filed{Scope: s, Seq: seq, Entity: e, Enters: seq == f.first[e] && !slices.Contains(f.before[e], s)})
	}
}

func (f *filing) save(ctx context.Context, tx *store.Tx) error {
	for _, m := range f.gone {
		if err := tx.DropMember(ctx, m.Scope, m.Entity); err != nil {
			return err
		}
	}
	if err := tx.PutMembers(ctx, f.come); err != nil {
		return err
	}
	return tx.File(ctx, f.filed)
}

// BecomeHub makes a register the hub of others: what is in it is filed, once, and from then on
// every change with its transaction. A register that is a hub stays one.
func (x *Exchange) BecomeHub(ctx context.Context, actor authz.Actor) error {
	if err := authz.Check(actor, authz.Nodes, actor.Office); err != nil {
		return err
	}
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		hub, err := IsHub(ctx, tx)
		if err != nil || hub {
			return err
		}
		if joined, err := IsNode(ctx, tx); err != nil || joined {
			return cmp.Or(err, errNodeNoHub())
		}
		if err := x.fileAll(ctx, tx); err != nil {
			return err
		}
		return tx.PutSetting(ctx, role, roleHub)
	})
}

// fileAll files everything that the log tells of at the place where the log ends.
func (x *Exchange) fileAll(ctx context.Context, tx *store.Tx) error {
	size, err := tx.Size(ctx)
	if err != nil {
		return err
	}
	for after := ""; ; {
		const page = 1000
		entities, err := tx.EntitiesAfter(ctx, after, page)
		if err != nil {
			return err
		}
		if len(entities) == 0 {
			return nil
		}
		after = entities[len(entities)-1]
		f := filing{x: x, first: map[string]int64{}}
		for _, e := range entities {
			f.first[e] = size
		}
		if _, err := f.scopes(ctx, tx, entities); err != nil {
			return err
		}
		for _, e := range entities {
			f.put(e, size)
		}
		if err := f.save(ctx, tx); err != nil {
			return err
		}
		if err := x.nameFiles(ctx, tx, entities); err != nil {
			return err
		}
	}
}

// nameFiles notes which files people name, of a register from before that was noted.
func (x *Exchange) nameFiles(ctx context.Context, tx *store.Tx, entities []string) error {
	_, ids := byKind(entities)
	refs := ofKind(change.Person, ids[change.Person])
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return err
	}
	var all []store.Attached
	for _, e := range refs {
		for _, h := range node.Photos(changes[e]) {
			all = append(all, store.Attached{Hash: h, Entity: e})
		}
	}
	return tx.PutAttached(ctx, all)
}
