package sim

import (
	"fmt"
	"slices"
	"strings"

	"quipu/internal/change"
	protocol "quipu/internal/sync"
)

// Officers' accounts are made, moved, closed and opened again at the hub, and change their
// role at nodes. Who is closed or gone at the hub works at no node once it has taken an answer
// that was made after that, however much it has to catch up: invariant I8.

// hire makes an account for a machine's office.
func (w *world) hire(m *machine) {
	ref := change.Ref{Kind: change.User, ID: fmt.Sprintf("U%02d", len(w.accounts))}
	c := change.Change{Entity: ref, Sets: []change.Set{{Field: "office", Value: change.Text(string(m.office))}, {Field: "state", Value: change.Text("open")}}}
	if m.label == "LAPTOP-1" {
		c.Sets = append(c.Sets, change.Set{Field: "campaign/C1", Value: change.Text("team")})
	}
	if w.hubSave(c) {
		w.accounts = append(w.accounts, ref)
	}
}

// staff is one thing that the ministry does with an account: mostly it opens closed ones.
func (w *world) staff() {
	if len(w.accounts) == 0 {
		return
	}
	ref := w.accounts[w.rng.IntN(len(w.accounts))]
	r := fold(w.hub.changes(ref))
	if r.Text("state") == "" {
		return // the hub that knew it is no more
	}
	c := change.Change{Entity: ref}
	switch {
	case r.Text("state") == "closed":
		w.put(&c, &r, "state", change.Text("open"))
	case w.chance(3):
		w.put(&c, &r, "office", change.Text(string(w.machines[w.rng.IntN(len(w.machines))].office)))
	default:
		w.put(&c, &r, "state", change.Text("closed"))
	}
	w.hubSave(c)
}

// officer is somebody who may work at a machine, as it knows.
func (w *world) officer(m *machine) change.Ref {
	n := len(w.accounts)
	for i := range n {
		if ref := w.accounts[(i+int(w.now%int64(n)))%n]; m.opens(ref) {
			return ref
		}
	}
	return change.Ref{}
}

// opens reports whether a machine lets an officer in.
func (m *machine) opens(ref change.Ref) bool {
	if m.disk.forgot[ref] {
		return false
	}
	r := fold(m.disk.view(ref))
	return r.Text("state") == "open"
}

// dismissed is I8 at a machine that has just taken an answer of the hub that is.
func (w *world) dismissed(l *letter, a *protocol.Answer) {
	m := l.m
	if l.hub != w.hub || a.Refusal != nil || a.Back || l.compares || m.copied {
		return
	}
	for _, ref := range w.accounts {
		var cs, before []change.Change
		unasked := false // an own change that came to the hub after the ask: the next answer says it
		for _, seq := range w.hub.of[ref] {
			if c := w.hub.rows[seq-1].c; seq <= l.made {
				cs = append(cs, c)
				if seq <= a.From.After {
					before = append(before, c)
				}
				unasked = unasked || c.ID.Node == m.disk.state.Node && c.ID.N > l.last
			}
		}
		pending, _ := m.disk.Pending([]change.Ref{ref})
		if len(cs) == 0 || unasked || pending[ref] || w.tainted[ref] {
			continue
		}
		r := fold(cs)
		closed := r.Text("state") == "closed" && meet(scopesOf(cs), l.whole)
		gone := meet(scopesOf(before), l.whole) && !meet(scopesOf(cs), l.may)
		if !closed && !gone {
			continue
		}
		if m.opens(ref) {
			w.violate("I8: %s may still work at %s, though the answer was made at %d after %s", ref, m.label, l.made, strings.Join(story(cs), ", "))
		}
		if last := w.hub.of[ref]; last[len(last)-1] > m.disk.state.Cursor.After {
			w.stats.Barred++
		}
	}
}

func meet(a, b []protocol.Scope) bool {
	return slices.ContainsFunc(a, func(s protocol.Scope) bool { return slices.Contains(b, s) })
}

// story is the story of an account.
func story(cs []change.Change) (out []string) {
	for i := range cs {
		for _, s := range cs[i].Sets {
			out = append(out, s.Field+" "+s.Value.Text)
		}
	}
	return out
}
