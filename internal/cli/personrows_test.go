package cli

import "testing"

func TestLabelsTellPersonsApart(t *testing.T) {
	l := newLabels()
	for i, c := range []struct {
		label string
		who   int32
	}{{"7", 0}, {"07", 1}, {"", 2}, {"p-7", 3}, {"7", 0}, {"", 4}, {"0", 5}, {"00", 6}, {"07", 1}, {"p-7", 3}, {"7.0", 7},
		{"1234567890123456789", 8}, {"123456789012345678", 9}, {"1234567890123456789", 8}, {"0", 5}} {
		if got := l.of(c.label); got != c.who {
			t.Errorf("label %d, %q, is of person %d, not %d", i+1, c.label, got, c.who)
		}
	}
}
