package review

import (
	"context"
	"slices"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// DecideCmd is what an officer says of a pair: same.Same, same.Different (with a reason) or
// same.Unsure. Keep and Survivor count for "the same": whose values stand where the two
// differ, and which entry survives; when they are left out, those of the proposal that he
// confirms, else the older registration. Seen is PairPage.Seen, zero to skip the question;
// Opened is PairPage.Opened, for the time that a decision takes.
type DecideCmd struct {
	Verdict      same.Verdict
	Reason, Note string
	Keep         map[string]same.Side
	Survivor     same.Side
	Seen         id.Change
	Opened       time.Time
}

// Decided is what came of it. State is what stands now: "the same" is a proposal when Waits
// says why another officer must confirm it.
type Decided struct {
	State    same.Verdict
	Merge    string // the merge that was made
	Survivor string // the person whose entry stands
	Number   string // and its number
	Waits    []Reason
}

// Decide writes what the officer says of a pair that waits.
func (r *Review) Decide(ctx context.Context, actor Actor, pair string, cmd DecideCmd) (out Decided, err error) {
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		row, p, err := r.open(ctx, tx, actor, pair, cmd.Seen)
		if err != nil {
			return err
		}
		d := same.Decision{Verdict: cmd.Verdict, Reason: cmd.Reason, Note: cmd.Note, Weight: row.Weight, Model: row.Model, Seconds: r.seconds(cmd.Opened)}
		if cmd.Verdict == same.Same {
			out, err = r.unite(ctx, tx, actor, &p, row, d, cmd)
			return err
		}
		if cmd.Verdict != same.Unsure && cmd.Verdict != same.Different {
			return fault.New(fault.Invalid, "review.verdict").On("verdict")
		}
		out.State = cmd.Verdict
		return r.set(ctx, tx, actor, &p, row, d)
	})
	return out, err
}

// set writes a verdict that is no merge.
func (r *Review) set(ctx context.Context, tx *store.Tx, actor Actor, p *same.Pair, row store.PairRow, d same.Decision) error {
	c, err := p.Decide(d)
	if err != nil {
		return err
	}
	if d.Verdict == same.Different {
		if err := r.settle(ctx, tx, actor, p); err != nil {
			return err
		}
	}
	return r.say(ctx, tx, actor, p, row, c, d)
}

// open reads a pair for somebody who will write, and sees whether he may and whether it is
// still what he saw.
func (r *Review) open(ctx context.Context, tx *store.Tx, actor Actor, pair string, seen id.Change) (row store.PairRow, p same.Pair, err error) {
	row, ok, err := tx.Pair(ctx, pair)
	if err != nil || !ok {
		return row, p, node.NotFound(err, "pair", pair)
	}
	if err := maySee(actor, &row); err != nil {
		return row, p, err
	}
	if p, _, err = r.pair(ctx, tx, pair); err != nil {
		return row, p, err
	}
	if !seen.IsZero() && p.Head != seen {
		return row, p, fault.New(fault.Conflict, "review.moved")
	}
	return row, p, nil
}

// longest is what counts as one look: who leaves for lunch does not slow the figures down.
const longest = 30 * time.Minute

func (r *Review) seconds(opened time.Time) int64 {
	if d := r.Now().Sub(opened); !opened.IsZero() && d > 0 && d <= longest {
		return max(1, int64(d/time.Second))
	}
	return 0
}

// needs says why one officer alone cannot make the merge: an office over whose people he has
// no right, or two verified national numbers that differ. What another officer who proposed
// the merge has the right to counts with his.
func needs(actor Actor, p *same.Pair, a, b *registry.Person) (out []Reason) {
	seconded := p.Verdict == same.Proposed && p.By != actor.Login
	asked := map[string]bool{}
	mine := false
	for _, x := range []*registry.Person{a, b} {
		office := node.OfficeOf(*x)
		may := authz.May(actor, authz.Merge, office)
		mine = mine || may
		if !may && !(seconded && slices.Contains(p.Covers, office)) && !asked[office] {
			asked[office] = true
			out = append(out, Reason{Key: "review.needs.office", Args: []fault.Arg{{Name: "office", Value: authz.Place(office)}}})
		}
	}
	if same.Conflict(a, b) && !(seconded && mine && len(p.Covers) > 0) {
		out = append(out, Reason{Key: "review.needs.second"})
	}
	return out
}

// covers lists the offices of the two over whose people the actor may decide alone.
func covers(actor Actor, p *same.Pair, people ...*registry.Person) (out []string) {
	if p.Verdict == same.Proposed && p.By != actor.Login {
		out = slices.Clone(p.Covers)
	}
	for _, x := range people {
		if office := node.OfficeOf(*x); office != "" && authz.May(actor, authz.Merge, office) && !slices.Contains(out, office) {
			out = append(out, office)
		}
	}
	slices.Sort(out)
	return out
}

// settle puts away the doubts that the two entries have about each other.
func (r *Review) settle(ctx context.Context, tx *store.Tx, actor Actor, p *same.Pair) error {
	var writes []node.Write
	for _, side := range [][2]string{{p.A, p.B}, {p.B, p.A}} {
		cur, row, _, err := r.whole(ctx, tx, side[0])
		if err != nil {
			return err
		}
		rows, err := tx.PeopleByID(ctx, []string{side[1]})
		if err != nil || len(rows) == 0 {
			return node.NotFound(err, "person", side[1])
		}
		c := same.Settle(&cur, side[1], rows[0].Number)
		if len(c.Sets) > 0 {
			writes = append(writes, node.Write{Person: cur, Change: c, There: true, Row: row})
		}
	}
	return r.CommitPeople(ctx, tx, actor, writes)
}

// Reopen takes back that two are different, or a proposal that they are the same.
func (r *Review) ReopenPair(ctx context.Context, actor Actor, pair, reason string, seen id.Change) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		row, p, err := r.open(ctx, tx, actor, pair, seen)
		if err != nil {
			return err
		}
		c, err := p.Reopen(reason)
		if err != nil {
			return err
		}
		if err := r.say(ctx, tx, actor, &p, row, c, same.Decision{}); err != nil {
			return err
		}
		leads, err := tx.Leads(ctx, []string{row.A, row.B})
		if err != nil {
			return err
		}
		// Pairs of the entries in which the two are gathered may wait again.
		return r.order(ctx, tx, orSelf(leads, row.A), orSelf(leads, row.B))
	})
}

// SecondLook writes what another officer says of a decided pair without having seen what the
// first said. It changes nothing but the figures.
func (r *Review) SecondLook(ctx context.Context, actor Actor, pair string, verdict same.Verdict, opened time.Time) error {
	return r.DB.Update(ctx, func(tx *store.Tx) error {
		row, p, err := r.open(ctx, tx, actor, pair, id.Change{})
		if err != nil {
			return err
		}
		d := same.Decision{Verdict: verdict, Seconds: r.seconds(opened)}
		c, err := p.SecondLook(actor.Login, d)
		if err != nil {
			return err
		}
		return r.say(ctx, tx, actor, &p, row, c, d)
	})
}

// SaidAtWindow writes what an officer said at the registration of a person about those who
// looked like him: others are others for good, and who may be the same waits for a reviewer.
// It is for the transaction that made the entry.
func (r *Review) SaidAtWindow(ctx context.Context, tx *store.Tx, actor Actor, person string, said []registry.Verdict) error {
	for _, v := range said {
		leads, err := tx.Leads(ctx, []string{v.Person})
		if err != nil {
			return err
		}
		other := orSelf(leads, v.Person)
		weight, err := r.weigh(ctx, tx, person, other)
		if fault.KindOf(err) == fault.NotFound {
			continue // it is no entry of this register
		}
		if err != nil {
			return err
		}
		pair := same.PairID(person, other)
		row, ok, err := tx.Pair(ctx, pair)
		if err != nil {
			return err
		}
		if !ok {
			row = r.unscored(pair, weight, AtRegistration)
		}
		p, _, err := r.pair(ctx, tx, pair)
		if err != nil {
			return err
		}
		d := same.Decision{Verdict: same.Different, Reason: v.Reason, Weight: row.Weight, Model: row.Model}
		if v.Unsure {
			d.Verdict, d.Reason = same.Unsure, ""
		}
		c, err := p.Decide(d)
		if err == nil {
			err = r.say(ctx, tx, actor, &p, row, c, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
