package pack

import (
	"fmt"
	"strconv"

	"quipu/internal/survey"
)

// Indicator is a figure that the profile of a questionnaire gives, and how it is worked out of
// the answers: the names are those of questions, the expressions those of statisticians.
type Indicator struct {
	Key       string
	Topic     string // of the table of cities in which it stands: people, work, money; "" for none
	Question  string
	Statistic Statistic
	Value     string // an expression over the answers; of remit.formal the channels
	Domain    string // a condition; "" for everybody
	// Conclusion is the group of the report's conclusions to which it belongs, "" for none. It says
	// that the share is above Above.
	Conclusion string
	Above      float64
	Label      survey.Text
	Sentence   survey.Text
}

// Statistic is what is worked out.
type Statistic string

// The statistics.
const (
	Persons Statistic = "persons" // how many people the answers stand for
	Share   Statistic = "share"   // of those for whom Value holds
	Median  Statistic = "median"
	Top     Statistic = "top" // the most frequent answer and its share

	// Rates says which question is of the currency (Question) in which others (Value) are answered.
	Rates Statistic = "rates"

	RemitAmount    Statistic = "remit.amount" // columns of the indicators of remittances
	RemitFrequency Statistic = "remit.frequency"
	RemitChannel   Statistic = "remit.channel"
	RemitCountry   Statistic = "remit.country"
	RemitFormal    Statistic = "remit.formal"
)

// names are the packs by the id of their questionnaire.
var names = map[string]string{"piloto-pe": "peru"}

// Of is the pack of a questionnaire with that id, "" for one that is no pack's.
func Of(form string) string { return names[form] }

// Profile are the indicators of the pack of that name, in the order of the table; none where it
// has no profile.
func Profile(name string) ([]Indicator, error) {
	rows, err := table(name + "-profile.csv")
	if err != nil {
		return nil, err
	}
	var out []Indicator
	for i, r := range rows {
		ind := Indicator{Key: r[0], Topic: r[1], Question: r[2], Statistic: Statistic(r[3]), Value: r[4], Domain: r[5], Conclusion: r[6],
			Label: survey.Text{"es": r[8], "en": r[9]}, Sentence: survey.Text{"es": r[10], "en": r[11]}}
		if r[7] != "" {
			if ind.Above, err = strconv.ParseFloat(r[7], 64); err != nil {
				return nil, fmt.Errorf("%s-profile.csv, row %d: %w", name, i+2, err)
			}
		}
		out = append(out, ind)
	}
	return out, nil
}
