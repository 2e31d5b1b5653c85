package backup

import (
	"slices"

	"quipu/internal/archive"
	"quipu/internal/audit"
	"quipu/internal/change"
)

// proof grows the tree of the log anew from the rows that pass, to hold it against the
// signed head: so a backup says of itself whether it has the log that was signed.
type proof struct {
	tree audit.Edge
	body int // place of the body among the columns, -1 outside the log
	bad  int // bodies that are no changes
}

func (p *proof) table(t archive.Table) {
	p.body = -1
	if t.Name == "change" {
		p.body = slices.Index(t.Columns, "body")
	}
}

func (p *proof) row(values []any) {
	if p.body < 0 {
		return
	}
	body, ok := values[p.body].(string)
	c, err := change.Decode([]byte(body))
	if !ok || err != nil {
		p.bad++
	}
	p.tree.AppendHash(audit.Leaf(&c, []byte(body)))
}

// sound reports whether the log that passed is the one that was signed: the head of the
// manifest.
func (p *proof) sound(m *archive.Manifest) bool {
	if m.Size == 0 && p.tree.Size == 0 {
		return true
	}
	head, err := audit.Verify([]byte(m.Head), m.Key)
	return err == nil && p.bad == 0 && head.Size == m.Size && head.Size == p.tree.Size && head.Root == p.tree.Root()
}
