package exchange

import (
	"context"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// forgetAll puts entities out of the node's keeping: the values of their changes, what the
// tables say of them, their keys and their files. That there were changes stays, and a change
// of the node's own says what is left of each, so that the log still proves what it proved.
func (x *Exchange) forgetAll(ctx context.Context, tx *store.Tx, fs []sync.Forget, at int64) error {
	if len(fs) == 0 {
		return nil
	}
	refs := make([]string, len(fs))
	rows := make([]store.Forget, len(fs))
	for i, f := range fs {
		refs[i] = f.Entity.String()
		rows[i] = store.Forget{Entity: refs[i], Asked: f.At, Done: at}
	}
	entries, err := tx.EntriesOf(ctx, refs)
	if err != nil {
		return err
	}
	if err := x.withApart(ctx, tx, entries); err != nil {
		return err
	}
	var lines []change.Forgotten
	for _, e := range slices.Sorted(maps.Keys(entries)) {
		line, err := takeOut(ctx, tx, refOf(e), entries[e])
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if err := tx.PutOut(ctx, refs); err != nil {
		return err
	}
	kinds, ids := byKind(refs)
	for _, kind := range kinds {
		if f := x.kinds[kind].Forget; f != nil {
			if err := f(ctx, tx, ids[kind]); err != nil {
				return err
			}
		}
		if kind == change.Erasure {
			continue // its person's keys are the person's
		}
		for _, entity := range ids[kind] {
			if err := tx.DropSealedKeys(ctx, entity); err != nil {
				return err
			}
		}
	}
	if err := node.PutConflicts(ctx, tx, refs, nil, nil); err != nil {
		return err
	}
	if err := tx.PutForgets(ctx, rows); err != nil || len(lines) == 0 {
		return err
	}
	return x.sayForgotten(ctx, tx, lines)
}

// withApart adds to the rows of entities those of their changes that are kept apart without values:
// what is left of an entity is said of them as well.
func (x *Exchange) withApart(ctx context.Context, tx *store.Tx, entries map[string][]store.Entry) error {
	some, err := tx.Setting(ctx, replacedName)
	if err != nil || some == "" {
		return err
	}
	return tx.AllApart(ctx, func(e store.Entry) error {
		c, err := change.Decode(e.Body)
		if of := c.Entity.String(); err == nil && c.Gone != "" && len(entries[of]) > 0 {
			entries[of] = append(entries[of], e)
		}
		return err
	})
}

// sayForgotten appends the change of the node's own that says what is left of what it forgot.
func (x *Exchange) sayForgotten(ctx context.Context, tx *store.Tx, lines []change.Forgotten, left ...change.Erased) error {
	return x.say(ctx, tx, change.Forget(string(x.NewID()), lines, left...))
}

// takeOut takes the values out of the changes of an entity, and says what is left. An erasure
// names no values and stays as it is.
func takeOut(ctx context.Context, tx *store.Tx, ref change.Ref, entries []store.Entry) (line change.Forgotten, err error) {
	line = change.Forgotten{Entity: ref}
	var left []change.Erased
	for _, e := range entries {
		c, err := change.Decode(e.Body)
		if err != nil {
			return line, err
		}
		body, taken := without(&c, e.Body)
		if taken {
			if err := tx.Redact(ctx, c.ID, body); err != nil {
				return line, err
			}
		}
		if taken || c.Gone != "" {
			left = append(left, audit.Erased(&c, e.Body, body))
		}
	}
	line.N, line.Is = len(left), audit.Remains(left)
	return line, nil
}

// sayLeft says of entities that have come back which of their changes have not: the hub lost them,
// and whoever wrote them has still to offer them. The log would otherwise look altered.
func (x *Exchange) sayLeft(ctx context.Context, tx *store.Tx, refs []string) error {
	was, err := tx.ForgetsOf(ctx, "", refs)
	if err != nil {
		return err
	}
	refs = slices.DeleteFunc(slices.Clone(refs), func(e string) bool { return was[e].Done == 0 })
	entries, err := tx.EntriesOf(ctx, refs)
	if err != nil {
		return err
	}
	var left []change.Erased
	for _, ref := range refs {
		for _, e := range entries[ref] {
			c, err := change.Decode(e.Body)
			if err != nil {
				return err
			}
			if e.Hub == 0 && c.Gone != "" {
				left = append(left, audit.Erased(&c, e.Body, e.Body))
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return x.sayForgotten(ctx, tx, nil, left...)
}

// Forgets says whose word of what was forgotten holds in a register's log; see audit.Evidence. The
// hub's own changes are those of no node: it has had other names when it was restored.
func Forgets(ctx context.Context, tx *store.Tx) (func(id.Node) bool, error) {
	joined, err := IsNode(ctx, tx)
	if err != nil || joined {
		return func(id.Node) bool { return true }, err
	}
	peers, err := tx.Peers(ctx)
	nodes := map[id.Node]bool{}
	for _, p := range peers {
		nodes[id.Node(p.Name)] = true
	}
	return func(name id.Node) bool { return !nodes[name] }, err
}

func errNoNode() error { return fault.New(fault.Conflict, "sync.no_node") }
