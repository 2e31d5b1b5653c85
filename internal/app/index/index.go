// Package index keeps in memory by what people are found: their names, birth dates,
// documents, telephones and addresses. It follows every change of the register at once, is
// kept in a file that makes a start quick, and is made anew when the file is not there, is
// damaged, or belongs to another moment. The register is always right; the index only says
// whom to look at.
package index

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"

	"quipu/internal/app/node"
	"quipu/internal/linkage/finder"
	"quipu/internal/store"
)

// Index is the index of one register.
type Index struct {
	n    *node.Node
	path string

	turn sync.Mutex // held by who loads, follows or keeps
	who  atomic.Pointer[finder.Index]
	at   atomic.Int64 // length of the log that was followed
	kept int64        // length of the log that the file has; under turn
	made atomic.Int64 // times that it was made from the register
	// erased says that values left the register that the index may still hold as words.
	erased atomic.Bool

	mu    sync.Mutex
	heard []store.Saved // what this program saved and the index has not taken in yet
}

// mostHeard bounds what waits to be taken in; what is beyond is read from the log.
const mostHeard = 64

// New makes the index of a register, which is loaded when it is first asked for.
func New(n *node.Node) *Index {
	x := &Index{n: n, path: filepath.Join(n.Dir(), "people.index")}
	n.DB.Listen(store.Listener{Erasing: x.forget, Saved: x.hear})
	return x
}

// Loaded reports whether the index is in memory.
func (x *Index) Loaded() bool { return x.who.Load() != nil }

// Len is the number of people in it, 0 before it is loaded.
func (x *Index) Len() int {
	if who := x.who.Load(); who != nil {
		return who.Len()
	}
	return 0
}

// At is the length of the log that the index has followed.
func (x *Index) At() int64 { return x.at.Load() }

// Rebuilt is how often the index was made from the register since the program started.
func (x *Index) Rebuilt() int64 { return x.made.Load() }

// Current is the index as of the end of the log. Call it outside of transactions that write.
// What is in it may have left the register since: who asks loads the rows and looks.
func (x *Index) Current(ctx context.Context) (*finder.Index, error) {
	if err := x.follow(ctx); err != nil {
		return nil, err
	}
	return x.who.Load(), nil
}

// Ready is Current when the index is in memory or the register is so small that loading it
// takes no time; else nil, and whoever asks looks another way.
func (x *Index) Ready(ctx context.Context) (*finder.Index, error) {
	if !x.Loaded() {
		if size, err := x.size(ctx); err != nil || size > small {
			return nil, err
		}
	}
	return x.Current(ctx)
}

// small is a length of the log from which an index is made in less than a second.
const small = 20_000

// Held is the index as far as it has followed, nil before it is loaded: for a transaction
// that writes, which sees its own changes by itself.
func (x *Index) Held() *finder.Index { return x.who.Load() }

// hear is told of what this program saved. It takes it in unless somebody has the turn, who
// will; nobody who writes waits here for long.
func (x *Index) hear(s store.Saved) {
	if s.Erased {
		x.erased.Store(true)
		_ = x.forget() // it went before, too; whoever wrote it since wrote what is gone now
	}
	if !x.Loaded() {
		return
	}
	x.mu.Lock()
	if len(x.heard) < mostHeard {
		x.heard = append(x.heard, s)
	}
	x.mu.Unlock()
	if x.turn.TryLock() {
		x.takeIn()
		x.turn.Unlock()
	}
}

// takeIn follows what was heard as far as it continues the log. The caller has the turn.
func (x *Index) takeIn() {
	x.mu.Lock()
	defer x.mu.Unlock()
	who, at := x.who.Load(), x.at.Load()
	for again := true; again; {
		again = false
		rest := x.heard[:0]
		for _, s := range x.heard {
			switch {
			case s.From == at:
				for i := range s.People {
					put(who, &s.People[i])
				}
				at, again = s.To, true
			case s.From > at:
				rest = append(rest, s)
			}
		}
		clear(x.heard[len(rest):])
		x.heard = rest
	}
	x.at.Store(at)
}
