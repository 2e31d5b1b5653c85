// Package questionnaire opens the files in which questionnaires are written: a workbook
// (.xlsx), or a folder with a CSV file for each sheet.
package questionnaire

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/xlsform"
	"quipu/internal/tabular"
)

// Open reads the questionnaire of a file or folder. The error is of the file; what is wrong
// with the questionnaire is in the problems, and the form is usable when their Err is nil.
func Open(path string) (*survey.Form, survey.Problems, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "tabular.open", "file", path).Because(err)
	}
	stem := strings.TrimSuffix(filepath.Base(filepath.Clean(path)), filepath.Ext(path))
	if st.IsDir() {
		sheets, err := folder(path)
		if err != nil {
			return nil, nil, err
		}
		f, problems := xlsform.Read(sheets, xlsform.Options{Name: stem})
		return f, problems, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "tabular.open", "file", path).Because(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	return Read(stem, file, st.Size())
}

// Read reads the questionnaire of a workbook of size bytes. name is that of the file without
// its ending: the questionnaire's id where its settings have none.
func Read(name string, src io.ReaderAt, size int64) (*survey.Form, survey.Problems, error) {
	sheets, err := tabular.ReadSheets(src, size)
	if err != nil {
		return nil, nil, err
	}
	f, problems := xlsform.Read(ours(sheets), xlsform.Options{Name: name})
	return f, problems, nil
}

// folder reads the CSV files of a folder, each a sheet by its name.
func folder(dir string) ([]xlsform.Sheet, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "tabular.open", "file", dir).Because(err)
	}
	slices.Sort(files)
	var out []xlsform.Sheet
	for _, file := range files {
		sheets, err := csvFile(file)
		if err != nil {
			return nil, err
		}
		for _, s := range ours(sheets) {
			s.Name = strings.TrimSuffix(filepath.Base(file), ".csv")
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.NotFound, "questionnaire.no_sheets", "dir", dir)
	}
	return out, nil
}

func csvFile(path string) ([]tabular.Sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "tabular.open", "file", path).Because(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, fault.New(fault.Invalid, "tabular.open", "file", path).Because(err)
	}
	return tabular.ReadSheets(f, st.Size())
}

func ours(in []tabular.Sheet) []xlsform.Sheet {
	out := make([]xlsform.Sheet, len(in))
	for i, s := range in {
		out[i] = xlsform.Sheet{Name: s.Name, Heading: s.Heading}
		for _, r := range s.Rows {
			out[i].Rows = append(out[i].Rows, xlsform.Row(r))
		}
	}
	return out
}
