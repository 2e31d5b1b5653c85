package linkage

import (
	"slices"
	"strconv"
	"testing"

	"quipu/internal/doc"
)

func TestBucketsAreSortedWhereTheyAre(t *testing.T) {
	for _, n := range []int{0, 1, 300, 5000, 70_000} {
		es := make([]entry, n)
		for i := range es {
			es[i] = entry{mix(uint64(i % (n/3 + 1))), uint32(n - i)}
			if i%5 == 0 {
				es[i].key = mix(7) // a key that many rows have
			}
		}
		want := slices.Clone(es)
		slices.SortFunc(want, byKey)
		if err := sorted(es, bucket(es), 2, func(int, []entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(es, want) {
			t.Errorf("%d entries are not in order", n)
		}
	}
}

func TestDigitsAloneAreReadAsADNIIs(t *testing.T) {
	for n := range 20_000 {
		s := strconv.FormatUint(mix(uint64(n))%1_000_000_000_000>>(n%17), 10)
		d, err := doc.ParseDNI(s)
		want := err == nil && len(s) >= 8
		digits, right, ok := dni(s)
		if ok != want || ok && (digits != d.Digits || right != (d.State == doc.CheckRight)) {
			t.Fatalf("%s is read as %q, right %t, %t; parsed it is %+v, %v", s, digits, right, ok, d, err)
		}
	}
}

// What hopeful leaves out must be what neither keep nor see would have taken.
func TestPairsWithoutHopeAreBelowTheFloor(t *testing.T) {
	fields := []Field{{Name: "given", Kind: GivenNames}, {Name: "surname", Kind: Surname}, {Name: "born", Kind: Date}, {Name: "street", Kind: Street}}
	l := NewList(fields)
	for i := range 400 {
		r := mix(uint64(i))
		l.Append([]string{[]string{"ANA", "LUIS", "ROSA", "JUAN"}[r%4], []string{"DIAZ", "VEGA", "RUIZ", "SOTO"}[r>>8%4],
			[]string{"1980-01-02", "1991-12-24", "1975-07-30"}[r>>16%3], "Calle " + []string{"Sol", "Luna", "Mar"}[r>>24%3] + " " + strconv.Itoa(int(r>>32%30))})
	}
	res, err := Link(l, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := compile(fields, res.Model.Comparisons)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := pack(l, p, nil, func(int64, int64) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	ws := p.ready(res.Model, res.Model.counts(p, tab.words))
	ws.tighten(p)
	w, plain := newWorker(p, tab.words), newWorker(p, tab.words)
	all := make([]uint32, tab.len())
	for i := range all {
		all[i] = uint32(i)
	}
	w.load(tab.rows, all)
	plain.load(tab.rows, all)
	s, gone, stay := &scorer{table: tab, weights: ws, floor: -5}, 0, 0
	for i := range len(all) - 1 {
		_, patterns, alive := s.hopeful(w, i, i+1, len(all))
		_, full := plain.against(i, i+1, len(all), ws)
		for k, pattern := range full {
			switch weight := ws.exact(p, tab.row(uint32(i)), tab.row(uint32(i+1+k)), pattern); {
			case alive[k] && patterns[k] != pattern:
				t.Fatalf("rows %d and %d have the pattern %x, not %x", i, i+1+k, patterns[k], pattern)
			case alive[k]:
				stay++
			case weight >= s.floor:
				t.Fatalf("rows %d and %d weigh %v and were left out", i, i+1+k, weight)
			default:
				gone++
			}
		}
	}
	if gone == 0 || stay == 0 {
		t.Errorf("%d pairs left out, %d not: nothing was tried", gone, stay)
	}
}
