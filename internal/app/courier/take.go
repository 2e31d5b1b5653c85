package courier

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// takeFromNode takes one part of a node's file in, at the hub.
func (c *Courier) takeFromNode(ctx context.Context, node string, h partHead, contents []byte, out *Stick) error {
	switch h.What {
	case partBatch:
		b, err := sync.DecodeBatch(contents)
		if err != nil {
			return fault.New(fault.Invalid, "sync.message").Because(err)
		}
		out.Changes += len(b.Bodies)
		var had int64
		if err := c.DB.View(ctx, func(tx *store.Tx) error {
			row, _, err := tx.Peer(ctx, node)
			had = row.LastN
			return err
		}); err != nil {
			return err
		}
		r, err := c.exchange.Push(ctx, id.Node(node), b)
		if err != nil {
			return err
		}
		if err := out.keep(&r); err != nil {
			return err
		}
		if r.Refusal != nil && (asksFirst(refusalFault(r.Refusal)) || r.Refusal.Key == sync.RefusedGap) {
			out.waits = r.Refusal // what the file asks is kept: the answer says what the node is to do
			return nil
		}
		if r.Refusal != nil {
			return refusalFault(r.Refusal)
		}
		out.Taken += int(r.Last - had)
		return c.DB.View(ctx, func(tx *store.Tx) error {
			n, err := tx.CountApart(ctx, id.Node(node), had, r.Last)
			out.Apart += n
			return err
		})
	case partAsk:
		if ask, err := sync.DecodeAsk(contents); err != nil || string(ask.Node) != node {
			return fault.New(fault.Invalid, "sync.message").Because(err)
		}
		kept, err := json.Marshal(out.kept)
		if err != nil {
			return err
		}
		return c.DB.Update(ctx, func(tx *store.Tx) error {
			if err := tx.PutSetting(ctx, askedBy(node), string(contents)); err != nil {
				return err
			}
			return tx.PutSetting(ctx, keptOf(node), string(kept))
		})
	case partFile:
		return c.takeFile(ctx, h, contents, out)
	}
	return fault.New(fault.Invalid, "courier.stick_altered")
}

// takeFromHub takes one part of the hub's file in, at a node.
func (c *Courier) takeFromHub(ctx context.Context, _ string, h partHead, contents []byte, out *Stick) error {
	switch h.What {
	case partReceipt:
		r, err := sync.DecodeReceipt(contents)
		if err != nil {
			return fault.New(fault.Invalid, "sync.message").Because(err)
		}
		return c.exchange.TakeReceipt(ctx, r)
	case partAnswer:
		a, err := sync.DecodeAnswer(contents)
		if err != nil {
			return fault.New(fault.Invalid, "sync.message").Because(err)
		}
		out.Changes += len(a.Entries)
		if err := c.exchange.TakeAnswer(ctx, a); err != nil {
			return err
		}
		out.Taken += len(a.Entries)
		out.Forgot += len(a.Forget)
		return nil
	case partFile:
		return c.takeFile(ctx, h, contents, out)
	}
	return fault.New(fault.Invalid, "courier.stick_altered")
}

func (c *Courier) takeFile(ctx context.Context, h partHead, contents []byte, out *Stick) error {
	out.Files++
	return c.exchange.KeepFile(ctx, h.Hash, h.Media, contents)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) //nolint:errcheck // crypto/rand never fails
	return b
}
