package review

import (
	"context"
	"slices"
	"time"

	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// Period is from a moment until another, excluded; zero moments do not limit it. Office is
// that of the officers who decided, "" for all that the actor may see.
type Period struct {
	From, Until time.Time
	Office      string
}

// Statistics are the figures of the work with pairs. Seconds are medians over the decisions
// whose time is known, 0 for none.
type Statistics struct {
	Decisions                         int // first decisions: same, proposed, different or unsure
	Same, Proposed, Different, Unsure int
	PerDuplicate                      float64 // decisions for each duplicate found, 0 when none was
	Undone, Reopened                  int
	Seconds                           int64
	Second                            Agreement
	Bands                             []Band // by weight, the heaviest first
	Waiting                           int64
}

// Agreement is how far second officers, who did not see the first verdict, said the same.
// Kappa is Cohen's: the agreement beyond what chance would give, over same and different;
// 0 when nothing can be said.
type Agreement struct {
	Looks, Agree int
	Share, Kappa float64
}

// Band is the pairs of a weight from From to To, in bits.
type Band struct {
	From         float64 `json:"from"`
	To           float64 `json:"to"`
	Waiting      int64   `json:"waiting"`
	Decisions    int     `json:"decisions"`
	Same         int     `json:"same"`
	Different    int     `json:"different"`
	Other        int     `json:"other"`
	PerDuplicate float64 `json:"per_duplicate"`
	Seconds      int64   `json:"seconds"`
}

// Statistics counts what was decided in a period, and what waits now.
func (r *Review) Statistics(ctx context.Context, actor Actor, p Period) (out Statistics, err error) {
	f := Filter{Office: p.Office}
	ask, err := f.ask(actor)
	if err != nil {
		return out, err
	}
	if p.Until.IsZero() {
		p.Until = r.Now().Add(time.Second)
	}
	from := int64(0)
	if !p.From.IsZero() {
		from = p.From.UnixMicro()
	}
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Decisions(ctx, ask.Office, from, p.Until.UnixMicro())
		if err != nil {
			return err
		}
		waiting, err := tx.WaitingBands(ctx, ask.Office)
		if err != nil {
			return err
		}
		firsts, err := tx.VerdictsOf(ctx, pairsOf(all))
		out = count(all, waiting, firsts)
		return err
	})
	return out, err
}

func pairsOf(all []store.DecisionRow) (out []string) {
	for _, d := range all {
		if d.Kind == same.ActionSecond {
			out = append(out, d.Pair)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// count makes the figures. firsts are the first verdicts of pairs that were looked at twice.
func count(all []store.DecisionRow, waiting []store.BandCount, firsts map[string]string) (s Statistics) {
	bands := map[int64]*tally{}
	at := func(b int64) *tally {
		if bands[b] == nil {
			bands[b] = &tally{Band: Band{From: bits(b), To: bits(b + store.BandWidth)}}
		}
		return bands[b]
	}
	for _, w := range waiting {
		at(w.Band).Waiting += w.N
		s.Waiting += w.N
	}
	var whole tally
	var looks [][2]string
	for _, d := range all {
		switch d.Kind {
		case same.ActionDecide:
			at(band(d.Weight)).add(&d)
			whole.add(&d)
			s.Proposed += one(d.Verdict == string(same.Proposed))
			s.Unsure += one(d.Verdict == string(same.Unsure))
		case same.ActionSecond:
			looks = append(looks, [2]string{firsts[d.Pair], d.Verdict})
			s.Second.Looks++
			s.Second.Agree += one(d.Agrees)
		case same.ActionUndo:
			s.Undone++
		case same.ActionReopen:
			s.Reopened++
		}
	}
	whole.end()
	s.Decisions, s.Same, s.Different, s.PerDuplicate, s.Seconds = whole.Decisions, whole.Same, whole.Different, whole.PerDuplicate, whole.Seconds
	if s.Second.Looks > 0 {
		s.Second.Share = float64(s.Second.Agree) / float64(s.Second.Looks)
		s.Second.Kappa = kappa(looks)
	}
	s.Bands = []Band{}
	for _, t := range bands {
		t.end()
		s.Bands = append(s.Bands, t.Band)
	}
	slices.SortFunc(s.Bands, func(x, y Band) int { return int(y.From - x.From) })
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// tally adds decisions up.
type tally struct {
	Band
	times []int64
}

func (t *tally) add(d *store.DecisionRow) {
	t.Decisions++
	switch same.Verdict(d.Verdict) {
	case same.Same:
		t.Same++
	case same.Different:
		t.Different++
	default:
		t.Other++
	}
	if d.Seconds > 0 {
		t.times = append(t.times, d.Seconds)
	}
}

func (t *tally) end() {
	if t.Same > 0 {
		t.PerDuplicate = float64(t.Decisions) / float64(t.Same)
	}
	if n := len(t.times); n > 0 {
		slices.Sort(t.times)
		t.Seconds = t.times[n/2]
	}
}

// kappa is Cohen's for pairs of verdicts.
func kappa(looks [][2]string) float64 {
	n, agree := 0.0, 0.0
	first, second := map[string]float64{}, map[string]float64{}
	for _, l := range looks {
		if l[0] == "" {
			continue
		}
		n++
		first[l[0]]++
		second[l[1]]++
		if l[0] == l[1] {
			agree++
		}
	}
	chance := 0.0
	for v, k := range first {
		chance += k / n * second[v] / n
	}
	if n == 0 || chance == 1 {
		return 0
	}
	return (agree/n - chance) / (1 - chance)
}
