package courier

import (
	"context"
	"encoding/json"

	"quipu/internal/fault"
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
		p = synchttp.Peer{Name: k.name, Public: k.public, Scopes: standing(row.Scopes)}
		if !ok || row.State != store.PeerActive {
			return fault.New(fault.Forbidden, sync.RefusedRevoked)
		}
		return nil
	})
	return p, err
}

// standing are the scopes that hold now.
func standing(text string) (out []string) {
	p := sync.Peer{Grants: parseGrants(text)}
	for _, s := range p.Scopes() {
		out = append(out, string(s))
	}
	return out
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
	if string(b.Node) != p.Name {
		return nil, fault.New(fault.Forbidden, "sync.other_name", "says", string(b.Node), "is", p.Name)
	}
	r, err := c.exchange.TakeBatch(ctx, b)
	if err != nil {
		return nil, err
	}
	if r.Refusal != nil {
		c.Refused(ctx, p.Name, fault.New(fault.Conflict, r.Refusal.Key))
	}
	return r.Encode()
}

// Pull answers where a node stands.
func (c *Courier) Pull(ctx context.Context, p synchttp.Peer, contents []byte, most int) ([]byte, bool, error) {
	ask, err := sync.DecodeAsk(contents)
	if err != nil {
		return nil, false, fault.New(fault.Invalid, "sync.message").Because(err)
	}
	if string(ask.Node) != p.Name {
		return nil, false, fault.New(fault.Forbidden, "sync.other_name", "says", string(ask.Node), "is", p.Name)
	}
	a, err := c.exchange.MakeAnswer(ctx, ask, sync.Limit{Bytes: most})
	if err != nil {
		return nil, false, err
	}
	out, err := a.Encode()
	return out, news(&a), err
}

// news reports whether there is something in an answer that a node has to know at once.
func news(a *sync.Answer) bool {
	return len(a.Entries)+len(a.Forget) > 0 || a.More || a.Back || a.Refusal != nil
}

// Blob gives a file to a node in whose scopes an entity names it.
func (c *Courier) Blob(ctx context.Context, p synchttp.Peer, hash string) (media string, data []byte, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		ok, err := concerns(ctx, tx, p, hash)
		if err != nil {
			return err
		}
		if ok {
			media, data, ok, err = tx.Attachment(ctx, hash)
		}
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "sync.blob_none")
		}
		return err
	})
	return media, data, err
}

// concerns reports whether an entity of the node's scopes names a file.
func concerns(ctx context.Context, tx *store.Tx, p synchttp.Peer, hash string) (bool, error) {
	entities, err := tx.AttachedTo(ctx, hash)
	if err != nil {
		return false, err
	}
	of, err := tx.ScopesOf(ctx, entities)
	if err != nil {
		return false, err
	}
	has := map[string]bool{}
	for _, s := range p.Scopes {
		has[s] = true
	}
	for _, scopes := range of {
		for _, s := range scopes {
			if has[s] {
				return true, nil
			}
		}
	}
	return false, nil
}

// HasBlob reports whether the hub has a file, or wants it from nobody.
func (c *Courier) HasBlob(ctx context.Context, p synchttp.Peer, hash string) (there bool, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		ok, err := concerns(ctx, tx, p, hash)
		if err == nil && ok {
			_, _, there, err = tx.Attachment(ctx, hash)
		}
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "sync.blob_none")
		}
		return err
	})
	return there, err
}

// PutBlob keeps a file; its hash has been compared.
func (c *Courier) PutBlob(ctx context.Context, _ synchttp.Peer, hash, media string, data []byte) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutAttachment(ctx, hash, media, data) })
}

// Wanted are files that entities of the node's scopes name and that are not here.
func (c *Courier) Wanted(ctx context.Context, p synchttp.Peer) (out []string, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Wanted(ctx, 5000)
		if err != nil {
			return err
		}
		for _, h := range all {
			ok, err := concerns(ctx, tx, p, h)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, h)
			}
		}
		return nil
	})
	return out, err
}

// Moved is how long the log is, and the scopes under which something was filed after a place;
// of a place below zero only the length is asked.
func (c *Courier) Moved(ctx context.Context, after int64) (size int64, scopes []string, err error) {
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		if size, err = tx.Size(ctx); err != nil || size == after || after < 0 {
			return err
		}
		scopes, err = tx.ScopesFiled(ctx, after)
		return err
	})
	return size, scopes, err
}

// Refused notes why a node was refused, for the list of nodes. That it could not be noted is
// not the node's concern.
func (c *Courier) Refused(ctx context.Context, name string, why error) {
	f := fault.As(why)
	c.DB.Update(ctx, func(tx *store.Tx) error { //nolint:errcheck // see above
		row, ok, err := tx.Peer(ctx, name)
		text := faultText(f)
		if err != nil || !ok || row.Refused == text {
			return err
		}
		row.Refused = text
		return tx.PutPeer(ctx, row)
	})
}

// faultText keeps a fault as JSON: its key and what fills it.
func faultText(f *fault.Error) string {
	if f == nil {
		return ""
	}
	r := sync.Refusal{Key: f.Key}
	for _, a := range f.Args {
		r.Args = append(r.Args, a.Name, text(a.Value))
	}
	b, _ := json.Marshal(r) //nolint:errcheck // texts always are JSON
	return string(b)
}
