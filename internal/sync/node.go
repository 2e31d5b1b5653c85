package sync

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// BatchBytes is how many bytes of bodies a batch holds at most. One change that is larger
// comes alone.
const BatchBytes = 256 << 10

// batchCount bounds what one read of a node's log brings.
const batchCount = 500

// forgottenCount is how many confirmations go with one batch.
const forgottenCount = 1000

// Hello is what a node says of itself with each batch.
type Hello struct {
	Program string
	Clock   int64 // microseconds of Unix time
	Wants   int64 // how many registration numbers the node would have
}

// NextBatch is the next push of a node: changes after those that the hub is known to have,
// up to limit bytes (0 means BatchBytes), and whatever else the hub is to know. It is worth
// sending also without changes, as a sign of life; More says that there are further changes.
func NextBatch(log NodeLog, h Hello, limit int) (b Batch, more bool, err error) {
	s, err := log.State()
	if err != nil {
		return Batch{}, false, err
	}
	b = Batch{Version: Version, Node: s.Node, Program: h.Program, Schema: change.Schema, Clock: h.Clock, Wants: h.Wants,
		First: s.Pushed + 1, Chain: s.Chain, Cursor: s.Cursor, Seen: newest(s.Known)}
	bodies, err := log.Own(s.Pushed, batchCount)
	if err != nil {
		return Batch{}, false, err
	}
	room := cmp.Or(limit, BatchBytes)
	for i, body := range bodies {
		if room -= len(body); room < 0 && i > 0 {
			break
		}
		b.Bodies = append(b.Bodies, body)
	}
	more = len(b.Bodies) < len(bodies) || len(bodies) == batchCount
	if b.Rests, err = rests(log, &s, &b); err != nil {
		return Batch{}, false, err
	}
	if b.Forgotten, err = log.Forgotten(forgottenCount); err != nil {
		return Batch{}, false, err
	}
	if err := attachFound(log, &s, &b, cmp.Or(limit, BatchBytes)); err != nil {
		return Batch{}, false, err
	}
	if err := attach(log, &b); err != nil {
		return Batch{}, false, err
	}
	b.Ranges, err = log.Ranges()
	return b, more || !b.Told, err
}

// attach adds what the changes of a batch cannot do without: keys, and what erasures left.
func attach(log NodeLog, b *Batch) error {
	of := map[change.Ref]bool{}
	var names []id.Change
	for _, body := range slices.Concat(b.Bodies, b.Found) {
		c, err := change.Decode(body)
		if err != nil {
			return err
		}
		if of[c.Entity] = true; c.ID.Node != b.Node {
			continue
		}
		for _, e := range change.ErasedBy(&c) {
			names = append(names, e.Change)
		}
	}
	if len(of) == 0 {
		return nil
	}
	var err error
	if b.Keys, err = log.Keys(sortedRefs(of)); err != nil || len(names) == 0 {
		return err
	}
	bodies, err := log.Named(names)
	for _, c := range slices.SortedFunc(maps.Keys(bodies), id.Change.Compare) {
		b.Stripped = append(b.Stripped, bodies[c])
	}
	return err
}

// TakeReceipt notes what the hub has. It ends nothing that is pending: only a pull does.
func TakeReceipt(log NodeLog, r Receipt) error {
	s, err := log.State()
	if err != nil || r.Node != s.Node {
		return err
	}
	s.Now = max(s.Now, r.Now)
	if len(r.Found) > 0 && r.Seen == newest(s.Known) {
		if err := log.Kept(r.Found); err != nil {
			return err
		}
	}
	if r.Refusal != nil && r.Refusal.Key != RefusedGap {
		s.Trouble = *r.Refusal
		return log.SaveState(s)
	}
	last, err := log.Last()
	if err != nil {
		return err
	}
	s.Trouble = Refusal{}
	s.Heard, s.Has = true, r.Last
	if r.Last <= last && (r.Last > s.Pushed || r.Refusal != nil) {
		chain, err := chainAt(log, &s, r.Last)
		if err != nil {
			return err
		}
		if chain != r.Chain {
			s.Trouble = *refuse(RefusedCloned, "n", decimal(r.Last))
			return log.SaveState(s)
		}
		s.Pushed, s.Chain = r.Last, chain
	}
	if len(r.Head) > 0 {
		// It is no mark: only an answer has been compared with those that are known.
		if _, err := log.OpenHead(r.Head); err != nil {
			return err
		}
		s.Head = r.Head
	}
	if err := log.Confirmed(r.Forgotten); err != nil {
		return err
	}
	if r.Refusal == nil {
		if err := log.PutRanges(r.Ranges); err != nil {
			return err
		}
	}
	if bugDrop {
		return dropPushed(log, s)
	}
	return log.SaveState(s)
}

// chainAt is the node's own chain at one of its changes.
func chainAt(log NodeLog, s *NodeState, n int64) (tlog.Hash, error) {
	at, chain := s.Pushed, s.Chain
	if n < at {
		at, chain = 0, tlog.Hash{}
	}
	for at < n {
		leaves, err := log.OwnLeaves(at, int(min(n-at, 4096)))
		if err != nil {
			return tlog.Hash{}, err
		}
		if len(leaves) == 0 {
			break // the hub has more than the node: the next pull says so
		}
		for _, l := range leaves {
			chain = Link(chain, l)
		}
		at += int64(len(leaves))
	}
	return chain, nil
}

// NextAsk is the next pull of a node.
func NextAsk(log NodeLog) (Ask, error) {
	s, err := log.State()
	if err != nil {
		return Ask{}, err
	}
	a := Ask{Version: Version, Node: s.Node, Cursor: s.Cursor, Known: s.Known, Ahead: s.Ahead}
	if a.Last, err = log.Last(); err != nil {
		return Ask{}, err
	}
	if a.Unsent, a.Oldest, err = backlog(log, &s, a.Last); err != nil {
		return Ask{}, err
	}
	if s.Back > 0 {
		if a.Bare, err = log.Bare(0, a.Last); err != nil {
			return Ask{}, err
		}
		a.Bare = a.Bare[:min(len(a.Bare), bareCount)]
	}
	if a.Orphans, err = log.Orphans(compareCount); err != nil || s.Compare == nil {
		return a, err
	}
	a.Compare = &Comparison{After: s.Compare.After, Upto: Filled}
	a.Compare.Holds, err = log.Holdings(s.Compare.After, compareCount)
	if n := len(a.Compare.Holds); n == compareCount {
		a.Compare.Upto = a.Compare.Holds[n-1].Entity.String()
	}
	return a, err
}

// backlog is how many own changes wait to be sent, and when the oldest was made by the node's
// clock.
func backlog(log NodeLog, s *NodeState, last int64) (unsent, oldest int64, err error) {
	if unsent = max(0, last-s.Pushed); unsent == 0 {
		return 0, 0, nil
	}
	bodies, err := log.Own(s.Pushed, 1)
	if err != nil || len(bodies) == 0 {
		return unsent, 0, err
	}
	c, err := change.Decode(bodies[0])
	return unsent, c.At.Micros, err
}

// bareCount is how many own changes one ask says to be without values, the first of them.
const bareCount = 20_000

// compareCount is how many entities one ask compares.
const compareCount = 1000

// see keeps a head of the hub's log. Older ones thin out with their distance, so that some
// sixty reach back over any log.
func see(log NodeLog, s *NodeState, h Head) error {
	m, err := log.OpenHead(h)
	if err != nil {
		return err
	}
	if n := len(s.Known); n > 0 && s.Known[n-1].Size >= m.Size {
		return nil
	}
	s.Head = h
	s.Known = thin(append(slices.Clone(s.Known), m))
	return nil
}

// thin leaves the oldest mark and the newest. Of those between it drops each without which the
// next older one that is left is at most twice as far from the newest as the next newer one: a node
// that goes back goes at most twice as far as it must, if there was a mark to stop at.
func thin(marks []Mark) []Mark {
	if len(marks) < 3 {
		return marks
	}
	newest := marks[len(marks)-1]
	out := marks[:1:1]
	for i := 1; i < len(marks)-1; i++ {
		if newest.Size-out[len(out)-1].Size > 2*(newest.Size-marks[i+1].Size) {
			out = append(out, marks[i])
		}
	}
	return append(out, newest)
}
