package number

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	protocol "quipu/internal/sync"
)

var ctx = context.Background()

func open(t *testing.T, cfg store.Config) *store.DB {
	t.Helper()
	db, err := store.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func file(t *testing.T) store.Config { return store.Config{Path: filepath.Join(t.TempDir(), "q.db")} }

// world is a hub and its nodes, and who used which number.
type world struct {
	hub   *store.DB
	nodes []*store.DB
	used  map[int64]string
}

func (w *world) take(t fataler, db *store.DB, who string, n int) {
	var got []int64
	err := db.Update(ctx, func(tx *store.Tx) (err error) {
		got, err = Take(ctx, tx, n)
		return err
	})
	if fault.Is(err, "number.none") || fault.Is(err, "number.short") {
		if len(got) > 0 {
			t.Fatalf("%s was refused and was given %v", who, got)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	for _, g := range got {
		if w.used[g] != "" {
			t.Fatalf("number %d went to %s and to %s", g, w.used[g], who)
		}
		w.used[g] = who
	}
}

// word is what the hub says of fresh runs.
func word(runs []id.Range) (out []protocol.NumberRange) {
	for _, r := range runs {
		out = append(out, protocol.NumberRange{First: r.First, Last: r.Last, Next: r.First})
	}
	return out
}

type fataler interface{ Fatalf(string, ...any) }

// round is one push of a node with its answer, which may be lost or come twice.
func (w *world) round(t fataler, i int, lost, twice bool) {
	var ask protocol.Stock
	err := w.nodes[i].View(ctx, func(tx *store.Tx) (err error) { ask, err = AskOf(ctx, tx); return err })
	if err != nil {
		t.Fatalf("%v", err)
	}
	ask.Wants = 20
	var given []id.Range
	err = w.hub.Update(ctx, func(tx *store.Tx) (err error) {
		given, err = Grant(ctx, tx, Holder{Node: fmt.Sprint("N", i)}, ask, 1)
		return err
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	for range map[bool]int{false: 1, true: 2}[twice] {
		if lost {
			return
		}
		if err := w.nodes[i].Update(ctx, func(tx *store.Tx) error { return Accept(ctx, tx, word(given), 1) }); err != nil {
			t.Fatalf("%v", err)
		}
	}
}

// TestNoNumberTwice: whatever is lost, repeated or refused between a hub and its nodes, no
// number is used twice; and a node whose answer was lost is given the same run, not another.
func TestNoNumberTwice(t *testing.T) {
	w := &world{hub: open(t, file(t)), used: map[int64]string{}}
	for range 3 {
		db := open(t, file(t))
		if err := db.Update(ctx, func(tx *store.Tx) error { return Bind(ctx, tx) }); err != nil {
			t.Fatal(err)
		}
		w.nodes = append(w.nodes, db)
	}
	rapid.Check(t, func(t *rapid.T) { // what earlier cases did stays: numbers are given once for ever
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			i := rapid.IntRange(0, 2).Draw(t, "node")
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				w.take(t, w.hub, "hub", rapid.IntRange(1, 5).Draw(t, "n"))
			case 1:
				w.take(t, w.nodes[i], fmt.Sprint("N", i), rapid.IntRange(1, 30).Draw(t, "n"))
			default:
				w.round(t, i, rapid.Bool().Draw(t, "lost"), rapid.Bool().Draw(t, "twice"))
			}
		}
	})
	if len(w.used) < 100 {
		t.Errorf("only %d numbers were used: the test tries nothing", len(w.used))
	}
	var given []store.NumberRange
	if err := w.hub.View(ctx, func(tx *store.Tx) (err error) { given, err = tx.NumberRanges(ctx, "N0"); return err }); err != nil {
		t.Fatal(err)
	}
	if unknown := len(given); unknown > len(w.used) {
		t.Errorf("%d runs for %d numbers: lost answers make runs", unknown, len(w.used))
	}
}

// TestLostAnswerGivesTheSameRun: ten answers are lost, one run is gone.
func TestLostAnswerGivesTheSameRun(t *testing.T) {
	hub := open(t, file(t))
	var first []id.Range
	for i := range 10 {
		err := hub.Update(ctx, func(tx *store.Tx) error {
			given, err := Grant(ctx, tx, Holder{Node: "A"}, protocol.Stock{Wants: 100}, 1)
			if i == 0 {
				first = given
			}
			if len(given) != 1 || given[0] != first[0] {
				return fmt.Errorf("asked for the %d. time: %v, before %v", i+1, given, first)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestHubProcesses: several programs on one PostgreSQL give runs out and make entries at
// the same time; no two runs meet, and no entry is in a run.
func TestHubProcesses(t *testing.T) {
	url := pgtest.URL(t)
	const programs, each = 4, 15
	var mu sync.Mutex
	var all []id.Range
	var wg sync.WaitGroup
	for p := range programs {
		db := open(t, store.Config{URL: url})
		wg.Go(func() {
			for i := range each {
				err := db.Update(ctx, func(tx *store.Tx) error {
					given, err := Grant(ctx, tx, Holder{Node: fmt.Sprintf("P%d-%d", p, i)}, protocol.Stock{Wants: int64(1 + i)}, 1)
					own, err2 := Take(ctx, tx, 1+i%3)
					if err != nil || err2 != nil {
						return fmt.Errorf("%v, %v", err, err2)
					}
					mu.Lock()
					defer mu.Unlock()
					all = append(all, given...)
					all = append(all, id.Range{First: own[0], Last: own[len(own)-1]})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(all) != 2*programs*each {
		t.Fatalf("%d runs, want %d", len(all), 2*programs*each)
	}
	for i, r := range all {
		for _, s := range all[:i] {
			if r.Meets(s) {
				t.Fatalf("%v meets %v", r, s)
			}
		}
	}
}

// TestRestoredHub: a hub that went back to an old copy hears from its nodes how far it had
// come, and gives nothing again; a claim that makes no sense changes nothing.
func TestRestoredHub(t *testing.T) {
	hub := open(t, file(t))
	grant := func(node string, a protocol.Stock) (out []id.Range) {
		t.Helper()
		err := hub.Update(ctx, func(tx *store.Tx) (err error) { out, err = Grant(ctx, tx, Holder{Node: node}, a, 1); return err })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	grant("A", protocol.Stock{Top: 5000, Left: 400, Wants: 100})
	if got := grant("B", protocol.Stock{Wants: 10}); got[0].First != 5001 {
		t.Errorf("after a node that has 5000: %v", got)
	}
	grant("C", protocol.Stock{Top: id.LastNumber, Left: 400, Wants: 100})
	if got := grant("D", protocol.Stock{Wants: 10}); got[0].First != 5011 {
		t.Errorf("after a node that claims the last number: %v", got)
	}
}

// TestAcceptRefuses runs that cut into others, and those that are no runs.
func TestAcceptRefuses(t *testing.T) {
	db := open(t, file(t))
	accept := func(rs ...id.Range) error {
		return db.Update(ctx, func(tx *store.Tx) error { return Accept(ctx, tx, word(rs), 1) })
	}
	if err := accept(id.Range{First: 10, Last: 19}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		r   id.Range
		key string
	}{{id.Range{First: 19, Last: 30}, "number.overlap"}, {id.Range{First: 10, Last: 25}, "number.overlap"}, {id.Range{First: 30, Last: 29}, "number.range"},
		{id.Range{First: 1, Last: id.LastNumber + 1}, "number.range"}, {id.Range{First: 0, Last: 3}, "number.range"}} {
		if err := accept(c.r); !fault.Is(err, c.key) {
			t.Errorf("%v: %v, want %s", c.r, err, c.key)
		}
	}
	err := db.View(ctx, func(tx *store.Tx) error {
		s, err := StockOf(ctx, tx)
		if s != (Stock{Bound: true, Left: 10}) || !s.Few() {
			t.Errorf("stock %+v", s)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
