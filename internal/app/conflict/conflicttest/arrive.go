// Package conflicttest lets changes of another node arrive at a register in tests, as they do
// when an office that had no link sends what it wrote.
package conflicttest

import (
	"context"
	"testing"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Far is an officer of another office who writes without a link.
type Far struct {
	Node   id.Node
	Office string
	Login  string
	n      int64
}

// Tell lets him write fields of anything upon versions that he saw; project writes its tables.
func (f *Far) Tell(t testing.TB, n *node.Node, project func(context.Context, *store.Tx, []string) error, ref change.Ref, at time.Time, action string, sets ...change.Set) change.Change {
	t.Helper()
	f.n++
	c := change.Change{ID: id.Change{Node: f.Node, N: f.n}, Entity: ref, Action: action, At: change.StampOf(at),
		Author: f.Login, Office: f.Office, Purpose: "registry", Schema: change.Schema, Salt: "c2FsdA", Sets: sets}
	ctx := context.Background()
	err := n.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Append(ctx, []change.Change{c}); err != nil {
			return err
		}
		return project(ctx, tx, []string{ref.String()})
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Write lets him write fields of a person upon versions that he saw: seen "" for none.
func (f *Far) Write(t testing.TB, n *node.Node, person string, at time.Time, sets ...change.Set) change.Change {
	t.Helper()
	people := func(ctx context.Context, tx *store.Tx, _ []string) error {
		return n.ProjectPeople(ctx, tx, []string{person})
	}
	return f.Tell(t, n, people, change.Ref{Kind: change.Person, ID: person}, at, "edit", sets...)
}
