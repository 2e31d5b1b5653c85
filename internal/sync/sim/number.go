package sim

import (
	"slices"

	protocol "quipu/internal/sync"
)

const (
	usual = 5   // numbers that a node wants when it says nothing: few, so that they run out
	ahead = 500 // numbers that a restored hub leaves out
)

// number is the next registration number that a machine would give. When it has none it says
// so, and asks for more than it did.
func (w *world) number(m *machine) (int64, bool) {
	if m.waits {
		return 0, false
	}
	next, _ := protocol.Draw(m.disk.runs, 1)
	if len(next) == 0 {
		w.stats.Short++
		w.say("%s has no number left", m.label)
		m.disk.wants = min(m.disk.wants+usual, 4*usual)
		return 0, false
	}
	return next[0], true
}

// gives is I9 at a machine: a number is given once in the world, and out of a run that a hub
// gave to this node.
func (w *world) gives(m *machine, number int64) {
	if !slices.ContainsFunc(w.runs[m.disk.state.Node], func(r protocol.NumberRange) bool { return r.First <= number && number <= r.Last }) {
		w.violate("I9: %s gave the number %d, which no hub gave it", m.label, number)
	}
	m.gave[number] = true
	for _, o := range w.machines {
		if o != m && o.gave[number] && !o.copied && !m.copied {
			w.violate("I9: %s and %s gave the number %d", m.label, o.label, number)
		}
	}
}

// allotted keeps what a hub gave, and looks whether anybody else was given a number of it.
func (w *world) allotted(m *machine, runs []protocol.NumberRange) {
	me := m.disk.state.Node
	for _, r := range runs {
		if slices.ContainsFunc(w.runs[me], func(o protocol.NumberRange) bool { return o.First == r.First && o.Last == r.Last }) {
			continue
		}
		for node, theirs := range w.runs {
			for _, o := range theirs {
				if o.First <= r.Last && r.First <= o.Last {
					w.violate("I9: %d to %d were given to %s, %d to %d to %s", r.First, r.Last, me, o.First, o.Last, node)
				}
			}
		}
		w.runs[me] = append(w.runs[me], r)
	}
}

// numbered is I9 at rest: no two people at the hub have one number, and a machine has what it
// wants, or half of it.
func (w *world) numbered() {
	of := map[string]string{}
	for _, ref := range w.people {
		r := fold(w.hub.changes(ref))
		n := r.Text("number")
		if o, twice := of[n]; twice && n != "" {
			w.violate("I9: %s and %s have the number %s", o, ref, n)
		}
		of[n] = ref.String()
	}
	for _, m := range w.machines {
		if s := protocol.StockOf(m.disk.runs, m.disk.wants); !m.ended && m.disk.state.Trouble.Key == "" && s.Left*2 < s.Wants {
			w.violate("I9: %s has %d numbers left and wants %d", m.label, s.Left, s.Wants)
		}
	}
}
