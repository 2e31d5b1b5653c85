package remit

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

var columns = Columns{Amount: "amount", Frequency: "frequency", Channel: "channel", Country: "country", Formal: []string{"bank", "firm", "app", "telegraph"}}

// survey is the sample of testdata, after a change of its text.
func survey(t *testing.T, change func(string) string) *design.Design {
	t.Helper()
	text, err := os.ReadFile("testdata/senders.csv")
	if err != nil {
		t.Fatal(err)
	}
	f, err := frame.ReadCSV(strings.NewReader(change(string(text))), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := design.New(f, design.Spec{IDs: []string{"psu"}, Strata: []string{"stratum"}, Weights: "w", Nest: true})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func same(text string) string { return text }

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// TestAsInR compares every kind of indicator with R's package survey.
func TestAsInR(t *testing.T) {
	text, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Figures          map[string]struct{ Estimate, SE float64 }
		Cut              float64
		Senders, Unknown int
		Logit            []float64
		Quantiles        map[Base]struct{ Q, Low, High []float64 }
	}
	if err := json.Unmarshal(text, &want); err != nil || len(want.Figures) < 40 {
		t.Fatal(len(want.Figures), err)
	}
	r, err := Indicators(survey(t, same), columns, Options{Published: 1e8})
	if err != nil {
		t.Fatal(err)
	}
	for key, w := range want.Figures {
		part := strings.Split(key, "|")
		table, ok := r.Table(part[0], Base(part[1]))
		if !ok {
			t.Errorf("no table for %s", key)
			continue
		}
		e, ok := table.Result.Find(part[2])
		if !ok {
			t.Errorf("no figure %s among %v", key, table.Result.Terms())
			continue
		}
		near(t, key, e.Estimate, w.Estimate, 1e-10)
		near(t, "error of "+key, e.SE, w.SE, 1e-10)
	}
	near(t, "cut", r.Cut, want.Cut, 1e-12)
	if r.Senders != want.Senders || r.Unknown != want.Unknown || r.Above != 3 || !slices.Equal(r.Unused, []string{"telegraph"}) {
		t.Errorf("%d senders, %d unknown, %d above, unused %v", r.Senders, r.Unknown, r.Above, r.Unused)
	}
	small, _ := r.Table("small", OfSenders)
	e, _ := small.Result.Find("at_most")
	near(t, "low", e.Low, want.Logit[0], 1e-9)
	near(t, "high", e.High, want.Logit[1], 1e-9)
	for _, q := range r.Quantiles {
		w := want.Quantiles[q.Base]
		for i, at := range q.At {
			near(t, fmt.Sprint(q.Base, at.P), at.Quantile, w.Q[i], 1e-12)
			near(t, "its low", at.Low, w.Low[i], 1e-12)
			near(t, "its high", at.High, w.High[i], 1e-12)
		}
	}
}

// TestParts: what is split adds up, and a limit that is a heap makes "at most" and "less than" differ.
func TestParts(t *testing.T) {
	r, err := Indicators(survey(t, same), columns, Options{})
	if err != nil {
		t.Fatal(err)
	}
	total, _ := r.Table("total", "")
	for _, key := range []string{"total_by_channel", "total_by_country"} {
		table, _ := r.Table(key, "")
		sum := 0.0
		for _, e := range table.Result.Estimates {
			sum += e.Estimate
		}
		near(t, key, sum, total.Result.Estimates[0].Estimate, 1e-12)
	}
	for _, base := range []Base{OfSenders, OfSendings, OfMoney} {
		table, _ := r.Table("channel", base)
		sum := 0.0
		for _, v := range table.Result.Values() {
			sum += v
		}
		near(t, "channels of "+string(base), sum, 1, 1e-12)
		small, _ := r.Table("small", base)
		if v := small.Result.Values(); v[0]-v[1] < .05 {
			t.Errorf("of %s: at most %g, less than %g", base, v[0], v[1])
		}
	}
	if _, ok := r.Table("coverage", ""); ok {
		t.Error("a coverage without a published total")
	}
	heavy, _ := r.Table("heavy_total", "")
	if v := heavy.Result.Values(); !(v[1] < v[2] && v[2] < v[0]) {
		t.Errorf("all, without top, winsorised: %v", v)
	}
	senders, _ := r.Table("at_most", OfSenders)
	if !slices.IsSorted(senders.Result.Values()) {
		t.Error("a distribution that falls:", senders.Result.Values())
	}
}

// TestAllAlike: a share of 1 has no error of its own; its interval is not a point and it is flagged.
func TestAllAlike(t *testing.T) {
	r, err := Indicators(survey(t, same), columns, Options{Limit: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	small, _ := r.Table("small", OfSenders)
	e := small.Result.Estimates[0]
	if e.Estimate != 1 || e.High != 1 || !(e.Low > .98 && e.Low < .999) || e.Verdict != estimate.Flag {
		t.Errorf("%+v", e)
	}
}

// TestRowOrder: rows turned round give the same bytes.
func TestRowOrder(t *testing.T) {
	a, err := Indicators(survey(t, same), columns, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Indicators(survey(t, func(text string) string {
		lines := strings.Split(strings.TrimSpace(text), "\n")
		slices.Reverse(lines[1:])
		return strings.Join(lines, "\n") + "\n"
	}), columns, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, table := range a.Tables {
		for k, e := range table.Result.Estimates {
			if o := b.Tables[i].Result.Estimates[k]; o.Estimate != e.Estimate || o.SE != e.SE || o.Term != e.Term {
				t.Errorf("%s %s: %v and %v", table.Key, e.Term, e, o)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	d := survey(t, same)
	for key, ask := range map[string]func() (Report, error){
		"remit.negative": func() (Report, error) {
			return Indicators(survey(t, func(s string) string { return strings.Replace(s, ",100,12,", ",-100,12,", 1) }), columns, Options{})
		},
		"remit.no_senders": func() (Report, error) {
			return Indicators(d.Subset(make([]bool, d.Frame().N())), columns, Options{})
		},
		"remit.not_numbers": func() (Report, error) {
			return Indicators(d, Columns{Amount: "channel", Frequency: "frequency"}, Options{})
		},
		"remit.channel": func() (Report, error) {
			return Indicators(d, Columns{Amount: "amount", Frequency: "frequency", Channel: "channel", Formal: []string{"banc"}}, Options{})
		},
		"remit.options": func() (Report, error) { return Indicators(d, columns, Options{Top: .6}) },
	} {
		if _, err := ask(); !fault.Is(err, key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
	if _, err := Indicators(d, Columns{Amount: "sum", Frequency: "frequency"}, Options{}); err == nil {
		t.Error("a column that is not there passes")
	}
}
