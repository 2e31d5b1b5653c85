package backup

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app/node"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Until names the moment that a register is to show: up to a time, or up to a change; zero
// for that of the backup.
type Until struct {
	at     time.Time
	change id.Change
	text   string
}

func (u Until) given() bool { return u.text != "" }

// ParseUntil reads a moment (RFC 3339; without a zone it is that of this computer) or the name
// of a change.
func ParseUntil(s string) (u Until, err error) {
	u.text = s
	if s == "" {
		return u, nil
	}
	if c, err := id.ParseChange(s); err == nil && !c.IsZero() {
		u.change = c
		return u, nil
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if u.at, err = time.ParseInLocation(form, s, time.Local); err == nil {
			return u, nil
		}
	}
	return u, fault.New(fault.Invalid, "backup.until", "text", s)
}

// size is the length of the log at the moment.
func (u Until) size(ctx context.Context, tx *store.Tx) (int64, error) {
	if u.change.IsZero() {
		return tx.SizeAt(ctx, u.at.UnixMicro())
	}
	found, err := tx.Named(ctx, []id.Change{u.change})
	if err != nil {
		return 0, err
	}
	e, ok := found[u.change]
	if !ok {
		return 0, fault.New(fault.NotFound, "backup.no_change", "change", u.change.String())
	}
	return e.Seq, nil
}

// cut takes away what came after a moment: its changes, what the tables say because of them,
// and the end of the tree. What was erased since stays erased: that is what erasing means. It
// returns how many changes are gone.
func cut(ctx context.Context, n *node.Node, u Until, tables Rebuilder) (gone int64, err error) {
	f, err := n.DB.Fill(ctx)
	if err != nil {
		return 0, err
	}
	gone, err = cutIn(ctx, &f.Tx, n, u, tables)
	return gone, errors.Join(err, f.End(err == nil))
}

func cutIn(ctx context.Context, tx *store.Tx, n *node.Node, u Until, tables Rebuilder) (gone int64, err error) {
	if err := tables.StandAlone(ctx, tx); err != nil {
		return 0, err
	}
	had, err := tx.Size(ctx)
	if err != nil {
		return 0, err
	}
	size, err := u.size(ctx, tx)
	if err != nil || size == had {
		return 0, err
	}
	if size == 0 {
		return 0, fault.New(fault.Invalid, "backup.before", "text", u.text)
	}
	for more := true; more; {
		if more, err = cutPage(ctx, tx, size, tables); err != nil {
			return 0, err
		}
	}
	var edge audit.Edge
	if err := leaves(ctx, tx, func(_ *change.Change, _ store.Entry, leaf tlog.Hash) { edge.AppendHash(leaf) }); err != nil {
		return 0, err
	}
	head, err := n.Signer.Sign(edge.Size, edge.Root())
	if err != nil {
		return 0, err
	}
	return had - edge.Size, tx.CutTree(ctx, edge, string(head))
}

// cutPage cuts the changes of some entities and writes their tables anew.
func cutPage(ctx context.Context, tx *store.Tx, size int64, tables Rebuilder) (more bool, err error) {
	entities, err := tx.EntitiesBeyond(ctx, size, 1000)
	if err != nil || len(entities) == 0 {
		return false, err
	}
	if err := tx.DropBeyond(ctx, size, entities); err != nil {
		return false, err
	}
	has, err := tx.EntriesOf(ctx, entities)
	if err != nil {
		return false, err
	}
	var left, none []string
	for _, e := range entities {
		if len(has[e]) > 0 {
			left = append(left, e)
		} else {
			none = append(none, e)
		}
	}
	return true, tables.Rebuild(ctx, tx, left, none)
}

// leaves calls f with every change of the log and its leaf, in order.
func leaves(ctx context.Context, tx *store.Tx, f func(c *change.Change, e store.Entry, leaf tlog.Hash)) error {
	const page = 5000
	for after := int64(-1 << 62); ; {
		n := 0
		err := tx.Log(ctx, after, page, func(e store.Entry) error {
			n++
			after = e.Seq
			c, err := change.Decode(e.Body)
			f(&c, e, audit.Leaf(&c, e.Body))
			return err
		})
		if err != nil || n < page {
			return err
		}
	}
}

// unsaid are the erasures that the log lacks: rows without values of which the change that
// says so was cut away, or was written under another name.
func unsaid(ctx context.Context, n *node.Node) (out []change.Change, err error) {
	rows := map[id.Change]change.Erased{}
	of := map[id.Change]string{}
	var lines []change.Erased
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		return leaves(ctx, tx, func(c *change.Change, e store.Entry, _ tlog.Hash) {
			lines = append(lines, change.ErasedBy(c)...)
			if c.Gone != "" {
				rows[c.ID] = audit.Erased(c, e.Body, e.Body)
				of[c.ID] = e.Entity
			}
		})
	})
	if err != nil {
		return nil, err
	}
	for _, line := range lines { // of several about one row the last one counts
		if row, here := rows[line.Change]; here && row.Agrees(&line) {
			delete(rows, line.Change)
		}
	}
	by := map[string][]change.Erased{}
	for at, line := range rows {
		_, entity, _ := strings.Cut(of[at], "/")
		by[entity] = append(by[entity], line)
	}
	for _, entity := range slices.Sorted(maps.Keys(by)) {
		slices.SortFunc(by[entity], func(a, b change.Erased) int { return strings.Compare(a.Change.String(), b.Change.String()) })
		out = append(out, change.Erase(entity, by[entity]))
	}
	return out, nil
}
