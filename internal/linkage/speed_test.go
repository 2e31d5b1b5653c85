package linkage

import (
	"maps"
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

func TestDivisorDivides(t *testing.T) {
	for n := uint64(1); n < 200; n++ {
		d := newDivisor(n)
		for i := range uint64(500) {
			for _, x := range []uint64{i, i * n, ^uint64(0) - i, mix(i), mix(i) / n * n} {
				if d.divides(x) != (x%n == 0) {
					t.Fatalf("%d divides %d: %t", n, x, !d.divides(x))
				}
			}
		}
	}
}

// Pairs that are given up before all is compared must be those that would be neither kept nor
// seen: held against a comparison of everything with everything.
func TestPairsGivenUpAreNeitherKeptNorSeen(t *testing.T) {
	fields := []Field{{Name: "given", Kind: GivenNames}, {Name: "surname", Kind: Surname}, {Name: "born", Kind: Date}, {Name: "street", Kind: Street},
		{Name: "town", Kind: Place}, {Name: "number", Kind: Document}, {Name: "whole", Kind: FullName}}
	l := NewList(fields)
	for i := range 160 {
		r := mix(uint64(i - i%8/7)) // every eighth is there twice
		given := []string{"ANA", "ANA ROSA", "ANNA", "LUIS", "ROSA", "R", "JUAN", "PEPE", "JOSE"}[r%9]
		surname := []string{"DIAZ", "DIAS", "VEGA", "RUIZ SOTO", "SOTO", "ANA"}[r>>8%6]
		l.Append([]string{given, surname, []string{"1980-01-02", "1981-01-02", "1991-12-24", "1975-07-30", "1975"}[r>>16%5],
			"Calle " + []string{"Sol", "Luna", "Mar"}[r>>24%3] + " " + strconv.Itoa(int(r>>32%30)), []string{"150101", "150102", "220907", "080303"}[r>>37%4],
			[]string{"10117410", "10117411", "40404140", "72345678", ""}[r>>42%5], given + " " + []string{"DIAZ", "VEGA", "SOTTO", "SOTO"}[r>>47%4]})
	}
	m := &Model{Fields: fields, Comparisons: choose(l), Prior: -4}
	p, err := compile(fields, m.Comparisons)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := pack(l, p, nil, func(int64, int64) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	tf := tab.frequencies()
	j, given := &job{table: tab, model: m, total: float64(pairsOf(l.Len()))}, 0
	for seed := range uint64(60) {
		for i := range p.cmps { // any weights: whichever level weighs most must be allowed for
			for l := 1; l < len(p.cmps[i].Levels); l++ {
				draw := mix(seed<<16 | uint64(i<<8|l))
				p.cmps[i].Levels[l].Weight, p.cmps[i].Levels[l].U = float64(draw%160)/10-8, 1/float64(2+draw>>8%200)
			}
		}
		s := &scorer{table: tab, weights: p.ready(m, tf), floor: -6, every: seed % 4,
			workers: tab.crew(1), found: make([][]Pair, 1), seen: make([][]sighting, 1)}
		if s.every != 0 {
			s.usual = j.usual()
		}
		s.weights.tighten(p)
		s.prepare()
		kept, seen := s.all(p)
		if !slices.Equal(s.found[0], kept) || !slices.Equal(s.seen[0], seen) {
			t.Errorf("seed %d: %d pairs are kept, not %d; %d are seen, not %d", seed, len(s.found[0]), len(kept), len(s.seen[0]), len(seen))
		}
		given += int(pairsOf(tab.len())) - len(kept)
	}
	if all := int(pairsOf(tab.len())); given == 0 || given == 60*all {
		t.Errorf("%d of %d pairs are not kept: nothing was tried", given, all)
	}
}

// all scores all pairs of the table, and says what must come of it by comparing everything.
func (s *scorer) all(p *plan) (kept []Pair, seen []sighting) {
	plain := newWorker(p, s.words)
	for x := range uint32(s.len()) {
		for y := range x {
			s.pair(0, x, y)
			pattern := plain.pattern(s.row(x), s.row(y))
			if w := s.weights.exact(p, s.row(x), pattern); w >= s.floor {
				kept = append(kept, Pair{int32(y), int32(x), w, pattern})
			}
			if s.every == 0 {
				continue
			}
			evidence, sum := s.usual.prior, s.weights.prior
			for c := range p.cmps {
				evidence += s.usual.of[c][levelOf(pattern, c)]
				sum += s.weights.of[c][levelOf(pattern, c)]
			}
			if key := pairKey(x, y); mix(key)%s.every == 0 && evidence >= worthSeeing && sum >= hopeless {
				seen = append(seen, sighting{key, pattern})
			}
		}
	}
	return kept, seen
}

// Taking out pairs found twice must change neither what is found in the end nor the matches; a
// floor that rises takes pairs out by their weight alone, whoever found them.
func TestThinLeavesEachPairOnce(t *testing.T) {
	fresh := func(floor float32) *scorer {
		s := &scorer{found: make([][]Pair, 2), seen: make([][]sighting, 2), every: 1, floor: floor}
		s.remember()
		return s
	}
	thin, whole, rises, other := fresh(-floorBelow), fresh(-floorBelow), fresh(-18), fresh(-18)
	for rule := range uint64(6) {
		for i := range uint64(3000) {
			draw := mix(rule<<32 | i)
			p := Pair{A: int32(draw % 40), B: int32(40 + draw>>8%40)}
			p.Pattern = mix(uint64(p.A)<<8 | uint64(p.B)) // of a pair there is one pattern and weight
			p.Weight = float32(p.Pattern%30) - 18
			for k, s := range []*scorer{thin, whole, rises, other} {
				if w := (draw>>32 + uint64(k)*draw>>40) % 2; p.Weight >= s.floor {
					s.found[w] = append(s.found[w], p)
					s.seen[w] = append(s.seen[w], sighting{pairKey(uint32(p.A), uint32(p.B)), p.Pattern})
				}
			}
		}
		for _, s := range []*scorer{thin, rises, other} {
			s.thin(700)
		}
	}
	if n, all := len(thin.found[0]), len(whole.found[0])+len(whole.found[1]); n > 1600 || n == all || len(thin.seen[0]) > 3*1600 {
		t.Errorf("of %d pairs %d are left, of the sightings %d", all, n, len(thin.seen[0]))
	}
	thin.remember()
	whole.remember()
	if !maps.Equal(thin.matches, whole.matches) || len(whole.matches) == 0 {
		t.Errorf("%d matches, not %d", len(thin.matches), len(whole.matches))
	}
	if a, b := thin.cells(), whole.cells(); !slices.Equal(a, b) {
		t.Error("other patterns are seen")
	}
	if a, b := thin.merge(), whole.merge(); !slices.Equal(a, b) {
		t.Errorf("%d pairs are found, not %d", len(a), len(b))
	}
	a, b := rises.merge(), other.merge()
	if !slices.Equal(a, b) || rises.floor != other.floor || rises.floor == -18 {
		t.Errorf("%d pairs above %v, by others %d above %v", len(a), rises.floor, len(b), other.floor)
	}
}
