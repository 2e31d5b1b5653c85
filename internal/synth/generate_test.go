package synth

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"quipu/internal/fault"
)

func generate(t *testing.T, o Options) (register, truth []byte, n Counts) {
	t.Helper()
	var a, b bytes.Buffer
	n, err := Generate(o, &a, &b)
	if err != nil {
		t.Fatal(err)
	}
	return a.Bytes(), b.Bytes(), n
}

func readAll(t *testing.T, data []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSameSeedSameBytes(t *testing.T) {
	o := Options{Persons: 9000, Seed: 42, Families: true, Duplicates: 0.1, Threads: 1}
	a, ta, _ := generate(t, o)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	for _, threads := range []int{1, 2, 7} {
		o.Threads = threads
		b, tb, _ := generate(t, o)
		if !bytes.Equal(a, b) || !bytes.Equal(ta, tb) {
			t.Errorf("%d threads made other bytes", threads)
		}
	}
	o.Seed++
	if b, _, _ := generate(t, o); bytes.Equal(a, b) {
		t.Error("another seed made the same bytes")
	}
}

func TestRegisterAndTruthAgree(t *testing.T) {
	o := Options{Persons: 6000, Seed: 3, Families: true, Duplicates: 0.2, Inline: true}
	reg, truth, n := generate(t, o)
	rows, facts := readAll(t, reg), readAll(t, truth)
	if got, want := strings.Join(rows[0], ","), strings.Join(Header[:], ",")+",truth"; got != want {
		t.Errorf("header %s", got)
	}
	rows, facts = rows[1:], facts[1:]
	if len(rows) != n.Rows || len(facts) != n.Rows || n.Rows != n.Persons+n.Again {
		t.Fatalf("%d rows, %d facts, counts %+v", len(rows), len(facts), n)
	}
	people := map[string]*Person{}
	for p := range People(o) {
		people[strconv.FormatInt(p.ID, 10)] = p
	}
	first := map[string]int{}
	for i, f := range facts {
		if f[0] != strconv.Itoa(i+1) || f[1] != rows[i][columns] {
			t.Fatalf("fact %v beside row %d %v", f, i+1, rows[i])
		}
		p := people[f[1]]
		if p == nil {
			t.Fatalf("row %d is of nobody", i+1)
		}
		if f[2] == "first" {
			first[f[1]]++
			untouched(t, f, rows[i], p)
		}
		if f[6] != id(p.Twin) || f[7] != id(p.Father) || f[8] != id(p.Mother) || f[9] != id(p.Spouse) {
			t.Errorf("relations of %v", f)
		}
	}
	if len(first) != n.Persons {
		t.Errorf("%d of %d persons have a first row", len(first), n.Persons)
	}
	if share := float64(n.Again) / float64(n.Persons); share < 0.19 || share > 0.29 {
		t.Errorf("%.3f rows again a person, asked for 0.2 persons", share)
	}
}

// untouched compares a row that the truth calls free of errors with its person.
func untouched(t *testing.T, f, row []string, p *Person) {
	t.Helper()
	if f[10] != "" {
		return
	}
	if row[colBirth] != p.Birth.String() || plain(row[colPaternal]) != plain(p.Paternal) || plain(row[colGiven]) != plain(p.Given) {
		t.Errorf("row without errors %v is not %+v", row, p)
	}
	if n := row[colDocNumber]; n != "" && n[:8] != p.DNI {
		t.Errorf("document %s of %s", n, p.DNI)
	}
}

func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func TestRowsOfOnePersonLieApart(t *testing.T) {
	_, truth, _ := generate(t, Options{Persons: 20000, Seed: 8, Families: true, Duplicates: 0.3})
	last, beside, pairs := "", 0, 0
	for _, f := range readAll(t, truth)[1:] {
		if f[1] == last {
			beside++
		}
		if f[2] == "again" {
			pairs++
		}
		last = f[1]
	}
	if beside > 8 {
		t.Errorf("%d of %d repeats lie beside their first row", beside, pairs)
	}
}

func TestNoColumnThatARegisterMayNotHave(t *testing.T) {
	all := strings.ToLower(strings.Join(Header[:], " ") + strings.Join(TruthHeader, " ") + strings.Join(MessyHeader, " "))
	for _, w := range []string{"relig", "etni", "ethn", "raza", "visa", "migra", "regular", "partido", "ingreso", "salario", "talla", "peso"} {
		if strings.Contains(all, w) {
			t.Errorf("a column speaks of %q", w)
		}
	}
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for _, o := range []Options{{}, {Persons: -1}, {Persons: MaxPersons + 1}, {Persons: 5, Duplicates: 1.1}, {Persons: 5, Duplicates: math.NaN()}} {
		_, err := Generate(o, io.Discard, io.Discard)
		if fault.KindOf(err) != fault.Invalid || o.Check() == nil {
			t.Errorf("%+v gave %v", o, err)
		}
		for range People(o) {
			t.Errorf("%+v made somebody", o)
			break
		}
	}
}

func TestMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	peak := func(n int) uint64 {
		w := &watch{}
		if _, err := Generate(Options{Persons: n, Seed: 1, Duplicates: 0.1, Families: true}, w, io.Discard); err != nil {
			t.Fatal(err)
		}
		return w.peak
	}
	small, large := peak(100_000), peak(400_000)
	if large > small*3/2 {
		t.Errorf("heap %d MB for 100,000 and %d MB for 400,000", small>>20, large>>20)
	}
}

// watch notes the largest live heap while it is written to.
type watch struct {
	peak  uint64
	calls int
}

func (w *watch) Write(b []byte) (int, error) {
	if w.calls++; w.calls%64 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		w.peak = max(w.peak, m.HeapAlloc)
	}
	return len(b), nil
}

func BenchmarkGenerate(b *testing.B) {
	n := 0
	for b.Loop() {
		c, err := Generate(Options{Persons: 50_000, Seed: 1, Families: true, Duplicates: 0.1, Threads: 1}, io.Discard, io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		n += c.Persons
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "persons/s")
}
