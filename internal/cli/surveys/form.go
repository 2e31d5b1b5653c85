package surveys

import (
	"fmt"
	"strconv"
	"strings"

	"quipu/internal/app/questionnaire"
	"quipu/internal/i18n"
	"quipu/internal/survey"
	"quipu/internal/survey/xform"
)

// form checks a questionnaire or converts it.
func form(c Console, args []string) error {
	asJSON := c.Flags.Bool("json", false, "one JSON object on stdout")
	out := c.Flags.String("out", "", "the XForm to write")
	words, err := c.Parse(args, 2, 2)
	if err != nil {
		return err
	}
	if words[0] != "check" && words[0] != "convert" || (words[0] == "convert") != (*out != "") {
		return ErrUsage
	}
	f, problems, err := questionnaire.Open(words[1])
	if err != nil {
		return err
	}
	if words[0] == "check" && *asJSON {
		if err := c.JSON(report(c.Lang(), f, problems)); err != nil {
			return err
		}
	} else {
		tell(c, problems)
		counts(c, f, problems)
	}
	if problems.Err() != nil {
		return ErrFailed
	}
	if words[0] == "convert" {
		return c.Write(*out, xform.Write(f))
	}
	return nil
}

// tell says each problem with its place.
func tell(c Console, problems survey.Problems) {
	for _, p := range problems {
		key := "clisurvey.problem"
		if p.Warning {
			key = "clisurvey.warning"
		}
		fmt.Fprintln(c.Err, i18n.T(c.Lang(), key, "place", place(c.Lang(), p), "what", i18n.Fault(c.Lang(), p.Fault)))
	}
}

// place is where a problem is: sheet, row, column.
func place(lang i18n.Lang, p survey.Problem) string {
	row := strconv.Itoa(p.Row) // of a spreadsheet: never grouped
	switch {
	case p.Row == 0:
		return i18n.T(lang, "clisurvey.place.sheet", "sheet", p.Sheet)
	case p.Column == 0:
		return i18n.T(lang, "clisurvey.place.row", "sheet", p.Sheet, "row", row)
	}
	return i18n.T(lang, "clisurvey.place.cell", "sheet", p.Sheet, "row", row, "column", p.Heading, "cell", p.Cell())
}

func counts(c Console, f *survey.Form, problems survey.Problems) {
	questions := 0
	for _, n := range f.Nodes() {
		if !n.Container() && n.Shown() {
			questions++
		}
	}
	errs := len(problems.Errors())
	c.Say("clisurvey.counts", "id", f.Settings.ID, "questions", questions, "languages", max(1, len(f.Languages)), "errors", errs, "warnings", len(problems)-errs)
	withheld := survey.Sensitive(f)
	var names []string
	for _, n := range f.Nodes() {
		if withheld[n.Short()] && !n.Container() && n.Type != survey.Note {
			names = append(names, n.Name)
		}
	}
	if len(names) > 0 {
		c.Say("clisurvey.sensitive", "names", strings.Join(names, ", "))
	}
}

// report is what --json gives.
func report(lang i18n.Lang, f *survey.Form, problems survey.Problems) any {
	type problem struct {
		Sheet   string `json:"sheet"`
		Row     int    `json:"row"`
		Column  string `json:"column"`
		Cell    string `json:"cell"`
		Warning bool   `json:"warning"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	all := []problem{}
	for _, p := range problems {
		all = append(all, problem{p.Sheet, p.Row, p.Heading, p.Cell(), p.Warning, p.Fault.Key, i18n.Fault(lang, p.Fault)})
	}
	return struct {
		ID       string    `json:"id"`
		Version  string    `json:"version"`
		Errors   int       `json:"errors"`
		Problems []problem `json:"problems"`
	}{f.Settings.ID, f.Settings.Version, len(problems.Errors()), all}
}
