package sync

import (
	"maps"
	"slices"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// TakeBatch takes a node's changes into the hub's log: all that it lacks, or nothing. What
// it has is compared and passed over, so that a batch may come again. A refusal is in the
// receipt; an error is the hub's own trouble, and nothing was done. now is the hub's clock
// in microseconds of Unix time.
//
// The caller fills in Receipt.Head once the transaction has committed.
func TakeBatch(log HubLog, b Batch, now int64) (Receipt, error) {
	r := Receipt{Version: Version, Node: b.Node, Now: now}
	p, ok, err := log.Peer(b.Node)
	if err != nil {
		return Receipt{}, err
	}
	r.Last, r.Chain = p.Last, p.Chain
	if r.Refusal = admit(p, ok, b.Version); r.Refusal != nil {
		return r, nil
	}
	if err := takeFound(log, &b, &r); err != nil {
		return Receipt{}, err
	}
	in, refusal := readBatch(&b)
	if refusal == nil {
		in, refusal, err = fresh(log, &p, &b, in)
	}
	if err != nil {
		return Receipt{}, err
	}
	if r.Refusal = refusal; refusal != nil {
		return r, nil
	}
	if in, refusal, err = inTime(log, &b, in); err != nil {
		return Receipt{}, err
	}
	if r.Refusal = refusal; refusal != nil {
		return r, nil
	}
	if in, refusal, err = filled(log, &b, in); err != nil {
		return Receipt{}, err
	}
	if r.Refusal = refusal; refusal != nil {
		return r, nil
	}
	if err := cut(log, in); err != nil {
		return Receipt{}, err
	}
	erases, refusal, err := stripped(log, &b, in)
	if err != nil {
		return Receipt{}, err
	}
	if r.Refusal = refusal; refusal != nil {
		return r, nil
	}
	if err := take(log, &b, in, erases, now); err != nil {
		return Receipt{}, err
	}
	if len(in) > 0 {
		if err := log.Offered(b.Node, in[len(in)-1].Change.ID.N); err != nil {
			return Receipt{}, err
		}
	}
	for i := range in {
		p.Last++
		p.Chain = Link(p.Chain, in[i].Leaf)
	}
	p.Program, p.Schema, p.Clock, p.Seen, p.Cursor = b.Program, b.Schema, b.Clock, now, b.Cursor
	if err := log.SavePeer(p); err != nil {
		return Receipt{}, err
	}
	r.Last, r.Chain, r.Forgotten = p.Last, p.Chain, b.Forgotten
	if err := log.Left(b.Node, b.Ranges, b.Wants); err != nil {
		return Receipt{}, err
	}
	r.Ranges, err = log.Ranges(b.Node, b.Ranges)
	return r, err
}

func admit(p Peer, ok bool, version int) *Refusal {
	switch {
	case !ok:
		return refuse(RefusedUnknown)
	case p.Revoked:
		return refuse(RefusedRevoked)
	case version > Version:
		return refuse(RefusedVersion, "have", decimal(Version), "want", decimal(int64(version)))
	}
	return nil
}

// readBatch decodes the bodies and checks what can be seen of the batch alone.
func readBatch(b *Batch) ([]Incoming, *Refusal) {
	in := make([]Incoming, len(b.Bodies))
	entities := map[change.Ref]bool{}
	for i, body := range b.Bodies {
		n := decimal(b.First + int64(i))
		c, err := change.Decode(body)
		if err != nil {
			return nil, refuse(RefusedBody, "n", n)
		}
		if c.ID != (id.Change{Node: b.Node, N: b.First + int64(i)}) {
			return nil, refuse(RefusedOrder, "n", n)
		}
		in[i] = Incoming{Body: body, Leaf: audit.Leaf(&c, body)}
		in[i].Change, in[i].Newer = Upcasters.Lift(c)
		entities[c.Entity] = true
	}
	for _, body := range b.Found {
		if c, err := change.Decode(body); err == nil {
			entities[c.Entity] = true
		}
	}
	for _, k := range b.Keys {
		if !entities[k.Entity] {
			return nil, refuse(RefusedKey)
		}
	}
	return in, nil
}

// fresh leaves those of the changes that the hub lacks, after comparing the others.
func fresh(log HubLog, p *Peer, b *Batch, in []Incoming) ([]Incoming, *Refusal, error) {
	if b.First < 1 {
		return nil, refuse(RefusedOrder, "n", decimal(b.First)), nil
	}
	if b.First > p.Last+1 && !bugGap {
		return nil, refuse(RefusedGap, "last", decimal(p.Last), "first", decimal(b.First)), nil
	}
	have := max(0, min(p.Last+1-b.First, int64(len(in))))
	if bugTwice {
		return in, nil, nil
	}
	leaves, err := log.Leaves(b.Node, b.First, int(have))
	if err != nil {
		return nil, nil, err
	}
	chain := b.Chain
	for i := range leaves {
		if leaves[i] != in[i].Leaf {
			return nil, refuse(RefusedCloned, "n", decimal(b.First+int64(i))), nil
		}
		chain = Link(chain, leaves[i])
	}
	if b.First+have == p.Last+1 && chain != p.Chain && !bugGap {
		return nil, refuse(RefusedCloned, "n", decimal(p.Last)), nil
	}
	return in[have:], nil, nil
}

// take writes what is new, and what the batch says beside it.
func take(log HubLog, b *Batch, in []Incoming, erases taken, now int64) error {
	if len(in) > 0 {
		if err := log.Append(now, in); err != nil {
			return err
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(erases.left), id.Change.Compare) {
		if err := log.Strip(erases.left[c].line, erases.left[c].body); err != nil {
			return err
		}
	}
	for _, ref := range sortedRefs(erases.say) {
		if err := log.SayErased(ref, erases.say[ref]); err != nil {
			return err
		}
	}
	if len(b.Keys) > 0 {
		if err := log.PutKeys(b.Keys); err != nil {
			return err
		}
	}
	if len(b.Forgotten) > 0 {
		return log.Forgotten(b.Node, b.Forgotten)
	}
	return nil
}
