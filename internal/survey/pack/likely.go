package pack

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Likely is one answer that people are likely to give, for interviews that are made up. The
// answers of a question whose condition holds are drawn by their weights.
type Likely struct {
	Question string
	When     string // expression with ${name}, "" for always
	Answer   string // a value, "" for none, "a..b" for any between: of a date, days from today
	Weight   float64
}

// LikelyAnswers are those of the questionnaire of that name; none where nothing is said of it.
func LikelyAnswers(name string) ([]Likely, error) {
	rows, err := table(name + "-likely.csv")
	if err != nil {
		return nil, err
	}
	var out []Likely
	for i, r := range rows {
		w, err := strconv.ParseFloat(r[3], 64)
		if err != nil || !(w > 0) {
			return nil, fmt.Errorf("%s-likely.csv, row %d: no weight %q", name, i+2, r[3])
		}
		out = append(out, Likely{r[0], r[1], r[2], w})
	}
	return out, nil
}

// table reads a file of the pack without its heading; none where there is no such file.
func table(file string) ([][]string, error) {
	b, err := files.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: no table: %w", file, err)
	}
	return rows[1:], nil
}
