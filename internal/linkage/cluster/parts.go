package cluster

import (
	"cmp"
	"container/heap"
	"slices"
)

// scale turns weights into whole numbers, whose sums do not depend on their order.
const scale = 1 << 16

// link is what is known between two parts: the summed evidence of the pairs that have an
// edge, their number, whether an edge reaches the threshold, and whether a person said no.
type link struct {
	sum, pairs     int64
	joins, refused bool
}

// parts are the clusters of one component while they grow. Rows are numbered by content:
// number k is the row order[k]. A part is one of its numbers; least is its smallest.
type parts struct {
	o       *Options
	c       component
	order   []int32
	number  map[int32]int32
	of      []int32
	size    []int64
	least   []int32
	version []int32
	links   []map[int32]link
	queue   offers
}

func newParts(c component, o *Options) *parts {
	p := &parts{o: o, c: c, order: slices.Clone(c.rows)}
	if o.Key != nil {
		slices.SortFunc(p.order, func(a, b int32) int { return cmp.Or(cmp.Compare(o.Key(a), o.Key(b)), cmp.Compare(a, b)) })
	}
	n := len(p.order)
	p.number = make(map[int32]int32, n)
	p.of, p.least, p.version = make([]int32, n), make([]int32, n), make([]int32, n)
	p.size, p.links = make([]int64, n), make([]map[int32]link, n)
	for k, row := range p.order {
		p.number[row], p.of[k], p.least[k], p.size[k] = int32(k), int32(k), int32(k), 1
		p.links[k] = make(map[int32]link)
	}
	for _, e := range c.edges {
		p.add(p.number[e.A], p.number[e.B], link{sum: p.evidence(e), pairs: 1, joins: e.Weight >= o.Threshold})
	}
	for _, m := range c.cannot {
		p.add(p.number[m[0]], p.number[m[1]], link{refused: true})
	}
	return p
}

// evidence is what an edge says above the threshold, within the cap, in units of 1/scale.
func (p *parts) evidence(e Edge) int64 {
	above := e.Weight - p.o.Threshold
	if p.o.Cap > 0 {
		above = min(max(above, -p.o.Cap), p.o.Cap)
	}
	return int64(above * scale)
}

func (p *parts) add(a, b int32, more link) {
	l := p.links[a][b]
	l.sum, l.pairs = l.sum+more.sum, l.pairs+more.pairs
	l.joins, l.refused = l.joins || more.joins, l.refused || more.refused
	p.links[a][b], p.links[b][a] = l, l
}

func (p *parts) find(k int32) int32 { return root(p.of, k) }

// mean is the evidence per pair between two parts, those without an edge included.
func (p *parts) mean(a, b int32) float64 {
	l, all := p.links[a][b], p.size[a]*p.size[b]
	return (float64(l.sum)/scale + float64(all-l.pairs)*float64(p.o.Absent)) / float64(all)
}

// barred says why two linked parts stay apart, "" when they need not.
func (p *parts) barred(a, b int32) string {
	switch l := p.links[a][b]; {
	case l.refused:
		return "cannot"
	case p.mean(a, b) < 0:
		return "chain"
	case p.o.Limit > 0 && p.size[a]+p.size[b] > int64(p.o.Limit):
		return "limit"
	}
	return ""
}

func (p *parts) offer(a, b int32) {
	if p.links[a][b].joins && p.barred(a, b) == "" {
		if p.least[a] > p.least[b] {
			a, b = b, a
		}
		heap.Push(&p.queue, offer{p.mean(a, b), p.least[a], p.least[b], a, b, p.version[a] + p.version[b]})
	}
}

// run joins what people called the same, then what weights call the same. An offer is
// looked at again only when its turn comes: a join never makes a mean larger than the
// larger of the two it came from, so the best offer, once up to date, is the best of all.
func (p *parts) run() {
	must := make([][2]int32, len(p.c.must))
	for i, m := range p.c.must {
		a, b := p.number[m[0]], p.number[m[1]]
		must[i] = [2]int32{min(a, b), max(a, b)}
	}
	slices.SortFunc(must, func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
	for _, m := range must {
		if a, b := p.find(m[0]), p.find(m[1]); a != b && !p.links[a][b].refused {
			p.join(a, b)
		}
	}
	for a := range p.links {
		for b := range p.links[a] {
			if int32(a) < b {
				p.offer(int32(a), b)
			}
		}
	}
	for p.queue.Len() > 0 {
		f := heap.Pop(&p.queue).(offer)
		a, b := p.find(f.a), p.find(f.b)
		switch {
		case a == b:
		case a == f.a && b == f.b && p.version[a]+p.version[b] == f.version:
			p.join(a, b)
		default:
			p.offer(a, b)
		}
	}
}

// join makes one part of two: the links of the one with fewer become the other's.
func (p *parts) join(a, b int32) {
	if len(p.links[a]) < len(p.links[b]) {
		a, b = b, a
	}
	delete(p.links[a], b)
	for x, l := range p.links[b] {
		if delete(p.links[x], b); x != a {
			p.add(a, x, l)
		}
	}
	p.links[b] = nil
	p.of[b] = a
	p.size[a] += p.size[b]
	p.least[a] = min(p.least[a], p.least[b])
	p.version[a] += p.version[b] + 1
}

// settle writes the parts into the whole and reports the edges that called for a join.
func (p *parts) settle(whole *Union, r *Result) {
	for k, row := range p.order {
		whole.Join(row, p.order[p.find(int32(k))])
	}
	for _, e := range p.c.edges {
		a, b := p.find(p.number[e.A]), p.find(p.number[e.B])
		if a != b && e.Weight >= p.o.Threshold {
			r.Refused = append(r.Refused, Refusal{min(e.A, e.B), max(e.A, e.B), p.barred(a, b)})
		}
	}
}

// offer is a join that may be made: the mean evidence when it was looked at, the smallest
// numbers of both parts, which order equal means, the parts, and their versions' sum.
type offer struct {
	mean       float64
	less, more int32
	a, b       int32
	version    int32
}

type offers []offer

func (o offers) Len() int { return len(o) }
func (o offers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(o[j].mean, o[i].mean), cmp.Compare(o[i].less, o[j].less), cmp.Compare(o[i].more, o[j].more)) < 0
}
func (o offers) Swap(i, j int) { o[i], o[j] = o[j], o[i] }
func (o *offers) Push(x any)   { *o = append(*o, x.(offer)) }
func (o *offers) Pop() any {
	last := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	return last
}
