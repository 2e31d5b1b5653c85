package index

import (
	"context"

	"quipu/internal/linkage/finder"
	"quipu/internal/store"
)

// Progress is told how far the making of the index is.
type Progress func(done, total int64)

// Load brings the index into memory, from its file or else from the register, and to the
// end of the log.
func (x *Index) Load(ctx context.Context, progress Progress) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	if x.Loaded() {
		return nil
	}
	return x.load(ctx, progress)
}

// LoadKept brings the index into memory when its file is there and not far behind, and
// reports whether it did: for who asks one question and has another way to answer it.
func (x *Index) LoadKept(ctx context.Context) (bool, error) {
	x.turn.Lock()
	defer x.turn.Unlock()
	if x.Loaded() {
		return true, nil
	}
	who, at := x.fromFile(ctx)
	if who == nil {
		return false, nil
	}
	size, err := x.size(ctx)
	if err != nil || size-at > tooMany {
		return false, err
	}
	x.take(who, at)
	return true, x.catchUp(ctx, nil)
}

func (x *Index) load(ctx context.Context, progress Progress) error {
	who, at := x.fromFile(ctx)
	if who == nil {
		return x.rebuild(ctx, progress)
	}
	x.take(who, at)
	return x.catchUp(ctx, progress)
}

func (x *Index) take(who *finder.Index, at int64) {
	x.mu.Lock()
	x.heard = nil
	x.mu.Unlock()
	x.at.Store(at)
	x.who.Store(who)
}

// rebuild makes the index from the register, page by page so that nobody who writes waits,
// and then takes in what was saved meanwhile.
func (x *Index) rebuild(ctx context.Context, progress Progress) error {
	x.erased.Store(false)
	size, err := x.size(ctx)
	if err != nil {
		return err
	}
	who := finder.New()
	var last int64
	for more := true; more; {
		err := x.n.DB.View(ctx, func(tx *store.Tx) (err error) {
			more, err = page(ctx, tx, who, &last)
			return err
		})
		if err != nil {
			return err
		}
		if progress != nil {
			progress(last, 2*size)
		}
	}
	if err := x.otherNames(ctx, who, size, progress); err != nil {
		return err
	}
	x.take(who, size)
	x.kept = -1
	x.made.Add(1)
	return x.catchUp(ctx, progress)
}

// page takes in the people after a row.
func page(ctx context.Context, tx *store.Tx, who *finder.Index, last *int64) (more bool, err error) {
	const most = 5000
	people, err := tx.People(ctx, *last, most)
	if err != nil || len(people) == 0 {
		return false, err
	}
	keys, err := tx.KeysOf(ctx, people)
	if err != nil {
		return false, err
	}
	for i := range people {
		people[i].Keys = keys[people[i].Row]
		put(who, &people[i])
	}
	*last = people[len(people)-1].Row
	return len(people) == most, nil
}

// otherNames takes in anew the people with names that their rows do not have.
func (x *Index) otherNames(ctx context.Context, who *finder.Index, size int64, progress Progress) error {
	const most = 10_000
	for at := int64(0); at < size; at += most {
		var ids []string
		err := x.n.DB.View(ctx, func(tx *store.Tx) (err error) {
			ids, err = tx.Renamed(ctx, at, min(at+most, size))
			return err
		})
		if err != nil {
			return err
		}
		if err := x.read(ctx, who, ids); err != nil {
			return err
		}
		if progress != nil {
			progress(size+at, 2*size)
		}
	}
	return nil
}
