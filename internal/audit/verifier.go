package audit

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	"quipu/internal/change"
	"quipu/internal/id"
)

const (
	maxFindings = 1000
	chunk       = 2048 // rows and leaves looked at together once something is wrong
)

// Evidence is what a log is checked against. Only Keys are trusted, and the outside
// checkpoints by what they say.
type Evidence struct {
	Log         Log
	Checkpoints [][]byte // those kept with the log, and any kept outside it, in any order
	Keys        []string // verifier keys of the log
	// Forgets holds of whose changes the log believes what they say was forgotten: all in the log of a
	// hub's node, the hub's own in the hub's, since it has what nodes forgot. nil believes nobody.
	Forgets func(id.Node) bool
	// Holds are those of changes that the log has: a hub that was restored may have the erasure of one that
	// it lost. nil takes it that it has all.
	Holds func([]id.Change) (map[id.Change]bool, error)
}

// Entry is one row of the stored log.
type Entry struct {
	Seq  int64
	ID   id.Change
	Body []byte
}

// Verifier checks a log while its changes stream by, in a few megabytes of memory.
//
// It aligns the leaf hashes of the stream with those in the tiles, which tells what
// happened to which change, and compares the root of the tree with every signed
// checkpoint, which proves that nothing was missed.
type Verifier struct {
	ev     Evidence
	report Report
	marks  []Checkpoint // signed checkpoints by size
	tree   Edge         // over the leaves that were settled so far
	leaves leafReader
	queue  []item
	broken bool  // a checkpoint failed: later ones must too, and say nothing new
	shift  int64 // how far the rows' numbers run ahead of their places
	gone   erasures

	// For what was moved farther than one look: leaves without a row, and the findings
	// (-1: not kept) of rows without a leaf and of leaves with another row in place.
	lost    []leafAt
	stray   map[tlog.Hash]int
	swapped map[tlog.Hash]int
}

type item struct {
	seq     int64
	id      id.Change
	hash    tlog.Hash
	kind    Kind   // what is wrong with the row by itself, or ""
	problem string // the same, in words
}

// NewVerifier checks the signatures and makes ready for the first change. The error is
// for keys that cannot be read; what is wrong with the log is in the Report.
func NewVerifier(ev Evidence) (*Verifier, error) {
	if _, err := verifiers(ev.Keys); err != nil {
		return nil, err
	}
	v := &Verifier{ev: ev, stray: map[tlog.Hash]int{}, swapped: map[tlog.Hash]int{}}
	for i, text := range ev.Checkpoints {
		c, err := Verify(text, ev.Keys...)
		if err != nil {
			v.find(Finding{Kind: BadSignature, Detail: fmt.Sprintf("checkpoint %d: %v", i+1, err)})
			continue
		}
		v.marks = append(v.marks, c)
	}
	slices.SortStableFunc(v.marks, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	if n := len(v.marks); n > 0 {
		v.report.Head = v.marks[n-1]
	} else {
		v.find(Finding{Kind: BadSignature, Detail: "no signed checkpoint"})
	}
	edge := ev.Log.Edge
	v.leaves = leafReader{v: v, blocks: map[int64][]tlog.Hash{}, trusted: edge.Size == v.report.Head.Size && edge.Root() == v.report.Head.Root}
	return v, v.mark()
}

func (v *Verifier) find(f Finding) int {
	if f.Until < f.Seq {
		f.Until = f.Seq
	}
	if len(v.report.Findings) == maxFindings {
		v.report.More++
		return -1
	}
	v.report.Findings = append(v.report.Findings, f)
	return len(v.report.Findings) - 1
}

// Feed takes the next row in log order. An error means that a tile could not be read.
func (v *Verifier) Feed(e Entry) error {
	v.report.Changes++
	it := item{seq: e.Seq, id: e.ID}
	c, err := change.Decode(e.Body)
	switch it.hash = tlog.RecordHash(e.Body); {
	case err != nil:
		it.kind, it.problem = Undecodable, err.Error()
	case c.ID != e.ID:
		it.kind, it.problem = Altered, fmt.Sprintf("the row is %s, its body %s", e.ID, c.ID)
	default:
		it.hash = v.gone.note(&c, e.Seq, e.Body, v.ev.Forgets != nil && v.ev.Forgets(c.ID.Node))
	}
	v.queue = append(v.queue, it)
	if len(v.queue) < 2*chunk {
		return nil
	}
	return v.drain(chunk)
}

// drain settles queued rows until at most keep are left.
func (v *Verifier) drain(keep int) error {
	for len(v.queue) > keep {
		n, err := v.straight(keep)
		if err == nil && n == 0 {
			err = v.align(keep == 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// straight settles the rows at the front of the queue that are as they were logged,
// leaving keep rows for leafReader to look ahead to.
func (v *Verifier) straight(keep int) (n int, err error) {
	for ; n < len(v.queue)-keep; n++ {
		want, ok, err := v.leaves.at(v.tree.Size)
		if err != nil {
			return n, err
		}
		if !ok || v.queue[n].hash != want {
			break
		}
		if err := v.settle(want, &v.queue[n], false); err != nil {
			return n, err
		}
	}
	v.queue = slices.Delete(v.queue, 0, n)
	return n, nil
}

// settle moves one leaf further along the log. it is the row found for it, or nil;
// explained means that a finding already tells why the numbering jumps here.
func (v *Verifier) settle(leaf tlog.Hash, it *item, explained bool) error {
	seq := v.tree.Size + 1
	if it != nil {
		if it.kind != "" {
			v.find(Finding{Kind: it.kind, Seq: seq, ID: it.id, Detail: it.problem})
		}
		if shift := it.seq - seq; shift != v.shift {
			v.shift = shift
			if !explained {
				v.find(Finding{Kind: Reordered, Seq: seq, ID: it.id, Detail: fmt.Sprintf("the row is numbered %d", it.seq)})
			}
		}
	}
	for _, t := range v.tree.AppendHash(leaf) {
		if err := v.compare(t); err != nil {
			return err
		}
	}
	return v.mark()
}

// compare checks a stored tile above the leaves against the one that the leaves make.
func (v *Verifier) compare(t Tile) error {
	if t.Level == 0 {
		return nil // leafReader has checked it
	}
	stored, err := v.ev.Log.Tile(t.Level, t.Index)
	if err != nil {
		return err
	}
	if string(stored) != string(t.Data) {
		span := int64(1) << (height * (t.Level + 1))
		v.find(Finding{Kind: BadTile, Seq: t.Index*span + 1, Until: (t.Index + 1) * span, Detail: Path(t.Level, t.Index)})
	}
	return nil
}

// mark checks the checkpoints that were signed when the log was as long as it is now.
func (v *Verifier) mark() error {
	good := v.report.Checkpoints
	for len(v.marks) > 0 && v.marks[0].Size <= v.tree.Size {
		c := v.marks[0]
		v.marks = v.marks[1:]
		if c.Root == v.tree.Root() {
			v.report.Checkpoints++
		} else if !v.broken {
			v.broken = true
			v.find(Finding{Kind: Rewritten, Seq: v.tree.Size, Detail: fmt.Sprintf("the checkpoint of %d changes has another root; %d earlier ones agree", c.Size, good)})
		}
	}
	return nil
}
