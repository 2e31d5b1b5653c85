package sync

import (
	"slices"

	"quipu/internal/change"
)

// Urgent reports whether changes of a kind of entity go ahead of the hub's order: an officer
// who was dismissed must not work at a node that has a week to catch up.
func Urgent(k change.Kind) bool { return k == change.User }

// ahead adds what is urgent of the part of the log that is left for later answers: of each
// entity all that the node lacks, so that its fold is the hub's. It comes again with its
// window, and is passed over then.
//
// A scope that has just been filled was none of those that earlier answers looked through, so
// the next one begins again.
func (m *answering) ahead() error {
	// Until the node has compared everything, also while pages of a scope come between, it counts
	// what has a place: nothing beyond its cursor may have one.
	if m.Back || m.ask.Compare != nil || bugLate {
		return nil
	}
	from := max(m.ask.Ahead, m.To.After)
	m.Ahead = m.size
	if m.To.Filling == Filled && m.ask.Cursor.Filling != Filled {
		m.Ahead = 0
	}
	if from >= m.size {
		return nil
	}
	refs, err := m.log.Urgent(m.peer.watched(m.ask.Cursor), from, m.size)
	if err != nil {
		return err
	}
	held, err := m.log.Standing(refs, m.active)
	if err != nil {
		return err
	}
	may, err := m.log.Standing(refs, m.Scopes) // what is filled for the first time counts as well
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if _, in := may[ref]; !in {
			if !slices.ContainsFunc(m.Forget, func(f Forget) bool { return f.Entity == ref }) {
				m.forget(ref)
			}
			continue
		}
		after := int64(0)
		if at, in := held[ref]; in && at <= from {
			after = from
		}
		if err := m.hurry(ref, after); err != nil {
			return err
		}
	}
	return nil
}

// hurry adds the changes of an entity after a place. Own changes of the window are echoed in
// it. When there is one that the node lacked as it asked, the entity waits for the window: a
// node that was restored takes its own changes back in their order.
func (m *answering) hurry(ref change.Ref, after int64) error {
	es, err := m.log.Changes([]change.Ref{ref}, after, m.size)
	if err != nil {
		return err
	}
	own := func(e Entry) bool { return e.ID.Node == m.ask.Node }
	if slices.ContainsFunc(es, func(e Entry) bool { return own(e) && e.ID.N > m.ask.Last }) {
		m.Ahead = min(m.Ahead, m.ask.Ahead)
		return nil
	}
	m.in[ref] = true
	for _, e := range es {
		if !own(e) || e.Seq <= m.ask.Cursor.After || e.Seq > m.To.After {
			m.add(e)
		}
	}
	return nil
}
