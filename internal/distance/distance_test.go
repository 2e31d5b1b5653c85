package distance

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var texts = rapid.OneOf(
	rapid.StringMatching(`[ABC]{0,12}`),
	rapid.StringMatching(`[A-Z ]{0,30}`),
	rapid.StringMatching(`[a-z0-9@.]{0,70}`),
	rapid.StringMatching(`[AÑ田中]{0,8}`),
)

// plain is the textbook recursion over a full table.
func plain(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		for j := range d[i] {
			switch {
			case i == 0:
				d[i][j] = j
			case j == 0:
				d[i][j] = i
			default:
				d[i][j] = min(d[i-1][j], d[i][j-1], d[i-1][j-1]) + 1
				if x[i-1] == y[j-1] {
					d[i][j] = d[i-1][j-1]
				}
				if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(x)][len(y)]
}

func TestEditsAreThoseOfThePlainTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		if got, want := OSA(a, b), plain(a, b); got != want {
			t.Fatalf("OSA(%q, %q) = %d, want %d", a, b, got, want)
		}
	})
}

func TestJaroInAWordIsJaroOverRunes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		want := 1.0
		if a != b {
			want = 0
			if a != "" && b != "" {
				want = jaroRunes([]rune(a), []rune(b))
			}
		}
		if got := Jaro(a, b); math.Abs(got-want) > 1e-12 {
			t.Fatalf("Jaro(%q, %q) = %v, want %v", a, b, got, want)
		}
	})
}

// The values are those of Winkler's tables, as they are quoted everywhere.
func TestJaroWinklerOfKnownPairs(t *testing.T) {
	for _, c := range []struct {
		a, b     string
		jaro, jw float64
	}{
		{"MARTHA", "MARHTA", 0.944444, 0.961111},
		{"DWAYNE", "DUANE", 0.822222, 0.84},
		{"DIXON", "DICKSONX", 0.766667, 0.813333},
		{"JONES", "JOHNSON", 0.790476, 0.832381},
		{"ABC", "XYZ", 0, 0},
	} {
		if got := Jaro(c.a, c.b); math.Abs(got-c.jaro) > 1e-6 {
			t.Errorf("Jaro(%s, %s) = %v, want %v", c.a, c.b, got, c.jaro)
		}
		if got := JaroWinkler(c.a, c.b); math.Abs(got-c.jw) > 1e-6 {
			t.Errorf("JaroWinkler(%s, %s) = %v, want %v", c.a, c.b, got, c.jw)
		}
	}
}

func TestNoPairBelowTheBoundReachesTheLimit(t *testing.T) {
	bounds := map[float64]*Bound{0.75: NewBound(0.75), 0.85: NewBound(0.85), 0.92: NewBound(0.92)}
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		for limit, bound := range bounds {
			if JaroWinkler(a, b) >= limit && !bound.May(Sign(a), Sign(b)) {
				t.Fatalf("%q and %q are %v alike and were rejected at %v", a, b, JaroWinkler(a, b), limit)
			}
		}
	})
	if bounds[0.85].May(Sign("QUISPE"), Sign("MAMANI")) {
		t.Error("QUISPE and MAMANI were not told apart")
	}
}

func TestNoPairThatCannotBeEditedIsOneEditApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := texts.Draw(t, "a")
		b := a
		if at := rapid.IntRange(0, len(a)).Draw(t, "at"); at < len(a) {
			b = a[:at] + rapid.SampledFrom([]string{"", "Z", a[at:at+1] + "7"}).Draw(t, "new") + a[at+1:]
		}
		if OSA(a, b) <= 1 && !Edited(Sign(a), Sign(b)) {
			t.Fatalf("%q and %q were told apart", a, b)
		}
	})
	if Edited(Sign("150101"), Sign("200409")) {
		t.Error("150101 and 200409 were not told apart")
	}
}

func BenchmarkJaroWinkler(b *testing.B) {
	for b.Loop() {
		JaroWinkler("RODRIGUEZ", "RODRIGEZ")
	}
}

func BenchmarkBound(b *testing.B) {
	x, y, bound := Sign("RODRIGUEZ"), Sign("MAMANI"), NewBound(0.85)
	for b.Loop() {
		bound.May(x, y)
	}
}
