package civil

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func anyDate(t *rapid.T) Date {
	// Few years besides all years, so that equal and nearly equal dates are drawn too.
	d := Date{Year: rapid.OneOf(rapid.IntRange(1, 9999), rapid.IntRange(1960, 1961)).Draw(t, "year")}
	switch rapid.IntRange(0, 4).Draw(t, "precision") {
	case 0:
		return Date{}
	case 1:
		d.Year, d.Decade = max(d.Year/10*10, 10), true
	case 3:
		d.Month = rapid.IntRange(1, 12).Draw(t, "month")
	case 4:
		d.Month = rapid.IntRange(1, 12).Draw(t, "month")
		d.Day = rapid.IntRange(1, DaysIn(d.Year, d.Month)).Draw(t, "day")
	}
	d.Approx = rapid.Bool().Draw(t, "approx")
	d.Uncertain = rapid.Bool().Draw(t, "uncertain")
	return d
}

func fullDate(t *rapid.T) Date {
	d := Date{Year: rapid.IntRange(1860, 2100).Draw(t, "year"), Month: rapid.IntRange(1, 12).Draw(t, "month")}
	d.Day = rapid.IntRange(1, DaysIn(d.Year, d.Month)).Draw(t, "day")
	return d
}

func TestStringRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t)
		got, err := Parse(d.String())
		if err != nil || got != d || !d.Valid() {
			t.Fatalf("%#v -> %q -> %#v, %v", d, d.String(), got, err)
		}
	})
}

func TestCompareIsATotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyDate(t), anyDate(t), anyDate(t)
		if Compare(a, b) != -Compare(b, a) {
			t.Fatalf("not antisymmetric: %v %v", a, b)
		}
		if (Compare(a, b) == 0) != (a == b) {
			t.Fatalf("equal only when the same: %v %v", a, b)
		}
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
			t.Fatalf("not transitive: %v %v %v", a, b, c)
		}
	})
}

func TestEarliestAndLatestEncloseTheDate(t *testing.T) {
	for _, c := range []struct{ in, earliest, latest string }{
		{"1968", "1968-01-01", "1968-12-31"},
		{"1968-02", "1968-02-01", "1968-02-29"},
		{"1967-02", "1967-02-01", "1967-02-28"},
		{"196X", "1960-01-01", "1969-12-31"},
		{"1968-04-07~", "1968-04-07", "1968-04-07"},
		{"XXXX", "XXXX", "XXXX"},
	} {
		d := must(t, c.in)
		if d.Earliest().String() != c.earliest || d.Latest().String() != c.latest {
			t.Errorf("%s: %v to %v", c.in, d.Earliest(), d.Latest())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, key := range map[string]string{
		"": "civil.not_edtf", "68": "civil.not_edtf", "1968-4": "civil.not_edtf", "0000": "civil.not_edtf",
		"000X": "civil.not_edtf", "19XX": "civil.not_edtf", "XXXX~": "civil.not_edtf", "1968-00": "civil.not_edtf",
		"1968-XX-07": "civil.not_edtf", "1968/04/07": "civil.not_edtf", "1968-04-00": "civil.not_edtf",
		"1968-XX": "civil.not_edtf", "196X-04": "civil.not_edtf", "1968~~": "civil.not_edtf", "xxxx": "civil.not_edtf",
		"1968-13": "civil.month", "1967-02-29": "civil.day", "1968-04-31": "civil.day", " 1968": "civil.not_edtf",
	} {
		if d, err := Parse(in); !fault.Is(err, key) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("Parse(%q) = %v, %v; want %s", in, d, err, key)
		}
	}
}

func TestAgeRange(t *testing.T) {
	for _, c := range []struct {
		birth, on     string
		least, oldest int
	}{
		{"1968-04-07", "2026-04-06", 57, 57},
		{"1968-04-07", "2026-04-07", 58, 58},
		{"1968", "2026-04-07", 57, 58},
		{"1968", "2026", 57, 58},
		{"196X", "2026-04-07", 56, 66},
		{"2008-02-29", "2026-02-28", 17, 17},
		{"2008-02-29", "2026-03-01", 18, 18},
		{"XXXX", "2026", 0, MaxAge},
		{"2026-05", "2026-04-07", 0, 0},
	} {
		if a, b := AgeRange(must(t, c.birth), must(t, c.on)); a != c.least || b != c.oldest {
			t.Errorf("AgeRange(%s, %s) = %d, %d; want %d, %d", c.birth, c.on, a, b, c.least, c.oldest)
		}
	}
}

func TestAgeOfAPartialBirthHoldsTheAgeOfEveryDayInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, on := fullDate(t), fullDate(t)
		exact, _ := AgeRange(day, on)
		for _, birth := range []Date{{Year: day.Year}, {Year: day.Year, Month: day.Month}, {Year: day.Year / 10 * 10, Decade: true}} {
			if a, b := AgeRange(birth, on); exact < a || exact > b {
				t.Fatalf("%v on %v is %d, but %v gives %d to %d", day, on, exact, birth, a, b)
			}
		}
	})
}

func TestDaysBetweenUndoesAddDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := fullDate(t), rapid.IntRange(-100000, 100000).Draw(t, "n")
		if got, ok := DaysBetween(d, d.AddDays(n)); !ok || got != n {
			t.Fatalf("%v + %d = %v, back %d", d, n, d.AddDays(n), got)
		}
	})
	if _, ok := DaysBetween(Date{Year: 1968}, Date{Year: 1969}); ok {
		t.Error("partial dates have no number of days between")
	}
}

func TestAddYears(t *testing.T) {
	for _, c := range []struct {
		in, want string
		n        int
	}{
		{"2024-02-29", "2025-02-28", 1}, {"2024-02-29", "2028-02-29", 4}, {"1968", "2018", 50},
		{"196X", "197X", 10}, {"XXXX", "XXXX", 5}, {"9999", "XXXX", 1}, {"1968-04~", "1971-04~", 3},
	} {
		if got := must(t, c.in).AddYears(c.n).String(); got != c.want {
			t.Errorf("%s + %d = %s, want %s", c.in, c.n, got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		period, date string
		want         bool
	}{
		{"2004-06/..", "2004-06-01", true}, {"2004-06/..", "2004-05-31", false}, {"2004-06/..", "2100", true},
		{"../2007", "2007-12-31", true}, {"../2007", "2008-01-01", false}, {"2004-06/2007", "2004", false},
		{"2004/2007-06", "2007", false},
		{"../..", "1968", true}, {"../..", "XXXX", false}, {"2004/2004", "2004", true},
	} {
		if got := period(t, c.period).Contains(must(t, c.date)); got != c.want {
			t.Errorf("%s contains %s: %v", c.period, c.date, got)
		}
	}
	for _, c := range []struct {
		p, q string
		want bool
	}{
		{"2004/2006", "2006-12-31/..", true}, {"2004/2006", "2007/..", false}, {"../..", "../..", true},
		{"../2003", "2004/..", false},
	} {
		if period(t, c.p).Overlaps(period(t, c.q)) != c.want || period(t, c.q).Overlaps(period(t, c.p)) != c.want {
			t.Errorf("%s overlaps %s: want %v both ways", c.p, c.q, c.want)
		}
	}
	if _, err := ParsePeriod("2007/2004"); !fault.Is(err, "civil.period_backwards") {
		t.Errorf("a period that ends before it begins: %v", err)
	}
	if _, err := ParsePeriod("2007"); !fault.Is(err, "civil.not_period") {
		t.Errorf("no slash: %v", err)
	}
}

func TestJSON(t *testing.T) {
	type row struct {
		Birth Date
		Held  Period
	}
	in := row{must(t, "1968-04~"), period(t, "2004-06/..")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"Birth":"1968-04~","Held":"2004-06/.."}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"Birth":""}`), &out); err != nil || out.Birth.Known() {
		t.Fatalf("empty: %+v, %v", out, err)
	}
	if _, err := json.Marshal(Date{Year: 1968, Month: 2, Day: 30}); err == nil {
		t.Fatal("an impossible date was written")
	}
}

func TestFromTimeUsesTheZoneOfTheTime(t *testing.T) {
	lima := time.FixedZone("Lima", -5*3600)
	if got := FromTime(time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC).In(lima)).String(); got != "2025-12-31" {
		t.Error(got)
	}
}

func must(t *testing.T, s string) Date {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func period(t *testing.T, s string) Period {
	t.Helper()
	p, err := ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1968", "1968-04", "1968-04-07", "196X", "1968~", "1968-04-XX", "XXXX", "1968-04-07%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			return
		}
		if !d.Valid() {
			t.Fatalf("%q gave the broken %#v", s, d)
		}
		if back, err := Parse(d.String()); err != nil || back != d {
			t.Fatalf("%q -> %q -> %#v, %v", s, d.String(), back, err)
		}
	})
}
