package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wcag are the success criteria of WCAG 2.2 of levels A and AA, by number.
var wcag = map[string]string{
	"1.1.1": "A", "1.2.1": "A", "1.2.2": "A", "1.2.3": "A", "1.2.4": "AA", "1.2.5": "AA", "1.3.1": "A", "1.3.2": "A", "1.3.3": "A", "1.3.4": "AA", "1.3.5": "AA",
	"1.4.1": "A", "1.4.2": "A", "1.4.3": "AA", "1.4.4": "AA", "1.4.5": "AA", "1.4.10": "AA", "1.4.11": "AA", "1.4.12": "AA", "1.4.13": "AA",
	"2.1.1": "A", "2.1.2": "A", "2.1.4": "A", "2.2.1": "A", "2.2.2": "A", "2.3.1": "A",
	"2.4.1": "A", "2.4.2": "A", "2.4.3": "A", "2.4.4": "A", "2.4.5": "AA", "2.4.6": "AA", "2.4.7": "AA", "2.4.11": "AA",
	"2.5.1": "A", "2.5.2": "A", "2.5.3": "A", "2.5.4": "A", "2.5.7": "AA", "2.5.8": "AA",
	"3.1.1": "A", "3.1.2": "AA", "3.2.1": "A", "3.2.2": "A", "3.2.3": "AA", "3.2.4": "AA", "3.2.6": "A",
	"3.3.1": "A", "3.3.2": "A", "3.3.3": "AA", "3.3.4": "AA", "3.3.7": "A", "3.3.8": "AA", "4.1.2": "A", "4.1.3": "AA",
}

const wcagPage = "docs/accessibility.md"

var wcagRow = regexp.MustCompile(`^\| (\d\.\d+\.\d+) \|(.*)\|$`)

// criteria holds the table of success criteria against what there is to name.
func criteria(text string, e evidence) (found []complaint) {
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		m := wcagRow.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		id, cells := m[1], strings.Split(m[2], " | ")
		say := func(format string, args ...any) {
			found = append(found, complaint{wcagPage, id + " " + fmt.Sprintf(format, args...)})
		}
		switch {
		case len(cells) != 4:
			say("has %d cells, not level, criterion, state and how", len(cells))
			continue
		case seen[id]:
			say("stands twice")
		case wcag[id] != strings.TrimSpace(cells[0]):
			say("is of level %q, not %q", wcag[id], strings.TrimSpace(cells[0]))
		}
		seen[id] = true
		for _, what := range claim(strings.TrimSpace(cells[2]), cells[3], e) {
			say("%s", what)
		}
	}
	for id := range wcag {
		if !seen[id] {
			found = append(found, complaint{wcagPage, id + " is missing"})
		}
	}
	return found
}

func TestAccessibility(t *testing.T) {
	if len(wcag) != 55 {
		t.Fatalf("WCAG 2.2 has 55 criteria of levels A and AA, not %d", len(wcag))
	}
	top := root(t)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	e := evidence{tests: testsOf(repo(t)), settings: read("docs/operation.md"), file: func(p string) bool {
		_, err := os.Stat(filepath.Join(top, filepath.FromSlash(p)))
		return err == nil
	}}
	obey(t, "accessibility", criteria(read(wcagPage), e))
}

// TestAccessibilityCanFail plants what is wrong with one row.
func TestAccessibilityCanFail(t *testing.T) {
	e := evidence{tests: map[string]bool{"web: TestEveryScreen": true}, file: func(string) bool { return false }}
	good := "| 2.1.1 | A | all by keyboard | met | `web: TestEveryScreen` |\n"
	count := func(text string) int { return len(criteria(text, e)) }
	least := count(good)
	if least != len(wcag)-1 {
		t.Fatalf("a right row is refused: %v", criteria(good, e))
	}
	for _, bad := range []string{strings.Replace(good, "| A |", "| AA |", 1), strings.Replace(good, "2.1.1", "9.1.1", 1), strings.Replace(good, "| met |", "| done |", 1),
		strings.Replace(good, "TestEveryScreen", "TestNothing", 1), strings.Replace(good, "`web: TestEveryScreen`", "we take care", 1), good + good, strings.Replace(good, " | met", "", 1)} {
		if count(bad) <= least {
			t.Errorf("the rule is blind to %q", bad)
		}
	}
}
