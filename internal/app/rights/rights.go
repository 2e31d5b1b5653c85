// Package rights holds the use cases of what people may ask about their own data: their
// requests, incidents, requests of others, own data handed out, and values that are kept
// no longer. The rules are in internal/rights.
package rights

import (
	"context"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	rules "quipu/internal/rights"
	"quipu/internal/store"
)

// Rights are the use cases on one node.
type Rights struct{ *node.Node }

// New makes them.
func New(n *node.Node) *Rights { return &Rights{n} }

// PersonRow is a person as lists show it.
type PersonRow = store.PersonRow

// Actor is who asks.
type Actor = authz.Actor

// matter is a kind of entity of this package: how its changes are folded, whose it is, and
// how it is written into its projection.
type matter[T any] struct {
	kind    change.Kind
	fold    func([]change.Change) T
	office  func(*T) string
	project func(context.Context, *store.Tx, *T) error
}

// start commits the first change of a new entity.
func start[T any](ctx context.Context, r *Rights, tx *store.Tx, m *matter[T], actor Actor, c change.Change) (entity string, at id.Change, err error) {
	entity = string(r.NewID())
	c.Entity = change.Ref{Kind: m.kind, ID: entity}
	at, err = commit(ctx, r, tx, m, actor, nil, c)
	return entity, at, err
}

// act lets the rules decide on an entity and commits what they decided. seen is the last
// change that the officer saw, zero to skip the question.
func act[T any](ctx context.Context, r *Rights, m *matter[T], actor Actor, action authz.Action, entity string, seen id.Change, decide func(*store.Tx, *T) (change.Change, error)) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		past, err := load(ctx, r, tx, m.kind, entity)
		if err != nil {
			return err
		}
		x := m.fold(past)
		if err := authz.Check(actor, action, m.office(&x)); err != nil {
			return err
		}
		if !seen.IsZero() && past[len(past)-1].ID != seen {
			return fault.New(fault.Conflict, "rights.moved")
		}
		c, err := decide(tx, &x)
		if err != nil || len(c.Sets) == 0 {
			return err
		}
		_, err = commit(ctx, r, tx, m, actor, past, c)
		return err
	})
}

// commit seals, stamps, appends and projects. past are the changes before, unsealed.
func commit[T any](ctx context.Context, r *Rights, tx *store.Tx, m *matter[T], actor Actor, past []change.Change, c change.Change) (id.Change, error) {
	st, err := r.Stamper(ctx, tx, actor)
	if err != nil {
		return id.Change{}, err
	}
	st.Stamp(&c)
	x := m.fold(append(past, c))
	kept := c
	kept.Sets = slices.Clone(c.Sets)
	if err := r.SealSets(ctx, tx, &kept, sealed); err != nil {
		return id.Change{}, err
	}
	if err := tx.Append(ctx, []change.Change{kept}); err != nil {
		return id.Change{}, err
	}
	return c.ID, m.project(ctx, tx, &x)
}

// load reads the changes of an entity with its sealed words opened. Words whose key was
// destroyed are empty.
func load(ctx context.Context, r *Rights, tx *store.Tx, kind change.Kind, entity string) ([]change.Change, error) {
	past, err := tx.Changes(ctx, change.Ref{Kind: kind, ID: entity})
	if err != nil || len(past) == 0 {
		return nil, node.NotFound(err, string(kind), entity)
	}
	return past, r.OpenSets(ctx, tx, entity, past, sealed)
}

func sealed(s *change.Set) bool { return rules.Sealed(s.Field) }

// open reads an entity and its changes.
func open[T any](ctx context.Context, r *Rights, tx *store.Tx, m *matter[T], actor Actor, action authz.Action, entity string) (x T, past []change.Change, err error) {
	if past, err = load(ctx, r, tx, m.kind, entity); err != nil {
		return x, nil, err
	}
	x = m.fold(past)
	return x, past, authz.Check(actor, action, m.office(&x))
}

// officeIn is the office that a list is limited to, "" for all.
func officeIn(actor Actor, action authz.Action) (string, error) {
	scope, ok := authz.ScopeOf(actor, action)
	if !ok {
		return "", authz.Check(actor, action, actor.Office)
	}
	return scope.Office, nil
}

// people reads the rows of the people that are named, by id.
func people(ctx context.Context, tx *store.Tx, ids []string) (map[string]store.PersonRow, error) {
	rows, err := tx.PeopleByID(ctx, ids)
	out := make(map[string]store.PersonRow, len(rows))
	for _, p := range rows {
		out[p.ID] = p
	}
	return out, err
}

// known refuses a person that the register does not have.
func known(ctx context.Context, tx *store.Tx, person string) error {
	rows, err := tx.PeopleByID(ctx, []string{person})
	if err != nil || len(rows) == 0 {
		return node.NotFound(err, "person", person)
	}
	return nil
}
