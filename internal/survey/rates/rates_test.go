package rates_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"quipu/internal/survey/rates"
)

func TestReadCSV(t *testing.T) {
	want := []rates.Rate{{"CLP", "2026-10", 1.0 / 950, "BCCh"}, {"EUR", "2026-10", 1.08, "BCE"}, {"EUR", "2026-11", 1.1, "BCE"}}
	for name, text := range map[string]string{
		"dollars for a unit": "currency,month,usd,source\neur,2026-11,1.1,BCE\nEUR,2026-10,1.08,BCE\n\nCLP,2026-10,0.0010526315789473684,BCCh\n",
		"semicolons":         "\ufeffFuente;Mes;USD;Moneda;nota\nBCE;2026-11;1,1;EUR;\nBCE;2026-10;1,08;EUR;x\nBCCh;2026-10;0,0010526315789473684;CLP;\n",
	} {
		got, problems := rates.ReadCSV(strings.NewReader(text))
		if len(problems) > 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, problems)
		}
	}
	got, problems := rates.ReadCSV(strings.NewReader("currency,month,per_usd,source\nCLP,2026-10,950,BCCh\n"))
	if len(problems) > 0 || len(got) != 1 || got[0].USD != 1.0/950 {
		t.Errorf("units for a dollar: %v, %v", got, problems)
	}
}

// TestProblems: each mistake is told with its line and column, several of them at once.
func TestProblems(t *testing.T) {
	head := "currency,month,usd,source\n"
	for text, want := range map[string]string{
		"":                                    "1  rates.empty",
		head:                                  "1  rates.empty",
		"currency,month,usd\n":                "1 source rates.heading",
		"month,source\n":                      "1 currency rates.heading; 1 usd rates.heading_rate",
		"currency,month,usd,per_usd,source\n": "1 usd rates.heading_rate",
		"currency,moneda,month,usd,source\n":  "1 moneda rates.heading_twice",
		head + "EUR,2026-10,1.1\n":            "2  rates.cells",
		head + "EU,2026-13,0,\n":              "2 currency rates.currency; 2 month rates.month; 2 source rates.source; 2 usd rates.rate",
		head + "EUR,10/2026,1.1,x\n\nEUR,2026-10,-1,x\n": "2 month rates.month; 4 usd rates.rate",
		head + "EUR,2026-10,1.1,x\nEUR,2026-10,1.2,x\n":  "3 month rates.twice",
		head + "USD,2026-10,1.1,x\n":                     "2 usd rates.dollar",
		head + "EUR,2026-10,1e5,x\n":                     "2 usd rates.rate",
		head + "EUR,2026-10,\"1.1,x\n":                   "2  rates.csv",
	} {
		got, problems := rates.ReadCSV(strings.NewReader(text))
		var said []string
		for _, p := range problems {
			said = append(said, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Fault.Key))
		}
		if strings.Join(said, "; ") != want || got != nil {
			t.Errorf("%q: %v, %q; want %q", text, got, said, want)
		}
	}
	many := head
	for range 200 {
		many += "x,y,z,\n"
	}
	if _, problems := rates.ReadCSV(strings.NewReader(many)); len(problems) < 50 || len(problems) > 60 {
		t.Errorf("%d problems are told", len(problems))
	}
}

func TestDollars(t *testing.T) {
	table := rates.Table{Currency: "currency", Amounts: []string{"amount"}, Rates: []rates.Rate{{"EUR", "2026-10", 1.25, "x"}}}
	if back, err := rates.Read(table.JSON()); err != nil || back.JSON() != table.JSON() {
		t.Errorf("%+v, %v", back, err)
	}
	amount := []float64{100, 100, 100, math.NaN(), 7, 8, 9}
	currency := []string{"USD", "EUR", "EUR", "EUR", "", "XXX", "EUR"}
	month := []string{"2026-10", "2026-10", "2026-11", "2026-11", "2026-10", "2026-10", "2026-11"}
	usd, lacks := table.Dollars(amount, func(i int) string { return currency[i] }, func(i int) string { return month[i] })
	for i, want := range []float64{100, 125, math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()} {
		if usd[i] != want && !(math.IsNaN(usd[i]) && math.IsNaN(want)) {
			t.Errorf("%v %s of %s are %v dollars, want %v", amount[i], currency[i], month[i], usd[i], want)
		}
	}
	if want := []rates.Lack{{"", "", 1}, {"EUR", "2026-11", 2}, {"XXX", "2026-10", 1}}; !slices.Equal(lacks, want) {
		t.Errorf("%v", lacks)
	}
	for _, bad := range []rates.Table{{}, {Currency: "c"}, {Currency: "c", Amounts: []string{"c"}}} {
		if bad.Check() == nil {
			t.Errorf("%+v is let through", bad)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("currency,month,usd,source\nEUR,2026-10,1.1,x\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, problems := rates.ReadCSV(strings.NewReader(text))
		if (got == nil) == (problems == nil) {
			t.Fatalf("%d rates and %d problems", len(got), len(problems))
		}
		for _, r := range got {
			if !(r.USD > 0) || r.Source == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}
