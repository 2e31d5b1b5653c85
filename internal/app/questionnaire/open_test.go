package questionnaire_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quipu/internal/app/questionnaire"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/xlsform"
	"quipu/internal/tabular"
)

var update = flag.Bool("update", false, "make the workbook of the pack from its sheets")

// workbook writes sheets as .xlsx.
func workbook(t *testing.T, sheets []xlsform.Sheet) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.Name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(s.Name); err != nil {
			t.Fatal(err)
		}
		// Readers that do not look for themselves take no more than the sheet says it has.
		end, err := excelize.CoordinatesToCellName(len(s.Heading), len(s.Rows)+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetDimension(s.Name, "A1:"+end); err != nil {
			t.Fatal(err)
		}
		for n, row := range append([]xlsform.Row{{Cells: s.Heading}}, s.Rows...) {
			cell, err := excelize.CoordinatesToCellName(1, n+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(s.Name, cell, &row.Cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWorkbookOfThePackIsItsSheets: peru.xlsx says what peru/*.csv say.
func TestWorkbookOfThePackIsItsSheets(t *testing.T) {
	sheets, err := pack.Sheets("peru")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("../../survey/pack/peru.xlsx", workbook(t, sheets), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Skip("made anew; run again without -update")
	}
	book, err := pack.Workbook("peru")
	if err != nil {
		t.Fatal(err)
	}
	got, err := tabular.ReadSheets(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var want []tabular.Sheet
	for _, s := range sheets {
		w := tabular.Sheet{Name: s.Name, Heading: s.Heading}
		for _, r := range s.Rows {
			w.Rows = append(w.Rows, tabular.SheetRow(r))
		}
		want = append(want, w)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("renew with -update: ", diff)
	}
}

// TestFileAndFolderAreOne: a workbook, and a folder of CSV files, give the same questionnaire.
func TestFileAndFolderAreOne(t *testing.T) {
	book, err := pack.Workbook("peru")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(file, book, 0o600); err != nil {
		t.Fatal(err)
	}
	a, problems, err := questionnaire.Open(file)
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems)
	}
	b, problems, err := questionnaire.Open("../../survey/pack/peru")
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}
