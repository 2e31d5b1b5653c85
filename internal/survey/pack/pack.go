// Package pack holds the questionnaires that ship with Quipu: the pilot survey of Peruvians
// abroad. The sheets are the source (peru/*.csv); peru.xlsx is made from them.
//
// Its texts are Spanish and English. What is known of Quechua and Aymara stands in the sheet
// drafts, which no client reads: short words, each to be confirmed by a reviewer of the language
// who is named there before it is used.
package pack

import (
	"embed"
	"encoding/csv"
	"fmt"
	"path"
	"slices"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xlsform"
)

//go:embed peru/*.csv peru.xlsx peru-*.csv
var files embed.FS

// Sheets gives the sheets of a questionnaire by its name: "peru".
func Sheets(name string) ([]xlsform.Sheet, error) {
	entries, err := files.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var out []xlsform.Sheet
	for _, e := range entries {
		s, err := sheet(path.Join(name, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	order := []string{"settings", "choices", "survey"} // the later the further in front
	slices.SortStableFunc(out, func(a, b xlsform.Sheet) int { return slices.Index(order, b.Name) - slices.Index(order, a.Name) })
	return out, nil
}

func sheet(file string) (xlsform.Sheet, error) {
	s := xlsform.Sheet{Name: strings.TrimSuffix(path.Base(file), ".csv")}
	f, err := files.Open(file)
	if err != nil {
		return s, err
	}
	defer f.Close() //nolint:errcheck // it is part of the program
	r := csv.NewReader(f)
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return s, fmt.Errorf("%s: no sheet: %w", file, err)
	}
	s.Heading = all[0]
	for i, cells := range all[1:] {
		s.Rows = append(s.Rows, xlsform.Row{Number: i + 2, Cells: cells})
	}
	return s, nil
}

// Peru is the questionnaire of the pilot survey of Peruvians abroad.
func Peru() (*survey.Form, error) {
	sheets, err := Sheets("peru")
	if err != nil {
		return nil, err
	}
	f, problems := xlsform.Read(sheets, xlsform.Options{Name: "piloto-pe"})
	return f, problems.Err()
}

// Workbook is the questionnaire of that name as people edit it, .xlsx.
func Workbook(name string) ([]byte, error) { return files.ReadFile(name + ".xlsx") }
