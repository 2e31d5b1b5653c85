// Package surveytest writes questionnaires into tests as people write them into sheets.
package surveytest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/survey"
	"quipu/internal/survey/xlsform"
)

// Sheets reads a table with bars: a line whose first cell has the name of a sheet is its
// heading, those after it are its rows.
func Sheets(text string) []xlsform.Sheet {
	var out []xlsform.Sheet
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cells[i]), "¦", "|")
		}
		if cells[0] != "" {
			out = append(out, xlsform.Sheet{Name: cells[0], Heading: cells[1:]})
			continue
		}
		s := &out[len(out)-1]
		if strings.Join(s.Heading, "") == "" { // the heading stands in a line of its own
			s.Heading = cells[1:]
			continue
		}
		s.Rows = append(s.Rows, xlsform.Row{Number: len(s.Rows) + 2, Cells: cells[1:]})
	}
	return out
}

// Folder reads the CSV files of a folder, each a sheet.
func Folder(t testing.TB, dir string) []xlsform.Sheet {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sheets in %s: %v", dir, err)
	}
	var out []xlsform.Sheet
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(string(text)))
		r.FieldsPerRecord = -1
		s := xlsform.Sheet{Name: strings.TrimSuffix(filepath.Base(file), ".csv")}
		for n := 1; ; n++ {
			rec, err := r.Read()
			if err != nil {
				break
			}
			if n == 1 {
				s.Heading = rec
				continue
			}
			s.Rows = append(s.Rows, xlsform.Row{Number: n, Cells: rec})
		}
		out = append(out, s)
	}
	return out
}

// Form reads a questionnaire in which nothing may be wrong.
func Form(t testing.TB, text string) *survey.Form {
	t.Helper()
	f, problems := xlsform.Read(Sheets(text), xlsform.Options{Name: "test"})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}
