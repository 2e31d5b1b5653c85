package linkage

import (
	"fmt"
	"slices"
	"testing"

	"quipu/internal/fault"
)

var registerFields = []Field{{"paternal", Surname}, {"maternal", SecondSurname}, {"given", GivenNames}, {"birth", Date}, {"sex", Sex}, {"dni", Document}, {"place", Place}}

// people makes n records, a tenth of them again with a slip; all follows from the seed.
func people(n int, seed uint64) [][]string {
	surnames := []string{"QUISPE", "MAMANI", "FLORES", "GARCIA", "SANCHEZ", "HUAMAN", "CCAHUANA", "SHIMABUKURO", "DE LA CRUZ", "VASQUEZ", "RODRIGUEZ", "TORRES", "RAMOS", "DIAZ"}
	given := []string{"MARIA", "JOSE LUIS", "JUAN CARLOS", "ROSA", "ANA MARIA", "PEDRO", "LUZ", "MIGUEL ANGEL", "CARMEN", "VICTOR", "ELENA", "JORGE"}
	state := seed
	draw := func(k int) int { state += 0x9E3779B97F4A7C15; return int(mix(state) >> 8 % uint64(k)) }
	var out [][]string
	for i := range n {
		if i > 10 && draw(10) == 0 {
			again := slices.Clone(out[draw(len(out))])
			switch f := draw(4); f {
			case 0:
				again[0], again[1] = again[1], again[0]
			case 1:
				again[5] = ""
			case 2:
				again[3] = again[3][:8] + fmt.Sprintf("%02d", 1+draw(28))
			default:
				again[2] = again[2][1:]
			}
			out = append(out, again)
			continue
		}
		out = append(out, []string{surnames[draw(len(surnames))] + []string{"", "A", "ES", "IN"}[draw(4)], surnames[draw(len(surnames))], given[draw(len(given))],
			fmt.Sprintf("%d-%02d-%02d", 1940+draw(70), 1+draw(12), 1+draw(28)), []string{"M", "F"}[draw(2)],
			fmt.Sprintf("%08d", 10000000+draw(60000000)), fmt.Sprintf("%06d", 150100+draw(300))})
	}
	return out
}

func listOf(fields []Field, rows [][]string) *List {
	l := NewList(fields)
	for _, r := range rows {
		l.Append(r)
	}
	return l
}

func linked(t *testing.T, l *List, o Options) *Result {
	t.Helper()
	r, err := Link(l, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// said writes pairs by what was compared, which no order of rows changes.
func said(rows [][]string, pairs []Pair) []string {
	out := make([]string, len(pairs))
	for i, p := range pairs {
		x, y := fmt.Sprint(rows[p.A]), fmt.Sprint(rows[p.B])
		out[i] = fmt.Sprintf("%s %s %x %v", min(x, y), max(x, y), p.Pattern, p.Weight)
	}
	slices.Sort(out)
	return out
}

func grouped(rows [][]string, labels []int32) []string {
	by := map[int32][]string{}
	for i, l := range labels {
		by[l] = append(by[l], fmt.Sprint(rows[i]))
	}
	var out []string
	for _, g := range by {
		slices.Sort(g)
		out = append(out, fmt.Sprint(g))
	}
	slices.Sort(out)
	return out
}

func shuffled(rows [][]string, seed uint64) [][]string {
	out := slices.Clone(rows)
	for i := len(out) - 1; i > 0; i-- {
		k := int(mix(seed+uint64(i)) % uint64(i+1))
		out[i], out[k] = out[k], out[i]
	}
	return out
}

func TestNeitherOrderNorThreadsChangeTheResult(t *testing.T) {
	rows := people(6000, 3)
	one := linked(t, listOf(registerFields, rows), Options{Seed: 5})
	if len(one.Pairs) < 300 {
		t.Fatalf("only %d pairs", len(one.Pairs))
	}
	two := linked(t, listOf(registerFields, rows), Options{Seed: 5, Threads: 4})
	if !slices.Equal(one.Pairs, two.Pairs) || !slices.Equal(one.Clusters, two.Clusters) {
		t.Error("four threads find something else than one")
	}
	a, _ := one.Model.Encode()
	b, _ := two.Model.Encode()
	if string(a) != string(b) {
		t.Error("four threads learn another model than one")
	}
	other := shuffled(rows, 9)
	three := linked(t, listOf(registerFields, other), Options{Seed: 5, Threads: 2})
	if !slices.Equal(said(rows, one.Pairs), said(other, three.Pairs)) {
		t.Error("another order of rows gives other pairs")
	}
	if !slices.Equal(grouped(rows, one.Clusters), grouped(other, three.Clusters)) {
		t.Error("another order of rows gives other clusters")
	}
}

func TestAModelThatWasKeptGivesTheSame(t *testing.T) {
	rows := people(3000, 4)
	one := linked(t, listOf(registerFields, rows), Options{})
	b, err := one.Model.Encode()
	if err != nil {
		t.Fatal(err)
	}
	m, err := DecodeModel(b)
	if err != nil {
		t.Fatal(err)
	}
	two := linked(t, listOf(registerFields, rows), Options{Model: m})
	if !slices.Equal(one.Pairs, two.Pairs) || !slices.Equal(one.Clusters, two.Clusters) {
		t.Errorf("the model applied finds %d pairs, %d when it was learnt", len(two.Pairs), len(one.Pairs))
	}
	if _, err := Link(listOf(registerFields[:3], rows), Options{Model: m}); !fault.Is(err, "linkage.model_fields") {
		t.Errorf("a list with other columns: %v", err)
	}
}

func TestLiveComesToWhatABatchFinds(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 4000 // a hundred thousand take a minute
	}
	rows := people(n, 6)
	batch := linked(t, listOf(registerFields, rows), Options{Threads: 2})
	live, err := NewLive(batch.Model, registerFields)
	if err != nil {
		t.Fatal(err)
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32((i*7919 + 13) % n) // 7919 is prime
	}
	for _, id := range order[:50] { // others first, which are replaced
		live.Put(id, rows[(int(id)+1)%n])
	}
	found := map[Pair]bool{}
	for _, id := range order {
		live.Put(id, rows[id])
	}
	for _, id := range order {
		for _, p := range live.Pairs(id) {
			found[p] = true
		}
	}
	if len(found) != len(batch.Pairs) {
		t.Errorf("live finds %d pairs, batch %d", len(found), len(batch.Pairs))
	}
	for _, p := range batch.Pairs {
		if !found[p] {
			t.Fatalf("live does not find %v: %v %v", p, rows[p.A], rows[p.B])
		}
	}
	labels := live.Clusters(batch.Threshold, nil, nil)
	for i, l := range batch.Clusters {
		if labels[int32(i)] != l {
			t.Fatalf("row %d is in cluster %d live, %d in batch", i, labels[int32(i)], l)
		}
	}
	if before, again := live.Score(rows[5]), live.Score(rows[5]); !slices.Equal(before, again) || len(before) == 0 || before[0].A != -1 {
		t.Errorf("a record scored twice: %v, %v", before, again)
	}
}

func TestEvidenceAddsUpToTheWeight(t *testing.T) {
	rows := people(2000, 8)
	l := listOf(registerFields, rows)
	r := linked(t, l, Options{})
	for _, p := range r.Pairs[:50] {
		sum := r.Model.Prior
		for _, e := range r.Model.Explain(l, int(p.A), int(p.B)) {
			sum += e.Weight
		}
		if d := sum - float64(p.Weight); d > 0.06 || d < -0.06 {
			t.Errorf("evidence of %.3f for a weight of %.3f", sum, p.Weight)
		}
	}
}

func TestBadListsEndWell(t *testing.T) {
	many := make([]Field, 300)
	wide := make([]string, 300)
	for i := range many {
		many[i], wide[i] = Field{fmt.Sprint("c", i), Category}, fmt.Sprint(i%7)
	}
	other := slices.Clone(wide)
	for i := range other {
		other[i] = fmt.Sprint(i % 5)
	}
	same := make([][]string, 3000)
	for i := range same {
		same[i] = []string{"QUISPE", "MAMANI", "MARIA", "1980-01-01", "F", "10203040", "LIMA"}
	}
	for _, c := range []struct {
		name   string
		fields []Field
		rows   [][]string
		fault  string
	}{
		{"empty", registerFields, nil, ""},
		{"one row", registerFields, people(1, 1), ""},
		{"two rows", registerFields, people(2, 1), ""},
		{"one column", []Field{{"n", FullName}}, [][]string{{"ANA PAZ"}, {"ANA PAS"}, {"LUIS RUIZ"}}, ""},
		{"300 columns", many, [][]string{wide, other, wide, other}, ""},
		{"all the same", registerFields, same, "linkage.nothing"},
		{"nothing to compare", []Field{{"id", Ignore}}, [][]string{{"1"}, {"2"}}, "linkage.nothing"},
		{"empty cells", registerFields, [][]string{{}, {""}, {" ", " "}}, "linkage.nothing"},
		{"binary", registerFields, [][]string{{"\x00\xff\xfe", "\x80"}, {"\x00\xff", "\x81"}, {"\xf0\x28", "a"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Link(listOf(c.fields, c.rows), Options{})
			if c.fault != "" {
				if !fault.Is(err, c.fault) {
					t.Errorf("got %v, want %s", err, c.fault)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Clusters) != len(c.rows) {
				t.Errorf("%d labels for %d rows", len(r.Clusters), len(c.rows))
			}
		})
	}
}

func TestABlockOfOneKeyIsSplitOrGivenUpWithItsCount(t *testing.T) {
	rows := people(45_000, 2)
	for i := range rows {
		rows[i][0], rows[i][1], rows[i][2] = []string{"QUISPE", "MAMANI"}[i%2], []string{"FLORES", "ROJAS"}[i/2%2], []string{"MARIA", "JUAN"}[i/4%2]
	}
	r := linked(t, listOf(registerFields, rows), Options{Threads: 2, MaxPairs: 3_000_000})
	if r.PairsScored > 9_000_000 { // blocks of 24 rows and less are never split
		t.Errorf("%d pairs were made of a budget of 3 million", r.PairsScored)
	}
	refined := 0
	for _, rule := range r.Rules {
		refined += rule.Refined
		if rule.Dropped > 0 && rule.Lost == 0 {
			t.Errorf("%s dropped %d keys without a count", rule.Name, rule.Dropped)
		}
	}
	if refined == 0 {
		t.Error("no key was refined")
	}
}

// Lists with few columns must find their duplicates, too.
func TestListsOfFewColumnsFindTheirDuplicates(t *testing.T) {
	rows := people(1200, 21)
	named := func(f func(r []string) []string) (out [][]string) {
		for _, r := range rows {
			out = append(out, f(r))
		}
		return out
	}
	for _, c := range []struct {
		name   string
		fields []Field
		rows   [][]string
	}{
		{"full name and date", []Field{{"n", FullName}, {"d", Date}}, named(func(r []string) []string { return []string{r[2] + " " + r[0] + " " + r[1], r[3]} })},
		{"street and place", []Field{{"s", Street}, {"p", Place}}, named(func(r []string) []string { return []string{r[0] + " " + r[5], r[6]} })},
		{"categories", []Field{{"a", Category}, {"b", Category}}, named(func(r []string) []string { return []string{r[5], r[3]} })},
	} {
		r := linked(t, listOf(c.fields, c.rows), Options{})
		if len(r.Rules) == 0 || len(r.Pairs) < 30 {
			t.Errorf("%s: %d pairs by %d rules", c.name, len(r.Pairs), len(r.Rules))
		}
	}
}

func TestDecisionsHold(t *testing.T) {
	rows := people(500, 11)
	l := listOf(registerFields, rows)
	free := linked(t, l, Options{})
	var together [2]int32
	for i, c := range free.Clusters {
		if int32(i) != c {
			together = [2]int32{c, int32(i)}
		}
	}
	apart := [2]int32{0, 1}
	r := linked(t, l, Options{Must: [][2]int32{apart}, Cannot: [][2]int32{together}})
	if r.Clusters[apart[0]] != r.Clusters[apart[1]] || r.Clusters[together[0]] == r.Clusters[together[1]] {
		t.Error("what a person decided does not hold")
	}
	if _, err := Link(l, Options{Must: [][2]int32{{0, 500}}}); !fault.Is(err, "linkage.decided") {
		t.Errorf("a row that is not there: %v", err)
	}
}
