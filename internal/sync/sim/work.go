package sim

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// work is one thing that an officer does at his machine.
func (w *world) work(m *machine) {
	if m.disk.state.Trouble.Key == protocol.RefusedCloned {
		return // the screen says so, and nothing more is written
	}
	officer := w.officer(m)
	if officer.ID == "" {
		return // nobody may work here
	}
	ref, cs := w.pick(m)
	if ref.ID == "" || (!w.wild.erasing || len(w.people) < 5) && w.chance(4) {
		w.create(m)
		return
	}
	r := fold(cs)
	c := change.Change{Entity: ref}
	n := w.rng.IntN(20)
	if w.wild.erasing && w.chance(3) {
		n = 18
	}
	if w.wild.moving && n >= 4 && n < 12 {
		n = 12
	}
	switch {
	case n < 8 && len(r.Contested) > 0:
		w.decide(m, &r, &c)
	case n < 12:
		w.edit(m, &r, &c)
	case n < 15:
		w.put(&c, &r, "office", change.Text(string(w.machines[w.rng.IntN(len(w.machines))].office)))
	case n < 18:
		v := change.Value{}
		if r.Fields["campaign/C1"].Value.Empty() {
			v = change.Text("listed")
		}
		w.put(&c, &r, "campaign/C1", v)
	case n == 18:
		w.erase(m, ref, cs, w.some())
		return
	case n == 19: // what an office may change of an account
		a := fold(m.disk.view(officer))
		c = change.Change{Entity: officer}
		w.put(&c, &a, "role", change.Text(fmt.Sprint("role ", w.rng.IntN(1<<30))))
	default:
		w.edit(m, &r, &c)
	}
	w.save(m, c)
}

// pick is a person whom the machine shows.
func (w *world) pick(m *machine) (change.Ref, []change.Change) {
	for range 6 {
		if len(w.people) == 0 {
			break
		}
		ref := w.people[w.rng.IntN(len(w.people))]
		if m.disk.forgot[ref] {
			continue
		}
		cs := m.disk.view(ref)
		if r := fold(cs); r.Text("number") != "" {
			return ref, cs
		}
	}
	return change.Ref{}, nil
}

func (w *world) put(c *change.Change, r *change.Record, field string, v change.Value) {
	c.Sets = append(c.Sets, change.Set{Field: field, Value: v, Base: r.Version(field)})
}

func (w *world) create(m *machine) {
	number, ok := w.number(m)
	if !ok {
		return
	}
	ref := change.Ref{Kind: change.Person, ID: fmt.Sprintf("P%04d", len(w.people))}
	w.people = append(w.people, ref)
	c := change.Change{Entity: ref, Action: "register", Sets: []change.Set{
		{Field: "number", Value: change.Text(fmt.Sprint(number))}, {Field: "office", Value: change.Text(string(m.office))},
		{Field: "given", Value: change.Text("given of " + ref.ID)}}}
	if w.wild.erasing {
		for _, f := range []string{"family", "phone"} {
			c.Sets = append(c.Sets, change.Set{Field: f, Value: change.Text(f + " of " + ref.ID)})
		}
	}
	if m.label == "LAPTOP-1" {
		c.Sets = append(c.Sets, change.Set{Field: "campaign/C1", Value: change.Text("listed")})
	}
	runs := m.disk.runs
	_, m.disk.runs = protocol.Draw(runs, 1)
	key := protocol.Key{Entity: ref, ID: m.label, Secret: []byte(ref.ID)}
	if !w.save(m, c, key) {
		m.disk.runs = runs
		return
	}
	w.gives(m, number)
}

func (w *world) edit(m *machine, r *change.Record, c *change.Change) {
	for _, f := range []string{"given", "family", "phone"} {
		if len(c.Sets) == 0 || w.chance(3) {
			w.put(c, r, f, change.Text(fmt.Sprintf("%s by %s %d", f, m.label, w.rng.IntN(1<<30))))
		}
	}
	w.rng.Shuffle(len(c.Sets), func(i, j int) { c.Sets[i], c.Sets[j] = c.Sets[j], c.Sets[i] })
}

func (w *world) decide(m *machine, r *change.Record, c *change.Change) {
	x := r.Contested[w.rng.IntN(len(r.Contested))]
	v := []change.Verdict{change.Kept, change.Taken, change.Other}[w.rng.IntN(3)]
	c.Sets = append(c.Sets, x.Settle(v))
	switch v {
	case change.Taken:
		w.put(c, r, x.Field, x.Value)
	case change.Other:
		if x.Field != "office" && x.Field != "campaign/C1" && x.Field != "number" {
			w.put(c, r, x.Field, change.Text(fmt.Sprintf("decided by %s %d", m.label, w.rng.IntN(1<<30))))
		}
	}
}

// save commits a change at a machine; only then is the officer told that it is saved.
func (w *world) save(m *machine, c change.Change, keys ...protocol.Key) bool {
	d := m.disk
	c.ID = id.Change{Node: d.state.Node, N: d.last() + 1}
	c.Schema, c.Office, c.Author = change.Schema, string(m.office), "U-"+m.label
	c.At = change.Stamp{Micros: w.now + m.clock}
	body := change.Encode(&c)
	c, _ = change.Decode(body)
	var saw []id.Change
	for _, r := range d.of[c.Entity] {
		saw = append(saw, r.c.ID)
	}
	r := &row{c: c, body: body, leaf: tlog.RecordHash(body)}
	ok := w.at(m, func() error {
		d.insert(r)
		if err := d.PutKeys(keys); err != nil {
			return err
		}
		return d.step()
	})
	if !ok {
		return false
	}
	w.say("%s saves %s of %s: %d sets", m.label, c.ID, c.Entity, len(c.Sets))
	m.saved = append(m.saved, c.ID)
	m.leaves[c.ID], m.saw[c.ID] = r.leaf, saw
	w.reads(m, []change.Ref{c.Entity})
	return true
}
