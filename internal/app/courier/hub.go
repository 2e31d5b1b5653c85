package courier

import (
	"context"

	"quipu/internal/app/exchange"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/sync/synchttp"
)

var _ synchttp.Hub = (*Courier)(nil)

// Peer finds the node that has a key. Faults: sync.refused.unknown, sync.refused.revoked.
func (c *Courier) Peer(ctx context.Context, key string) (p synchttp.Peer, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		k, err := c.known(ctx, tx, key)
		if err != nil {
			return err
		}
		row, ok, err := tx.Peer(ctx, k.name)
		if err != nil {
			return err
		}
		p = synchttp.Peer{Name: k.name, Public: k.public, Scopes: exchange.ScopesNow(row)}
		if !ok || row.State != store.PeerActive {
			return fault.New(fault.Forbidden, sync.RefusedRevoked)
		}
		return nil
	})
	return p, err
}

// known gives name and keys; neither ever changes, so they are read once.
func (c *Courier) known(ctx context.Context, tx *store.Tx, key string) (known, error) {
	c.mu.Lock()
	k, ok := c.keys[key]
	c.mu.Unlock()
	if ok {
		return k, nil
	}
	row, ok, err := tx.PeerOf(ctx, key)
	if err != nil {
		return k, err
	}
	if !ok {
		return k, fault.New(fault.Forbidden, sync.RefusedUnknown)
	}
	k.name = row.Name
	if k.public, err = seal.ParsePublic(row.Verify); err != nil {
		return k, err
	}
	c.mu.Lock()
	c.keys[key] = k
	c.mu.Unlock()
	return k, nil
}

// Push takes a node's batch.
func (c *Courier) Push(ctx context.Context, p synchttp.Peer, contents []byte) ([]byte, error) {
	b, err := sync.DecodeBatch(contents)
	if err != nil {
		return nil, fault.New(fault.Invalid, "sync.message").Because(err)
	}
	r, err := c.exchange.Push(ctx, id.Node(p.Name), b)
	if err != nil {
		return nil, err
	}
	return r.Encode()
}

// Pull answers where a node stands.
func (c *Courier) Pull(ctx context.Context, p synchttp.Peer, contents []byte, most int) ([]byte, bool, error) {
	ask, err := sync.DecodeAsk(contents)
	if err != nil {
		return nil, false, fault.New(fault.Invalid, "sync.message").Because(err)
	}
	a, news, err := c.exchange.Pull(ctx, id.Node(p.Name), ask, sync.Limit{Bytes: most})
	if err != nil {
		return nil, false, err
	}
	out, err := a.Encode()
	return out, news, err
}

// Blob gives a file to a node in whose scopes an entity names it.
func (c *Courier) Blob(ctx context.Context, p synchttp.Peer, hash string) (media string, data []byte, err error) {
	return c.exchange.File(ctx, id.Node(p.Name), hash)
}

// HasBlob reports whether the hub has a file.
func (c *Courier) HasBlob(ctx context.Context, _ synchttp.Peer, hash string) (bool, error) {
	return c.exchange.HasFile(ctx, hash)
}

// PutBlob keeps a file; its hash has been compared.
func (c *Courier) PutBlob(ctx context.Context, _ synchttp.Peer, hash, media string, data []byte) error {
	return c.exchange.KeepFile(ctx, hash, media, data)
}

// Wanted are files that entities of the node's scopes name and that are not here.
func (c *Courier) Wanted(ctx context.Context, p synchttp.Peer) (out []string, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Wanted(ctx, 5000)
		if err != nil {
			return err
		}
		for _, h := range all {
			entities, err := tx.AttachedTo(ctx, h)
			if err != nil {
				return err
			}
			in, err := tx.Standing(ctx, entities, p.Scopes)
			if err != nil {
				return err
			}
			if len(in) > 0 {
				out = append(out, h)
			}
		}
		return nil
	})
	return out, err
}

// Moved is how long the log is, and the scopes under which something was filed after a place;
// of a place below zero only the length is asked.
func (c *Courier) Moved(ctx context.Context, after int64) (int64, []string, error) {
	if after >= 0 {
		return c.exchange.Moved(ctx, after)
	}
	size, _, err := c.exchange.Moved(ctx, 1<<62)
	return size, nil, err
}

// Refused notes why a node was refused, for the list of nodes. That it could not be noted is
// not the node's concern.
func (c *Courier) Refused(ctx context.Context, name string, why error) {
	f := fault.As(why)
	if f == nil {
		return
	}
	c.DB.Update(ctx, func(tx *store.Tx) error { //nolint:errcheck // see above
		row, ok, err := tx.Peer(ctx, name)
		if err != nil || !ok {
			return err
		}
		row.Refused = exchange.RefusalText(exchange.RefusalOf(f))
		return tx.PutPeer(ctx, row)
	})
}
