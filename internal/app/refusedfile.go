package app

import (
	"errors"
	"os"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/tabular"
)

// RefusedFile is the file that refused rows go back in, each with its line, column and
// reason, to be corrected and imported again. It is made when the first row is refused: a
// list without bad rows leaves none. Columns that the register must not keep are not in it.
type RefusedFile struct {
	path      string
	header    []string
	delimiter rune
	lang      i18n.Lang
	f         *os.File
	w         *tabular.CSVWriter
}

// NewRefusedFile makes ready for the refused rows of a list; path "" takes none.
func NewRefusedFile(path string, info tabular.Info, m *intake.Mapping, lang i18n.Lang) *RefusedFile {
	r := &RefusedFile{path: path, header: m.Strip(info.Header), delimiter: info.Delimiter, lang: lang}
	if r.delimiter == 0 {
		r.delimiter = ';' // a workbook has none
	}
	return r
}

// Add writes one refused row.
func (r *RefusedFile) Add(cells []string, why *intake.Refusal) error {
	if r.path == "" {
		return nil
	}
	if r.f == nil {
		if err := r.start(); err != nil {
			return err
		}
	}
	return r.w.WriteRefused(cells, why.Line, why.ColumnName, i18n.Fault(r.lang, why.Reason))
}

func (r *RefusedFile) start() (err error) {
	if r.f, err = os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
		return fault.New(fault.Unavailable, "app.refused_file", "file", r.path).Because(err)
	}
	if r.w, err = tabular.NewCSVWriter(r.f, r.delimiter, true); err != nil {
		return err
	}
	return r.w.WriteRefusedHeader(r.header, string(r.lang))
}

// Path is where the rows are, "" when none was refused.
func (r *RefusedFile) Path() string {
	if r.f == nil {
		return ""
	}
	return r.path
}

// Close finishes the file.
func (r *RefusedFile) Close() error {
	if r.f == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.f.Close())
}
