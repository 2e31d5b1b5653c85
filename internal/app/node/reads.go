package node

import (
	"context"
	"maps"
	"slices"
	"sync"
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
	return n.reads.add(ctx, reads)
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

// ledger saves what several read at the same time in one transaction: each of forty
// officers waits for the disk once, and not for all who came before.
type ledger struct {
	save    func(context.Context, []store.Read) error
	mu      sync.Mutex
	waiting []*line
	saving  bool
}

// line is what one reader waits for.
type line struct {
	reads []store.Read
	done  chan error
}

// patience is how long a transaction of reads may take, whoever has left meanwhile.
const patience = time.Minute

func (l *ledger) add(ctx context.Context, reads []store.Read) error {
	one := &line{reads, make(chan error, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, one)
	if !l.saving {
		l.saving = true
		go l.run(context.WithoutCancel(ctx))
	}
	l.mu.Unlock()
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err() // the line may be saved all the same: too many are no harm
	}
}

// run saves until nobody waits. Those who come while a transaction is under way are the
// next one.
func (l *ledger) run(ctx context.Context) {
	for {
		l.mu.Lock()
		batch := l.waiting
		l.waiting = nil
		l.saving = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		l.all(ctx, batch)
	}
}

// all saves the lines of a batch, one reader's after another's when somebody has read what
// cannot be written down: that is his own trouble.
func (l *ledger) all(ctx context.Context, batch []*line) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var reads []store.Read
	for _, one := range batch {
		reads = append(reads, one.reads...)
	}
	err := l.save(ctx, reads)
	alone := len(batch) > 1 && err != nil && fault.KindOf(err) == fault.Invalid
	for _, one := range batch {
		if alone {
			err = l.save(ctx, one.reads)
		}
		one.done <- err
	}
}

func Moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
