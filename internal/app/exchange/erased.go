package exchange

import (
	"context"
	"maps"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/store"
)

// What a register has to say itself of what erasures left of changes; see sync.

// say appends changes of the register's own.
func (x *Exchange) say(ctx context.Context, tx *store.Tx, said ...change.Change) error {
	if len(said) == 0 {
		return nil
	}
	st, err := x.Stamper(ctx, tx, node.Actor{Login: "system", Purpose: "registry"})
	if err != nil {
		return err
	}
	for i := range said {
		st.Stamp(&said[i])
	}
	return tx.Append(ctx, said)
}

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
	var said []change.Change
	for _, entity := range slices.Sorted(maps.Keys(l.erased)) {
		c := change.Erase(entity, l.erased[entity])
		said = append(said, c)
		l.touched[c.Entity.String()] = true
	}
	return l.x.say(l.ctx, l.tx, said...)
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
	for i := range l.erased {
		l.touched[l.erased[i].Entity.String()] = true
	}
	return l.x.say(l.ctx, l.tx, l.erased...)
}
