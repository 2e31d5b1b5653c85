package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// Values are taken out of the log when they may be kept no longer. The leaf in the tree
// stays, so that whatever was signed still agrees; the row keeps the hash of the leaf; and
// an erasure, itself a change of the log and so signed, says of each such row what its hash
// was and what it is now. A row without values that no erasure names is altered; a row that
// an erasure names and that has its values again is restored.

// Leaf is the hash under which a stored body stands in the tree: its own, or when values
// were taken out of it the one that it keeps.
func Leaf(c *change.Change, body []byte) tlog.Hash {
	if c.Gone != "" {
		if h, err := tlog.ParseHash(c.Gone); err == nil {
			return h
		}
	}
	return tlog.RecordHash(body)
}

// Erased is the line of an erasure for a change whose body was before and is after.
func Erased(c *change.Change, before, after []byte) change.Erased {
	return change.Erased{Change: c.ID, Was: Leaf(c, before).String(), Is: tlog.RecordHash(after).String()}
}

// takenOut is a row without some of its values.
type takenOut struct {
	seq int64
	change.Erased
}

// erasures is what a Verifier remembers of them, about 200 bytes a row.
type erasures struct {
	rows map[id.Change]takenOut // that were met
	said map[id.Change]takenOut // by the last erasure that names them; seq is the erasure's
}

// note looks at a row. It returns the leaf that the row stands for.
func (e *erasures) note(c *change.Change, seq int64, body []byte) tlog.Hash {
	leaf := Leaf(c, body)
	if c.Gone != "" {
		if e.rows == nil {
			e.rows = map[id.Change]takenOut{}
		}
		e.rows[c.ID] = takenOut{seq, change.Erased{Change: c.ID, Was: leaf.String(), Is: tlog.RecordHash(body).String()}}
	}
	for _, line := range change.ErasedBy(c) {
		if e.said == nil {
			e.said = map[id.Change]takenOut{}
		}
		e.said[line.Change] = takenOut{seq, line}
	}
	return leaf
}

// check holds the rows against what the erasures say.
func (e *erasures) check(find func(Finding) int) {
	for _, at := range inOrder(e.rows) {
		row := e.rows[at]
		if said, ok := e.said[at]; !ok || said.Erased != row.Erased {
			find(Finding{Kind: Altered, Seq: row.seq, ID: at, Detail: "values were taken out, and no erasure says so"})
		}
	}
	for _, at := range inOrder(e.said) {
		said := e.said[at]
		if _, ok := e.rows[at]; !ok {
			find(Finding{Kind: Restored, Seq: said.seq, ID: at, Detail: fmt.Sprintf("the erasure at %d took its values out", said.seq)})
		}
	}
}

func inOrder(m map[id.Change]takenOut) []id.Change {
	return slices.SortedFunc(maps.Keys(m), func(a, b id.Change) int {
		return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.N, b.N))
	})
}
