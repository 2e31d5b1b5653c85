package tabular

import (
	"errors"
	"io"

	"quipu/internal/fault"
)

// Sheet is a whole sheet in memory: a workbook of definitions, such as a questionnaire, and
// not a long list.
type Sheet struct {
	Name    string
	Heading []string
	Rows    []SheetRow // with content, in order
}

// SheetRow is one row of a Sheet, with as many cells as the heading.
type SheetRow struct {
	Number int // as the spreadsheet counts, from 1
	Cells  []string
}

// sheetLimits bounds a workbook that is kept in memory.
var sheetLimits = Limits{Bytes: 32 << 20, Unzipped: 128 << 20, Rows: 50_000, Columns: 200}

// ReadSheets reads every sheet of a workbook, or the one of a CSV file, whose heading is in the
// first row. Sheets without rows are left out. A bad row ends it: the error says sheet and row.
func ReadSheets(src io.ReaderAt, size int64) ([]Sheet, error) {
	first, err := NewReader(src, size, Options{Limits: sheetLimits})
	if err != nil {
		return nil, err
	}
	info := first.Info()
	if err := first.Close(); err != nil {
		return nil, err
	}
	names := info.Sheets
	if info.Format == CSV {
		names = []string{""}
	}
	var out []Sheet
	for _, name := range names {
		s, err := readSheet(src, size, name)
		if fault.Is(err, "tabular.empty") || fault.Is(err, "tabular.header") {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readSheet(src io.ReaderAt, size int64, name string) (Sheet, error) {
	s := Sheet{Name: name}
	r, err := NewReader(src, size, Options{Sheet: name, HeaderRow: 1, Limits: sheetLimits})
	if err != nil {
		return s, err
	}
	defer r.Close() //nolint:errcheck // it was only read
	s.Heading = r.Info().Header
	for {
		row, err := r.Next()
		var bad *RowError
		switch {
		case err == io.EOF:
			return s, nil
		case errors.As(err, &bad):
			return s, fault.New(fault.Invalid, "tabular.sheet_row", "sheet", name, "line", bad.Line).Because(err)
		case err != nil:
			return s, err
		}
		s.Rows = append(s.Rows, SheetRow{Number: row.Line, Cells: append([]string(nil), row.Cells...)})
	}
}
