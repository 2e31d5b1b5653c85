package sim

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// hubRow is a change in the hub's log.
type hubRow struct {
	c        change.Change
	body     []byte
	leaf     tlog.Hash
	received int64
}

// hub is the hub's register in memory: a protocol.HubLog.
type hub struct {
	disk
	name   id.Node // of its own changes
	rows   []*hubRow
	of     map[change.Ref][]int64
	by     map[id.Node][]int64
	member map[change.Ref]map[protocol.Scope]int64
	filed  map[protocol.Scope][]protocol.Filed
	peers  map[id.Node]protocol.Peer
	keys   map[change.Ref][]protocol.Key
	gone   map[protocol.Forget]bool                 // that nodes confirmed
	newer  map[id.Change]bool                       // of a later release's schema
	found  map[id.Change]map[id.Node]protocol.Found // by who told it
	told   map[id.Node]id.Node                      // the hub, by its name, that a node has told all that it found
	runs   map[id.Node][]protocol.NumberRange
	next   int64 // the first number that nobody was given
	hashes []tlog.Hash
	roots  map[int64]tlog.Hash
}

func newHub(name id.Node) *hub {
	return &hub{name: name, of: map[change.Ref][]int64{}, by: map[id.Node][]int64{}, member: map[change.Ref]map[protocol.Scope]int64{},
		filed: map[protocol.Scope][]protocol.Filed{}, peers: map[id.Node]protocol.Peer{}, keys: map[change.Ref][]protocol.Key{},
		gone: map[protocol.Forget]bool{}, newer: map[id.Change]bool{}, found: map[id.Change]map[id.Node]protocol.Found{}, told: map[id.Node]id.Node{}, runs: map[id.Node][]protocol.NumberRange{}, next: 1, roots: map[int64]tlog.Hash{}}
}

// backup is a copy that shares nothing that changes.
func (h *hub) backup() *hub {
	c := newHub(h.name)
	for _, r := range h.rows {
		x := *r
		c.rows = append(c.rows, &x)
	}
	for k, v := range h.of {
		c.of[k] = slices.Clone(v)
	}
	for k, v := range h.by {
		c.by[k] = slices.Clone(v)
	}
	for k, v := range h.member {
		c.member[k] = maps.Clone(v)
	}
	for k, v := range h.filed {
		c.filed[k] = slices.Clone(v)
	}
	for k, v := range h.keys {
		c.keys[k] = slices.Clone(v)
	}
	maps.Copy(c.peers, h.peers)
	maps.Copy(c.gone, h.gone)
	maps.Copy(c.found, h.found)
	maps.Copy(c.told, h.told)
	for k, v := range h.runs {
		c.runs[k] = slices.Clone(v)
	}
	c.next = h.next
	c.hashes = slices.Clone(h.hashes)
	return c
}

func (h *hub) Peer(node id.Node) (protocol.Peer, bool, error) {
	p, ok := h.peers[node]
	return p, ok, h.step()
}

func (h *hub) SavePeer(p protocol.Peer) error {
	p.Unawaited = p.Unawaited && p.Last == h.peers[p.Node].Last
	put(&h.disk, h.peers, p.Node, p)
	return h.step()
}

func (h *hub) Size() (int64, error) { return int64(len(h.rows)), h.step() }

func (h *hub) Head() (protocol.Head, error) {
	root, err := h.RootAt(int64(len(h.rows)))
	return protocol.Head(fmt.Sprintf("%d %s", len(h.rows), root)), err
}

// ReadHashes serves the tree.
func (h *hub) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = h.hashes[x]
	}
	return out, nil
}

func (h *hub) RootAt(size int64) (tlog.Hash, error) {
	if root, ok := h.roots[size]; ok {
		return root, nil
	}
	root, err := tlog.TreeHash(size, h)
	h.roots[size] = root
	return root, err
}

func (h *hub) Leaves(node id.Node, first int64, limit int) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, seq := range h.by[node] {
		if r := h.rows[seq-1]; r.c.ID.N >= first && len(out) < limit {
			out = append(out, r.leaf)
		}
	}
	return out, h.step()
}

func (h *hub) Append(now int64, in []protocol.Incoming) error {
	for i := range in {
		if in[i].Newer {
			put(&h.disk, h.newer, in[i].Change.ID, true)
		}
		if err := h.add(now, in[i].Body, in[i].Leaf, in[i].Change); err != nil {
			return err
		}
	}
	return nil
}

func (h *hub) add(now int64, body []byte, leaf tlog.Hash, c change.Change) error {
	seq := int64(len(h.rows)) + 1
	hs, err := tlog.StoredHashesForRecordHash(seq-1, leaf, h)
	if err != nil {
		return err
	}
	set(&h.disk, &h.rows, append(h.rows, &hubRow{c, body, leaf, now}))
	set(&h.disk, &h.hashes, append(h.hashes, hs...))
	h.note(func() { delete(h.roots, seq) })
	put(&h.disk, h.of, c.Entity, append(h.of[c.Entity], seq))
	put(&h.disk, h.by, c.ID.Node, append(h.by[c.ID.Node], seq))
	h.fileAlong(seq, c.Entity)
	return h.step()
}

// fileAlong files an entity, and with a person the erasures.
func (h *hub) fileAlong(seq int64, ref change.Ref) {
	h.file(seq, ref)
	if e := (change.Ref{Kind: change.Erasure, ID: ref.ID}); ref.Kind == change.Person && len(h.of[e]) > 0 {
		h.file(seq, e)
	}
}

// file files an entity at a place and moves it between scopes. One that moves with another is
// filed only when it moves.
func (h *hub) file(seq int64, ref change.Ref) {
	was := h.member[ref]
	now := map[protocol.Scope]int64{}
	before := slices.Sorted(maps.Keys(was))
	after := h.scopes(ref)
	if h.rows[seq-1].c.Entity != ref && slices.Equal(before, after) {
		return
	}
	for _, f := range protocol.File(before, after) {
		put(&h.disk, h.filed, f.Scope, append(h.filed[f.Scope], protocol.Filed{Seq: seq, Entity: ref}))
		if !slices.Contains(after, f.Scope) {
			continue
		}
		if now[f.Scope] = was[f.Scope]; f.Enters {
			now[f.Scope] = seq
		}
	}
	put(&h.disk, h.member, ref, now)
}

// scopes are those that an entity is in, by the fold of its changes; sorted.
func (h *hub) scopes(ref change.Ref) (out []protocol.Scope) {
	switch ref.Kind {
	case change.Office:
		return []protocol.Scope{protocol.Everybody}
	case change.Erasure:
		return h.scopes(change.Ref{Kind: change.Person, ID: ref.ID})
	case change.Person, change.User:
	default:
		return nil
	}
	return scopesOf(h.changes(ref))
}

// scopesOf are the scopes of a person or an account, by the fold of the changes; sorted.
func scopesOf(cs []change.Change) (out []protocol.Scope) {
	r := fold(cs)
	if len(cs) == 0 || cs[0].Entity.Kind == change.Person && r.Text("number") == "" {
		return nil
	}
	for _, it := range r.Items("campaign") {
		out = append(out, protocol.Scope("campaign/"+it.ID))
	}
	out = append(out, protocol.Scope(r.Text("office")))
	slices.Sort(out)
	return out
}

// within reports whether an entity is in one of the scopes.
func (h *hub) within(ref change.Ref, scopes []protocol.Scope) bool {
	return slices.ContainsFunc(h.scopes(ref), func(s protocol.Scope) bool { return slices.Contains(scopes, s) })
}

func (h *hub) changes(ref change.Ref) []change.Change {
	out := make([]change.Change, 0, len(h.of[ref]))
	for _, seq := range h.of[ref] {
		out = append(out, h.rows[seq-1].c)
	}
	return out
}

// keep writes what is kept of a change anew, of each who told it.
func (h *hub) keep(c id.Change, f func(protocol.Found) protocol.Found) {
	now := map[id.Node]protocol.Found{}
	for from, was := range h.found[c] {
		if is := f(was); is.Body != nil || is.Left != nil {
			now[from] = is
		}
	}
	if len(h.found[c]) > 0 {
		put(&h.disk, h.found, c, now)
	}
}

func (h *hub) KeepFound(from id.Node, in []protocol.Incoming) error {
	for i := range in {
		c, body := in[i].Change.ID, in[i].Body
		now := maps.Clone(h.found[c])
		if now == nil {
			now = map[id.Node]protocol.Found{}
		}
		f := now[from]
		if in[i].Change.Gone == "" {
			f.Body = body
		} else if f.Left == nil || len(body) < len(f.Left) {
			f.Left = body
		}
		now[from] = f
		put(&h.disk, h.found, c, now)
	}
	return h.step()
}

func (h *hub) Found(ids []id.Change) (map[id.Change][]protocol.Found, error) {
	out := map[id.Change][]protocol.Found{}
	for _, c := range ids {
		for _, from := range slices.Sorted(maps.Keys(h.found[c])) {
			out[c] = append(out[c], h.found[c][from])
		}
	}
	return out, h.step()
}

func (h *hub) Offered(node id.Node, upto int64) error {
	for c := range h.found {
		if c.Node == node && c.N <= upto {
			h.keep(c, func(f protocol.Found) protocol.Found { return protocol.Found{Left: f.Left} })
		}
	}
	return h.step()
}

func (h *hub) Began() (int64, error) {
	if own := h.by[h.name]; len(own) > 0 {
		return own[0], h.step()
	}
	return 0, h.step()
}

func (h *hub) Settle(node id.Node) error {
	put(&h.disk, h.told, node, h.name)
	return h.step()
}

func (h *hub) Unsettled(but id.Node) (id.Node, error) {
	for _, name := range slices.Sorted(maps.Keys(h.peers)) {
		if p := h.peers[name]; name != but && !p.Revoked && !p.Unawaited && h.told[name] != h.name {
			return name, h.step()
		}
	}
	return "", h.step()
}

func (h *hub) PutKeys(keys []protocol.Key) error {
	for _, k := range keys {
		if !slices.ContainsFunc(h.keys[k.Entity], func(o protocol.Key) bool { return o.ID == k.ID }) {
			put(&h.disk, h.keys, k.Entity, append(h.keys[k.Entity], k))
		}
	}
	return h.step()
}

func (h *hub) Forgotten(_ id.Node, what []protocol.Forget) error {
	for _, f := range what {
		put(&h.disk, h.gone, f, true)
	}
	return h.step()
}

func (h *hub) Left(node id.Node, left []protocol.NumberRange, wants int64) error {
	given := slices.Clone(h.runs[node])
	for _, l := range left {
		for i := range given {
			if given[i].First == l.First {
				given[i].Next = max(given[i].Next, l.Next)
			}
		}
	}
	stock := protocol.StockOf(left, max(wants, usual))
	next := protocol.Beyond(h.next, stock.Top)
	if n := protocol.Allot(given, stock); n > 0 {
		given = append(given, protocol.NumberRange{First: next, Last: next + n - 1, Next: next})
		next += n
	}
	put(&h.disk, h.runs, node, given)
	set(&h.disk, &h.next, next)
	return h.step()
}

func (h *hub) Ranges(node id.Node, listed []protocol.NumberRange) ([]protocol.NumberRange, error) {
	return protocol.Worth(h.runs[node], listed), h.step()
}

func (h *hub) Urgent(scopes []protocol.Scope, after, until int64) ([]change.Ref, error) {
	rows, err := h.Filed(scopes, after, until, math.MaxInt)
	met := map[change.Ref]bool{}
	for _, f := range rows {
		met[f.Entity] = true
	}
	return first(met, "", math.MaxInt, func(ref change.Ref) bool { return protocol.Urgent(ref.Kind) }), err
}

func (h *hub) Filed(scopes []protocol.Scope, after, until int64, limit int) ([]protocol.Filed, error) {
	var out []protocol.Filed
	for _, s := range scopes {
		for _, f := range h.filed[s] {
			if f.Seq > after && f.Seq <= until {
				out = append(out, f)
			}
		}
	}
	slices.SortFunc(out, func(a, b protocol.Filed) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Entity.String(), b.Entity.String()))
	})
	out = slices.Compact(out)
	return out[:min(limit, len(out))], h.step()
}

func (h *hub) Standing(refs []change.Ref, scopes []protocol.Scope) (map[change.Ref]int64, error) {
	out := map[change.Ref]int64{}
	for _, ref := range refs {
		for _, s := range scopes {
			if since, in := h.member[ref][s]; in {
				if old, twice := out[ref]; !twice || since < old {
					out[ref] = since
				}
			}
		}
	}
	return out, h.step()
}

func (h *hub) Members(scopes []protocol.Scope, after string, limit int) ([]change.Ref, error) {
	return first(h.member, after, limit, func(ref change.Ref) bool {
		return slices.ContainsFunc(scopes, func(s protocol.Scope) bool { _, in := h.member[ref][s]; return in })
	}), h.step()
}

func (h *hub) Past(scopes []protocol.Scope, until int64, after string, limit int) ([]change.Ref, error) {
	met := map[change.Ref]bool{}
	for _, s := range scopes {
		for _, f := range h.filed[s] {
			if f.Seq <= until {
				met[f.Entity] = true
			}
		}
	}
	return first(met, after, limit, func(change.Ref) bool { return true }), h.step()
}

// first are the first keys of a map after a name, of those that fit.
func first[V any](m map[change.Ref]V, after string, limit int, fits func(change.Ref) bool) (out []change.Ref) {
	for ref := range m {
		if ref.String() > after && fits(ref) {
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(a, b change.Ref) int { return cmp.Compare(a.String(), b.String()) })
	return out[:min(limit, len(out))]
}

func (h *hub) entries(seqs []int64, after, until int64) (out []protocol.Entry) {
	for _, seq := range seqs {
		if seq > after && seq <= until {
			r := h.rows[seq-1]
			out = append(out, protocol.Entry{Seq: seq, Received: r.received, ID: r.c.ID, Body: r.body})
		}
	}
	return out
}

func (h *hub) Changes(refs []change.Ref, after, until int64) ([]protocol.Entry, error) {
	var seqs []int64
	for _, ref := range refs {
		seqs = append(seqs, h.of[ref]...)
	}
	slices.Sort(seqs)
	return h.entries(seqs, after, until), h.step()
}

func (h *hub) Own(node id.Node, after, until int64) ([]protocol.Entry, error) {
	return h.entries(h.by[node], after, until), h.step()
}

func (h *hub) Named(ids []id.Change) ([]protocol.Entry, error) {
	var seqs []int64
	for _, c := range ids {
		for _, seq := range h.by[c.Node] {
			if h.rows[seq-1].c.ID == c {
				seqs = append(seqs, seq)
			}
		}
	}
	slices.Sort(seqs)
	return h.entries(slices.Compact(seqs), 0, int64(len(h.rows))), h.step()
}

func (h *hub) Keys(refs []change.Ref) ([]protocol.Key, error) {
	var out []protocol.Key
	for _, ref := range refs {
		out = append(out, h.keys[ref]...)
	}
	return out, h.step()
}
