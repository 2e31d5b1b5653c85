package sync

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// Found is what a node told the hub of a change that the hub lost and has not from its author. Nothing
// of it is believed: only what has the hash of what the author offers, or of what an erasure says, is used.
type Found struct {
	Body []byte // whole
	Left []byte // as an erasure left it, the shortest that the node had
}

// IsOf reports whether a body is that of the change that was logged with a hash, in base64: whole, or
// what is left of it.
func IsOf(body []byte, was string) bool {
	if len(body) == 0 {
		return false
	}
	leaf, err := Leaf(body)
	return err == nil && leaf.String() == was
}

// bodyOf is what is found that has a hash, in base64; nil for none.
func bodyOf(found []Found, hash string) []byte {
	for _, body := range bodiesOf(found) {
		if tlog.RecordHash(body).String() == hash {
			return body
		}
	}
	return nil
}

func bodiesOf(found []Found) (out [][]byte) {
	for _, f := range found {
		for _, body := range [][]byte{f.Body, f.Left} {
			if body != nil {
				out = append(out, body)
			}
		}
	}
	return out
}

// attachFound adds what the node holds whole of others' changes that the hub lost, and says of
// which of its own changes in the batch it had to forget the values: whoever had them from the hub
// may hold them still.
func attachFound(log NodeLog, s *NodeState, b *Batch, room int) error {
	if b.Told = true; s.Back == 0 {
		return nil
	}
	bodies, err := log.Found(batchCount)
	if err != nil {
		return err
	}
	for i, body := range bodies {
		if room -= len(body); room < 0 && i > 0 {
			break
		}
		b.Found = append(b.Found, body)
	}
	b.Told = len(b.Found) == len(bodies) && len(bodies) < batchCount
	b.Late = s.Now-s.Back > patience
	if len(b.Bodies) > 0 {
		b.Bare, err = log.Bare(s.Pushed, s.Pushed+int64(len(b.Bodies)))
	}
	return err
}

// takeFound keeps what a node found. It is no change of the log: it waits for its author to
// offer it, and only what has the hash of that is used, or the hash that an erasure says.
func takeFound(log HubLog, b *Batch, r *Receipt) error {
	if ok, err := same(log, b.Seen); err != nil || !ok {
		return err
	}
	began, err := log.Began()
	if err != nil {
		return err
	}
	var keep []Incoming
	if began > 1 { // else it lost nothing
		if keep, err = lost(log, b, r); err != nil {
			return err
		}
	}
	r.Seen = b.Seen
	if len(keep) > 0 {
		of := map[change.Ref]bool{}
		for i := range keep {
			of[keep[i].Change.Entity] = true
		}
		if err := log.KeepFound(b.Node, keep); err != nil {
			return err
		}
		if err := log.PutKeys(slices.DeleteFunc(slices.Clone(b.Keys), func(k Key) bool { return !of[k.Entity] })); err != nil {
			return err
		}
	}
	if !b.Told {
		return nil
	}
	// A batch from before the hub was restored says so of a node that had not heard of it.
	if began == 0 || b.Seen.Size < began {
		return nil
	}
	return log.Settle(b.Node)
}

// lost are those of the changes that a node found that the hub has not, and the receipt names all of
// them. Of what the hub knows to be erased it keeps only what is left.
func lost(log HubLog, b *Batch, r *Receipt) (keep []Incoming, err error) {
	var refs []change.Ref
	for _, body := range b.Found {
		c, err := change.Decode(body)
		if err != nil || c.ID.Node == b.Node && c.Gone == "" {
			continue
		}
		r.Found = append(r.Found, c.ID)
		p, _, err := log.Peer(c.ID.Node)
		if err != nil {
			return nil, err
		}
		if p.Last < c.ID.N || c.Gone != "" { // the hub may have lost the erasure alone
			keep, refs = append(keep, Incoming{Body: body, Leaf: audit.Leaf(&c, body), Change: c}), append(refs, c.Entity)
		}
	}
	if len(keep) == 0 {
		return nil, nil
	}
	gone, err := erased(log, refs)
	if err != nil {
		return nil, err
	}
	out := keep[:0]
	for _, in := range keep {
		if e, is := gone[in.logged()]; is && !change.Emptied(&in.Change) {
			left := Leave([]change.Erased{e}, in.Body)
			if left == nil {
				if left, err = takeOut(in.Body, e); err != nil {
					return nil, err
				}
			}
			if err := in.become(left); err != nil {
				return nil, err
			}
			if change.Emptied(&in.Change) {
				continue
			}
		}
		out = append(out, in)
	}
	return out, nil
}

// filled gives changes whose author had to forget their values those that another node found. It
// leaves those before the first of which a node may hold the values that has not said yet what it
// found. What was erased stays so.
func filled(log HubLog, b *Batch, in []Incoming) ([]Incoming, *Refusal, error) {
	var bare []id.Change
	var refs []change.Ref
	for i := range in {
		if c := &in[i].Change; c.Gone != "" && slices.Contains(b.Bare, c.ID.N) {
			bare, refs = append(bare, c.ID), append(refs, c.Entity)
		}
	}
	if len(bare) == 0 || bugBare {
		return in, nil, nil
	}
	found, err := log.Found(bare)
	if err != nil {
		return nil, nil, err
	}
	gone, err := erased(log, refs)
	if err != nil {
		return nil, nil, err
	}
	for i := range in {
		c := &in[i].Change
		if !slices.Contains(bare, c.ID) {
			continue
		}
		e, under := gone[in[i].logged()]
		body := bodyOf(found[c.ID], in[i].Leaf.String())
		if under {
			body = Leave([]change.Erased{e}, bodiesOf(found[c.ID])...)
		}
		if body != nil {
			if err := in[i].become(body); err != nil {
				return nil, nil, err
			}
			continue
		}
		if under {
			continue
		}
		if in[i].Bare = true; b.Late {
			continue
		}
		who, err := log.Unsettled(b.Node)
		if err != nil {
			return nil, nil, err
		}
		if who != "" && i == 0 {
			return nil, refuse(RefusedBare, "n", decimal(c.ID.N), "node", string(who)), nil
		}
		if who != "" {
			return in[:i], nil, nil
		}
	}
	return in, nil, nil
}
