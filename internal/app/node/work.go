package node

import (
	"context"
	"sync/atomic"

	"quipu/internal/id"
)

// Work is what this program has done since it started: use cases that ended well.
type Work struct{ Registrations, Edits, Imports, Searches int64 }

// Tally counts them while the program runs.
type Tally struct{ Registrations, Edits, Imports, Searches atomic.Int64 }

// Work counts since the start. It says nothing about whom.
func (n *Node) Work() Work {
	return Work{n.Done.Registrations.Load(), n.Done.Edits.Load(), n.Done.Imports.Load(), n.Done.Searches.Load()}
}

// Written notes which changes a request stamped, for its line in the log.
type Written struct {
	First id.Change
	Count int
}

type writtenKey struct{}

// Noting makes use cases under the context note their changes in w. The request that the
// context belongs to runs its use cases one after another.
func Noting(ctx context.Context, w *Written) context.Context {
	return context.WithValue(ctx, writtenKey{}, w)
}

// NotedIn is what Noting was given, or nil.
func NotedIn(ctx context.Context) *Written {
	w, _ := ctx.Value(writtenKey{}).(*Written)
	return w
}

func (w *Written) note(c id.Change) {
	if w == nil {
		return
	}
	if w.Count == 0 {
		w.First = c
	}
	w.Count++
}
