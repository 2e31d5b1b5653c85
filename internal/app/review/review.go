// Package review holds the use cases of two entries that may be one person: the queue, the
// decisions, the merge that can be taken back, and the figures by which the work is judged.
// The rules are in internal/registry/same.
//
// A decision is a change of the log (entity "pair"), so that it is signed, carried to other
// offices and never lost; what a model says of a pair is derived, and stands in a table.
package review

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"quipu/internal/app/alike"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Review are the use cases on one node.
type Review struct {
	*node.Node
	alike *alike.Alike // weighs pairs
	known known
}

// New makes them.
func New(n *node.Node, weighs *alike.Alike) *Review { return &Review{Node: n, alike: weighs} }

// Actor is who asks.
type Actor = authz.Actor

// Source says how a pair came up.
type Source string

// The sources; the words are in the catalogue under "review.source.".
const (
	AtRegistration Source = "registration" // at the window, before the entry was made
	AtImport       Source = "import"
	InBatch        Source = "batch"   // the register was searched for doubles
	OnChange       Source = "change"  // a value was corrected
	ByOfficer      Source = "officer" // an officer who looked at both
)

// Evidence is what one field says for or against a pair: Level is a key of the catalogue,
// Weight in bits. It holds no value of anybody.
type Evidence struct {
	Field  string  `json:"f"`
	Level  string  `json:"l"`
	Weight float64 `json:"w"`
}

// Scored is a pair as a model sees it. Weight is the log2 of the odds that it is one person.
type Scored struct {
	A, B     string
	Weight   float64
	Model    string
	Source   Source
	Evidence []Evidence
}

// Found puts scored pairs into the queue; see Put.
func (r *Review) Found(ctx context.Context, found []Scored) error {
	if len(found) == 0 {
		return nil
	}
	return r.DB.Update(ctx, func(tx *store.Tx) error { return r.Put(ctx, tx, found) })
}

// Put puts scored pairs into the queue, in a transaction that writes. A pair that is there
// is scored anew and keeps what officers said; a pair with an entry that was merged is one
// with the entry that stands for it; of two who were said to be different people nothing
// is put in, whichever of their entries meet. Both people must be in the register.
func (r *Review) Put(ctx context.Context, tx *store.Tx, found []Scored) error {
	if len(found) == 0 {
		return nil
	}
	people := make([]string, 0, 2*len(found))
	for _, f := range found {
		people = append(people, f.A, f.B)
	}
	slices.Sort(people)
	people = slices.Compact(people)
	leads, err := tx.Leads(ctx, people)
	if err != nil {
		return err
	}
	for i, p := range people {
		people[i] = orSelf(leads, p)
	}
	gathering, err := tx.MergesInto(ctx, people)
	if err != nil {
		return err
	}
	several := map[string]bool{}
	for _, m := range gathering {
		several[m.Survivor] = true
	}
	rate, err := r.rates(ctx, tx)
	if err != nil {
		return err
	}
	now := r.Now().UnixMicro()
	var rows []store.PairRow
	for _, f := range found {
		f.A, f.B = orSelf(leads, f.A), orSelf(leads, f.B)
		if f.A == f.B {
			continue
		}
		if several[f.A] || several[f.B] {
			apart, err := r.apart(ctx, tx, f.A, f.B)
			if err != nil {
				return err
			}
			if len(apart) > 0 {
				continue
			}
		}
		row, err := f.row(now)
		if err != nil {
			return err
		}
		row.Gain = rate.gain(&row)
		if i := slices.IndexFunc(rows, func(x store.PairRow) bool { return x.ID == row.ID }); len(leads) > 0 && i >= 0 {
			continue
		}
		rows = append(rows, row)
	}
	return tx.PutPairs(ctx, rows)
}

func orSelf(leads map[string]string, p string) string {
	if to := leads[p]; to != "" {
		return to
	}
	return p
}

// row is the pair as the table has it.
func (f *Scored) row(now int64) (store.PairRow, error) {
	id := same.PairID(f.A, f.B)
	a, b, ok := same.Sides(id)
	if !ok {
		return store.PairRow{}, fault.New(fault.Internal, "review.no_pair")
	}
	evidence := ""
	if len(f.Evidence) > 0 {
		text, err := json.Marshal(f.Evidence)
		if err != nil {
			return store.PairRow{}, err
		}
		evidence = string(text)
	}
	return store.PairRow{ID: id, A: a, B: b, Weight: hundredths(f.Weight), Evidence: evidence, Model: f.Model, Source: string(f.Source),
		Seen: now, Scored: now, Sampled: same.Sampled(id), RegisteredA: true, RegisteredB: true}, nil
}

func hundredths(bits float64) int64 { return int64(math.Round(max(-1000, min(1000, bits)) * 100)) }

func bits(hundredths int64) float64 { return float64(hundredths) / 100 }

// apart lists the pairs of people gathered in two entries that were said to be different.
func (r *Review) apart(ctx context.Context, tx *store.Tx, x, y string) ([]string, error) {
	xs, err := tx.Gathered(ctx, x)
	if err != nil {
		return nil, err
	}
	ys, err := tx.Gathered(ctx, y)
	if err != nil {
		return nil, err
	}
	return tx.CannotLink(ctx, xs, ys)
}

// maySee reports whether the actor reviews pairs of one of the offices.
func maySee(actor Actor, row *store.PairRow) error {
	if authz.May(actor, authz.Review, row.OfficeA) {
		return nil
	}
	return authz.Check(actor, authz.Review, row.OfficeB)
}

// Suspect puts two people whom an officer takes for one into the queue. weight is what the
// rules say of them, in bits.
func (r *Review) Suspect(ctx context.Context, actor Actor, one, other string) (pair string, err error) {
	if one == other {
		return "", fault.New(fault.Invalid, "review.one_person").On("other")
	}
	err = r.DB.Update(ctx, func(tx *store.Tx) error {
		weight, err := r.weigh(ctx, tx, one, other)
		if err != nil {
			return err
		}
		if err := r.Put(ctx, tx, []Scored{{A: one, B: other, Weight: weight, Model: "officer", Source: ByOfficer}}); err != nil {
			return err
		}
		leads, err := tx.Leads(ctx, []string{one, other})
		if err != nil {
			return err
		}
		pair = same.PairID(orSelf(leads, one), orSelf(leads, other))
		row, ok, err := tx.Pair(ctx, pair)
		if err != nil || !ok {
			return node.NotFound(err, "pair", pair)
		}
		return maySee(actor, &row)
	})
	return pair, err
}
