package storetest

import (
	"errors"
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/store"
)

// pairOf is a pair of two of the people that person() makes.
func pairOf(a, b int64, bits, gain int64) store.PairRow {
	x, y := person(a, ""), person(b, "")
	return store.PairRow{ID: x.ID + "-" + y.ID, A: x.ID, B: y.ID, Weight: bits, Evidence: `[{"f":"birth_date"}]`, Model: "m1", Source: "batch",
		Seen: 10, Scored: 10, Gain: gain, Sampled: b%2 == 0, OfficeA: x.Office, OfficeB: y.Office, RegisteredA: true, RegisteredB: true}
}

func putSame(t *testing.T, db *store.DB) []store.PairRow {
	var people []store.PersonRow
	for row := int64(1); row <= 6; row++ {
		p := person(row, "")
		if row == 3 {
			p.Office = "USPAT"
		}
		people = append(people, p)
	}
	putPeople(t, db, people...)
	pairs := []store.PairRow{pairOf(1, 2, 700, 900), pairOf(1, 3, 500, 950), pairOf(2, 4, -300, 100), pairOf(4, 5, 500, 900)}
	pairs[1].OfficeB = "USPAT"
	update(t, db, func(tx *store.Tx) error { return tx.PutPairs(ctx, pairs) })
	return pairs
}

func testPairs(t *testing.T, db *store.DB) {
	p := putSame(t, db)
	waiting := store.PairFilter{Verdicts: []string{"", "unsure", "proposed"}}
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Pairs(ctx, waiting, 9)
		same(t, "by gain, then by id", all, []store.PairRow{p[1], p[0], p[3], p[2]})
		f := waiting
		f.AfterGain, f.AfterID = p[0].Gain, p[0].ID
		next, err2 := tx.Pairs(ctx, f, 9)
		same(t, "the next page", next, []store.PairRow{p[3], p[2]})
		f = waiting
		f.Office = "USPAT"
		there, err3 := tx.Pairs(ctx, f, 9)
		same(t, "of an office, either person", there, []store.PairRow{p[1]})
		n, err4 := tx.CountPairs(ctx, waiting)
		same(t, "count", n, int64(4))
		of, err5 := tx.PairsOf(ctx, []string{p[0].A, p[2].B})
		same(t, "of people, the heaviest first", of, []store.PairRow{p[0], p[1], p[3], p[2]})
		_, ok, err6 := tx.Pair(ctx, "nobody-nothing")
		same(t, "no such pair", ok, false)
		bands, err7 := tx.WaitingBands(ctx, "")
		same(t, "bands, rounded down below zero too", bands, []store.BandCount{{Band: -400, N: 1}, {Band: 400, N: 3}})
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
}

// testVerdicts: scoring again leaves alone what officers said, and the other way round.
func testVerdicts(t *testing.T, db *store.DB) {
	p := putSame(t, db)
	said := p[0]
	said.Verdict, said.SaidBy, said.SaidAt, said.Gain, said.Weight, said.Seen = "different", "rosa", 20, 5, -1, 99
	update(t, db, func(tx *store.Tx) error { return tx.PutVerdict(ctx, said) })
	again := p[0]
	again.Weight, again.Model, again.Scored, again.Gain, again.Evidence, again.Seen, again.Source = 800, "m2", 30, 990, "[]", 77, "import"
	fresh := pairOf(5, 6, 100, 1)
	fresh.Verdict, fresh.SaidBy, fresh.SaidAt = "unsure", "ana", 40
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutPairs(ctx, []store.PairRow{again}), tx.PutVerdict(ctx, fresh))
	})
	want := again
	want.Verdict, want.SaidBy, want.SaidAt, want.Seen, want.Source = "different", "rosa", 20, p[0].Seen, p[0].Source
	view(t, db, func(tx *store.Tx) error {
		got, _, err := tx.Pair(ctx, want.ID)
		same(t, "a pair that was scored again", got, want)
		put, _, err2 := tx.Pair(ctx, fresh.ID)
		same(t, "a pair that nobody had scored", put, fresh)
		apart, err3 := tx.CannotLink(ctx, []string{p[0].B, "x"}, []string{p[0].A})
		same(t, "cannot be linked, in either order", apart, []string{want.ID})
		mine, err4 := tx.Pairs(ctx, store.PairFilter{Verdicts: []string{"unsure"}, NotBy: "ana"}, 9)
		same(t, "what waits for another officer", len(mine), 0)
		second, err5 := tx.Pairs(ctx, store.PairFilter{ForSecond: true, NotBy: "ana"}, 9)
		same(t, "decided, for a second look", second, []store.PairRow{want})
		verdicts, err6 := tx.VerdictsOf(ctx, []string{want.ID, p[1].ID})
		same(t, "verdicts", verdicts, map[string]string{want.ID: "different", p[1].ID: ""})
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

// testReviewable: who was withdrawn or anonymised appears in no question about pairs.
func testReviewable(t *testing.T, db *store.DB) {
	p := putSame(t, db)
	for _, entry := range []string{"withdrawn", "erased"} {
		gone := person(1, "")
		gone.New, gone.Entry = false, entry
		putPeople(t, db, gone)
		view(t, db, func(tx *store.Tx) error {
			all, err := tx.Pairs(ctx, store.PairFilter{}, 9)
			same(t, entry+": any pair", all, []store.PairRow{p[3], p[2]})
			_, ok, err2 := tx.Pair(ctx, p[0].ID)
			same(t, entry+": the pair itself", ok, false)
			of, err3 := tx.PairsOf(ctx, []string{p[0].A, p[0].B})
			same(t, entry+": of the other person", of, []store.PairRow{p[2]})
			n, err4 := tx.CountPairs(ctx, store.PairFilter{})
			same(t, entry+": count", n, int64(2))
			bands, err5 := tx.WaitingBands(ctx, "")
			same(t, entry+": bands", bands, []store.BandCount{{Band: -400, N: 1}, {Band: 400, N: 1}})
			return errors.Join(err, err2, err3, err4, err5)
		})
	}
	merged := person(4, "")
	merged.New, merged.Entry = false, "merged"
	putPeople(t, db, merged)
	view(t, db, func(tx *store.Tx) error {
		waits, err := tx.Pairs(ctx, store.PairFilter{Verdicts: []string{"", "unsure"}}, 9)
		same(t, "a merged entry waits for nothing", len(waits), 0)
		_, ok, err2 := tx.Pair(ctx, p[3].ID)
		same(t, "its pair is still there to be looked at", ok, true)
		return errors.Join(err, err2)
	})
	update(t, db, func(tx *store.Tx) error {
		dropped, err := tx.DropPairsOf(ctx, p[0].B)
		same(t, "dropped with a person", dropped, []string{p[0].ID, p[2].ID})
		return err
	})
}

func testDecisions(t *testing.T, db *store.DB) {
	one := store.DecisionRow{Change: "M:1", Pair: "P", Kind: "decide", Verdict: "same", Author: "rosa", Office: "ESMAD", At: 10, Seconds: 40, Weight: 450}
	two := store.DecisionRow{Change: "M:2", Pair: "P", Kind: "second", Verdict: "same", Author: "ana", Office: "USPAT", At: 20, Weight: 450, Agrees: true}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutDecision(ctx, one), tx.PutDecision(ctx, two), tx.PutDecision(ctx, one))
	})
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Decisions(ctx, "", 0, 21)
		same(t, "in their order", all, []store.DecisionRow{one, two})
		some, err2 := tx.Decisions(ctx, "USPAT", 11, 21)
		same(t, "of an office, since", some, []store.DecisionRow{two})
		bands, err3 := tx.CountBands(ctx)
		same(t, "first decisions by band", bands, []store.BandCount{{Band: 400, Verdict: "same", N: 1}})
		return errors.Join(err, err2, err3)
	})
}

// testMerges: B into A, A into C, D into C.
func testMerges(t *testing.T, db *store.DB) {
	m := func(id, other, survivor string, at int64) store.MergeRow {
		return store.MergeRow{ID: id, Pair: survivor + "-" + other, Survivor: survivor, Other: other, Author: "rosa", Office: "ESMAD", At: at, State: store.MergeStanding}
	}
	ba, ac, dc := m("1", "B", "A", 1), m("2", "A", "C", 2), m("3", "D", "C", 3)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutMerge(ctx, ba), tx.PutMerge(ctx, ac), tx.PutMerge(ctx, dc))
	})
	view(t, db, func(tx *store.Tx) error {
		to, err := tx.Leads(ctx, []string{"A", "B", "C", "D", "E"})
		same(t, "leads along the chain", to, map[string]string{"A": "C", "B": "C", "D": "C"})
		all, err2 := tx.Gathered(ctx, "C")
		same(t, "gathered", all, []string{"C", "A", "D", "B"})
		of, err3 := tx.MergesOf(ctx, "A")
		same(t, "of a person, the newest first", of, []store.MergeRow{ac, ba})
		page, err4 := tx.Merges(ctx, "1", 1)
		same(t, "a page of all", page, []store.MergeRow{ac})
		return errors.Join(err, err2, err3, err4)
	})
	ac.State, ac.Ended = store.MergeUndone, 9
	update(t, db, func(tx *store.Tx) error { return tx.PutMerge(ctx, ac) })
	view(t, db, func(tx *store.Tx) error {
		to, err := tx.Leads(ctx, []string{"A", "B"})
		same(t, "after the undoing", to, map[string]string{"B": "A"})
		got, ok, err2 := tx.Merge(ctx, "2")
		same(t, "the merge", []any{got, ok}, []any{ac, true})
		return errors.Join(err, err2)
	})
}

// testEntities: the ids of a kind, though other kinds lie around it.
func testEntities(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		for i, ref := range []string{"pair/B", "pair/A", "pair/B", "pairs/Z", "merge/M", "pair/C"} {
			c := made("M", int64(i+1), "x")
			kind, id, _ := strings.Cut(ref, "/")
			c.Entity = change.Ref{Kind: change.Kind(kind), ID: id}
			if err := tx.Append(ctx, []change.Change{c}); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Entities(ctx, "pair", "", 9)
		same(t, "all", all, []string{"A", "B", "C"})
		some, err2 := tx.Entities(ctx, "pair", "A", 1)
		same(t, "a page", some, []string{"B"})
		return errors.Join(err, err2)
	})
}
