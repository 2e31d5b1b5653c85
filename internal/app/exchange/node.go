package exchange

import (
	"context"
	"encoding/json"

	"quipu/internal/app/number"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Hub is what a node is told of its hub when it is enrolled: its name and address, its public
// key as text, and the key that verifies the heads of its log.
type Hub struct{ Name, Address, Key, HeadKey string }

// BecomeNode makes a register the node of a hub. It must be empty: what was written before
// would have no place in the hub's order.
func (x *Exchange) BecomeNode(ctx context.Context, actor authz.Actor, hub Hub) error {
	if err := authz.Check(actor, authz.Nodes, actor.Office); err != nil {
		return err
	}
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		size, err := tx.Size(ctx)
		if err == nil && size > 0 {
			err = fault.New(fault.Conflict, "sync.not_empty", "changes", size)
		}
		if err != nil {
			return err
		}
		if err := number.Bind(ctx, tx); err != nil {
			return err
		}
		return tx.PutSyncState(ctx, store.SyncState{Hub: hub.Name, Address: hub.Address, Verify: hub.Key, HeadKey: hub.HeadKey,
			Chain: make([]byte, 32), Enrolled: x.Now().UnixMicro()})
	})
}

// onNode runs f on the node's log in a transaction that writes.
func (x *Exchange) onNode(ctx context.Context, f func(l *nodeLog) error) error {
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		l := &nodeLog{ctx: ctx, x: x, tx: tx, at: x.Now().UnixMicro(), touched: map[string]bool{}, back: map[string]bool{}}
		if err := f(l); err != nil {
			return err
		}
		return l.finish()
	})
}

// NextBatch is what the node sends next; more says that there is more. program is the version
// of the program.
func (x *Exchange) NextBatch(ctx context.Context, program string, limit int) (b sync.Batch, more bool, err error) {
	now := x.Now().UnixMicro()
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		ask, err := number.AskOf(ctx, tx)
		if err != nil {
			return err
		}
		b, more, err = sync.NextBatch(&nodeLog{ctx: ctx, x: x, tx: tx, at: now}, sync.Hello{Program: program, Clock: now, Wants: ask.Wants}, limit)
		return err
	})
	return b, more, err
}

// TakeReceipt takes the hub's receipt.
func (x *Exchange) TakeReceipt(ctx context.Context, r sync.Receipt) error {
	return x.onNode(ctx, func(l *nodeLog) error {
		if err := sync.TakeReceipt(l, r); err != nil {
			return err
		}
		return l.heard(func(s *store.SyncState) { s.Receipt = l.at })
	})
}

// NextAsk is what the node asks next.
func (x *Exchange) NextAsk(ctx context.Context) (a sync.Ask, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		a, err = sync.NextAsk(&nodeLog{ctx: ctx, x: x, tx: tx})
		return err
	})
	return a, err
}

// TakeAnswer takes the hub's answer in: all of it, with the new cursor, or nothing. An answer
// to an older question is the error sync.ErrStale.
func (x *Exchange) TakeAnswer(ctx context.Context, a sync.Answer) error {
	return x.onNode(ctx, func(l *nodeLog) error {
		if err := sync.TakeAnswer(l, a); err != nil {
			return err
		}
		return l.heard(func(s *store.SyncState) {
			if a.Refusal == nil {
				s.Answered = l.at
			}
		})
	})
}

// heard notes that the hub was heard of.
func (l *nodeLog) heard(f func(*store.SyncState)) error {
	s, ok, err := l.tx.SyncState(l.ctx)
	if err != nil || !ok {
		return err
	}
	s.Attempt, s.Trouble = l.at, ""
	f(&s)
	return l.tx.PutSyncState(l.ctx, s)
}

// NoteTrouble notes that a round failed, and why, for the screen.
func (x *Exchange) NoteTrouble(ctx context.Context, why error) error {
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		s, ok, err := tx.SyncState(ctx)
		if err != nil || !ok {
			return err
		}
		s.Attempt, s.Trouble = x.Now().UnixMicro(), ""
		if why != nil {
			r := sync.Refusal{Key: "sync.no_answer", Args: []string{"address", s.Address}}
			if f := fault.As(why); f != nil {
				r = RefusalOf(f)
			}
			text, err := json.Marshal(r)
			if err != nil {
				return err
			}
			s.Trouble = string(text)
		}
		return tx.PutSyncState(ctx, s)
	})
}

// Wanted lists files that the node should have and has not, by their hashes.
func (x *Exchange) Wanted(ctx context.Context, limit int) (hashes []string, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		hashes, err = tx.Wanted(ctx, limit)
		return err
	})
	return hashes, err
}

// Status is where a node stands with its hub. Unsent are changes of which the hub has not said
// that it received them, Pending those that no answer has covered; times are microseconds, 0
// for never.
type Status struct {
	Role            string // "hub", "node" or "" for a register that stands alone
	State           store.SyncState
	Refusal         sync.Refusal
	HeadSize        int64
	Unsent, Pending int64
	Oldest          int64 // when the oldest of the pending was made
	Contested       int64 // entities of which something waits for a decision
	Restored        bool  // put back from a copy, it waits for its hub and saves nothing
}

// Status says where the register stands, for any officer: it names nobody.
func (x *Exchange) Status(ctx context.Context) (s Status, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		if s.Role, err = tx.Setting(ctx, role); err != nil {
			return err
		}
		var joined bool
		if s.State, joined, err = tx.SyncState(ctx); err != nil {
			return err
		}
		if joined {
			s.Role = roleNode
		}
		if s.Contested, err = tx.CountContested(ctx, ""); err != nil || !joined {
			return err
		}
		if s.State.Refusal != "" {
			if err := json.Unmarshal([]byte(s.State.Refusal), &s.Refusal); err != nil {
				return err
			}
		}
		heads, err := tx.HubHeads(ctx)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if h.Note != "" {
				c, err := audit.Verify([]byte(h.Note), s.State.HeadKey)
				if err != nil {
					return err
				}
				s.HeadSize = c.Size
			}
		}
		if s.Unsent, _, err = tx.Unsent(ctx, x.Name(), s.State.Sent); err != nil {
			return err
		}
		s.Restored = x.Waits(ctx, tx) != nil
		s.Pending, s.Oldest, err = tx.Pending(ctx, x.Name())
		return err
	})
	return s, err
}
