package hardtest

import (
	"reflect"
	"testing"
)

// TestMake holds the list against what it claims: cases that are one person and are not,
// each pair different from one another in something, the same list for the same seed.
func TestMake(t *testing.T) {
	l := Make(1, 500, 20)
	if !reflect.DeepEqual(l, Make(1, 500, 20)) {
		t.Error("the same seed makes two lists")
	}
	if reflect.DeepEqual(l.Rows, Make(2, 500, 20).Rows) {
		t.Error("the seed changes nothing")
	}
	if len(l.Cases) < 20 || l.Linkage().Len() != len(l.Rows) || len(l.Truth) != len(l.Rows) {
		t.Fatalf("%d cases, %d rows, %d truths", len(l.Cases), len(l.Rows), len(l.Truth))
	}
	for _, c := range l.Cases {
		if len(c.Pairs) != 20 {
			t.Errorf("%s: %d pairs", c.Name, len(c.Pairs))
		}
		for _, p := range c.Pairs {
			a, b := p[0], p[1]
			if (l.Truth[a] == l.Truth[b]) != c.Same {
				t.Errorf("%s: %q and %q", c.Name, l.Truth[a], l.Truth[b])
			}
			if reflect.DeepEqual(l.Rows[a], l.Rows[b]) {
				t.Errorf("%s: two equal rows: %q", c.Name, l.Rows[a])
			}
		}
	}
}
