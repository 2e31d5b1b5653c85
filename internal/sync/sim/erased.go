package sim

import (
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// erase takes the values of a person's fields out of the log, and says so in a change.
func (w *world) erase(m *machine, ref change.Ref, cs []change.Change, gone func(int, *change.Set) bool) {
	var lines []change.Erased
	bodies := map[id.Change]change.Change{}
	for _, c := range cs {
		before := m.disk.by[c.ID].body
		out, taken := change.Redact(&c, audit.Leaf(&c, before).String(), gone)
		if taken {
			lines = append(lines, audit.Erased(&c, before, change.Encode(&out)))
			bodies[c.ID] = out
		}
	}
	if len(lines) == 0 {
		return
	}
	c := change.Erase(ref.ID, lines)
	d := m.disk
	c.ID = id.Change{Node: d.state.Node, N: d.last() + 1}
	body := change.Encode(&c)
	c, _ = change.Decode(body)
	ok := w.at(m, func() error {
		for _, old := range cs {
			if out, taken := bodies[old.ID]; taken {
				if err := d.Replace(old.ID, change.Encode(&out)); err != nil {
					return err
				}
			}
		}
		d.insert(&row{c: c, body: body, leaf: tlog.RecordHash(body)})
		return d.step()
	})
	if ok {
		w.say("%s erases %s: %d changes", m.label, ref, len(lines))
		m.saved = append(m.saved, c.ID)
		m.leaves[c.ID] = tlog.RecordHash(body)
		for _, l := range lines {
			w.left[remains{l.Change, l.Is}] = true
		}
	}
}

// some are fields that an erasure takes out: all that are personal, or one of them.
func (w *world) some() func(int, *change.Set) bool {
	if !w.wild.erasing || w.chance(4) {
		return personal
	}
	field := []string{"given", "family", "phone"}[w.rng.IntN(3)]
	return func(_ int, s *change.Set) bool { return s.Field == field }
}

// personal holds of what an erasure takes out.
func personal(_ int, s *change.Set) bool {
	return slices.Contains([]string{"given", "family", "phone"}, s.Field)
}

// hubErase takes values of a person out of the hub's log, and says so in a change.
func (w *world) hubErase(ref change.Ref) {
	gone, h := w.some(), w.hub
	ok := w.atHub(func() error {
		var lines []change.Erased
		for _, seq := range h.of[ref] {
			r := h.rows[seq-1]
			out, taken := change.Redact(&r.c, r.leaf.String(), gone)
			if !taken {
				continue
			}
			body := change.Encode(&out)
			lines = append(lines, audit.Erased(&r.c, r.body, body))
			if err := h.Strip(audit.Erased(&r.c, r.body, body), body); err != nil {
				return err
			}
		}
		if len(lines) == 0 {
			return nil
		}
		return h.SayErased(change.Ref{Kind: change.Erasure, ID: ref.ID}, lines)
	})
	if ok {
		w.say("hub erases %s", ref)
		w.noteErased(h.changes(change.Ref{Kind: change.Erasure, ID: ref.ID}))
	}
}

// noteErased notes what erasures left.
func (w *world) noteErased(said []change.Change) {
	for i := range said {
		for _, l := range change.ErasedBy(&said[i]) {
			w.left[remains{l.Change, l.Is}] = true
		}
	}
}

func (h *hub) Strip(e change.Erased, body []byte) error {
	c := e.Change
	was, err := change.Decode(body)
	if err != nil {
		return err
	}
	h.keep(c, func(f protocol.Found) protocol.Found {
		if protocol.HasErased(f.Body, e) {
			f.Body = nil
		}
		if protocol.HasErased(f.Left, e) {
			f.Left = nil
		}
		return f
	})
	in := false
	for _, seq := range h.by[c.Node] {
		if r := h.rows[seq-1]; r.c.ID == c {
			in = true
			if r.leaf.String() != was.Gone {
				continue // another change than the erasure speaks of
			}
			x := *r
			x.body = body
			x.c, _ = change.Decode(body)
			h.note(func() { *r, x = x, *r })
			*r, x = x, *r
			h.fileAlong(int64(len(h.rows)), r.c.Entity) // what an erasure left may have come back with it
		}
	}
	if began, err := h.Began(); err != nil || in || began <= 1 || change.Emptied(&was) {
		return err
	}
	now := maps.Clone(h.found[c])
	if now == nil {
		now = map[id.Node]protocol.Found{}
	}
	now[h.name] = protocol.Found{Left: body}
	put(&h.disk, h.found, c, now)
	return h.step()
}

func (h *hub) SayErased(of change.Ref, lines []change.Erased) error {
	c := change.Erase(of.ID, lines)
	c.ID = id.Change{Node: h.name, N: int64(len(h.by[h.name])) + 1}
	body := change.Encode(&c)
	c, err := change.Decode(body)
	if err != nil {
		return err
	}
	return h.add(h.rows[len(h.rows)-1].received, body, tlog.RecordHash(body), c)
}

func (n *node) Erasing(refs []change.Ref) (map[change.Logged]change.Erased, error) {
	out := map[change.Logged]change.Erased{}
	for _, ref := range refs {
		for _, r := range n.of[ref] {
			if r.seq > 0 || r.c.ID.Node != n.state.Node {
				continue
			}
			for _, e := range change.ErasedBy(&r.c) {
				out[e.Logged()] = e
			}
		}
	}
	return out, n.step()
}

func (n *node) SayErased(of change.Ref, lines []change.Erased) error {
	c := change.Erase(of.ID, lines)
	c.ID = id.Change{Node: n.state.Node, N: n.last() + 1}
	body := change.Encode(&c)
	c, err := change.Decode(body)
	if err != nil {
		return err
	}
	n.insert(&row{c: c, body: body, leaf: tlog.RecordHash(body)})
	return n.step()
}

// stayErased is I10: what any erasure took out of a change stays out of it, and the last one says what is
// left, unless the hub had to take the change without its values.
func (w *world) stayErased() {
	said := make([]change.Change, len(w.hub.rows))
	for i, r := range w.hub.rows {
		said[i] = r.c
	}
	last := change.LastErased(said)
	for _, r := range w.hub.rows {
		if l := last[change.Logged{ID: r.c.ID, Was: r.leaf.String()}]; r.c.Gone != "" && !change.Emptied(&r.c) && tlog.RecordHash(r.body).String() != l.Is {
			w.violate("I10: the last erasure of %s does not say what is left of it", r.c.ID)
		}
	}
	for _, at := range w.hub.rows {
		for _, e := range change.ErasedBy(&at.c) {
			for _, r := range w.hub.rows {
				if r.c.ID != e.Change || r.leaf.String() != e.Was {
					continue
				}
				for _, i := range e.Gone {
					if !r.c.Sets[i].Gone {
						w.violate("I10: %s is back in %s, and %s took it out", r.c.Sets[i].Field, r.c.ID, at.c.ID)
					}
				}
			}
		}
	}
}

// saysErased is I10 at a machine, in the order of its log: the last erasure of a change says what is left.
func (w *world) saysErased(m *machine) {
	said := make([]change.Change, len(m.disk.rows))
	for i, r := range m.disk.rows {
		said[i] = r.c
	}
	last := change.LastErased(said)
	for _, r := range m.disk.rows {
		if r.c.Gone == "" || r.out || w.tainted[r.c.Entity] || change.Emptied(&r.c) {
			continue
		}
		if l := last[change.Logged{ID: r.c.ID, Was: r.leaf.String()}]; tlog.RecordHash(r.body).String() != l.Is {
			w.violate("I10: at %s the last erasure of %s does not say what is left of it", m.label, r.c.ID)
		}
	}
}
