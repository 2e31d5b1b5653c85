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
	"quipu/internal/i18n"
)

// TestR: R reads the exported table with the script beside it, and its package survey gives the
// figures of the screen to eight digits.
func TestR(t *testing.T) {
	if exec.Command("Rscript", "-e", "library(survey)").Run() != nil {
		const missing = "no R with its package survey (Debian: r-cran-survey)"
		if os.Getenv("QUIPU_REQUIRE_R") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	for name, s := range designs(t) {
		t.Run(name, func(t *testing.T) { readByR(t, s) })
	}
}

func readByR(t *testing.T, s *surveydata.Set) {
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
	names := slices.Sorted(maps.Keys(questions))
	var want [][]float64
	for _, name := range names {
		a, _, err := s.Answer(questions[name])
		if err != nil {
			t.Fatal(name, err)
		}
		var figures []float64
		switch name {
		case "chisq", "t":
			fmt.Fprintf(&script, "x <- %s; say(x$statistic, x$parameter, x$p.value)\n", a.Call)
			figures = slices.Concat(a.Outcome.Named["statistic"].Values, a.Outcome.Named["parameter"].Values, []float64{a.Outcome.Single["p_value"]})
		default:
			fmt.Fprintf(&script, "x <- %s; say(coef(x), unlist(SE(x)))\n", a.Call)
			var se []float64
			for _, e := range a.Estimates {
				figures, se = append(figures, e.Estimate), append(se, e.SE)
			}
			figures = append(figures, se...)
		}
		want = append(want, figures)
	}
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
