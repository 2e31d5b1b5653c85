package index

import (
	"context"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/linkage/finder"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// follow brings the index to the end of the log: this program's changes as it was told of
// them, others' from the log. It loads the index first when it is not there.
func (x *Index) follow(ctx context.Context) error {
	size, err := x.size(ctx)
	if err != nil || x.Loaded() && x.at.Load() == size {
		return err
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	if !x.Loaded() {
		return x.load(ctx, nil)
	}
	x.takeIn()
	return x.catchUp(ctx, nil)
}

func (x *Index) size(ctx context.Context) (n int64, err error) {
	err = x.n.DB.Look(ctx, func(tx *store.Tx) error {
		n, err = tx.Size(ctx)
		return err
	})
	return n, err
}

// tooMany is how many people are read from their changes before it is quicker to read all.
const tooMany = 20_000

// catchUp reads from the log what happened since. The caller has the turn.
func (x *Index) catchUp(ctx context.Context, progress Progress) error {
	size, err := x.size(ctx)
	at := x.at.Load()
	if err != nil || size == at {
		return err
	}
	var ids []string
	var erased bool
	if size > at {
		err = x.n.DB.View(ctx, func(tx *store.Tx) error {
			ids, erased, err = tx.Touched(ctx, at, size)
			return err
		})
		if err != nil {
			return err
		}
	}
	if size < at || len(ids) > tooMany && len(ids) > x.Len()/4 {
		return x.rebuild(ctx, progress) // a log that is shorter was put back from a copy
	}
	if erased {
		x.erased.Store(true)
		if err := x.forget(); err != nil {
			return err
		}
	}
	if err := x.read(ctx, x.who.Load(), ids); err != nil {
		return err
	}
	x.at.Store(size)
	return nil
}

// read takes people in as their changes say.
func (x *Index) read(ctx context.Context, who *finder.Index, ids []string) error {
	const page = 500
	for len(ids) > 0 {
		n := min(page, len(ids))
		rows, err := x.rows(ctx, ids[:n])
		if err != nil {
			return err
		}
		for i := range rows {
			put(who, &rows[i])
		}
		ids = ids[n:]
	}
	return nil
}

// rows are the projections of people made from their changes: with all their names.
func (x *Index) rows(ctx context.Context, ids []string) (rows []store.PersonRow, err error) {
	refs := make([]string, len(ids))
	for i, id := range ids {
		refs[i] = change.Ref{Kind: change.Person, ID: id}.String()
	}
	var changes map[string][]change.Change
	err = x.n.DB.View(ctx, func(tx *store.Tx) error {
		if rows, err = tx.PeopleByID(ctx, ids); err == nil {
			changes, err = tx.ChangesOf(ctx, refs)
		}
		return err
	})
	for i := range rows {
		p := registry.Load(changes[change.Ref{Kind: change.Person, ID: rows[i].ID}.String()])
		rows[i] = node.Project(&p, rows[i].Row, false)
	}
	return rows, err
}

// Keep follows the register, and writes the file when the log has grown since, at every
// interval until the context ends, and then once more.
func (x *Index) Keep(ctx context.Context, every time.Duration, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := x.Save(context.WithoutCancel(ctx)); err != nil {
				failed(err)
			}
			return
		case <-tick.C:
			if err := x.Save(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}
