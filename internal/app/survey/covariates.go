package survey

import (
	"context"
	"math"
	"slices"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/survey/study"
)

// What the register says of each city, for the model of cities.
const (
	ByPersons = "persons" // the logarithm of how many people are in force
	ByWomen   = "women"   // their share of women
	ByAge     = "age"     // their mean age in years
)

// Covariates lists them.
var Covariates = []string{ByPersons, ByWomen, ByAge}

// covariates are figures of the register by office: sums over people, and nobody's own. It is a
// read of the list of people, for who may draw samples of it, and stands in the log.
func (m *Surveys) covariates(ctx context.Context, actor Actor, s *study.Survey, which []string) (map[string][]float64, error) {
	for _, c := range which {
		if !slices.Contains(Covariates, c) {
			return nil, fault.New(fault.Invalid, "surveyprofile.covariate").On("c")
		}
	}
	l, err := m.frameOfPeople(ctx, actor, s)
	if err != nil {
		return nil, err
	}
	type sums struct{ n, women, age float64 }
	of := map[string]*sums{}
	today := m.Now()
	for _, u := range l.units {
		if of[u.office] == nil {
			of[u.office] = &sums{}
		}
		c := of[u.office]
		c.n++
		if len(u.parts) > 1 && u.parts[1] == "F" {
			c.women++
		}
		_, born, _ := strings.Cut(u.order, "\x00")
		if d, err := civil.Parse(born); err == nil {
			age, _ := civil.AgeRange(d, civil.FromTime(today))
			c.age += float64(age)
		}
	}
	out := map[string][]float64{}
	for office, c := range of {
		value := map[string]float64{ByPersons: math.Log(c.n), ByWomen: c.women / c.n, ByAge: c.age / c.n}
		for _, w := range which {
			out[office] = append(out[office], value[w])
		}
	}
	return out, nil
}
