package surveydata

import (
	"encoding/csv"
	"io"
	"strconv"

	"quipu/internal/estimate/frame"
)

// WriteCSV writes the table: a row an interview, by number and not by case, a column a
// variable of the book; what was not answered is empty. Where people recruited people, columns
// with the weights of each draw of the bootstrap follow.
func (s *Set) WriteCSV(w io.Writer) error {
	columns, err := s.columns()
	if err != nil {
		return err
	}
	var head []string
	for _, c := range columns {
		head = append(head, c.Name)
	}
	for r := range s.Replicates {
		columns, head = append(columns, &frame.Column{Kind: frame.Number, Num: s.Replicates[r]}), append(head, replicateName+strconv.Itoa(r+1))
	}
	out := csv.NewWriter(w)
	if err := out.Write(head); err != nil {
		return err
	}
	line := make([]string, len(columns))
	for i := range s.Frame.N() {
		for k, c := range columns {
			switch {
			case c.IsMissing(i):
				line[k] = ""
			case c.Kind == frame.Number: // all digits, so that a weight is the same weight again
				line[k] = strconv.FormatFloat(c.Num[i], 'g', -1, 64)
			default:
				line[k] = c.Levels[c.Code[i]]
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
