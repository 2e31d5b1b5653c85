package review

import (
	"context"
	"slices"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Entry is one side of a pair with what hangs on it.
type Entry struct {
	Face
	Record       registry.Person // what the actor may see
	Rights       node.Rights
	Hidden       int // fields that hold something and that the actor may not see
	Made         change.Stamp
	Registered   []registry.Episode     // oldest first
	Certificates []registry.Certificate // cards and certificates that were issued
	Changes      int                    // how often somebody wrote to the entry
	LastWritten  change.Stamp
	Others       []QueueItem // other pairs that this person is in and that wait
	MergedFrom   []Face      // entries that were merged into this one before
	Requests     int         // about the person's rights
}

// Said is one decision of the history.
type Said struct {
	Action  string // decide, second, reopen, undo
	Verdict same.Verdict
	Author  string
	Office  string
	At      change.Stamp
	Reason  string
	Note    string
	Weight  int64 // what the program said then, in hundredths of a bit
	Model   string
}

// PairPage is everything that a reviewer sees of a pair. Lines are the fields side by side;
// Suggested is the side that survives unless he chooses. Waits are the reasons, as keys of
// the catalogue, why "the same" would be a proposal that another officer confirms.
type PairPage struct {
	QueueItem
	Sides     [2]Entry // A, B
	Lines     []same.Line
	Suggested same.Side
	Conflict  bool // both have a verified national number, and another
	History   []Said
	Proposal  *same.Pair      // when one stands
	Merge     *store.MergeRow // when they are merged
	Apart     []string        // pairs of entries gathered here that were said to be different
	Waits     []Reason
	Seen      id.Change // for DecideCmd.Seen
	Opened    time.Time // for DecideCmd.Opened
	Blind     bool      // for a second look: what the first said is left out
	May       struct{ Decide, Merge, Confirm, Reopen, Undo, Second bool }
}

// Pair opens a pair. Both people are logged as read.
func (r *Review) Pair(ctx context.Context, actor Actor, pair string) (*PairPage, error) {
	page := &PairPage{Opened: r.Now()}
	err := r.DB.View(ctx, func(tx *store.Tx) error { return r.fill(ctx, tx, actor, pair, page) })
	if err != nil {
		return nil, err
	}
	var reads []store.Read
	for i := range page.Sides {
		detail := "ordinary"
		if s := &page.Sides[i]; s.Rights.Sealed {
			detail = "sealed"
		} else if s.Rights.Detail {
			detail = "detail"
		}
		reads = append(reads, store.Read{Action: "read", Person: page.Sides[i].Person, Detail: detail})
	}
	return page, r.LogReads(ctx, actor, reads...)
}

func (r *Review) fill(ctx context.Context, tx *store.Tx, actor Actor, pair string, page *PairPage) error {
	row, ok, err := tx.Pair(ctx, pair)
	if err != nil || !ok {
		return node.NotFound(err, "pair", pair)
	}
	if err := maySee(actor, &row); err != nil {
		return err
	}
	list, err := r.items(ctx, tx, []store.PairRow{row})
	if err != nil || len(list) == 0 {
		return node.NotFound(err, "pair", pair)
	}
	page.QueueItem = list[0]
	p, past, err := r.pair(ctx, tx, pair)
	if err != nil {
		return err
	}
	page.Seen, page.History = p.Head, history(past)
	var full [2]registry.Person
	for i, person := range []string{row.A, row.B} {
		if full[i], err = r.entry(ctx, tx, actor, person, []Face{page.A, page.B}[i], &page.Sides[i]); err != nil {
			return err
		}
		page.Sides[i].Others = nil
	}
	if err := r.others(ctx, tx, actor, page); err != nil {
		return err
	}
	page.Suggested = same.Older(&full[0], &full[1])
	page.Conflict = same.Conflict(&full[0], &full[1])
	page.Lines = same.Compare(&page.Sides[0].Record, &page.Sides[1].Record, page.Suggested)
	if page.Apart, err = r.apart(ctx, tx, row.A, row.B); err != nil {
		return err
	}
	page.Apart = slices.DeleteFunc(page.Apart, func(id string) bool { return id == pair })
	if p.Verdict == same.Proposed {
		page.Proposal = &p
		if p.Survivor != "" {
			page.Suggested = p.Survivor
		}
	}
	if p.Merge != "" {
		if m, ok, err := tx.Merge(ctx, p.Merge); err != nil {
			return err
		} else if ok {
			page.Merge = &m
		}
	}
	page.rights(actor, &p, &row, &full[0], &full[1])
	return nil
}

// rights says what the actor may do with the pair.
func (page *PairPage) rights(actor Actor, p *same.Pair, row *store.PairRow, a, b *registry.Person) {
	merges := authz.May(actor, authz.Merge, row.OfficeA) || authz.May(actor, authz.Merge, row.OfficeB)
	waits := p.Verdict.Waits() && a.Exists() && b.Exists()
	page.Waits = needs(actor, p, a, b)
	page.May.Decide = waits
	page.May.Merge = waits && len(page.Waits) == 0 && len(page.Apart) == 0
	page.May.Confirm = page.May.Merge && p.Verdict == same.Proposed && p.By != actor.Login
	page.May.Reopen = p.Verdict == same.Different || p.Verdict == same.Proposed
	page.May.Undo = p.Verdict == same.Same && merges
	page.May.Second = !waits && row.Sampled && p.Second == same.Open && p.By != actor.Login && (p.Verdict == same.Same || p.Verdict == same.Different)
}

// entry reads one side.
func (r *Review) entry(ctx context.Context, tx *store.Tx, actor Actor, person string, f Face, e *Entry) (registry.Person, error) {
	full, _, changes, err := r.whole(ctx, tx, person)
	if err != nil {
		return full, err
	}
	e.Face, e.Made, e.Changes, e.LastWritten = f, full.Created.At, len(changes), full.Updated
	e.Record, e.Rights, e.Hidden = seen(actor, full)
	e.Face.Registered = f.Registered
	e.Registered, e.Certificates = registry.Episodes(&full), registry.Certificates(&e.Record)
	requests, err := tx.RequestsOf(ctx, person)
	if err != nil {
		return full, err
	}
	e.Requests = len(requests)
	from, err := tx.MergesInto(ctx, []string{person})
	if err != nil || len(from) == 0 {
		return full, err
	}
	var ids []string
	for _, m := range from {
		ids = append(ids, m.Other)
	}
	rows, err := tx.PeopleByID(ctx, ids)
	for i := range rows {
		e.MergedFrom = append(e.MergedFrom, face(&rows[i]))
	}
	return full, err
}

// others lists the other pairs that wait and that one of the two is in.
func (r *Review) others(ctx context.Context, tx *store.Tx, actor Actor, page *PairPage) error {
	rows, err := tx.PairsOf(ctx, []string{page.A.Person, page.B.Person})
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(row store.PairRow) bool {
		return row.ID == page.ID || !same.Verdict(row.Verdict).Waits() || maySee(actor, &row) != nil
	})
	list, err := r.items(ctx, tx, rows)
	for _, it := range list {
		for i := range page.Sides {
			if who := page.Sides[i].Person; it.A.Person == who || it.B.Person == who {
				page.Sides[i].Others = append(page.Sides[i].Others, it)
			}
		}
	}
	return err
}

// history is what was said of a pair, oldest first.
func history(past []change.Change) (out []Said) {
	var p same.Pair
	for i := range past {
		c := &past[i]
		p.Apply(c)
		s := Said{Action: c.Action, Verdict: p.Verdict, Author: c.Author, Office: c.Office, At: c.At, Reason: p.Reason, Note: p.Note, Model: p.Text("model")}
		if c.Action == same.ActionSecond {
			s.Verdict, s.Reason, s.Note = p.Second, "", ""
		}
		s.Weight = same.Number(p.Text("weight"))
		out = append(out, s)
	}
	return out
}
