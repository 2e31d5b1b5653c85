package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// evidence is what a row of docs/asvs.md may name.
type evidence struct {
	want     map[string]string // number to level
	tests    map[string]bool   // "web: TestSite"
	file     func(path string) bool
	settings string // the page that lists them
}

// states says of each state whether something must be named that shows it.
var states = map[string]bool{"met": true, "met by setting": true, "does not apply": false, "not met": false}

var (
	asvsRow  = regexp.MustCompile(`^\| (V[0-9.]+) \|(.*)\|$`)
	spoken   = regexp.MustCompile("`([^`]+)`")
	testName = regexp.MustCompile(`^[a-z0-9/]+: (Test|Fuzz)\w+$`)
	fileName = regexp.MustCompile(`^[\w./-]+\.(go|md|toml|html|css|js|csv|txt|yaml|sql|service|txtar|golden|sh)$`)
	setName  = regexp.MustCompile(`^setting ([\w.]+)$`)
)

// asvs holds a table of requirements against what there is to name.
func asvs(text string, e evidence) (found []complaint) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		m := asvsRow.FindStringSubmatch(line)
		if m == nil {
			if strings.HasPrefix(line, "| V") {
				found = append(found, complaint{"docs/asvs.md", fmt.Sprintf("line %d is no row: %s", i+1, line)})
			}
			continue
		}
		id, cells := m[1], strings.Split(m[2], " | ")
		say := func(format string, args ...any) {
			found = append(found, complaint{"docs/asvs.md", id + " " + fmt.Sprintf(format, args...)})
		}
		switch {
		case len(cells) != 4:
			say("has %d cells, not level, requirement, state and how", len(cells))
			continue
		case seen[id]:
			say("stands twice")
		case e.want[id] == "":
			say("is no requirement of level 1 or 2")
		case strings.TrimSpace(cells[0]) != e.want[id]:
			say("is of level %s", e.want[id])
		}
		seen[id] = true
		for _, what := range claim(strings.TrimSpace(cells[2]), cells[3], e) {
			say("%s", what)
		}
	}
	for id := range e.want {
		if !seen[id] {
			found = append(found, complaint{"docs/asvs.md", id + " is missing"})
		}
	}
	return found
}

// tally compares the summary of the table with its rows.
func tally(text string) (found []complaint) {
	counted := map[string]map[string]int{}
	for line := range strings.Lines(text) {
		m := asvsRow.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		if cells := strings.Split(m[2], " | "); len(cells) == 4 {
			state := strings.TrimSpace(cells[2])
			if counted[state] == nil {
				counted[state] = map[string]int{}
			}
			counted[state][strings.TrimSpace(cells[0])]++
		}
	}
	for state := range states {
		n := counted[state]
		if want := fmt.Sprintf("| %s | %d | %d | %d |", state, n["1"], n["2"], n["1"]+n["2"]); !strings.Contains(text, "\n"+want+"\n") {
			found = append(found, complaint{"docs/asvs.md", "the summary must say " + want})
		}
	}
	return found
}

// claim looks at one row's state and what is said for it.
func claim(state, how string, e evidence) (wrong []string) {
	needs, known := states[state]
	if !known {
		wrong = append(wrong, fmt.Sprintf("is in the unknown state %q", state))
	}
	named, lies := named(how, e)
	wrong = append(wrong, lies...)
	if needs && named == 0 {
		wrong = append(wrong, "is "+state+" and names no test, file or setting")
	}
	if len(strings.TrimSpace(how)) < len("No LDAP") {
		wrong = append(wrong, "does not say how or why")
	}
	return wrong
}

// named counts the tests, files and settings that a text names, and says which are not there.
func named(how string, e evidence) (named int, wrong []string) {
	for _, m := range spoken.FindAllStringSubmatch(how, -1) {
		switch name := m[1]; {
		case testName.MatchString(name):
			named++
			if !e.tests[name] {
				wrong = append(wrong, "names the test "+name+", which is not there")
			}
		case fileName.MatchString(name):
			named++
			if !e.file(name) {
				wrong = append(wrong, "names the file "+name+", which is not there")
			}
		case setName.MatchString(name):
			named++
			if !strings.Contains(e.settings, "| `"+setName.FindStringSubmatch(name)[1]+"` |") {
				wrong = append(wrong, "names the "+name+", which docs/operation.md does not list")
			}
		case strings.Contains(name, "Test"):
			wrong = append(wrong, "names "+name+", which is not written as a test: `web: TestSite`")
		}
	}
	return named, wrong
}

// testsOf lists the tests of the module as "web: TestSite".
func testsOf(pkgs []pkg) map[string]bool {
	out := map[string]bool{}
	for _, p := range pkgs {
		for _, f := range p.files {
			for _, name := range declared(f) {
				out[strings.TrimPrefix(p.path, "internal/")+": "+name] = true
			}
		}
	}
	return out
}

// declared lists the tests of a file.
func declared(f file) (names []string) {
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && f.test() && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Fuzz")) {
			names = append(names, fn.Name.Name)
		}
	}
	return names
}

func asvsList(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/asvs-5.0.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, levels := map[string]string{}, map[string]int{}
	for line := range strings.Lines(string(text)) {
		if id, level, ok := strings.Cut(strings.TrimSpace(line), " "); ok && id != "#" {
			want[id] = level
			levels[level]++
		}
	}
	if levels["1"] != 70 || levels["2"] != 183 || len(want) != 253 {
		t.Fatalf("the list of requirements has %v", levels)
	}
	return want
}

func TestASVS(t *testing.T) {
	top := root(t)
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join(top, "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	e := evidence{want: asvsList(t), tests: testsOf(repo(t)), settings: read("operation.md"), file: func(p string) bool {
		_, err := os.Stat(filepath.Join(top, filepath.FromSlash(p)))
		return err == nil
	}}
	text := read("asvs.md")
	found := append(asvs(text, e), tally(text)...)
	slices.SortFunc(found, func(a, b complaint) int { return strings.Compare(a.what, b.what) })
	for _, page := range []string{"threat-model.md", "security.md"} {
		_, lies := named(read(page), e)
		for _, what := range lies {
			found = append(found, complaint{"docs/" + page, what})
		}
	}
	obey(t, "asvs", found)
}
