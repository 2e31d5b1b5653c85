package rights

import (
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/civil"
)

func day(t testing.TB, text string) civil.Date {
	t.Helper()
	d, err := civil.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Published dates of Easter Sunday.
func TestEaster(t *testing.T) {
	for _, text := range []string{"1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2018-04-01", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2049-04-18"} {
		if want := day(t, text); easter(want.Year) != want {
			t.Errorf("Easter %d is %s, want %s", want.Year, easter(want.Year), want)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c := &Home().Calendar
	for text, want := range map[string]bool{
		"2026-04-01": true, "2026-04-02": false, "2026-04-03": false, "2026-04-04": false, "2026-04-06": true, // Easter
		"2026-07-28": false, "2026-07-29": false, "2026-07-30": true,
		"2019-12-09": true, "2026-12-09": false, "2026-12-08": false, // a holiday since 2022
		"2023-06-07": true, "2024-06-07": false, "2026-11-21": false, "2026-11-23": true,
	} {
		if got := c.Working(day(t, text)); got != want {
			t.Errorf("%s is a working day: %v", text, got)
		}
	}
	// From a Wednesday, ten working days over All Saints (a Sunday in 2026): 14 days later.
	if got := c.Add(day(t, "2026-10-28"), 10); got != day(t, "2026-11-11") {
		t.Errorf("ten working days later is %s", got)
	}
	// Over 8, 9 and 25 December.
	if got := c.Add(day(t, "2026-12-04"), 15); got != day(t, "2026-12-30") {
		t.Errorf("fifteen working days later is %s", got)
	}
}

func TestAddAndBetweenAgree(t *testing.T) {
	c := &Home().Calendar
	rapid.Check(t, func(t *rapid.T) {
		from := civil.Date{Year: 2020, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 4000).Draw(t, "day"))
		n := rapid.IntRange(0, 60).Draw(t, "n")
		to := c.Add(from, n)
		if got := c.Between(from, to); got != n || n > 0 && !c.Working(to) {
			t.Fatalf("%s and %d working days is %s, which counts %d", from, n, to, got)
		}
		if got := c.Between(to, from); got != -n {
			t.Fatalf("backwards it counts %d", got)
		}
	})
}

func TestPackIsWhole(t *testing.T) {
	p := Home()
	for _, k := range Kinds {
		if term := p.Term(string(k)); term.Length == 0 || term.Unit != WorkingDays || term.Source == "" {
			t.Errorf("no term for %s", k)
		}
	}
	if a := p.Term(MatterAuthority); a.Length != 48 || a.Unit != Hours || !a.Confirmed {
		t.Errorf("the authority is told within %+v", a)
	}
	for _, bad := range [][]string{{"x", "nonsense", "closed", "5", "years", "delete", ""}, {"x", "phone", "closed", "-1", "years", "delete", ""}, {"x", "phone", "never", "5", "years", "delete", ""}} {
		if _, err := parseClass(bad); err == nil {
			t.Errorf("%q was read as a class", bad)
		}
	}
	for _, bad := range []string{"13-01", "02-30", "easter+", "someday"} {
		if _, err := parseHoliday(bad, "", ""); err == nil {
			t.Errorf("%q was read as a holiday", bad)
		}
	}
}
