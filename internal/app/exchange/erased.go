package exchange

import (
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/change"
)

// What a register has to say itself of what erasures left of changes; see sync.

// SayErased leaves it to finish to append what the hub has to say.
func (l *hubLog) SayErased(of change.Ref, lines []change.Erased) error {
	if l.erased == nil {
		l.erased = map[string][]change.Erased{}
	}
	l.erased[of.ID] = append(l.erased[of.ID], lines...)
	return nil
}

// sayErased appends the erasures of the hub's own.
func (l *hubLog) sayErased() error {
	if len(l.erased) == 0 {
		return nil
	}
	st, err := l.x.Stamper(l.ctx, l.tx, node.Actor{Login: "system", Purpose: "registry"})
	if err != nil {
		return err
	}
	for _, entity := range slices.Sorted(maps.Keys(l.erased)) {
		c := change.Erase(entity, l.erased[entity])
		st.Stamp(&c)
		l.touched[c.Entity.String()] = true
		if err := l.tx.Append(l.ctx, []change.Change{c}); err != nil {
			return err
		}
	}
	return nil
}

func (l *nodeLog) Erasing(refs []change.Ref) (map[change.Logged]change.Erased, error) {
	var said []change.Change
	entries, err := l.tx.EntriesOf(l.ctx, names(refs))
	if err != nil {
		return nil, err
	}
	for _, rows := range entries {
		for _, e := range rows {
			if e.Hub > 0 || e.ID.Node != l.x.Name() {
				continue
			}
			c, err := change.Decode(e.Body)
			if err != nil {
				return nil, err
			}
			said = append(said, c)
		}
	}
	return change.LastErased(said), nil
}

// SayErased leaves it to finish to append what the node has to say.
func (l *nodeLog) SayErased(of change.Ref, lines []change.Erased) error {
	l.erased = append(l.erased, change.Erase(of.ID, lines))
	return nil
}

// sayErased appends the erasures of the node's own. A register that was put back from a copy writes
// nothing yet.
func (l *nodeLog) sayErased() error {
	if len(l.erased) == 0 || l.x.Waits(l.ctx, l.tx) != nil {
		return nil
	}
	st, err := l.x.Stamper(l.ctx, l.tx, node.Actor{Login: "system", Purpose: "registry"})
	if err != nil {
		return err
	}
	for i := range l.erased {
		st.Stamp(&l.erased[i])
		l.touched[l.erased[i].Entity.String()] = true
	}
	return l.tx.Append(l.ctx, l.erased)
}
