package linkage

import (
	"fmt"
	"testing"

	"quipu/internal/doc"
)

// levelBetween is the level of two values of a kind of column, whichever is first.
func levelBetween(t *testing.T, k Kind, checked bool, a, b string) uint8 {
	t.Helper()
	c := newComparison("x", k, []int{0})
	c.Checked = checked
	p, err := compile([]Field{{"x", k}}, []Comparison{c})
	if err != nil {
		t.Fatal(err)
	}
	e := newEncoder(p)
	rows := make([]uint32, 2*p.width)
	e.row(valueOf([]string{a}), rows[:p.width])
	e.row(valueOf([]string{b}), rows[p.width:])
	w := newWorker(p, e.words)
	first, second := rows[:p.width], rows[p.width:]
	there, back := w.pattern(first, second), w.pattern(second, first)
	if there != back {
		t.Errorf("%q and %q are level %d, the other way round %d", a, b, there, back)
	}
	return uint8(there)
}

func verifiedNumber(digits string) string {
	check, _ := doc.DNICheck(digits)
	return digits + string(check)
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		checked bool
		a, b    string
		level   string
	}{
		{Date, false, "1985-03-27", "1985-03-27", "equal"},
		{Date, false, "1985-03-07", "1985-07-03", "swapped"},
		{Date, false, "1985-03-27", "1985-03-28", "slip"},
		{Date, false, "1985-03-27", "1958-03-27", "slip"},
		{Date, false, "1985-03-27", "1985-03-11", "parts"},
		{Date, false, "1985-03-27", "1985-11-27", "parts"},
		{Date, false, "1985-03-27", "1962-03-27", "day"},
		{Date, false, "1985-03-27", "1985-04-16", "weeks"},
		{Date, false, "1985-12-20", "1986-01-11", "weeks"},
		{Date, false, "1985-03-27", "1975-04-20", "weeks"},
		{Date, false, "1985-03-27", "1971-04-20", "different"},
		{Date, false, "1985-03-27", "1986-07-20", "year"},
		{Date, false, "1985-01-01", "1985-07-20", "compatible"},
		{Date, false, "1985", "1985-07-20", "compatible"},
		{Date, false, "1985-03-27", "1950-09-02", "different"},
		{GivenNames, false, "LEA", "LA", "near"},
		{GivenNames, false, "BEN", "BNE", "near"},
		{GivenNames, false, "LIO", "LEON", "different"},
		{GivenNames, false, "ROSALINDA", "ROSALINADA", "near"},
		{GivenNames, false, "ANA", "EVA", "different"},
		// Two passports that differ in the last digit are two; where numbers carry a check
		// character, one with it and one without are the same.
		{Document, false, "116000001", "116000002", "near"},
		{Document, false, "116000001", "116000091", "near"},
		{Document, false, "116000001", "116770001", "different"},
		{Document, false, "101174102", "10117410", "near"},
		{Document, true, "101174102", "10117410", "equal"},
		{Document, true, "10117410-K", "10117410", "equal"},
		{Document, true, "101174102", verifiedNumber("10117411"), "conflict"},
		{Email, false, "rosa.quispe60@example.com", "rosa.quispe60@example.com", "equal"},
		{Email, false, "rosa.quispe60@example.com", "rosa.quispe60@example.org", "local"},
		{Email, false, "rosa.quispe60@example.com", "rosa.quispe61@example.com", "near"},
		{Email, false, "rosa.quispe60@example.com", "rosa.quisp60@example.com", "near"},
		{Email, false, "alexandra.quispe60@example.com", "alexandra.quispe12@example.com", "different"},
		{Email, false, "m.rojas@example.com", "maria.rojas@example.com", "different"},
		{Email, false, "ana1@example.com", "ana@example.com", "near"},
		{Email, false, "rosa.quispe60@example.com", "alexandra.quispe60@example.com", "different"},
	} {
		if got := levelKeys(c.kind)[levelBetween(t, c.kind, c.checked, c.a, c.b)].key; got != c.level {
			t.Errorf("%s %q and %q: %s, not %s", c.kind, c.a, c.b, got, c.level)
		}
	}
}

// TestNumbersAreCheckedByTheColumn: whether nine digits are eight and a check character is
// learnt from the column, kept in the model, and applied by it.
func TestNumbersAreCheckedByTheColumn(t *testing.T) {
	passports, cards := people(800, 1), people(800, 1)
	for i := range passports {
		n := 10_000_000 + 7919*i
		passports[i][5] = fmt.Sprintf("%09d", 116_000_000+i)
		cards[i][5] = verifiedNumber(fmt.Sprintf("%08d", n))
	}
	for _, c := range []struct {
		name    string
		rows    [][]string
		checked bool
	}{{"passports", passports, false}, {"cards", cards, true}} {
		m := linked(t, listOf(registerFields, c.rows), Options{Seed: 1}).Model
		b, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		kept, err := DecodeModel(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kept.Comparisons {
			if k.Kind == Document && k.Checked != c.checked {
				t.Errorf("%s: checked %v", c.name, k.Checked)
			}
		}
	}
}
