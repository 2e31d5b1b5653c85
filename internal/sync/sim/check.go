package sim

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// private is I5 at the hub: nothing leaves it for a node but what is in the node's scopes
// at this moment, by a fold made for the purpose.
func (w *world) private(m *machine, a *protocol.Answer) {
	p := w.hub.peers[m.disk.state.Node]
	var may []protocol.Scope
	if !p.Revoked {
		may = p.Scopes()
	}
	for _, e := range a.Entries {
		c, err := change.Decode(e.Body)
		if e.Body == nil || err != nil {
			continue
		}
		if valued(&c) && !w.hub.within(c.Entity, may) {
			w.violate("I5: %s was sent to %s, whose scopes are %v", c.ID, m.label, may)
		}
	}
	for _, k := range a.Keys {
		if !w.hub.within(k.Entity, may) {
			w.violate("I5: a key of %s was sent to %s, whose scopes are %v", k.Entity, m.label, may)
		}
	}
}

// reads is I7 at a machine: what its officers were told is saved is there, while it is pending
// whole or just as an erasure left it, and each value of what was touched is accounted for.
func (w *world) reads(m *machine, touched []change.Ref) {
	for _, c := range m.saved {
		r := m.disk.by[c]
		if r != nil && r.seq == 0 && w.passed[c] {
			continue
		}
		if r == nil {
			w.violate("I7: %s no longer has %s, which it saved", m.label, c)
		} else if r.seq == 0 && r.c.Gone != "" && !w.left[remains{c, tlog.RecordHash(r.body).String()}] && !w.tainted[r.c.Entity] {
			w.violate("I7: %s lost the values of %s, which is pending", m.label, c)
		}
	}
	slices.SortFunc(touched, func(a, b change.Ref) int { return strings.Compare(a.String(), b.String()) })
	for _, ref := range slices.Compact(touched) {
		if ref.Kind != change.Person || m.disk.forgot[ref] || w.tainted[ref] || w.leaving(m, ref) {
			continue
		}
		if err := accounted(m.disk.view(ref)); err != nil {
			w.violate("I7: at %s: %w", m.label, err)
		}
	}
}

// forgotten are a machine's own changes with a place that it had to forget the values of.
func (m *machine) forgotten() (out []*row) {
	for _, r := range m.disk.own {
		if r.seq > 0 && r.c.Gone != "" {
			out = append(out, r)
		}
	}
	return out
}

// wentBeyond notes which of the changes that a machine had to forget, and that have lost their
// place as it went back, the hub has whole, for the newest place that both know is often before the
// backup, or another machine.
func (w *world) wentBeyond(had []*row) {
	for _, r := range had {
		has := func(h *hubRow) bool {
			return h.c.ID == r.c.ID && h.leaf == r.leaf && (h.c.Gone == "" || w.left[remains{h.c.ID, tlog.RecordHash(h.body).String()}])
		}
		if r.seq == 0 && (slices.ContainsFunc(w.hub.rows, has) || w.whole(r.c.ID)) {
			w.passed[r.c.ID] = true
		}
	}
}

// leaving reports whether an entity is in none of the scopes that a machine holds whole and is there
// only until the machine has sent what it wrote of it. What others wrote and the hub lost has its
// place by then, and the machine is not told it; nor does it get values again that it had to forget.
func (w *world) leaving(m *machine, ref change.Ref) bool {
	p := w.hub.peers[m.disk.state.Node]
	return !w.hub.within(ref, wholeOf(&p, m.disk.state.Cursor)) && slices.ContainsFunc(m.disk.of[ref], func(r *row) bool {
		return r.seq == 0 && r.c.ID.Node != m.disk.state.Node || r.seq > 0 && r.out
	})
}

// check looks at the world at rest.
func (w *world) check() {
	w.order()
	w.numbered()
	for _, m := range w.machines {
		w.kept(m)
		if !m.ended && m.disk.state.Trouble.Key == "" {
			w.alike(m)
			w.saysErased(m)
		}
	}
	w.returned()
	w.stayErased()
	for _, ref := range w.people {
		cs := w.hub.changes(ref)
		if w.tainted[ref] {
			continue
		}
		if err := accounted(cs); err != nil {
			w.violate("I6: at the hub: %w", err)
		}
		r := fold(cs)
		w.stats.Contested += len(r.Contested)
		if err := w.selfless(&r); err != nil {
			w.violate("I7: %w", err)
		}
	}
}

// returned is I1 for values: what the hub lost and somebody held whole then, it has whole again,
// unless it was erased.
func (w *world) returned() {
	for _, r := range w.hub.rows {
		if w.held[r.c.ID] && r.c.Gone != "" && !w.tainted[r.c.Entity] && !w.left[remains{r.c.ID, tlog.RecordHash(r.body).String()}] {
			w.violate("I1: %s is at the hub without its values, which somebody held", r.c.ID)
		}
	}
}

// order is I2 and I3: each change once, without a gap, after what its author had seen.
func (w *world) order() {
	next := map[id.Node]int64{}
	at := map[id.Change]int{}
	for i, r := range w.hub.rows {
		if next[r.c.ID.Node]++; r.c.ID.N != next[r.c.ID.Node] {
			w.violate("I2: at place %d stands %s, expected number %d", i+1, r.c.ID, next[r.c.ID.Node])
		}
		at[r.c.ID] = i + 1
	}
	for i, r := range w.hub.rows {
		for _, s := range r.c.Sets {
			if s.Base.IsZero() || w.tainted[r.c.Entity] {
				continue
			}
			if p, ok := at[s.Base]; !ok || p >= i+1 {
				w.violate("I3: %s at %d rests on %s at %d", r.c.ID, i+1, s.Base, p)
			}
		}
	}
	for _, m := range w.machines {
		for c, saw := range m.saw {
			p, in := at[c]
			for _, o := range saw {
				if q := at[o]; in && !m.copied && !w.tainted[m.disk.by[c].c.Entity] && (q == 0 || q >= p) {
					w.violate("I3: %s at %d was written after seeing %s at %d", c, p, o, q)
				}
			}
		}
	}
}

// kept is I0 and I1: whatever was saved is at the hub, or its machine says why not.
func (w *world) kept(m *machine) {
	cloned := m.disk.state.Trouble.Key == protocol.RefusedCloned
	if cloned && !m.copied {
		w.violate("I0: %s was taken for a clone", m.label)
	}
	have := map[id.Change]*hubRow{}
	for _, seq := range w.hub.by[m.disk.state.Node] {
		have[w.hub.rows[seq-1].c.ID] = w.hub.rows[seq-1]
	}
	for _, c := range m.saved {
		r := have[c]
		if !m.ended && !cloned && (r == nil || r.leaf != m.leaves[c]) {
			w.violate("I1: %s of %s is not at the hub", c, m.label)
		}
	}
	for _, r := range m.disk.own {
		if !m.ended && !cloned && r.seq == 0 {
			w.violate("I0: %s of %s is still pending", r.c.ID, m.label)
		}
	}
}

// alike is I4: a node holds what the hub holds of its scopes, in the same order with the same
// bodies, and of anything else no value and no key.
func (w *world) alike(m *machine) {
	p := w.hub.peers[m.disk.state.Node]
	may := p.Scopes()
	for ref, seqs := range w.hub.of {
		if w.tainted[person(ref)] || protocol.Stays(ref.Kind) {
			continue
		}
		if !w.hub.within(ref, may) {
			continue
		}
		if err := w.same(m, ref, seqs); err != nil {
			w.violate("I4: %w", err)
		}
	}
	for ref, rows := range m.disk.of {
		if w.hub.within(ref, may) || w.tainted[person(ref)] || len(w.hub.of[ref]) == 0 || ref.Kind == change.Erasure {
			continue
		}
		for _, r := range rows {
			if valued(&r.c) {
				w.violate("I4: %s still holds values of %s, which is in none of %v", m.label, r.c.ID, may)
			}
		}
		if len(m.disk.keys[ref]) > 0 {
			w.violate("I4: %s still holds a key of %s", m.label, ref)
		}
	}
}

func (w *world) same(m *machine, ref change.Ref, seqs []int64) error {
	view := m.disk.view(ref)
	if len(view) != len(seqs) {
		return fmt.Errorf("%s holds %d changes of %s, the hub %d", m.label, len(view), ref, len(seqs))
	}
	for i, c := range view {
		h, n := w.hub.rows[seqs[i]-1], m.disk.by[c.ID]
		if c.ID != h.c.ID || n.seq != seqs[i] || !bytes.Equal(n.body, h.body) {
			return fmt.Errorf("%s holds of %s as number %d %s at %d, the hub %s at %d:\n%s\n%s", m.label, ref, i+1, c.ID, n.seq, h.c.ID, seqs[i], n.body, h.body)
		}
	}
	ids := func(ks []protocol.Key) string {
		set := map[string]bool{}
		for _, k := range ks {
			set[k.ID] = true
		}
		return fmt.Sprint(slices.Sorted(maps.Keys(set)))
	}
	if a, b := ids(m.disk.keys[ref]), ids(w.hub.keys[ref]); a != b {
		return fmt.Errorf("%s holds keys %s of %s, the hub %s", m.label, a, ref, b)
	}
	return nil
}

// person is the person that an erasure is of; any other entity is itself.
func person(ref change.Ref) change.Ref {
	if ref.Kind == change.Erasure {
		return change.Ref{Kind: change.Person, ID: ref.ID}
	}
	return ref
}
