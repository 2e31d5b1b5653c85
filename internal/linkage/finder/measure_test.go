package finder

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

// TestMeasure indexes the list that QUIPU_FINDER_LIST names, one of `quipu generate`, and
// tells how fast and how well each kind of query is answered. It asserts nothing about time.
func TestMeasure(t *testing.T) {
	file := os.Getenv("QUIPU_FINDER_LIST")
	if file == "" {
		t.Skip("QUIPU_FINDER_LIST names no list of quipu generate to measure with")
	}
	x, entries := indexed(t, file)
	for _, fault := range Faults {
		trials := Trials(fault, 400, 1, len(entries), func(row int) Entry { return entries[row] })
		var took []time.Duration
		row, named, first := 0, 0, 0
		var worst Trial
		for _, q := range trials {
			hits, t3 := timed(x, Query{Text: q.Text, Whole: true})
			took = append(took, t3)
			if took[len(took)-1] == slices.Max(took) {
				worst = q
			}
			if slices.ContainsFunc(hits, func(h Hit) bool { return h.Row == q.Row }) {
				row++
			}
			same := func(h Hit) bool {
				a, b := entries[h.Row], entries[q.Row]
				return a.Given == b.Given && a.Paternal == b.Paternal && a.Maternal == b.Maternal
			}
			if slices.ContainsFunc(hits, same) {
				named++
			} else if named+5 > len(took) {
				t.Logf("missed: %q %+v", q.Text, entries[q.Row])
			}
			if len(hits) > 0 && same(hits[0]) {
				first++
			}
		}
		slices.Sort(took)
		n := len(took)
		t.Logf("%-9s p50 %v p99 %v max %v (%s); row in ten %.4f, name in ten %.4f, name first %.4f", fault, took[n/2], took[n*99/100], took[n-1], worst.Text,
			float64(row)/float64(n), float64(named)/float64(n), float64(first)/float64(n))
	}
	for _, text := range []string{"MARIA QUISPE FLORES", "JUAN QUISPE MAMANI", "JOSE GARCIA SANCHEZ", "JOSE", "QUISPE", "QUISPE MAMANI", "LUIS ALBERTO QUISPE MAMANI FLORES HUAMAN", "M", "MA", "JUAN QUISPE 1985", "1985", "44425941", "MARIA JOSE LUZ ROSA ANA CARMEN JUANA JUAN QUISPE MAMANI FLORES GARCIA"} {
		for _, whole := range []bool{true, false} {
			hits, took := timed(x, Query{Text: text, Whole: whole})
			t.Logf("%-40s whole %-5v %v, %d hits", text, whole, took, len(hits))
		}
	}
}

// timed is the hits of a search and how long it took: the best of three, since other work
// on the machine is not the search's.
func timed(x *Index, q Query) (hits []Hit, took time.Duration) {
	for i := range 3 {
		from := time.Now()
		hits = x.Search(q, 10)
		if t := time.Since(from); i == 0 || t < took {
			took = t
		}
	}
	return hits, took
}

func indexed(t *testing.T, file string) (*Index, []Entry) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	header = slices.Clone(header)
	col := func(rec []string, name string) string { return rec[slices.Index(header, name)] }
	var entries []Entry
	interned := map[string]string{}
	own := func(s string) string {
		if v, ok := interned[s]; ok {
			return v
		}
		s = string([]byte(s))
		interned[s] = s
		return s
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{Given: own(col(rec, "nombres")), Paternal: own(col(rec, "apellido_paterno")), Maternal: own(col(rec, "apellido_materno")),
			Birth: own(col(rec, "fecha_nacimiento")), Place: own(col(rec, "ciudad"))}
		if m := col(rec, "apellido_casada"); m != "" {
			e.Other = []string{own(m)}
		}
		for _, c := range []string{"numero_documento", "pasaporte"} {
			if v := col(rec, c); v != "" {
				e.Documents = append(e.Documents, string([]byte(v)))
			}
		}
		if v := col(rec, "telefono"); v != "" {
			e.Phones = []string{string([]byte(v))}
		}
		if v := col(rec, "correo"); v != "" {
			e.Emails = []string{string([]byte(v))}
		}
		entries = append(entries, e)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	from := time.Now()
	x := New()
	for i, e := range entries {
		x.Put(uint32(i), e)
	}
	took := time.Since(from)
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%d persons, built in %v, %.1f bytes a person, %d words, %d keys' slots", len(entries), took,
		float64(after.HeapAlloc-before.HeapAlloc)/float64(len(entries)), len(x.words.text), len(x.keys.slots))
	return x, entries
}
