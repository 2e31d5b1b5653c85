package linkage

import (
	"math"
	"sync"
)

// Weigher weighs records against one another with a model, whatever brought them together:
// nothing is blocked, nothing is kept. The weight of a pair is the one that Link gives it.
// It is for many goroutines, which take turns.
type Weigher struct {
	mu    sync.Mutex
	model *Model
	enc   *encoder
	known int // words of the model
	w     *weights
	kin   *kin
	work  *worker
}

// mostWords is how many words that the model does not have are remembered.
const mostWords = 100_000

// NewWeigher makes a weigher; an error says that the model is not whole.
func NewWeigher(m *Model) (*Weigher, error) {
	g := &Weigher{model: m.copy()}
	return g, g.reset()
}

// reset makes the weigher ready, and forgets the words that came in.
func (g *Weigher) reset() error {
	p, err := compile(g.model.Fields, g.model.Comparisons)
	if err != nil {
		return err
	}
	g.enc = newEncoder(p)
	g.w = p.ready(g.model, g.model.counts(p, g.enc.words))
	g.known, g.kin, g.work = g.enc.words.Len(), newKin(g.model), newWorker(p, g.enc.words)
	return nil
}

// Weigh weighs one record against others: A is 0, B the place among the others from 0.
// Values are by the model's fields.
func (g *Weigher) Weigh(one []string, others [][]string) ([]Pair, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	rows, err := g.pack(one, others)
	if err != nil || len(others) == 0 {
		return nil, err
	}
	out := make([]Pair, len(others))
	width := g.enc.plan.width
	for i := range out {
		first, other := rows[:width], rows[(i+1)*width:(i+2)*width]
		pattern := g.work.pattern(first, other)
		exact := g.w.exact(g.enc.plan, first, pattern)
		out[i] = Pair{A: 0, B: int32(i), Weight: float32(g.kin.weigh(float64(exact), pattern)), Pattern: pattern}
	}
	return out, nil
}

// pack encodes the records.
func (g *Weigher) pack(one []string, others [][]string) ([]uint32, error) {
	if g.enc.words.Len() > g.known+mostWords {
		if err := g.reset(); err != nil {
			return nil, err
		}
	}
	width := g.enc.plan.width
	rows := make([]uint32, width*(len(others)+1))
	for i := range len(others) + 1 {
		values := one
		if i > 0 {
			values = others[i-1]
		}
		g.enc.row(valueOf(values), rows[i*width:(i+1)*width])
	}
	return rows, nil
}

// Evidence is what each comparison says about two records, in the order of the comparisons,
// then what those that go together say beyond that, under the field "together", and last what is taken off because relatives look like that, too, under the field
// "relatives". The weights and the model's prior add up to the weight of the pair.
func (g *Weigher) Evidence(a, b []string) ([]Evidence, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	rows, err := g.pack(a, [][]string{b})
	if err != nil {
		return nil, err
	}
	p, width := g.enc.plan, g.enc.plan.width
	pattern := g.work.pattern(rows[:width], rows[width:])
	var out []Evidence
	sum := float64(g.w.prior)
	for c := range p.cmps {
		l := levelOf(pattern, c)
		if l == 0 {
			continue
		}
		cmp := &p.cmps[c]
		e := Evidence{Field: cmp.Name, Level: cmp.Levels[l].Key, Weight: float64(g.w.of[c][l]),
			A: g.enc.text(cmp, valueOf(a)), B: g.enc.text(cmp, valueOf(b))}
		if cmp.Levels[l].TF {
			e.Weight = float64(g.w.rarity(cmp, c, l, rows[:width]))
		}
		sum += e.Weight
		out = append(out, e)
	}
	weight := g.kin.weigh(sum, pattern)
	if same, strange := g.kin.bound(pattern); math.Abs(same-strange) > 0.01 {
		sum += same - strange
		out = append(out, Evidence{Field: "together", Level: "together", Weight: same - strange})
	}
	if off := weight - sum; math.Abs(off) > 0.01 {
		out = append(out, Evidence{Field: "relatives", Level: "relatives", Weight: off})
	}
	return out, nil
}

func valueOf(values []string) func(int) string {
	return func(f int) string {
		if f < len(values) {
			return trim(values[f])
		}
		return ""
	}
}
