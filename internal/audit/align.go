package audit

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// align settles rows at the front of the queue when the first is not the next leaf.
//
// The rows that appear among the coming leaves in rising order, as many as can be (the
// longest increasing subsequence), are taken to stand where they belong. Other rows that
// appear were moved. Between two rows in place, an unknown row is matched with a leaf
// nobody claims: altered. What is left over is missing or extra.
func (v *Verifier) align(last bool) error {
	if jumped, err := v.jump(); jumped || err != nil {
		return err
	}
	rows := v.queue[:min(len(v.queue), chunk)]
	leaves, err := v.leaves.window(v.tree.Size, chunk)
	if err != nil {
		return err
	}
	if len(leaves) == 0 {
		return v.beyond()
	}
	m := match(rows, leaves)
	m.cut(last && len(rows) == len(v.queue))
	rows = slices.Clone(rows[:m.rows])
	v.queue = slices.Delete(v.queue, 0, m.rows)
	r, l := 0, 0
	for _, a := range append(m.anchors, -1) {
		stop, row := m.leaves, (*item)(nil)
		end := m.rows
		if a >= 0 {
			stop, row, end = m.at[a], &rows[a], a
		}
		if err := v.gap(rows[r:end], m.at[r:end], leaves[l:stop], l, &m); err != nil {
			return err
		}
		if row != nil {
			if err := v.settle(leaves[stop], row, true); err != nil {
				return err
			}
		}
		r, l = end+1, stop+1
	}
	return nil
}

// jump skips the leaves of a long run of missing rows when the next row's own number
// says where it belongs and the leaf there agrees.
func (v *Verifier) jump() (bool, error) {
	next := v.queue[0]
	pos := next.seq - 1 - v.shift
	if pos < v.tree.Size+chunk/2 {
		return false, nil
	}
	leaf, ok, err := v.leaves.at(pos)
	if err != nil || !ok || leaf != next.hash {
		return false, err
	}
	return true, v.skip(pos)
}

// skip settles all leaves before pos as missing.
func (v *Verifier) skip(pos int64) error {
	for v.tree.Size < pos {
		leaf, ok, err := v.leaves.at(v.tree.Size)
		if err != nil || !ok {
			return err
		}
		v.lose(leaf)
		if err := v.settle(leaf, nil, true); err != nil {
			return err
		}
	}
	return nil
}

// beyond deals with rows after the last stored leaf: the tree was cut short, or nobody
// ever logged them.
func (v *Verifier) beyond() error {
	row := v.queue[0]
	v.queue = v.queue[1:]
	if v.tree.Size < v.report.Head.Size && row.seq-v.shift == v.tree.Size+1 {
		return v.settle(row.hash, &row, false)
	}
	v.add(&row)
	return nil
}

// gap settles the leaves between two rows in place, and the rows there. at says where
// among all leaves (the first of the gap is number from) a row belongs, -1 for nowhere.
func (v *Verifier) gap(rows []item, at []int, leaves []tlog.Hash, from int, m *matching) error {
	var unknown []*item
	for i := range rows {
		switch {
		case at[i] < 0:
			unknown = append(unknown, &rows[i])
		case at[i] >= m.leaves:
			v.add(&rows[i]) // its leaf comes later; reconcile joins them
		}
	}
	for i, leaf := range leaves {
		seq := v.tree.Size + 1
		switch row, moved := m.moved[from+i]; {
		case moved && row < m.rows:
			v.find(Finding{Kind: Reordered, Seq: seq, ID: m.all[row].id, Detail: fmt.Sprintf("the row is numbered %d", m.all[row].seq)})
		case !moved && len(unknown) > 0:
			row := unknown[0]
			unknown = unknown[1:]
			f := v.find(Finding{Kind: Altered, Seq: seq, ID: row.id, Detail: row.problem})
			v.stray[row.hash] = f
			v.swapped[leaf] = f
		default:
			v.lose(leaf)
		}
		if err := v.settle(leaf, nil, true); err != nil {
			return err
		}
	}
	for _, row := range unknown {
		v.add(row)
	}
	return nil
}

func (v *Verifier) add(row *item) {
	v.stray[row.hash] = v.find(Finding{Kind: Extra, Seq: row.seq, ID: row.id, Detail: row.problem})
}

// matching says which row is which leaf.
type matching struct {
	all          []item
	at           []int       // of each row: its leaf, -1 for none
	anchors      []int       // rows in place, rising
	moved        map[int]int // leaf to the row that was moved away from it
	rows, leaves int         // how many of each are to be settled now
}

func match(rows []item, leaves []tlog.Hash) matching {
	where := make(map[tlog.Hash]int, len(leaves))
	for i, h := range leaves {
		if _, twice := where[h]; !twice {
			where[h] = i
		}
	}
	m := matching{all: slices.Clone(rows), at: make([]int, len(rows)), moved: map[int]int{}, rows: len(rows), leaves: len(leaves)}
	for i := range rows {
		p, ok := where[rows[i].hash]
		if !ok {
			p = -1
		}
		m.at[i] = p
	}
	m.anchors = rising(m.at)
	claimed := map[int]bool{}
	for _, a := range m.anchors {
		claimed[m.at[a]] = true
	}
	for i, p := range m.at {
		if _, inPlace := slices.BinarySearch(m.anchors, i); p < 0 || inPlace {
			continue
		}
		if claimed[p] {
			m.at[i] = -1 // a second copy
			continue
		}
		claimed[p] = true
		m.moved[p] = i
	}
	return m
}

// cut keeps the later half for the next round, which sees what follows it. It cuts after
// a row in place; when there is none, every row is paired with a leaf.
func (m *matching) cut(last bool) {
	switch {
	case last:
	case len(m.anchors) == 0:
		m.leaves = min(m.leaves, m.rows)
	default:
		n := 1
		for n < len(m.anchors) && m.anchors[n] < len(m.at)/2 {
			n++
		}
		m.anchors = m.anchors[:n]
		m.rows, m.leaves = m.anchors[n-1]+1, m.at[m.anchors[n-1]]+1
	}
}

// rising gives the indexes of a longest strictly increasing subsequence, leaving out
// negative numbers (patience sorting).
func rising(at []int) []int {
	var piles []int // index of the top of each pile
	before := make([]int, len(at))
	for i, p := range at {
		if p < 0 {
			continue
		}
		k, _ := slices.BinarySearchFunc(piles, p, func(top, p int) int { return at[top] - p })
		before[i] = -1
		if k > 0 {
			before[i] = piles[k-1]
		}
		if k == len(piles) {
			piles = append(piles, i)
		} else {
			piles[k] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	var out []int
	for i := piles[len(piles)-1]; i >= 0; i = before[i] {
		out = append(out, i)
	}
	slices.Reverse(out)
	return out
}
