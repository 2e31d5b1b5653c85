package profile

import (
	"strings"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/remit"
	"quipu/internal/survey/pack"
)

// Remittances are the indicators of remittances of a questionnaire that asks for them; ok is
// false for one that does not.
func Remittances(d *design.Design, all []pack.Indicator, o remit.Options) (r remit.Report, ok bool, err error) {
	c := remit.Columns{}
	var made []frame.Column
	for _, ind := range all {
		into := map[pack.Statistic]*string{pack.RemitAmount: &c.Amount, pack.RemitFrequency: &c.Frequency, pack.RemitChannel: &c.Channel, pack.RemitCountry: &c.Country}[ind.Statistic]
		if ind.Statistic == pack.RemitFormal {
			c.Formal = strings.Fields(ind.Value)
		}
		if into == nil {
			continue
		}
		col, err := formula.EvalText(ind.Value, d.Frame())
		if err != nil {
			return r, false, err
		}
		own := *col
		own.Name = "profile." + ind.Key
		made = append(made, own)
		*into = own.Name
	}
	if c.Amount == "" || c.Frequency == "" {
		return r, false, nil
	}
	f, err := d.Frame().With(made...)
	if err != nil {
		return r, false, err
	}
	if d, err = d.WithFrame(f); err != nil {
		return r, false, err
	}
	r, err = remit.Indicators(d, c, o)
	return r, err == nil, err
}
