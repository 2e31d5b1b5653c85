package finder

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// naive judges everybody who answers anything, without lists of rows, bounds or bitmaps.
func naive(x *Index, q Query, limit int) (out []scored) {
	a, s := understand(q), new(scratch)
	x.resolve(&a, s)
	x.dateGoal(&a, s)
	c := x.scorer(&a, s)
	for row := range x.records.at {
		x.numbers(&a, s)
		if v, ok := c.judge(uint32(row)); ok && v.score >= least && (len(v.pairs) > 0 || v.birth >= dateNear || slices.ContainsFunc(v.numbers, func(n numberFound) bool { return n.worth >= numberNear })) {
			out = append(out, scored{uint32(row), v.score})
		}
	}
	slices.SortFunc(out, func(a, b scored) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	return out[:min(len(out), limit)]
}

// TestSearchFindsWhatAScanFinds holds searches of small lists against judging everybody.
func TestSearchFindsWhatAScanFinds(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("ROSA ROSAMARIA MARIA MARI JUAN JOSE PEPE QUISPE KISPE QUISPI MAMANI FLORES CRUZ DELACRUZ HUAMAN GUAMAN LEE WONG HUANG SANTIAGO"))
	names := func(t *rapid.T, label string, most int) string {
		return strings.Join(rapid.SliceOfN(word, 0, most).Draw(t, label), " ")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := New()
		for row := range rapid.IntRange(1, 60).Draw(t, "persons") {
			x.Put(uint32(row), Entry{Given: names(t, "given", 2), Paternal: names(t, "paternal", 1), Maternal: names(t, "maternal", 1),
				Birth:     rapid.SampledFrom([]string{"", "1985", "1985-03-27", "1985-12-03", "1958-03-27"}).Draw(t, "birth"),
				Documents: rapid.SliceOfN(rapid.StringMatching(`444259[0-2][0-2]`), 0, 1).Draw(t, "document"),
				Place:     rapid.SampledFrom([]string{"", "Santiago", "Milan"}).Draw(t, "place")})
		}
		q := Query{Text: names(t, "text", 4) + rapid.SampledFrom([]string{"", " 1985", " 27/03/1985", " 44425911", " ros"}).Draw(t, "more"), Whole: rapid.Bool().Draw(t, "whole")}
		if rapid.Bool().Draw(t, "form") {
			q.Paternal, q.Place = names(t, "asked", 1), "Milan"
		}
		var found []scored
		for _, h := range x.Search(q, 7) {
			found = append(found, scored{h.Row, h.Score})
		}
		if want := naive(x, q, 7); fmt.Sprint(found) != fmt.Sprint(want) {
			t.Fatalf("%+v finds %v, a scan %v", q, found, want)
		}
	})
}
