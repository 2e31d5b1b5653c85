package plan

import (
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/remit"
	"quipu/internal/fault"
)

// Remittances is what `quipu estimate remittances` reads: a design, and where the answers stand
// that the indicators are made of. Amount and frequency may be expressions over the columns.
type Remittances struct {
	Plan
	Of Senders `json:"remittances"`
}

// Senders says which columns the indicators are of.
type Senders struct {
	Amount    string    `json:"amount"`    // of one sending, in one currency
	Frequency string    `json:"frequency"` // sendings a year
	Channel   string    `json:"channel"`
	Country   string    `json:"country"`
	Formal    Names     `json:"formal"`    // channels that go through a bank or a licensed firm
	Limit     float64   `json:"limit"`     // of "at most" and "less than", 0 for 250
	Heaps     []float64 `json:"heaps"`     // amounts at which the distribution is read
	Top       float64   `json:"top"`       // share of senders who are taken out or cut, 0 for 0.005
	Published float64   `json:"published"` // total of a year from elsewhere, 0 for none
	Rates     *Exchange `json:"rates"`     // nil where amounts are in one currency
}

// Exchange brings amounts to US dollars: a file of rates, and the columns that say currency and
// month (YYYY-MM, or a day).
type Exchange struct {
	File     string `json:"file"`
	Currency string `json:"currency"`
	Month    string `json:"month"`
}

// ReadRemittances reads such a plan.
func ReadRemittances(b []byte) (*Remittances, error) {
	var p Remittances
	if err := decode(b, &p); err != nil {
		return nil, err
	}
	switch {
	case p.Of.Amount == "" || p.Of.Frequency == "":
		return nil, fault.New(fault.Invalid, "plan.remittances")
	case len(p.Analyses) > 0 || p.Estimator != "":
		return nil, fault.New(fault.Invalid, "plan.remittances_only")
	}
	if r := p.Of.Rates; r != nil && (r.File == "" || r.Currency == "" || r.Month == "") {
		return nil, fault.New(fault.Invalid, "plan.rates")
	}
	return &p, nil
}

func (p *Remittances) lines() (lines []string, err error) {
	if lines = p.R; len(lines) == 0 {
		lines, err = p.DesignLines()
	}
	if p.Domain != "" {
		lines = append(slices.Clone(lines), "d <- subset(d, "+p.Domain+")")
	}
	return lines, err
}

// Columns are all names that the plan mentions, as Plan.Columns.
func (p *Remittances) Columns() (names map[string]bool, all bool, err error) {
	lines, err := p.lines()
	if err != nil {
		return nil, false, err
	}
	lines = append(slices.Clone(lines), p.Of.Amount, p.Of.Frequency)
	if names, all, err = mentioned([][]string{lines}); err != nil {
		return nil, false, err
	}
	for _, n := range []string{p.Of.Channel, p.Of.Country} {
		names[n] = true
	}
	if p.Of.Rates != nil {
		names[p.Of.Rates.Currency], names[p.Of.Rates.Month] = true, true
	}
	return names, all, nil
}

// Run makes the indicators. dollars brings amounts to dollars where the plan has rates.
func (p *Remittances) Run(data Data, dollars func(f *frame.Frame, amount []float64) ([]float64, error)) (*design.Design, remit.Report, error) {
	lines, err := p.lines()
	if err != nil {
		return nil, remit.Report{}, err
	}
	s := p.session(data)
	if _, err := s.Run(lines...); err != nil {
		return nil, remit.Report{}, err
	}
	d, ok := s.Variable("d").(*design.Design)
	if !ok {
		return nil, remit.Report{}, fault.New(fault.Invalid, "plan.no_design")
	}
	amount, err := p.number("amount", p.Of.Amount, d.Frame())
	if err != nil {
		return d, remit.Report{}, err
	}
	if dollars != nil {
		if amount.Num, err = dollars(d.Frame(), amount.Num); err != nil {
			return d, remit.Report{}, err
		}
	}
	frequency, err := p.number("frequency", p.Of.Frequency, d.Frame())
	if err != nil {
		return d, remit.Report{}, err
	}
	f, err := d.Frame().With(*amount, *frequency)
	if err != nil {
		return d, remit.Report{}, err
	}
	if d, err = d.WithFrame(f); err != nil {
		return d, remit.Report{}, err
	}
	c := remit.Columns{Amount: amount.Name, Frequency: frequency.Name, Channel: p.Of.Channel, Country: p.Of.Country, Formal: p.Of.Formal}
	r, err := remit.Indicators(d, c, remit.Options{Limit: p.Of.Limit, Heaps: p.Of.Heaps, Top: p.Of.Top, Published: p.Of.Published, Level: s.Confidence(), Publish: s.Publish})
	if fault.Is(err, "remit.no_senders") {
		err = fault.New(fault.Invalid, "remit.no_senders", "amount", p.Of.Amount, "frequency", p.Of.Frequency)
	}
	return d, r, err
}

// number is an expression as a column of numbers under a name that no other column has.
func (p *Remittances) number(field, text string, f *frame.Frame) (*frame.Column, error) {
	c, err := formula.EvalText(text, f)
	if err != nil {
		return nil, err
	}
	if c.Kind != frame.Number {
		return nil, fault.New(fault.Invalid, "remit.not_numbers", "column", text)
	}
	own := frame.Numbers("remittances "+field, slices.Clone(c.Num))
	return &own, nil
}
