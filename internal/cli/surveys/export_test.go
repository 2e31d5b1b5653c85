package surveys_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/cli/surveys"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

// TestExport writes the answers of a survey that is named by its title, and refuses a survey
// that is not there and a format that nobody reads.
func TestExport(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := app.Open(ctx, filepath.Join(dir, "reg"), app.Options{Create: true})
	must(err)
	who := node.Operator("t", "ESMAD")
	today := civil.FromTime(a.Now())
	of, err := a.Surveys.Plan(ctx, who, study.PlanCmd{Title: "Piloto", Footing: study.Queue, First: today, Last: today.AddDays(3), Posts: []string{"ESMAD"}})
	must(err)
	must(a.Surveys.PutForm(ctx, who, of, study.Form{Name: "p", Version: "1"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(t, `
		| survey | type | name | label |
		| | integer | age | Edad |
		| settings | form_id | version | form_title |
		| | p | 1 | Piloto |`))}, id.Change{}))
	must(a.Surveys.Move(ctx, who, of, study.Open, id.Change{}))
	eva := survey.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	for i := range 3 {
		_, err := a.Surveys.Submit(ctx, eva, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="p" version="1"><age>%d</age><meta><instanceID>uuid:%d</instanceID></meta></data>`, 30+i, i)})
		must(err)
	}
	must(a.Close())
	run := func(args ...string) error {
		flags := flag.NewFlagSet("survey", flag.ContinueOnError)
		parse := func(args []string) ([]string, error) { return args[:1], flags.Parse(args[1:]) }
		return surveys.Run(surveys.Console{Ctx: ctx, Out: new(bytes.Buffer), Err: new(bytes.Buffer), Flags: flags, Lang: func() i18n.Lang { return i18n.Spanish },
			Write: func(path string, content []byte) error { return os.WriteFile(path, content, 0o600) },
			Say:   func(string, ...any) {}, Operator: func() app.Actor { return node.Operator("t", "") },
			Register: func(args []string, _, _ int) ([]string, *app.App, error) {
				words, err := parse(args)
				if err != nil {
					return nil, nil, err
				}
				a, err := app.Open(ctx, filepath.Join(dir, "reg"), app.Options{})
				return words, a, err
			}}, append([]string{"export"}, args...))
	}
	out := filepath.Join(dir, "answers.csv")
	must(run("Piloto", "--out", out))
	file, err := os.Open(out)
	must(err)
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	must(err)
	if len(rows) != 4 || rows[0][0] != "age" || rows[3][0] != "32" {
		t.Errorf("the table is %v", rows)
	}
	if err := run("Otra", "--out", out); !fault.Is(err, "surveydata.no_survey") {
		t.Errorf("a survey that is not there: %v", err)
	}
	if err := run(of, "--format", "sas", "--out", filepath.Join(dir, "x")); !fault.Is(err, "surveydata.format") {
		t.Errorf("a format that nobody reads: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("a refused export left a file")
	}
}
