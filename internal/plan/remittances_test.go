package plan_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/remit"
	"quipu/internal/fault"
	"quipu/internal/plan"
)

const remitData = "../estimate/remit/testdata/"

// TestRemittances: a plan gives R's figures, which are kept beside the script that made them.
func TestRemittances(t *testing.T) {
	p, err := plan.ReadRemittances([]byte(`{"data": "senders.csv", "design": {"ids": ["psu"], "strata": "stratum", "weights": "w", "nest": true},
		"remittances": {"amount": "amount * 1", "frequency": "frequency", "channel": "channel", "country": "country", "published": 100000000}}`))
	if err != nil {
		t.Fatal(err)
	}
	names, _, err := p.Columns()
	if err != nil || !names["amount"] || !names["country"] || !names["stratum"] {
		t.Fatal(names, err)
	}
	f := senders(t)
	_, r, err := p.Run(func(string) (*frame.Frame, error) { return f, nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(remitData + "cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Figures map[string]struct{ Estimate, SE float64 }
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	same := 0
	for name, w := range want.Figures {
		part := strings.Split(name, "|")
		table, ok := r.Table(part[0], remit.Base(part[1]))
		if !ok {
			continue // of another call
		}
		for _, e := range table.Result.Estimates {
			if e.Term != part[2] {
				continue
			}
			if same++; math.Abs(e.Estimate-w.Estimate) > 1e-8*math.Abs(w.Estimate) || math.Abs(e.SE-w.SE) > 1e-8*w.SE {
				t.Errorf("%s is %v ± %v, R says %v ± %v", name, e.Estimate, e.SE, w.Estimate, w.SE)
			}
		}
	}
	if same < 40 {
		t.Errorf("%d figures were compared, of %d", same, len(want.Figures))
	}
}

func senders(t *testing.T) *frame.Frame {
	t.Helper()
	r, err := os.Open(remitData + "senders.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	f, err := frame.ReadCSV(r, frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRemittancesRefused(t *testing.T) {
	for text, key := range map[string]string{
		`{`:                                "plan.json_ends",
		`{"remittances": {"amount": "a"}}`: "plan.remittances",
		`{"remittances": {"amount": "a", "frequency": "f"}, "estimator": "mean"}`:                                     "plan.remittances_only",
		`{"remittances": {"amount": "a", "frequency": "f", "rates": {"file": "r.csv"}}}`:                              "plan.rates",
		`{"design": {"weights": "w"}, "remittances": {"amount": "channel", "frequency": "frequency"}}`:                "remit.not_numbers",
		`{"design": {"weights": "w"}, "remittances": {"amount": "nobody", "frequency": "frequency"}}`:                 "estimate.no_column",
		`{"design": {"weights": "w"}, "remittances": {"amount": "amount", "frequency": "frequency", "limit": -1}}`:    "remit.options",
		`{"design": {"weights": "w"}, "domain": "country == 'XX'", "remittances": {"amount": "w", "frequency": "w"}}`: "remit.no_senders",
	} {
		p, err := plan.ReadRemittances([]byte(text))
		if err == nil {
			f := senders(t)
			_, _, err = p.Run(func(string) (*frame.Frame, error) { return f, nil }, nil)
		}
		if !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", text, err, key)
		}
	}
}
