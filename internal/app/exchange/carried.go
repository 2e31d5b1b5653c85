package exchange

import (
	"context"
	"strconv"
	"strings"

	"quipu/internal/app/number"
	"quipu/internal/audit"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// asReceived is a node's log as it will be when the hub has received what was read from it.
type asReceived struct {
	sync.NodeLog
	state sync.NodeState
	found int // how many of what was found are on their way
}

func (l *asReceived) State() (sync.NodeState, error) { return l.state, nil }

func (l *asReceived) Found(limit int) ([][]byte, error) {
	all, err := l.NodeLog.Found(l.found + limit)
	return all[min(l.found, len(all)):], err
}

// Batches calls f with everything that the hub is not known to have, batch by batch, as if each
// had been received: for what travels by hand. Nothing is written. No transaction is open while f
// runs: f may read, and take its time, where there is one connection for everything.
func (x *Exchange) Batches(ctx context.Context, program string, f func(sync.Batch) error) error {
	now := x.Now().UnixMicro()
	l := &asReceived{}
	for begun, more := false, true; more; {
		var b sync.Batch
		err := x.DB.View(ctx, func(tx *store.Tx) (err error) {
			l.NodeLog = &nodeLog{ctx: ctx, x: x, tx: tx, at: now}
			if !begun {
				if l.state, err = l.NodeLog.State(); err != nil {
					return err
				}
			}
			b, more, err = sync.NextBatch(l, sync.Hello{Program: program, Clock: now}, 0)
			return err
		})
		if err != nil {
			return err
		}
		begun = true
		if err := f(b); err != nil {
			return err
		}
		l.found += len(b.Found)
		for _, body := range b.Bodies {
			leaf, err := sync.Leaf(body)
			if err != nil {
				return err
			}
			l.state.Pushed, l.state.Chain = l.state.Pushed+1, sync.Link(l.state.Chain, leaf)
		}
	}
	return nil
}

// Answers calls f with everything that a node has yet to get after it asked, as if it had taken
// each, and first with a receipt for what is here of it: for what travels by hand.
func (x *Exchange) Answers(ctx context.Context, node id.Node, ask sync.Ask, receipt func(sync.Receipt) error, f func(sync.Answer) error) error {
	r, err := x.receiptFor(ctx, node)
	if err != nil {
		return err
	}
	if err := receipt(r); err != nil {
		return err
	}
	for {
		a, _, err := x.Pull(ctx, node, ask, sync.Limit{})
		if err != nil {
			return err
		}
		if a.Refusal != nil {
			return fault.New(fault.Forbidden, a.Refusal.Key)
		}
		if err := f(a); err != nil || !a.More || a.To == ask.Cursor {
			return err
		}
		head, err := audit.Verify(a.Head, x.Signer.PublicKey())
		if err != nil {
			return err
		}
		ask.Cursor = a.To
		if n := len(ask.Known); n == 0 || ask.Known[n-1].Size < head.Size {
			ask.Known = append(ask.Known, sync.Mark{Size: head.Size, Root: head.Root})
		}
	}
}

// receiptFor says what is here of a node.
func (x *Exchange) receiptFor(ctx context.Context, node id.Node) (sync.Receipt, error) {
	r := sync.Receipt{Version: sync.Version, Node: node, Now: x.Now().UnixMicro()}
	err := x.DB.View(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.Peer(ctx, string(node))
		if err != nil {
			return err
		}
		if !ok || p.State != store.PeerActive {
			return fault.New(fault.Forbidden, sync.RefusedRevoked)
		}
		peer, err := peerOf(p)
		if err != nil {
			return err
		}
		l := &hubLog{ctx: ctx, x: x, tx: tx}
		r.Last, r.Chain = peer.Last, peer.Chain
		if key, _, _ := strings.Cut(p.Refused, "\n"); key == sync.RefusedGap {
			// The hub was put back and lost what it had received: the node begins anew after what is here.
			r.Refusal = &sync.Refusal{Key: key, Args: []string{"last", strconv.FormatInt(peer.Last, 10), "first", strconv.FormatInt(peer.Last+1, 10)}}
		}
		if r.Head, err = l.Head(); err != nil {
			return err
		}
		given, err := tx.NumberRanges(ctx, string(node))
		r.Ranges = number.RunsOf(given) // also what it may have used up before it was put back from a copy
		return err
	})
	return r, err
}
