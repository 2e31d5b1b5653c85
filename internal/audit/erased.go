package audit

import (
	"crypto/sha256"
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
//
// A node also takes out the values of entities that another office has now. Then a change of
// its own says so, with one hash over all that is left of the entity (see Remains). These
// values may come back, since their leaves tell whether they are the same; what stays away then,
// because the hub lost it, is named change by change.

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
	e := change.Erased{Change: c.ID, Was: Leaf(c, before).String(), Is: tlog.RecordHash(after).String()}
	if left, err := change.Decode(after); err == nil {
		e.Gone = change.GoneOf(&left)
	}
	return e
}

// Remains is the hash over what is left of an entity without values: of each of its changes
// that has none any more, in the order of their names, the name, the leaf and the hash of
// the body as it is.
func Remains(left []change.Erased) string {
	left = slices.SortedFunc(slices.Values(left), func(a, b change.Erased) int { return a.Change.Compare(b.Change) })
	h := sha256.New()
	for _, l := range left {
		fmt.Fprintln(h, l.Change, l.Was, l.Is)
	}
	return tlog.Hash(h.Sum(nil)).String()
}

// takenOut is a row without some of its values.
type takenOut struct {
	seq    int64
	entity string
	change.Erased
}

// erasures is what a Verifier remembers of them, about 200 bytes a row.
type erasures struct {
	rows map[id.Change]takenOut // that were met
	said map[id.Change]takenOut // by the erasure that counts; seq is the erasure's
	// forgot is what is left of entities that the node has forgotten, as it said last.
	forgot map[string]string
	// left are changes that have not come back with their entity, as the node said last.
	left map[id.Change]change.Erased
}

// note looks at a row. It returns the leaf that the row stands for.
// What a node has forgotten is believed in its own log only: the hub has what others forgot.
func (e *erasures) note(c *change.Change, seq int64, body []byte, forgets bool) tlog.Hash {
	leaf := Leaf(c, body)
	if c.Gone != "" {
		if e.rows == nil {
			e.rows = map[id.Change]takenOut{}
		}
		e.rows[c.ID] = takenOut{seq, c.Entity.String(), change.Erased{Change: c.ID, Was: leaf.String(), Is: tlog.RecordHash(body).String()}}
	}
	for _, line := range change.ErasedBy(c) {
		if e.said == nil {
			e.said = map[id.Change]takenOut{}
		}
		if old, twice := e.said[line.Change]; !twice || old.Was != line.Was || line.Counts(&old.Erased) {
			e.said[line.Change] = takenOut{seq, "", line}
		}
	}
	if forgets {
		for entity, is := range change.ForgottenBy(c) {
			if e.forgot == nil {
				e.forgot = map[string]string{}
			}
			e.forgot[entity] = is
		}
		for _, line := range change.LeftBy(c) {
			if e.left == nil {
				e.left = map[id.Change]change.Erased{}
			}
			e.left[line.Change] = line
		}
	}
	return leaf
}

// check holds the rows against what the erasures say.
func (e *erasures) check(find func(Finding) int, holds func([]id.Change) (map[id.Change]bool, error)) error {
	gone := e.forgotten()
	for _, at := range inOrder(e.rows) {
		row := e.rows[at]
		if left := e.left[at]; gone[row.entity] || left.Agrees(&row.Erased) {
			continue
		}
		if said, ok := e.said[at]; !ok || !said.Agrees(&row.Erased) {
			find(Finding{Kind: Altered, Seq: row.seq, ID: at, Detail: "values were taken out, and no erasure says so"})
		}
	}
	whole := slices.DeleteFunc(inOrder(e.said), func(at id.Change) bool { _, out := e.rows[at]; return out })
	for some := range slices.Chunk(whole, chunk) {
		here := map[id.Change]bool{}
		if holds != nil {
			var err error
			if here, err = holds(some); err != nil {
				return err
			}
		}
		for _, at := range some {
			if said := e.said[at]; holds == nil || here[at] {
				find(Finding{Kind: Restored, Seq: said.seq, ID: at, Detail: fmt.Sprintf("the erasure at %d took its values out", said.seq)})
			}
		}
	}
	return nil
}

// forgotten are the entities of which is left what the node said.
func (e *erasures) forgotten() map[string]bool {
	left := map[string][]change.Erased{}
	for _, row := range e.rows {
		if e.forgot[row.entity] != "" {
			left[row.entity] = append(left[row.entity], row.Erased)
		}
	}
	out := map[string]bool{}
	for entity, rows := range left {
		out[entity] = Remains(rows) == e.forgot[entity]
	}
	return out
}

func inOrder(m map[id.Change]takenOut) []id.Change {
	return slices.SortedFunc(maps.Keys(m), id.Change.Compare)
}
