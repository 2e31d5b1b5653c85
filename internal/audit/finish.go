package audit

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// maxLost bounds the missing leaves that are remembered by hash, 2 MB of them.
const maxLost = 1 << 16

type leafAt struct {
	seq  int64
	hash tlog.Hash
}

// lose notes that the next leaf has no row.
func (v *Verifier) lose(leaf tlog.Hash) {
	seq := v.tree.Size + 1
	if len(v.lost) < maxLost {
		v.lost = append(v.lost, leafAt{seq, leaf})
		return
	}
	if n := len(v.report.Findings); n > 0 {
		if f := &v.report.Findings[n-1]; f.Kind == Missing && f.Until == seq-1 {
			f.Until = seq
			return
		}
	}
	v.find(Finding{Kind: Missing, Seq: seq})
}

// Finish settles what is left and gives the report.
func (v *Verifier) Finish() (Report, error) {
	if err := v.drain(0); err != nil {
		return Report{}, err
	}
	// Never beyond the signed size: an edge that claims more may claim anything.
	if err := v.skip(min(v.ev.Log.Edge.Size, v.report.Head.Size)); err != nil {
		return Report{}, err
	}
	v.reconcile()
	size, head := v.tree.Size, v.report.Head.Size
	if v.ev.Log.Edge.Size != size || !sameLevels(v.ev.Log.Edge, &v.tree) {
		v.find(Finding{Kind: BadTile, Seq: size/width*width + 1, Until: size, Detail: "edge"})
	}
	if size < head {
		v.find(Finding{Kind: Missing, Seq: size + 1, Until: head})
	}
	if size > head {
		v.find(Finding{Kind: Extra, Seq: head + 1, Until: size, Detail: "after the last signed checkpoint"})
	}
	if err := v.gone.check(v.find, v.ev.Holds); err != nil {
		return Report{}, err
	}
	slices.SortStableFunc(v.report.Findings, func(a, b Finding) int { return cmp.Compare(a.Seq, b.Seq) })
	return v.report, nil
}

func sameLevels(a, b *Edge) bool {
	for i := range max(len(a.Levels), len(b.Levels)) {
		var x, y []tlog.Hash
		if i < len(a.Levels) {
			x = a.Levels[i]
		}
		if i < len(b.Levels) {
			y = b.Levels[i]
		}
		if !slices.Equal(x, y) {
			return false
		}
	}
	return true
}

// reconcile joins a leaf without a row to a row without a leaf, however far apart: that
// row was moved. The leaves that remain are missing, in runs.
func (v *Verifier) reconcile() {
	for leaf, f := range v.swapped {
		if moved, ok := v.stray[leaf]; ok && f >= 0 && moved >= 0 {
			v.report.Findings[moved].Kind = Reordered
			v.report.Findings[moved].Detail = fmt.Sprintf("it belongs at %d", v.report.Findings[f].Seq)
		}
	}
	var run *Finding
	var runs []Finding
	for _, l := range v.lost {
		if f, ok := v.stray[l.hash]; ok && f >= 0 {
			v.report.Findings[f].Kind = Reordered
			v.report.Findings[f].Detail = fmt.Sprintf("it belongs at %d", l.seq)
			continue
		}
		if run != nil && run.Until == l.seq-1 {
			run.Until++
			continue
		}
		runs = append(runs, Finding{Kind: Missing, Seq: l.seq, Until: l.seq})
		run = &runs[len(runs)-1]
	}
	for _, f := range runs {
		v.find(f)
	}
}
