// Package xlsform reads a questionnaire from the sheets of an XLSForm workbook, the way in
// which the field writes them, and says everything that is wrong with it at once: sheet, row,
// column and what to do.
package xlsform

import (
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
)

// Sheet is one sheet of a workbook, or one CSV file of a folder by its name without ending.
type Sheet struct {
	Name    string
	Heading []string
	Rows    []Row // those with content, in order
}

// Row is one row under the heading.
type Row struct {
	Number int // as the spreadsheet counts, from 1
	Cells  []string
}

// Options are what is not in the workbook.
type Options struct {
	Name string // of the file without its ending: the form's id where the settings have none
}

// Read makes the questionnaire of a workbook. The form is usable when problems.Err is nil;
// otherwise it is what could be understood. It never fails in another way.
func Read(sheets []Sheet, o Options) (*survey.Form, survey.Problems) {
	r := &reader{form: &survey.Form{}, cells: map[*survey.Item]map[string]int{}, headings: map[string][]string{}}
	found := map[string]*table{}
	for _, name := range []string{"settings", "survey", "choices", "external_choices", "entities", "drafts"} {
		found[name] = r.table(sheets, name)
	}
	r.settings(found["settings"], o)
	if found["survey"] == nil {
		r.add(problem{sheet: "survey", key: "no_survey", args: []any{"sheets", names(sheets)}})
		return r.form, r.problems
	}
	if found["entities"] != nil {
		r.add(problem{sheet: "entities", key: "entities", warning: true})
	}
	if t := found["survey"]; t != nil {
		r.languages(t)
	}
	r.choices(found["choices"], false)
	r.choices(found["external_choices"], true)
	r.survey(found["survey"])
	r.drafts(found["drafts"])
	r.check()
	r.problems.Sort()
	return r.form, r.problems
}

// reader is a workbook that is being read.
type reader struct {
	form     *survey.Form
	clean    bool
	problems survey.Problems
	cells    map[*survey.Item]map[string]int // the column from 1 of what an item says
	headings map[string][]string             // of each sheet
}

// problem is one thing to say.
type problem struct {
	sheet   string
	row     int
	column  int
	key     string
	args    []any
	warning bool
	fault   *fault.Error // instead of key and args
}

func (r *reader) add(p problem) {
	f := p.fault
	if f == nil {
		f = fault.New(fault.Invalid, "xlsform."+p.key, p.args...)
	}
	heading := ""
	if all := r.headings[p.sheet]; p.column > 0 && p.column <= len(all) {
		heading = all[p.column-1]
	}
	r.problems = append(r.problems, survey.Problem{Sheet: p.sheet, Row: p.row, Column: p.column, Heading: heading, Warning: p.warning, Fault: f})
}

// at says a thing about a cell of an item.
func (r *reader) at(i *survey.Item, what, key string, args ...any) {
	r.add(problem{sheet: "survey", row: i.At.Row, column: r.cells[i][what], key: key, args: args})
}

// warn says a thing about a cell of an item that does not keep the form from being used.
func (r *reader) warn(i *survey.Item, what, key string, args ...any) {
	r.add(problem{sheet: "survey", row: i.At.Row, column: r.cells[i][what], key: key, args: args, warning: true})
}

func names(sheets []Sheet) string {
	out := make([]string, len(sheets))
	for i, s := range sheets {
		out[i] = s.Name
	}
	return strings.Join(out, ", ")
}

// quotes are the typographic quotation marks that spreadsheets put of themselves.
var quotes = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "\u00a0", " ")

// yes are the words for true that the standard takes.
func yes(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "yes", "true", "true()":
		return true
	}
	return false
}

func no(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "no", "false", "false()":
		return true
	}
	return false
}

// truth writes yes and no as expressions have them.
func truth(s string) string {
	switch {
	case yes(s):
		return "true()"
	case no(s):
		return "false()"
	}
	return s
}
