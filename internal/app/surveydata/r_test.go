package surveydata_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quipu/internal/app/surveydata"
	"quipu/internal/estimate/weighting"
	"quipu/internal/i18n"
)

// TestR: R reads the exported table with the script beside it, and its package survey gives the
// figures of the screen to eight digits, however the weights were made and the sample drawn.
func TestR(t *testing.T) {
	if exec.Command("Rscript", "-e", "library(survey); library(MASS)").Run() != nil {
		const missing = "no R with its packages survey and MASS (Debian: r-cran-survey, r-cran-mass)"
		if os.Getenv("QUIPU_REQUIRE_R") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	sex, age := weighting.Variable{Of: weighting.BySex, Column: "sex"}, weighting.Variable{Of: weighting.ByAge, Column: "age"}
	for name, how := range map[string]setup{
		"cells": {steps: func(s *weighting.Steps) {
			s.Method, s.Variables, s.TrimHigh = weighting.Cells, []weighting.Variable{{Of: weighting.ByOffice}, sex}, 0
		}},
		"linear": {steps: func(s *weighting.Steps) { s.Method, s.TrimHigh, s.TrimLow = weighting.Linear, 1.4, 0.7 }},
		"logit": {steps: func(s *weighting.Steps) {
			s.Method, s.Low, s.High, s.TrimHigh, s.Variables = weighting.Logit, 0.3, 3, 0, []weighting.Variable{age, sex}
		}},
		"units":   {units: true},
		"unitlog": {units: true, steps: func(s *weighting.Steps) { s.Method, s.Low, s.High, s.TrimHigh = weighting.Logit, 0.2, 5, 0 }},
	} {
		t.Run(name, func(t *testing.T) { readByR(t, openAs(t, how)) })
	}
	for name, s := range designs(t) {
		t.Run(name, func(t *testing.T) { readByR(t, s) })
	}
}

func readByR(t *testing.T, s *surveydata.Set) {
	t.Helper()
	dir := t.TempDir()
	for _, format := range []string{surveydata.CSV, surveydata.R} {
		f, err := s.Export(format, i18n.Spanish)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var script strings.Builder
	script.WriteString("source('answers.R', encoding='UTF-8')\nsay <- function(...) cat(sprintf('%.15g', c(...)), '\\n')\n" +
		"stopifnot(attr(answers$sex, 'label') == 'Sexo', value_labels$sends['1'] == 'Sí')\n")
	names, want := ask(t, s, &script)
	cmd := exec.Command("Rscript", "--vanilla", "-e", script.String())
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8")
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, problems.String(), script.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(names) {
		t.Fatalf("R said\n%s\n%s", out, problems.String())
	}
	for i, line := range lines {
		var got []float64
		for _, word := range strings.Fields(line) {
			x, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatalf("%s: %v", names[i], err)
			}
			got = append(got, x)
		}
		if len(got) != len(want[i]) || len(got) == 0 {
			t.Errorf("%s: R says %v, we %v", names[i], got, want[i])
			continue
		}
		for k := range got {
			if !near(want[i][k], got[k]) {
				t.Errorf("%s: R says %v, we %v", names[i], got, want[i])
				break
			}
		}
	}
}

// ask writes each question as R has it, and gives what we say to it; R answers a line each.
func ask(t *testing.T, s *surveydata.Set, script *strings.Builder) (names []string, want [][]float64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(questions)) {
		all, _, err := s.Answer(questions[name])
		if err != nil {
			t.Fatal(name, err)
		}
		a := all[0]
		var figures []float64
		switch name {
		case "logistic", "linear", "poisson":
			fmt.Fprintf(script, "x <- %s; say(coef(summary(x))[, 1], coef(summary(x))[, 2], coef(summary(x))[, 4])\n", a.Call)
			for _, column := range []string{"estimate", "se", "p_value"} {
				for _, r := range a.Outcome.Rows {
					figures = append(figures, r.Number(column))
				}
			}
		case "contrast":
			lines := strings.Split(strings.TrimSpace(s.Code(questions[name], all)), "\n")
			fmt.Fprintf(script, "x <- %s; say(coef(x)[2], SE(x)[2])\n", lines[len(lines)-1])
			figures = []float64{a.Estimates[0].Estimate, a.Estimates[0].SE}
		case "beta":
			fmt.Fprintf(script, "x <- %s; say(coef(x), attr(x, 'ci'))\n", a.Call)
			figures = []float64{a.Estimates[0].Estimate, a.Estimates[0].Low, a.Estimates[0].High}
		case "rank":
			fmt.Fprintf(script, "x <- %s; say(x$p.value)\n", a.Call)
			figures = []float64{a.Outcome.Single["p_value"]}
		case "chisq", "t":
			fmt.Fprintf(script, "x <- %s; say(x$statistic, x$parameter, x$p.value)\n", a.Call)
			figures = slices.Concat(a.Outcome.Named["statistic"].Values, a.Outcome.Named["parameter"].Values, []float64{a.Outcome.Single["p_value"]})
		default:
			fmt.Fprintf(script, "x <- %s; say(coef(x), unlist(SE(x)))\n", a.Call)
			var se []float64
			for _, e := range a.Estimates {
				figures, se = append(figures, e.Estimate), append(se, e.SE)
			}
			figures = append(figures, se...)
			if deff := a.Estimates[0].Deff; deff == deff && !s.Design.Replicated() { // with replicates R may say less than 0
				fmt.Fprintf(script, "say(unlist(deff(x)))\n")
				var all []float64
				for _, e := range a.Estimates {
					all = append(all, e.Deff)
				}
				names, want = append(names, name+" deff"), append(want, figures)
				figures = all
			}
		}
		names, want = append(names, name), append(want, figures)
	}
	return names, want
}
