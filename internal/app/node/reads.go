package node

import (
	"context"
	"maps"
	"slices"
	"time"

	"quipu/internal/fault"
	"quipu/internal/store"
)

// LogReads completes the lines with who, where, when and what for, and saves them. Nobody
// is shown what was read before it returns: then the lines are on the disk.
func (n *Node) LogReads(ctx context.Context, actor Actor, reads ...store.Read) error {
	now := n.now().UnixMicro()
	for i := range reads {
		reads[i].At, reads[i].Author, reads[i].Office, reads[i].Purpose = now, actor.Login, actor.Office, actor.Purpose
	}
	return n.reads.Add(ctx, reads)
}

// locate notes where the people who were read are registered: later they may be elsewhere,
// and who looked from outside should be known for it.
func locate(ctx context.Context, tx *store.Tx, reads []store.Read) error {
	ids := map[string]string{}
	for _, r := range reads {
		if r.Person != "" {
			ids[r.Person] = ""
		}
	}
	people, err := tx.PeopleByID(ctx, slices.Sorted(maps.Keys(ids)))
	for _, p := range people {
		ids[p.ID] = p.Office
	}
	for i := range reads {
		reads[i].Home = ids[reads[i].Person]
	}
	return err
}

// ledger saves what several read at the same time together. Somebody who has read what cannot be
// written down has that trouble alone; too many lines, of who has left, are no harm.
func ledger(save func(context.Context, []store.Read) error) *Together[[]store.Read] {
	return &Together[[]store.Read]{
		Save:  func(ctx context.Context, all [][]store.Read) error { return save(ctx, slices.Concat(all...)) },
		Apart: func(err error) bool { return fault.KindOf(err) == fault.Invalid },
	}
}

func Moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
