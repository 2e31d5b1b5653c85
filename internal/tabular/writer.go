package tabular

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// The columns that the refused-rows file has after those of the list. A reader knows
// them by these names and leaves them out.
const (
	ColumnLineES   = "quipu_linea"
	ColumnColumnES = "quipu_columna"
	ColumnReasonES = "quipu_motivo"
	ColumnLineEN   = "quipu_line"
	ColumnColumnEN = "quipu_column"
	ColumnReasonEN = "quipu_reason"
)

// RefusedColumns gives the three names in a language; Spanish unless lang is "en".
func RefusedColumns(lang string) [3]string {
	if lang == "en" {
		return [3]string{ColumnLineEN, ColumnColumnEN, ColumnReasonEN}
	}
	return [3]string{ColumnLineES, ColumnColumnES, ColumnReasonES}
}

func refusedColumn(name string) bool {
	switch strings.ToLower(name) {
	case ColumnLineES, ColumnColumnES, ColumnReasonES, ColumnLineEN, ColumnColumnEN, ColumnReasonEN:
		return true
	}
	return false
}

// CSVWriter writes rows that a spreadsheet opens without running anything in them: a
// cell that begins with = + - @ tab or a line end, after any number of apostrophes, gets
// one apostrophe in front. A Reader takes that one away again, but only in a file with
// the columns of a refused-rows file: elsewhere an apostrophe is the writer's own. What
// comes back is what was written, with line ends inside cells as LF.
type CSVWriter struct {
	out   *csv.Writer
	row   []string
	width int
}

// NewCSVWriter writes UTF-8 with CRLF line ends to w, with a byte order mark when bom is
// set, which Excel needs to see the accents.
func NewCSVWriter(w io.Writer, delimiter rune, bom bool) (*CSVWriter, error) {
	if !goodDelimiter(delimiter) {
		return nil, fault.New(fault.Invalid, "tabular.delimiter", "delimiter", string(delimiter))
	}
	if bom {
		if _, err := w.Write(bomUTF8); err != nil {
			return nil, writeFault(err)
		}
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = delimiter, true
	return &CSVWriter{out: out}, nil
}

// Write writes one row.
func (w *CSVWriter) Write(cells []string) error {
	w.row = w.row[:0]
	for _, c := range cells {
		w.row = append(w.row, guard(c))
	}
	if err := w.out.Write(w.row); err != nil {
		return writeFault(err)
	}
	return nil
}

// WriteRefusedHeader writes the header of a refused-rows file: that of the list and the
// three columns in a language.
func (w *CSVWriter) WriteRefusedHeader(header []string, lang string) error {
	w.width = len(header)
	extra := RefusedColumns(lang)
	return w.Write(append(append([]string(nil), header...), extra[:]...))
}

// WriteRefused writes a refused row: its cells, padded to the header, its line, the name
// or number of the column at fault, and the reason in words. Cells beyond the header go
// behind the reason, where a person sees them and a reader refuses the row again.
func (w *CSVWriter) WriteRefused(cells []string, line int, column, reason string) error {
	row := make([]string, w.width, w.width+3)
	copy(row, cells)
	row = append(row, strconv.Itoa(line), column, reason)
	if len(cells) > w.width {
		row = append(row, cells[w.width:]...)
	}
	return w.Write(row)
}

// Flush writes out what is held back and gives the first error there was.
func (w *CSVWriter) Flush() error {
	w.out.Flush()
	if err := w.out.Error(); err != nil {
		return writeFault(err)
	}
	return nil
}

func guard(cell string) string {
	if risky(cell) {
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && risky(cell) {
		return cell[1:]
	}
	return cell
}

// risky reports whether a spreadsheet could take the cell for a formula, now or after
// its apostrophes are gone.
func risky(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte("=+-@\t\r\n", rest[0]) >= 0
}

func writeFault(err error) error {
	return fault.New(fault.Unavailable, "tabular.write").Because(err)
}
