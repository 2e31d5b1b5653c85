package sync

import "quipu/internal/change"

// compare looks through a part of the entities, by name: what the node should hold at its
// cursor and holds otherwise comes whole, what it should not hold is forgotten. Windows
// alone cannot tell after the hub went back: what a node was granted, was sent or was told
// to forget in the part that the hub lost left no trace there.
func (m *answering) compare() error {
	c, at := m.ask.Compare, m.ask.Cursor.After
	m.Compared = &Compared{c.After, c.Upto}
	members, err := m.log.Members(m.active, c.After, m.limit.Rows)
	if err != nil {
		return err
	}
	if n := len(members); n == m.limit.Rows {
		m.Compared.Upto = min(c.Upto, members[n-1].String())
	}
	holds, met := map[change.Ref]int{}, map[change.Ref]bool{}
	for _, h := range c.Holds {
		if !Stays(h.Entity.Kind) {
			holds[h.Entity] = h.Changes
			members = append(members, h.Entity)
		}
	}
	for _, ref := range members {
		if name := ref.String(); name > c.After && name <= m.Compared.Upto {
			met[ref] = true
		}
	}
	refs := sortedRefs(met)
	since, err := m.log.Standing(refs, m.active)
	if err != nil {
		return err
	}
	for i, ref := range refs {
		if from, in := since[ref]; in && from > at {
			continue // it comes whole with a window
		} else if err := m.repair(ref, in, holds); err != nil {
			return err
		}
		if m.bytes > m.limit.Bytes && i+1 < len(refs) {
			m.Compared.Upto = ref.String()
			break
		}
	}
	return nil
}

func (m *answering) repair(ref change.Ref, in bool, holds map[change.Ref]int) error {
	has, listed := holds[ref]
	es, err := m.log.Changes([]change.Ref{ref}, 0, m.ask.Cursor.After)
	if err != nil {
		return err
	}
	switch {
	case in && has != len(es):
		m.in[ref] = true
		for _, e := range es {
			m.add(e)
		}
	case !in && listed:
		if len(es) == 0 { // perhaps it is the node's alone, and on its way
			if es, err = m.log.Changes([]change.Ref{ref}, 0, m.size); err != nil || len(es) == 0 {
				return err
			}
		}
		m.forget(ref)
	}
	return nil
}
