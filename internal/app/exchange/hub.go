package exchange

import (
	"context"
	"fmt"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Push takes a batch of a node, at the hub. node is who has shown that he sends it. A refusal
// is in the receipt; an error is the hub's own trouble.
func (x *Exchange) Push(ctx context.Context, node id.Node, b sync.Batch) (r sync.Receipt, err error) {
	if b.Node != node {
		return r, fault.New(fault.Forbidden, sync.RefusedUnknown)
	}
	now := x.Now().UnixMicro()
	err = x.DB.Update(ctx, func(tx *store.Tx) error {
		l := &hubLog{ctx: ctx, x: x, tx: tx, at: now, keys: b.Keys, touched: map[string]bool{}}
		if r, err = sync.TakeBatch(l, b, now); err != nil {
			return err
		}
		if r.Refusal != nil {
			return x.noteRefusal(ctx, tx, node, r.Refusal)
		}
		return l.finish()
	})
	if err != nil {
		return sync.Receipt{}, err
	}
	return r, x.DB.View(ctx, func(tx *store.Tx) error {
		h, err := tx.Head(ctx)
		r.Head = sync.Head(h.Note)
		return err
	})
}

// noteRefusal writes down for the list of nodes why nothing of a message was taken.
func (x *Exchange) noteRefusal(ctx context.Context, tx *store.Tx, node id.Node, why *sync.Refusal) error {
	p, ok, err := tx.Peer(ctx, string(node))
	if err != nil || !ok {
		return err
	}
	p.Refused, p.Seen = RefusalText(*why), x.Now().UnixMicro()
	return tx.PutPeer(ctx, p)
}

// Pull answers what a node asks, at the hub. news is false when there is nothing in the answer
// that the node has to know. Which people went out is written down before the answer leaves.
func (x *Exchange) Pull(ctx context.Context, node id.Node, ask sync.Ask, limit sync.Limit) (a sync.Answer, news bool, err error) {
	if ask.Node != node {
		return a, false, fault.New(fault.Forbidden, sync.RefusedUnknown)
	}
	if err := x.endCampaigns(ctx, node); err != nil {
		return a, false, err
	}
	l := &hubLog{ctx: ctx, x: x, at: x.Now().UnixMicro()}
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		l.tx = tx
		a, err = sync.MakeAnswer(l, ask, limit)
		return err
	})
	if err == nil && a.Refusal == nil && (l.row.Backlog != ask.Unsent || l.row.Oldest != ask.Oldest) {
		err = x.noteBacklog(ctx, node, ask)
	}
	if err != nil {
		return sync.Answer{}, false, err
	}
	a.Now = x.Now().UnixMicro()
	if len(a.Entries) > 0 {
		end := a.To.After
		for i := range a.Entries {
			end = max(end, a.Entries[i].Seq)
		}
		if err := x.DB.Update(ctx, func(tx *store.Tx) error { return noteTold(ctx, tx, string(node), end) }); err != nil {
			return sync.Answer{}, false, err
		}
		actor := authz.Actor{Login: "node:" + string(node), Purpose: "registry"}
		detail := fmt.Sprintf("%s %d-%d", node, a.From.After, a.To.After)
		if err := x.LogReads(ctx, actor, store.Read{Action: "sync", Detail: detail}); err != nil {
			return sync.Answer{}, false, err
		}
	}
	return a, a.Refusal != nil || a.Back || a.More || len(a.Entries)+len(a.Forget) > 0, nil
}

// noteBacklog writes down what a node says it has yet to send. Most say the same as before,
// and nothing is written.
func (x *Exchange) noteBacklog(ctx context.Context, node id.Node, ask sync.Ask) error {
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.Peer(ctx, string(node))
		if err != nil || !ok {
			return err
		}
		p.Backlog, p.Oldest = ask.Unsent, ask.Oldest
		return tx.PutPeer(ctx, p)
	})
}

// Moved is the length of the hub's log, and the scopes under which something was filed after
// the length that it had before.
func (x *Exchange) Moved(ctx context.Context, after int64) (size int64, scopes []string, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		if size, err = tx.Size(ctx); err != nil || size <= after {
			return err
		}
		scopes, err = tx.ScopesMoved(ctx, after)
		return err
	})
	return size, scopes, err
}

// File gives a node a file that an entity of its scopes names. The fault is sync.blob_none.
func (x *Exchange) File(ctx context.Context, node id.Node, hash string) (media string, data []byte, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		may, err := x.mayHave(ctx, tx, node, hash)
		if err != nil {
			return err
		}
		there := false
		if may {
			media, data, there, err = tx.Attachment(ctx, hash)
		}
		if err == nil && !there {
			err = fault.New(fault.NotFound, "sync.blob_none", "hash", hash)
		}
		return err
	})
	return media, data, err
}

// HasFile reports whether a file is here.
func (x *Exchange) HasFile(ctx context.Context, hash string) (has bool, err error) {
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		has, err = tx.HasAttachment(ctx, hash)
		return err
	})
	return has, err
}

// KeepFile keeps a file that came, when an entity names it, wherever the entity is by now. The
// bytes were found to have the hash, so they are those that were named.
func (x *Exchange) KeepFile(ctx context.Context, hash, media string, data []byte) error {
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		named, err := tx.AttachedTo(ctx, hash)
		if err != nil || len(named) == 0 { // erased meanwhile, or never said: nobody could see it
			return err
		}
		return tx.PutAttachment(ctx, hash, media, data)
	})
}

func (x *Exchange) mayHave(ctx context.Context, tx *store.Tx, node id.Node, hash string) (bool, error) {
	p, ok, err := tx.Peer(ctx, string(node))
	if err != nil || !ok || p.State != store.PeerActive {
		return false, err
	}
	peer, err := peerOf(p)
	if err != nil {
		return false, err
	}
	named, err := tx.AttachedTo(ctx, hash)
	if err != nil || len(named) == 0 {
		return false, err
	}
	in, err := tx.Standing(ctx, named, texts(peer.Scopes()))
	return len(in) > 0, err
}

// kindNode is the kind of entity whose changes say which nodes there are and what they may have.
// They stay at the hub.
const kindNode change.Kind = "node"
