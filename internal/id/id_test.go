package id

import (
	"testing"

	"pgregory.net/rapid"
)

func TestEntitySortsByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, 1<<47).Draw(t, "a")
		b := rapid.Int64Range(0, 1<<47).Draw(t, "b")
		var r [10]byte
		copy(r[:], rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "r"))
		x, y := NewEntity(a, r), NewEntity(b, [10]byte{})
		if !x.Valid() || !y.Valid() {
			t.Fatalf("%q or %q is not valid", x, y)
		}
		if a < b && x >= y || a > b && x <= y {
			t.Fatalf("%d %q and %d %q do not sort alike", a, x, b, y)
		}
	})
}

func TestChangeRoundTrip(t *testing.T) {
	c := Change{"ESMAD-1", 42}
	got, err := ParseChange(c.String())
	if err != nil || got != c {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, bad := range []string{"x", "ESMAD:0", "ESMAD:-1", ":1", "ES MAD:1", "A:1"} {
		if _, err := ParseChange(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestNumberCatchesSlips(t *testing.T) {
	// Damm's own example: 572 has check digit 4.
	if got := dammOf("572"); got != '4' {
		t.Fatalf("check digit of 572 is %c, want 4", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 9_999_999_999).Draw(t, "n")
		s := Number(n)
		if got, ok := ParseNumber(s); !ok || got != s {
			t.Fatalf("%s does not read back: %s %v", s, got, ok)
		}
		digits := []byte(s[:4] + s[5:8] + s[9:])
		i := rapid.IntRange(0, 9).Draw(t, "i")
		wrong := append([]byte(nil), digits...)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, ok := ParseNumber(string(wrong)); ok {
			t.Fatalf("%s with a wrong digit was taken as %s", digits, wrong)
		}
		swapped := append([]byte(nil), digits...)
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		if _, ok := ParseNumber(string(swapped)); ok && digits[i] != digits[i+1] {
			t.Fatalf("%s with a swap was taken as %s", digits, swapped)
		}
	})
}
