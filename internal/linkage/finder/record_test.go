package finder

import (
	"testing"

	"pgregory.net/rapid"
)

// TestHolds: a record that is not decoded holds the same keys as one that is.
func TestHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := newArena()
		keys := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) key { return key(rapid.Uint64Range(0, 1<<48-1).Draw(t, "key")) }), 0, mostKeys)
		words := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) token {
			return token{rapid.Uint32Range(0, 1<<29-1).Draw(t, "word"), role(rapid.IntRange(0, int(extra)).Draw(t, "role"))}
		}), 0, mostTokens)
		var tried []key
		for row := range uint32(rapid.IntRange(1, 6).Draw(t, "rows")) {
			r := record{tokens: words.Draw(t, "words"), birth: day(rapid.IntRange(0, 1<<24-1).Draw(t, "birth")), keys: keys.Draw(t, "keys")}
			a.put(2*row, &r)
			tried = append(tried, r.keys...)
		}
		tried = append(tried, 0, keyOf(email, "nobody@example.org"))
		for row := range uint32(14) {
			var r record
			for _, k := range tried {
				if got, want := a.holds(row, k), a.get(row, &r) && r.has(k); got != want {
					t.Fatalf("row %d, key %x: %v, not %v", row, k, got, want)
				}
			}
		}
	})
}
