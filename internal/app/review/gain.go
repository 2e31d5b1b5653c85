package review

import (
	"context"
	"math"
	"sync"
	"time"

	"quipu/internal/registry/same"
	"quipu/internal/store"
)

// rate is how often the pairs of a band of weight turned out to be one person.
type rate map[int64]struct{ same, all float64 }

// enough decisions in a band, so that they say more than the model.
const enough = 20

// known are the rates that were read last: who registers somebody does not wait for all
// decisions to be counted.
type known struct {
	mu sync.Mutex
	at time.Time
	rate
}

// fresh is how long rates are taken for those of now.
const fresh = 10 * time.Minute

// rates reads what was decided so far, or a little while ago.
func (r *Review) rates(ctx context.Context, tx *store.Tx) (rate, error) {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	if d := r.Now().Sub(r.known.at); r.known.rate != nil && d >= 0 && d < fresh {
		return r.known.rate, nil
	}
	out, err := rates(ctx, tx)
	if err == nil {
		r.known.at, r.known.rate = r.Now(), out
	}
	return out, err
}

func rates(ctx context.Context, tx *store.Tx) (rate, error) {
	counts, err := tx.CountBands(ctx)
	out := rate{}
	for _, c := range counts {
		if v := same.Verdict(c.Verdict); v != same.Same && v != same.Different {
			continue
		}
		x := out[c.Band]
		if x.all += float64(c.N); c.Verdict == string(same.Same) {
			x.same += float64(c.N)
		}
		out[c.Band] = x
	}
	return out, err
}

func band(weight int64) int64 {
	return int64(math.Floor(float64(weight)/store.BandWidth)) * store.BandWidth
}

// gain is the expected yield of a decision, in millionths of a duplicate found: how likely
// it is that the two are one (what the model says, or once enough were decided, what officers
// found at that weight); half of it when only one of them is registered now, since nobody
// is counted twice then; a third after an officer could not tell.
func (r rate) gain(p *store.PairRow) int64 {
	chance := 1 / (1 + math.Exp2(-bits(p.Weight)))
	if x := r[band(p.Weight)]; x.all >= enough {
		// Within the band the model's order stays.
		chance = 0.9*(x.same+1)/(x.all+2) + 0.1*chance
	}
	if !p.RegisteredA || !p.RegisteredB {
		chance /= 2
	}
	if p.Verdict == string(same.Unsure) {
		chance /= 3
	}
	// What is certain is told apart by its weight, far below what else counts.
	return max(0, int64(chance*1e6)+min(p.Weight, 99_99)/100)
}
