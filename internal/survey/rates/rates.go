// Package rates brings amounts that were answered in several currencies to US dollars, by a
// table of exchange rates that is kept with a survey: one rate a currency and month, with its
// source. An amount whose rate is not in the table has no value in dollars, and is counted. The
// package is pure.
package rates

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"quipu/internal/fault"
)

// Dollar is the currency of the figures. Its rate is 1 and needs no row.
const Dollar = "USD"

// Rate is what one unit of a currency was worth.
type Rate struct {
	Currency string  `json:"currency"` // ISO 4217
	Month    string  `json:"month"`    // YYYY-MM
	USD      float64 `json:"usd"`      // US dollars for one unit
	Source   string  `json:"source"`   // who published it
}

// Table are the rates of a survey, and which of its questions they are for.
type Table struct {
	Currency string   `json:"currency"` // question that says the currency, by its codes
	Amounts  []string `json:"amounts"`  // questions that are answered in it
	Rates    []Rate   `json:"rates"`    // by currency and month
}

// Suffix is what the column in dollars adds to the name of the question.
const Suffix = "_usd"

// Read reads a table as it is kept; "" is none.
func Read(text string) (t Table, err error) {
	if text == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fault.New(fault.Invalid, "rates.unread").Because(err)
	}
	return t, nil
}

// JSON is how a table is kept.
func (t *Table) JSON() string {
	b, _ := json.Marshal(t) // of numbers and texts: it cannot fail
	return string(b)
}

// Check says what is wrong with the questions of a table before it is kept.
func (t *Table) Check() error {
	switch {
	case t.Currency == "":
		return fault.New(fault.Invalid, "rates.no_currency").On("currency")
	case len(t.Amounts) == 0:
		return fault.New(fault.Invalid, "rates.no_amounts").On("amounts")
	case slices.Contains(t.Amounts, t.Currency):
		return fault.New(fault.Invalid, "rates.same", "column", t.Currency).On("amounts")
	}
	return nil
}

// Of is what a unit was worth in a month; ok is false where the table does not say.
func (t *Table) Of(currency, month string) (usd float64, ok bool) {
	if currency == Dollar {
		return 1, true
	}
	i, found := slices.BinarySearchFunc(t.Rates, Rate{Currency: currency, Month: month}, byMonth)
	if !found {
		return math.NaN(), false
	}
	return t.Rates[i].USD, true
}

func byMonth(a, b Rate) int {
	return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Month, b.Month))
}

// Lack is a rate that answers need and the table does not have.
type Lack struct {
	Currency, Month string
	N               int // amounts without a value for it
}

// Dollars brings amounts to dollars. currency and month are those of each amount, "" where nobody
// said the currency: such an amount has no value either, and is a lack of no currency.
func (t *Table) Dollars(amount []float64, currency, month func(i int) string) (usd []float64, lacks []Lack) {
	usd = make([]float64, len(amount))
	n := map[[2]string]int{}
	for i, x := range amount {
		if usd[i] = math.NaN(); math.IsNaN(x) {
			continue
		}
		c, m := currency(i), month(i)
		if c == "" {
			n[[2]string{}]++
			continue
		}
		if r, ok := t.Of(c, m); ok {
			usd[i] = x * r
			continue
		}
		n[[2]string{c, m}]++
	}
	for k, count := range n {
		lacks = append(lacks, Lack{k[0], k[1], count})
	}
	slices.SortFunc(lacks, func(a, b Lack) int { return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Month, b.Month)) })
	return usd, lacks
}
