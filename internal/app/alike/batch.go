package alike

import (
	"context"
	"slices"

	"quipu/internal/linkage"
	"quipu/internal/linkage/blind"
	"quipu/internal/linkage/register"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Progress is told how far a phase of a batch is; total is 0 when nobody knows. The first
// phase is "read", the others are those of linkage.Options.
type Progress func(phase string, done, total int64)

// Batch says how to look at the whole register.
type Batch struct {
	Threads  int
	Seed     uint64
	Progress Progress
}

func (b *Batch) options(ctx context.Context) linkage.Options {
	return linkage.Options{Threads: b.Threads, Seed: b.Seed, Progress: b.Progress, Stop: ctx.Err}
}

// people is the register as a list, with the id of each row.
type people struct {
	list *linkage.List
	ids  []string
}

// everybody reads the register: people who can be found, and with merged also the entries
// that another stands for.
func (a *Alike) everybody(ctx context.Context, merged bool, b *Batch) (out people, err error) {
	if b.Progress == nil {
		b.Progress = func(string, int64, int64) {}
	}
	out.list = linkage.NewList(register.Fields())
	const page = 5000
	for last, more := int64(0), true; more; {
		err := a.n.DB.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.People(ctx, last, page)
			if err != nil {
				return err
			}
			keys, err := tx.KeysOf(ctx, rows)
			for i := range rows {
				last = rows[i].Row
				if Stands(rows[i].Entry) || merged && rows[i].Entry == registry.EntryMerged {
					t := traits(&rows[i], keys[rows[i].Row])
					out.list.Append(t.Values())
					out.ids = append(out.ids, rows[i].ID)
				}
			}
			more = len(rows) == page
			return err
		})
		if err != nil {
			return out, err
		}
		b.Progress("read", int64(len(out.ids)), 0)
	}
	return out, nil
}

func (p *people) values(row int32) []string { return p.list.Values(int(row)) }

// Double is two entries that may be of one person.
type Double struct {
	A, B string
	Likeness
}

// Doubles looks at the whole register at once and lists the pairs worth a look, with the
// number of people and of pairs that were compared, and the model. A register of some size
// without a model of its own learns one for it, which is not kept.
func (a *Alike) Doubles(ctx context.Context, b Batch) (out []Double, m Model, res *linkage.Result, err error) {
	p, err := a.everybody(ctx, false, &b)
	if err != nil {
		return nil, m, nil, err
	}
	if err = a.n.DB.View(ctx, func(tx *store.Tx) error {
		m, err = a.inForce(ctx, tx, len(p.ids))
		return err
	}); err != nil {
		return nil, m, nil, err
	}
	o := b.options(ctx)
	if o.Model = m.Model; m.Number == 0 && len(p.ids) > learnFrom {
		learnt, err := register.Learn(p.list, o)
		if err != nil {
			return nil, m, nil, err
		}
		m = Model{Number: -1, Records: len(p.ids), Model: learnt.Model}
		o.Model = learnt.Model
	}
	if res, err = linkage.Link(p.list, o); err != nil {
		return nil, m, nil, err
	}
	w, err := linkage.NewWeigher(o.Model)
	if err != nil {
		return nil, m, nil, err
	}
	for _, pair := range res.Pairs {
		if pair.Weight < WorthALook {
			continue
		}
		d := Double{A: p.ids[pair.A], B: p.ids[pair.B], Likeness: Likeness{Weight: float64(pair.Weight)}}
		if d.Evidence, err = w.Evidence(p.values(pair.A), p.values(pair.B)); err != nil {
			return nil, m, nil, err
		}
		out = append(out, d)
	}
	return out, m, res, nil
}

// learnFrom is from how many people on a register teaches more than the model that is
// shipped: its own names and how common they are.
const learnFrom = 20_000

// inForce is the model in force, for a register of n people.
func (a *Alike) inForce(ctx context.Context, tx *store.Tx, n int) (Model, error) {
	number, err := number(ctx, tx)
	if err != nil {
		return Model{}, err
	}
	m, err := model(ctx, tx, number)
	m.Model = register.Fit(m.Model, doublings(n))
	return m, err
}

// Blind takes the documents of a share of the pairs that a document confirms away, and says
// how many of them names and dates alone find; see package blind. Merged entries count: what
// officers and documents found is what is known.
func (a *Alike) Blind(ctx context.Context, share float64, b Batch) (r blind.Recall, confirmed int, err error) {
	p, err := a.everybody(ctx, true, &b)
	if err != nil {
		return r, 0, err
	}
	var documents []int
	for i, f := range p.list.Fields() {
		if f.Kind == linkage.Document {
			documents = append(documents, i)
		}
	}
	t := blind.Take(p.list, documents, share, b.Seed)
	if len(t.Pairs) == 0 {
		return t.Judge(nil), 0, nil
	}
	o := b.options(ctx)
	err = a.n.DB.View(ctx, func(tx *store.Tx) error {
		m, err := a.inForce(ctx, tx, len(p.ids))
		o.Model = m.Model
		return err
	})
	if err != nil {
		return r, t.Confirmed, err
	}
	res, err := linkage.Link(t.List, o)
	if err != nil {
		return r, t.Confirmed, err
	}
	return t.Judge(res.Clusters), t.Confirmed, nil
}

// Compared is a model that was learnt beside the one in force: how many pairs of the
// register either takes for one person, and how many of the pairs that officers decided each
// gets right.
type Compared struct {
	Both    int `json:"both"`
	OnlyNow int `json:"only_in_force"`
	OnlyNew int `json:"only_new"`

	Decided  int `json:"decided"`
	RightNow int `json:"right_in_force"`
	RightNew int `json:"right_new"`
}

// Decided is a pair that officers decided.
type Decided struct {
	A, B string
	Same bool
}

// Learn learns a model from the register and sets it beside the one in force.
func (a *Alike) Learn(ctx context.Context, decided []Decided, b Batch) (next Model, c Compared, err error) {
	p, err := a.everybody(ctx, false, &b)
	if err != nil {
		return next, c, err
	}
	var now Model
	if err = a.n.DB.View(ctx, func(tx *store.Tx) error {
		now, err = a.inForce(ctx, tx, len(p.ids))
		return err
	}); err != nil {
		return next, c, err
	}
	learnt, err := register.Learn(p.list, b.options(ctx))
	if err != nil {
		return next, c, err
	}
	next = Model{Number: now.Number + 1, Learnt: a.n.Now().UTC(), Records: len(p.ids), Model: learnt.Model}
	o := b.options(ctx)
	o.Model = now.Model
	old, err := linkage.Link(p.list, o)
	if err != nil {
		return next, c, err
	}
	c.pairs(old.Pairs, learnt.Pairs)
	return next, c, c.judge(&p, decided, now.Model, next.Model)
}

func (c *Compared) pairs(now, next []linkage.Pair) {
	in := map[[2]int32]bool{}
	for _, p := range now {
		if p.Weight >= 0 {
			in[[2]int32{p.A, p.B}] = true
		}
	}
	c.OnlyNow = len(in)
	for _, p := range next {
		switch {
		case p.Weight < 0:
		case in[[2]int32{p.A, p.B}]:
			c.Both++
			c.OnlyNow--
		default:
			c.OnlyNew++
		}
	}
}

// judge weighs what officers decided with both models.
func (c *Compared) judge(p *people, decided []Decided, now, next *linkage.Model) error {
	at := make(map[string]int32, len(p.ids))
	for i, id := range p.ids {
		at[id] = int32(i)
	}
	known := slices.DeleteFunc(slices.Clone(decided), func(d Decided) bool {
		_, one := at[d.A]
		_, other := at[d.B]
		return !one || !other
	})
	c.Decided = len(known)
	for m, right := range map[*linkage.Model]*int{now: &c.RightNow, next: &c.RightNew} {
		w, err := linkage.NewWeigher(m)
		if err != nil {
			return err
		}
		for _, d := range known {
			pairs, err := w.Weigh(p.values(at[d.A]), [][]string{p.values(at[d.B])})
			if err != nil {
				return err
			}
			if pairs[0].Weight >= 0 == d.Same {
				*right++
			}
		}
	}
	return nil
}
