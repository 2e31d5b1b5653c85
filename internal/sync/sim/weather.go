package sim

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// hubWork is one thing that an officer of the ministry does at the hub.
func (w *world) hubWork() {
	if len(w.people) == 0 || w.chance(5) || w.wild.erasing && w.wild.moving { // what it loses of its own is left out
		w.officeChange()
		return
	}
	if w.chance(4) {
		w.staff()
		return
	}
	ref := w.people[w.rng.IntN(len(w.people))]
	r := fold(w.hub.changes(ref))
	if r.Text("number") == "" {
		return
	}
	if w.wild.erasing && w.chance(3) {
		w.hubErase(ref)
		return
	}
	c := change.Change{Entity: ref}
	switch n := w.rng.IntN(6); {
	case n == 0:
		w.put(&c, &r, "office", change.Text(string(w.machines[w.rng.IntN(len(w.machines))].office)))
	case n < 3 && len(r.Contested) > 0:
		w.decide(&machine{label: "hub"}, &r, &c)
	default:
		w.edit(&machine{label: "hub"}, &r, &c)
	}
	w.hubSave(c)
}

// officeChange is a change of what everybody gets.
func (w *world) officeChange() {
	w.hubSave(change.Change{Entity: change.Ref{Kind: change.Office, ID: "ESMAD"},
		Sets: []change.Set{{Field: "label", Value: change.Text(fmt.Sprint(len(w.hub.rows)))}}})
}

// hubSave appends a change of the hub's own. It reports whether it was committed.
func (w *world) hubSave(c change.Change) bool {
	h := w.hub
	c.ID = id.Change{Node: h.name, N: int64(len(h.by[h.name])) + 1}
	c.Schema, c.Office, c.At = change.Schema, "LIMA", change.Stamp{Micros: w.now}
	body := change.Encode(&c)
	c, _ = change.Decode(body)
	return w.atHub(func() error { return h.add(w.now, body, tlog.RecordHash(body), c) })
}

// grant gives a node a scope; the change that says so comes first.
func (w *world) grant(m *machine, s protocol.Scope) {
	name := m.disk.state.Node
	if !w.hubSave(change.Change{Entity: change.Ref{Kind: "node", ID: string(name)}, Sets: []change.Set{{Field: "scope", Value: change.Text(string(s))}}}) {
		return
	}
	p := w.hub.peers[name]
	p.Grants = append(slices.Clone(p.Grants), protocol.Grant{Scope: s, Since: int64(len(w.hub.rows))})
	w.hub.peers[name] = p
	w.say("hub grants %s to %s at %d", s, m.label, len(w.hub.rows))
}

// rights gives a node a scope, takes one away, or ends a node.
func (w *world) rights(m *machine) {
	name := m.disk.state.Node
	p := w.hub.peers[name]
	switch n := w.rng.IntN(10); {
	case n < 5:
		s := w.machines[w.rng.IntN(len(w.machines))].office
		if w.chance(3) {
			s = "campaign/C1"
		}
		if !slices.Contains(p.Scopes(), s) {
			w.grant(m, s)
		}
	case n < 9:
		i := w.rng.IntN(max(1, len(p.Grants)))
		if i >= len(p.Grants) || p.Grants[i].Until != 0 || p.Grants[i].Scope == protocol.Everybody {
			return
		}
		if w.hubSave(change.Change{Entity: change.Ref{Kind: "node", ID: string(name)}, Sets: []change.Set{{Field: "scope"}}}) {
			p = w.hub.peers[name]
			p.Grants = slices.Clone(p.Grants)
			p.Grants[i].Until = int64(len(w.hub.rows))
			w.hub.peers[name] = p
			w.say("hub takes %s away from %s at %d", p.Grants[i].Scope, m.label, p.Grants[i].Until)
		}
	case w.wild.revokes && w.hubSave(change.Change{Entity: change.Ref{Kind: "node", ID: string(name)}, Sets: []change.Set{{Field: "state"}}}):
		p = w.hub.peers[name]
		p.Revoked = true
		w.hub.peers[name] = p
		for _, o := range w.machines {
			o.ended = o.ended || o.disk.state.Node == name
		}
		w.say("hub revokes %s", m.label)
	}
}

// mishap is what operators fear.
func (w *world) mishap(m *machine) {
	switch {
	case w.wild.restores && w.spare == nil:
		w.spare = w.hub.backup()
	case w.wild.restores && !w.restored && w.chance(3):
		w.restoreHub()
	case w.wild.clones && m.spare == nil:
		m.spare = m.disk.backup()
	case w.wild.clones && m.spare != nil && w.chance(3):
		w.clone(m)
	}
}

// restoreHub puts the hub back to its backup. It writes under a new name from now on.
func (w *world) restoreHub() {
	was := w.hub
	w.say("hub is restored: %d changes instead of %d", len(w.spare.rows), len(was.rows))
	w.hub, w.restored = w.spare, true
	w.hub.name = "LIMA-2"
	w.hub.next += ahead
	size := int64(len(w.hub.rows))
	for _, r := range was.rows[size:] {
		c := r.c.ID
		switch w.held[c] = c.Node != was.name && w.whole(c) && !protocol.Urgent(r.c.Entity.Kind); {
		case w.held[c]:
		case c.Node == was.name, !w.remembers(c):
			w.tainted[person(r.c.Entity)] = true
		}
	}
	for _, m := range w.machines {
		maps.DeleteFunc(m.told, func(_ change.Ref, at int64) bool { return at > size }) // by a hub that is no more
	}
	calm := w.calm
	w.calm = true
	w.officeChange() // that it was restored
	w.calm = calm
}

// remembers reports whether the machine that wrote a change has not forgotten its values.
func (w *world) remembers(c id.Change) bool {
	return slices.ContainsFunc(w.machines, func(m *machine) bool {
		r := m.disk.by[c]
		return r != nil && c.Node == m.disk.state.Node && !r.out
	})
}

// whole reports whether some machine holds a change with all its values, or as an erasure left it, or
// the hub has it aside.
func (w *world) whole(c id.Change) bool {
	return len(w.hub.found[c]) > 0 || slices.ContainsFunc(w.machines, func(m *machine) bool {
		r := m.disk.by[c]
		return r != nil && (r.c.Gone == "" || w.left[remains{c, tlog.RecordHash(r.body).String()}])
	})
}

// clone starts a machine from a copy of another's disk; both go on, under one name.
func (w *world) clone(m *machine) {
	if len(w.machines) >= 12 {
		return
	}
	c := &machine{label: m.label + "+", office: m.office, disk: m.spare, ended: m.ended, copied: true, waits: true, gave: map[int64]bool{}, leaves: map[id.Change]tlog.Hash{},
		saw: map[id.Change][]id.Change{}, told: map[change.Ref]int64{}}
	m.spare, m.copied = nil, true
	w.machines = append(w.machines, c)
	w.stats.Clones++
	w.say("%s is cloned", m.label)
	if w.chance(2) { // no clone but a restored node: the first machine is no more
		m.cut, m.ended = true, true
	}
}
