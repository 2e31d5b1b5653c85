package sync

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// Found is what the hub keeps of a change that it lost and whose author it does not have it from.
type Found struct {
	Body []byte // whole
	Left []byte // as an erasure left it, the shortest that any node had
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
	var keep []Incoming
	of := map[change.Ref]bool{}
	for _, body := range b.Found {
		c, err := change.Decode(body)
		if err != nil || c.ID.Node == b.Node && c.Gone == "" {
			continue
		}
		r.Found = append(r.Found, c.ID)
		p, _, err := log.Peer(c.ID.Node)
		if err != nil {
			return err
		}
		if p.Last < c.ID.N || c.Gone != "" { // the hub may have lost the erasure alone
			keep, of[c.Entity] = append(keep, Incoming{Body: body, Leaf: audit.Leaf(&c, body), Change: c}), true
		}
	}
	r.Seen = b.Seen
	if len(keep) > 0 {
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
	began, err := log.Began()
	if err != nil || began == 0 || b.Seen.Size < began {
		return err
	}
	return log.Settle(b.Node)
}

// filled gives changes whose author had to forget their values those that another node found. It
// leaves those before the first of which a node may hold the values that has not said yet what it
// found. What was erased stays so.
func filled(log HubLog, b *Batch, in []Incoming) ([]Incoming, *Refusal, error) {
	var bare []id.Change
	for i := range in {
		if c := &in[i].Change; c.Gone != "" && slices.Contains(b.Bare, c.ID.N) {
			bare = append(bare, c.ID)
		}
	}
	if len(bare) == 0 || bugBare {
		return in, nil, nil
	}
	found, err := log.Found(bare)
	if err != nil {
		return nil, nil, err
	}
	for i := range in {
		c := &in[i].Change
		if !slices.Contains(bare, c.ID) {
			continue
		}
		is, err := erased(log, c)
		if err != nil {
			return nil, nil, err
		}
		body := found[c.ID].Body
		if is == "" {
			is = in[i].Leaf.String()
		} else {
			body = found[c.ID].Left
		}
		if body != nil && tlog.RecordHash(body).String() == is {
			now, err := change.Decode(body)
			if err != nil {
				return nil, nil, err
			}
			in[i].Body = body
			in[i].Change, in[i].Newer = Upcasters.Lift(now)
			continue
		}
		if is != in[i].Leaf.String() {
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

// erased is what the last erasure at the hub that names a change says is left of it: the hash of
// the body, "" when there is none.
func erased(log HubLog, c *change.Change) (is string, err error) {
	size, err := log.Size()
	if err != nil {
		return "", err
	}
	es, err := log.Changes([]change.Ref{erasureOf(c.Entity)}, 0, size)
	if err != nil {
		return "", err
	}
	said, err := decodeAll(es)
	for i := range said {
		for _, e := range change.ErasedBy(&said[i]) {
			if e.Change == c.ID {
				is = e.Is
			}
		}
	}
	return is, err
}

// leftOf says what an erasure left of the changes that it names, by their names, where its author had
// to forget them since: what is kept of them, or what the log has when that is it. Of what nobody
// holds so nothing is left: what was to be erased must go.
func leftOf(log HubLog, in []Incoming, bodies map[id.Change][]byte) (map[id.Change][]byte, error) {
	is := map[id.Change]string{}
	var names []id.Change
	for i := range in {
		for _, e := range change.ErasedBy(&in[i].Change) {
			c, err := change.Decode(bodies[e.Change])
			if err == nil && tlog.RecordHash(bodies[e.Change]).String() != e.Is && change.Emptied(&c) {
				is[e.Change], names = e.Is, append(names, e.Change)
			}
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	out := map[id.Change][]byte{}
	for _, c := range names {
		out[c] = bodies[c]
	}
	has, err := log.Named(names)
	if err != nil {
		return nil, err
	}
	found, err := log.Found(names)
	if err != nil {
		return nil, err
	}
	for _, e := range has {
		if tlog.RecordHash(e.Body).String() == is[e.ID] {
			out[e.ID] = e.Body
		}
	}
	for c, f := range found {
		if f.Left != nil && tlog.RecordHash(f.Left).String() == is[c] {
			out[c] = f.Left
		}
	}
	return out, nil
}
