package sim

import (
	"errors"

	"quipu/internal/change"
)

// errDisk is a disk that fails, errCrash a machine that stops, in the middle of a transaction.
var (
	errDisk  = errors.New("sim: the disk failed")
	errCrash = errors.New("sim: the machine stopped")
	errCut   = errors.New("sim: a run of numbers cuts into another")
)

// disk makes transactions: whatever a transaction wrote is undone unless it was committed.
type disk struct {
	undo []func()
	fuse int // steps until failing; below 0 never
	fail error
	kept [][]func() // what was "committed" and never reached the disk; bugMemory only
}

// step is called by everything that reads or writes within a transaction.
func (d *disk) step() error {
	if d.fuse == 0 {
		return d.fail
	}
	d.fuse--
	return nil
}

func (d *disk) note(back func()) { d.undo = append(d.undo, back) }

// transact runs f as one transaction that fails with the given error after so many steps,
// when steps is not negative. A commit that fails undoes everything, as a torn write does
// once the machine is up again.
func (d *disk) transact(steps int, fail error, f func() error) error {
	d.undo, d.fuse, d.fail = d.undo[:0], steps, fail
	err := f()
	if err == nil {
		err = d.step() // the commit itself
	}
	if err != nil {
		rewind(d.undo)
		d.undo = d.undo[:0]
		return err
	}
	if bugMemory {
		d.kept = append(d.kept, append([]func(){}, d.undo...))
		if len(d.kept) > 6 {
			d.kept = nil
		}
	}
	d.undo = d.undo[:0]
	return nil
}

// crash loses what was in memory only.
func (d *disk) crash() {
	for i := len(d.kept) - 1; i >= 0; i-- {
		rewind(d.kept[i])
	}
	d.kept = nil
}

func rewind(undo []func()) {
	for i := len(undo) - 1; i >= 0; i-- {
		undo[i]()
	}
}

// put sets a key of a map within a transaction.
func put[K comparable, V any](d *disk, m map[K]V, k K, v V) {
	old, had := m[k]
	d.note(func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = v
}

// set sets a variable within a transaction.
func set[V any](d *disk, p *V, v V) {
	old := *p
	d.note(func() { *p = old })
	*p = v
}

// rules are those of the simulated register: only a creation creates, and what was not
// created has no value in force.
var rules = change.Rules{Refuses: func(r *change.Record, c *change.Change) string {
	if c.Entity.Kind != change.Person || r.Text("number") != "" {
		return ""
	}
	for i := range c.Sets {
		if c.Sets[i].Field == "number" {
			return ""
		}
	}
	return change.ReasonNone
}}

// fold is what the changes of an entity say, in the order given.
func fold(cs []change.Change) change.Record {
	if bugLast {
		return change.Overlay(cs)
	}
	return rules.Fold(cs)
}
