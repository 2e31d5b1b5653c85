package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// row is a change in a node's log.
type row struct {
	c        change.Change
	body     []byte
	leaf     tlog.Hash
	seq      int64 // the hub's place, 0 while pending
	stood    int64 // the place that the hub lost, beyond those of a newer log; 0 when there was none
	out      bool  // a Forget took its values
	kept     bool  // the hub keeps it until its author offers it
	received int64
	arrival  int
}

// node is a node's register in memory: a protocol.NodeLog.
type node struct {
	disk
	rows   []*row
	by     map[id.Change]*row
	of     map[change.Ref][]*row
	own    []*row
	state  protocol.NodeState
	tell   []protocol.Forget // not confirmed yet
	forgot map[change.Ref]bool
	keys   map[change.Ref][]protocol.Key
	runs   []protocol.NumberRange
	wants  int64 // numbers that it would have
}

func newNode(name id.Node) *node {
	return &node{by: map[id.Change]*row{}, of: map[change.Ref][]*row{}, forgot: map[change.Ref]bool{}, keys: map[change.Ref][]protocol.Key{},
		state: protocol.NodeState{Node: name}, wants: usual}
}

// backup is a copy that shares nothing that changes.
func (n *node) backup() *node {
	c := newNode(n.state.Node)
	for _, r := range n.rows {
		x := *r
		c.rows = append(c.rows, &x)
		c.by[x.c.ID] = &x
		c.of[x.c.Entity] = append(c.of[x.c.Entity], &x)
		if x.c.ID.Node == n.state.Node {
			c.own = append(c.own, &x)
		}
	}
	c.state, c.tell, c.runs, c.wants = n.state, slices.Clone(n.tell), slices.Clone(n.runs), n.wants
	maps.Copy(c.forgot, n.forgot)
	for k, v := range n.keys {
		c.keys[k] = slices.Clone(v)
	}
	return c
}

// view is an entity as officers see it: in the hub's order, then what the hub lost as it stood,
// with what is pending on top. What the hub lost and this node had to forget says nothing.
func (n *node) view(ref change.Ref) []change.Change {
	rows := slices.DeleteFunc(slices.Clone(n.of[ref]), func(r *row) bool { return r.out && r.seq == 0 })
	last := func(place int64) int64 {
		if place == 0 {
			return 1 << 62
		}
		return place
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(last(a.seq), last(b.seq)), cmp.Compare(last(a.stood), last(b.stood)), cmp.Compare(a.arrival, b.arrival))
	})
	out := make([]change.Change, len(rows))
	for i, r := range rows {
		out[i] = r.c
	}
	return out
}

func (n *node) insert(r *row) {
	r.arrival = len(n.rows)
	set(&n.disk, &n.rows, append(n.rows, r))
	put(&n.disk, n.by, r.c.ID, r)
	put(&n.disk, n.of, r.c.Entity, append(n.of[r.c.Entity], r))
	if r.c.ID.Node == n.state.Node {
		set(&n.disk, &n.own, append(n.own, r))
	}
	put(&n.disk, n.forgot, r.c.Entity, false)
}

func (n *node) State() (protocol.NodeState, error) { return n.state, n.step() }

func (n *node) SaveState(s protocol.NodeState) error {
	set(&n.disk, &n.state, s)
	return n.step()
}

func (n *node) OpenHead(h protocol.Head) (m protocol.Mark, err error) {
	var root string
	if _, err := fmt.Sscanf(string(h), "%d %s", &m.Size, &root); err != nil {
		return m, err
	}
	m.Root, err = tlog.ParseHash(root)
	return m, err
}

func (n *node) Last() (int64, error) { return n.last(), n.step() }

func (n *node) last() int64 {
	if len(n.own) == 0 {
		return 0
	}
	return n.own[len(n.own)-1].c.ID.N
}

func (n *node) after(num int64, limit int) []*row {
	i := 0
	for i < len(n.own) && n.own[i].c.ID.N <= num {
		i++
	}
	return n.own[i:min(len(n.own), i+limit)]
}

func (n *node) Own(after int64, limit int) (out [][]byte, err error) {
	for _, r := range n.after(after, limit) {
		out = append(out, r.body)
	}
	return out, n.step()
}

func (n *node) OwnLeaves(after int64, limit int) (out []tlog.Hash, err error) {
	for _, r := range n.after(after, limit) {
		out = append(out, r.leaf)
	}
	return out, n.step()
}

func (n *node) Named(ids []id.Change) (map[id.Change][]byte, error) {
	out := map[id.Change][]byte{}
	for _, c := range ids {
		if r := n.by[c]; r != nil {
			out[c] = r.body
		}
	}
	return out, n.step()
}

func (n *node) Held(ids []id.Change) (map[id.Change]protocol.Held, error) {
	out := map[id.Change]protocol.Held{}
	for _, c := range ids {
		if r := n.by[c]; r != nil {
			out[c] = protocol.Held{Seq: r.seq, Leaf: r.leaf, Gone: r.c.Gone != ""}
		}
	}
	return out, n.step()
}

func (n *node) Append(e protocol.Entry, c *change.Change) error {
	n.insert(&row{c: *c, body: e.Body, leaf: audit.Leaf(c, e.Body), seq: e.Seq, received: e.Received})
	return n.step()
}

func (n *node) Number(es []protocol.Entry) error {
	for _, e := range es {
		r := n.by[e.ID]
		set(&n.disk, &r.seq, e.Seq)
		set(&n.disk, &r.received, e.Received)
	}
	return n.step()
}

func (n *node) Replace(c id.Change, body []byte) error {
	r := n.by[c]
	now, err := change.Decode(body)
	if err != nil {
		return err
	}
	set(&n.disk, &r.body, body)
	set(&n.disk, &r.c, now)
	set(&n.disk, &r.out, false)
	put(&n.disk, n.forgot, now.Entity, false)
	return n.step()
}

func (n *node) Unnumber(after int64) error {
	top := int64(0)
	for _, r := range n.rows {
		top = max(top, r.seq)
	}
	for _, r := range n.rows {
		set(&n.disk, &r.kept, false)
		switch {
		case r.seq > after:
			set(&n.disk, &r.stood, r.seq)
			set(&n.disk, &r.seq, 0)
		case r.seq == 0 && r.stood > 0: // lost before, and not offered again: it stood on top of these
			set(&n.disk, &r.stood, r.stood+top)
		}
	}
	return n.step()
}

// valued reports whether a change has a value that was not taken out.
func valued(c *change.Change) bool {
	return !change.Emptied(c)
}

func (n *node) Orphans(limit int) ([]change.Ref, error) {
	return first(n.of, "", limit, func(ref change.Ref) bool {
		return slices.ContainsFunc(n.of[ref], func(r *row) bool { return r.seq == 0 && r.c.ID.Node != n.state.Node && valued(&r.c) })
	}), n.step()
}

// found reports whether a change of another node that the hub lost is here, and not kept there.
func (n *node) found(r *row) bool {
	if r.out || !valued(&r.c) || r.kept {
		return false
	}
	return r.seq == 0 && r.c.ID.Node != n.state.Node || r.c.Gone != "" && n.lostErasure(r)
}

// lostErasure reports whether an erasure of another node that the hub lost names a change.
func (n *node) lostErasure(r *row) bool {
	return slices.ContainsFunc(n.of[change.Ref{Kind: change.Erasure, ID: r.c.Entity.ID}], func(e *row) bool {
		return e.seq == 0 && e.c.ID.Node != n.state.Node &&
			slices.ContainsFunc(change.ErasedBy(&e.c), func(l change.Erased) bool { return l.Change == r.c.ID })
	})
}

func (n *node) Found(limit int) (out [][]byte, err error) {
	for _, r := range n.rows {
		if n.found(r) && len(out) < limit {
			out = append(out, r.body)
		}
	}
	return out, n.step()
}

func (n *node) Kept(ids []id.Change) error {
	for _, c := range ids {
		if r := n.by[c]; r != nil {
			set(&n.disk, &r.kept, true)
		}
	}
	return n.step()
}

func (n *node) Untold(refs []change.Ref) (map[change.Ref]bool, error) {
	out := map[change.Ref]bool{}
	for _, ref := range refs {
		if slices.ContainsFunc(n.of[ref], func(r *row) bool { return r.seq == 0 && n.found(r) }) {
			out[ref] = true
		}
	}
	return out, n.step()
}

func (n *node) Bare(after, upto int64) (out []int64, err error) {
	for _, r := range n.own {
		if r.out && r.seq == 0 && r.c.ID.N > after && r.c.ID.N <= upto {
			out = append(out, r.c.ID.N)
		}
	}
	return out, n.step()
}

func (n *node) Holdings(after string, limit int) (out []protocol.Holding, err error) {
	for _, ref := range first(n.of, after, limit, func(change.Ref) bool { return true }) {
		h := protocol.Holding{Entity: ref}
		for _, r := range n.of[ref] {
			if r.seq > 0 && !n.forgot[ref] {
				h.Changes++
			}
		}
		out = append(out, h)
	}
	return out, n.step()
}

func (n *node) Pending(refs []change.Ref) (map[change.Ref]bool, error) {
	out := map[change.Ref]bool{}
	for _, ref := range refs {
		for _, r := range n.of[ref] {
			if r.seq == 0 && r.c.ID.Node == n.state.Node {
				out[ref] = true
			}
		}
	}
	return out, n.step()
}

func (n *node) Forget(f protocol.Forget) error {
	for _, r := range n.of[f.Entity] {
		set(&n.disk, &r.out, true)
		if c, taken := change.Redact(&r.c, r.leaf.String(), func(int, *change.Set) bool { return true }); taken {
			set(&n.disk, &r.c, c)
			set(&n.disk, &r.body, change.Encode(&c))
		}
	}
	put(&n.disk, n.forgot, f.Entity, true)
	put(&n.disk, n.keys, f.Entity, nil)
	set(&n.disk, &n.tell, append(slices.Clone(n.tell), f))
	return n.step()
}

func (n *node) Forgotten(limit int) ([]protocol.Forget, error) {
	return slices.Clone(n.tell[:min(limit, len(n.tell))]), n.step()
}

func (n *node) Confirmed(fs []protocol.Forget) error {
	set(&n.disk, &n.tell, slices.DeleteFunc(slices.Clone(n.tell), func(f protocol.Forget) bool { return slices.Contains(fs, f) }))
	return n.step()
}

func (n *node) Keys(refs []change.Ref) (out []protocol.Key, err error) {
	for _, ref := range refs {
		out = append(out, n.keys[ref]...)
	}
	return out, n.step()
}

func (n *node) PutKeys(keys []protocol.Key) error {
	for _, k := range keys {
		if !slices.ContainsFunc(n.keys[k.Entity], func(o protocol.Key) bool { return o.ID == k.ID }) {
			put(&n.disk, n.keys, k.Entity, append(slices.Clone(n.keys[k.Entity]), k))
		}
	}
	return n.step()
}

func (n *node) Ranges() ([]protocol.NumberRange, error) { return slices.Clone(n.runs), n.step() }

func (n *node) PutRanges(word []protocol.NumberRange) error {
	after, cut := protocol.Told(n.runs, word)
	if cut != nil {
		return errCut
	}
	set(&n.disk, &n.runs, after)
	return n.step()
}

func (n *node) Unplaced(refs []change.Ref) (out []protocol.Unplaced, err error) {
	for _, ref := range refs {
		for _, r := range n.of[ref] {
			if r.seq > 0 || r.c.ID.Node == n.state.Node {
				continue
			}
			u := protocol.Unplaced{ID: r.c.ID, Entity: ref}
			for _, o := range n.own {
				if o.arrival < r.arrival {
					u.Own = o.c.ID.N
				}
			}
			out = append(out, u)
		}
	}
	return out, n.step()
}
