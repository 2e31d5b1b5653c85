package name

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		most, want int
	}{
		{"YESENIA", "JESENIA", 1, 1}, {"MAMANI", "MAMANI", 1, 0}, {"QUISPE", "QUIPSE", 1, 1}, {"HUAMAN", "HUAMANI", 1, 1},
		{"ROSA", "ELVIRA", 2, 3}, {"", "A", 1, 1}, {"", "ABC", 1, 2}, {"46829103", "46829130", 1, 1}, {"CONDORI", "KUNTURI", 2, 3},
	} {
		if got := Slips(c.a, c.b, c.most); got != c.want {
			t.Errorf("Slips(%q, %q, %d) = %d, want %d", c.a, c.b, c.most, got, c.want)
		}
	}
}

// TestSlipsIsADistance: nothing between a word and itself, the same both ways, and one
// slip is one.
func TestSlipsIsADistance(t *testing.T) {
	word := rapid.StringMatching(`[A-D]{0,7}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if Slips(a, a, 3) != 0 || Slips(a, b, 3) != Slips(b, a, 3) {
			t.Fatalf("%q %q: %d and %d", a, b, Slips(a, b, 3), Slips(b, a, 3))
		}
		if (Slips(a, b, 3) == 0) != (a == b) {
			t.Fatalf("%q %q are %d apart", a, b, Slips(a, b, 3))
		}
		at := rapid.IntRange(0, len(a)).Draw(t, "at")
		if d := Slips(a, a[:at]+"X"+a[at:], 3); d != 1 {
			t.Fatalf("a letter more is %d", d)
		}
	})
}
