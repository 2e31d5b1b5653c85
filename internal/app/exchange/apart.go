package exchange

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// KindApart is the kind of what the hub says of changes that it keeps apart; its id is the name
// of the change. It goes to the node that wrote the change, and so does what an officer decides.
const KindApart = change.Apart

// What became of a change that is kept apart: field "state", "" while it waits.
const (
	ApartLetIn    = "let_in"
	ApartSentBack = "sent_back"
)

// hold says of changes that they are kept apart, and why.
func (x *Exchange) hold(ctx context.Context, tx *store.Tx, rows []store.ContestedRow) error {
	said := make([]change.Change, len(rows))
	entities := make([]string, len(rows))
	for i, r := range rows {
		said[i] = change.Change{Entity: change.Ref{Kind: KindApart, ID: r.Change.String()}, Action: "hold", Sets: []change.Set{
			{Field: "reason", Value: change.Text(r.Reason)}, {Field: "office", Value: change.Text(r.Office)}}}
		entities[i] = said[i].Entity.String()
	}
	if err := x.say(ctx, tx, said...); err != nil {
		return err
	}
	return x.Project(ctx, tx, entities)
}

// ofSenders: the scopes of the node that wrote the change, and where what took its place is.
func (x *Exchange) ofSenders(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
	out := make(map[string][]string, len(ids))
	changes := make(map[string]id.Change, len(ids))
	for _, name := range ids {
		if c, err := id.ParseChange(name); err == nil { // no program names one otherwise
			changes[name] = c
		}
	}
	came, err := x.replacements(ctx, tx, slices.Collect(maps.Values(changes)))
	if err != nil {
		return nil, err
	}
	for name, c := range changes {
		p, ok, err := tx.Peer(ctx, string(c.Node))
		if err != nil {
			return nil, err
		}
		if ok {
			out[name] = ScopesNow(p)
		}
		r := came[c]
		if r.Became.IsZero() {
			continue
		}
		have, err := tx.Named(ctx, []id.Change{r.Became})
		if err != nil {
			return nil, err
		}
		entity := have[r.Became].Entity
		in, err := x.scopesOf(ctx, tx, []string{entity})
		if err != nil {
			return nil, err
		}
		out[name] = append(out[name], in[entity]...)
	}
	return out, nil
}

// projectApart keeps apart here what the hub keeps apart, so that it is folded into nothing
// anywhere, and lists it with its reason until somebody has decided.
func (x *Exchange) projectApart(ctx context.Context, tx *store.Tx, ids []string) error {
	for _, name := range ids {
		c, err := id.ParseChange(name)
		if err != nil {
			continue // no program names one so
		}
		said, err := tx.Changes(ctx, change.Ref{Kind: KindApart, ID: name})
		if err != nil {
			return err
		}
		r := change.Fold(said)
		if replaced(&r) {
			if err := tx.FoundIn(ctx, c); err != nil {
				return err
			}
			if err := tx.PutSetting(ctx, replacedName, "yes"); err != nil {
				return err
			}
		}
		have, err := tx.Named(ctx, []id.Change{c})
		if err != nil {
			return err
		}
		e, here := have[c]
		if !here || r.Head.IsZero() { // another node's, or nothing is said of it
			continue
		}
		held := store.HeldApart(c).String()
		if e.Entity != held {
			if err := tx.KeepApart(ctx, c); err != nil {
				return err
			}
			if err := x.Project(ctx, tx, []string{e.Entity}); err != nil {
				return err
			}
		}
		if replaced(&r) {
			if err := x.release(ctx, tx, &e); err != nil {
				return err
			}
		}
		open, done := apartRows(held, c, r)
		if err := node.PutConflicts(ctx, tx, []string{held}, open, done); err != nil {
			return err
		}
	}
	return nil
}

func apartRows(held string, c id.Change, r change.Record) (open []store.ContestedRow, done []store.SettledRow) {
	state := r.Fields["state"]
	switch {
	case r.Head.IsZero():
	case state.Value.Empty():
		open = append(open, store.ContestedRow{Entity: held, Change: c, Reason: r.Text("reason"), Office: r.Text("office"), At: r.Created.At.Micros})
	default:
		done = append(done, store.SettledRow{Entity: held, Change: c, Verdict: state.Value.Text, Author: state.Author, Office: cmp.Or(r.Text("office"), state.Office),
			At: state.At.Micros})
	}
	return open, done
}
