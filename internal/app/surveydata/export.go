package surveydata

import (
	"bytes"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/codebook"
	"quipu/internal/survey/ddi"
)

// The formats of files.
const (
	CSV     = "csv"
	Parquet = "parquet"
	R       = "r"
	Stata   = "stata"
	SPSS    = "spss"
	DDI     = "ddi"
)

// Formats lists them.
var Formats = []string{CSV, Parquet, R, Stata, SPSS, DDI}

// File is a file for another program.
type File struct {
	Name, Type string
	Content    []byte
	Rows       int // of a table
}

// Export makes a file of the table, with labels in the language. Scripts read the table as
// answers.csv beside them.
func (s *Set) Export(format string, lang i18n.Lang) (f File, err error) {
	switch format {
	case DDI:
		return s.ddi(lang)
	case Parquet:
		b, err := s.parquet()
		return File{Table + ".parquet", "application/vnd.apache.parquet", b, s.Frame.N()}, err
	}
	script := s.script(format, lang)
	switch format {
	case CSV:
		var b bytes.Buffer
		err = s.WriteCSV(&b)
		return File{script.File, "text/csv; charset=utf-8", b.Bytes(), s.Frame.N()}, err
	case R:
		return File{Name: Table + ".R", Type: "text/plain; charset=utf-8", Content: s.Book.R(script)}, nil
	case Stata:
		return File{Name: Table + ".do", Type: "text/plain; charset=utf-8", Content: s.Book.Stata(script)}, nil
	case SPSS:
		return File{Name: Table + ".sps", Type: "text/plain; charset=utf-8", Content: s.Book.SPSS(script)}, nil
	}
	return f, fault.New(fault.Invalid, "surveydata.format", "format", format, "formats", strings.Join(Formats, ", ")).On("format")
}

// ddi is the description of the table.
func (s *Set) ddi(lang i18n.Lang) (File, error) {
	study, err := s.description()
	if err != nil {
		return File{}, err
	}
	doc, err := ddi.Write(&s.Book, study, string(lang))
	return File{Name: Table + "-ddi.xml", Type: "application/xml; charset=utf-8", Content: doc}, err
}

func (s *Set) script(format string, lang i18n.Lang) codebook.Script {
	spec := s.Design.Spec()
	out := codebook.Script{File: Table + ".csv", Language: string(lang), Factors: s.Factors(nil), Design: s.DesignLines(), Weight: "weight", Stratum: "stratum"}
	if len(spec.FPC) > 0 {
		out.FPC = spec.FPC[0]
	}
	if len(spec.IDs) > 0 && slices.Contains(spec.IDs, "psu") {
		out.PSU = "psu"
	}
	if s.Chain != "" {
		out.Stratum = ""
	}
	out.Comments = []string{s.Book.Title, i18n.T(lang, "survey.footing."+s.Book.Sampling) + ": " + i18n.T(lang, "survey.footing."+s.Book.Sampling+".hint"),
		i18n.T(lang, "surveydata.script.table"), i18n.T(lang, "surveydata.script."+format)}
	if s.Left.Equal {
		out.Comments = append(out.Comments, i18n.T(lang, "surveydata.equal"))
	}
	for i, c := range out.Comments {
		out.Comments[i] = strings.Join(strings.Fields(c), " ")
	}
	return out
}
