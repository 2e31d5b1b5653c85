package hublink

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Receipts says what the hub confirmed of changes that somebody has the right to see, by
// their names. On a register that stands alone it says nothing; on the hub, what it received
// of its nodes.
func (l *Links) Receipts(ctx context.Context, changes []change.Change) (out map[id.Change]Receipt, err error) {
	out = map[id.Change]Receipt{}
	names := make([]id.Change, len(changes))
	for i := range changes {
		names[i] = changes[i].ID
	}
	err = l.DB.Look(ctx, func(tx *store.Tx) error {
		state, is, err := tx.SyncState(ctx)
		if err != nil {
			return err
		}
		if !is && !slices.ContainsFunc(names, func(c id.Change) bool { return c.Node != l.Name() }) {
			return nil // nothing came from elsewhere
		}
		rows, err := tx.Named(ctx, names)
		for name, e := range rows {
			r := Receipt{Number: e.Hub, Received: moment(e.Received), Here: !is}
			if !is {
				r.Number = e.Seq
				if e.Received == 0 {
					continue
				}
			}
			r.Own = is && r.Number > 0 && string(name.Node) == state.Hub
			r.Sent = r.Number > 0 || is && name.Node == l.Name() && name.N <= state.Sent
			out[name] = r
		}
		return err
	})
	return out, err
}

func waiting(e store.Entry) (Waiting, error) {
	c, err := change.Decode(e.Body)
	kind, _, _ := strings.Cut(e.Entity, "/")
	return Waiting{Entry: e, Action: c.Action, Author: c.Author, Kind: kind, Size: len(e.Body)}, err
}

// named adds the rows of the people whom changes are about.
func named(ctx context.Context, tx *store.Tx, list []Waiting) error {
	var ids []string
	for _, w := range list {
		if kind, person, _ := strings.Cut(w.Entry.Entity, "/"); kind == string(change.Person) {
			ids = append(ids, person)
		}
	}
	slices.Sort(ids)
	rows, err := tx.PeopleByID(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	byRef := map[string]*store.PersonRow{}
	for i := range rows {
		byRef[change.Ref{Kind: change.Person, ID: rows[i].ID}.String()] = &rows[i]
	}
	for i := range list {
		list[i].Person = byRef[list[i].Entry.Entity]
	}
	return nil
}
