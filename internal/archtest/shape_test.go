package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	maxFile   = 500 // lines
	maxFunc   = 80  // lines
	maxFiles  = 30  // in a package, tests aside
	needsBook = 1500
)

var vague = []string{"util", "utils", "common", "helpers", "helper", "models", "model", "services", "service", "misc", "shared", "base", "types"}

// sizes checks rule 6 on one file.
func sizes(f file) (found []complaint) {
	if n := f.line(f.ast.FileEnd); n > maxFile {
		found = append(found, complaint{f.path, fmt.Sprintf("has %d lines, at most %d", n, maxFile)})
	}
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := f.line(fn.End()) - f.line(fn.Pos()) + 1; n > maxFunc {
			found = append(found, complaint{f.path + ":" + fn.Name.Name, fmt.Sprintf("has %d lines, at most %d", n, maxFunc)})
		}
	}
	return found
}

// manners checks rules 5, 6 and 8 on one package; book says whether it has a DESIGN.md.
func manners(p pkg, book bool) (found []complaint) {
	own, lines, doc := 0, 0, false
	for _, f := range p.files {
		if f.test() {
			continue
		}
		own++
		lines += f.line(f.ast.FileEnd)
		doc = doc || f.ast.Doc != nil && len(f.ast.Doc.Text()) > len("Package x.")
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, complaint{f.path, "has an init function: let the caller start things"})
			}
		}
	}
	if own == 0 {
		return found
	}
	if !doc {
		found = append(found, complaint{p.path, "has no package comment"})
	}
	if own > maxFiles {
		found = append(found, complaint{p.path, fmt.Sprintf("has %d files, at most %d", own, maxFiles)})
	}
	if lines > needsBook && !book && strings.HasPrefix(p.path, "internal/") {
		found = append(found, complaint{p.path, fmt.Sprintf("has %d lines and no DESIGN.md", lines)})
	}
	if slices.Contains(vague, path.Base(p.path)) {
		found = append(found, complaint{p.path, "name it after what it holds"})
	}
	return found
}

func TestShape(t *testing.T) {
	var s, m []complaint
	for _, p := range repo(t) {
		_, err := os.Stat(filepath.Join(root(t), p.path, "DESIGN.md"))
		m = append(m, manners(p, err == nil)...)
		for _, f := range p.files {
			s = append(s, sizes(f)...)
			m = append(m, mocks(f)...)
		}
	}
	obey(t, "size", s)
	obey(t, "manners", m)
}

// The words are put together here so that this file does not offend against itself.
var unwelcome = regexp.MustCompile(`\b(` + "TO" + `DO|` + "FIX" + `ME)\b|` + "/wo" + `rk/|` + "/home/" + `\w`)

// words checks that nothing unfinished or tied to one machine is left in a text.
func words(at, text string) (found []complaint) {
	for i, line := range strings.Split(text, "\n") {
		if m := unwelcome.FindString(line); m != "" {
			found = append(found, complaint{at, fmt.Sprintf("line %d says %q", i+1, m)})
		}
	}
	return found
}

// mocks checks the rest of rule 8: no generated mocks, one language for tests.
func mocks(f file) (found []complaint) {
	for _, imp := range f.ast.Imports {
		if regexp.MustCompile(`mock|testify`).MatchString(imp.Path.Value) {
			found = append(found, complaint{f.path, "imports " + imp.Path.Value + ": use the real thing"})
		}
	}
	return found
}

func TestWords(t *testing.T) {
	var found []complaint
	for _, dir := range []string{"internal", "cmd", "docs", "scripts", ".ci"} {
		for at, text := range texts(t, dir, ".go", ".md", ".sh", ".toml", ".html", ".sql", "run") {
			if !strings.Contains(at, "/vendor/") && !strings.Contains(at, "/testdata/") {
				found = append(found, words(at, text)...)
			}
		}
	}
	obey(t, "words", found)
}

func TestPapers(t *testing.T) {
	for name, begins := range map[string]string{"LICENSE": "Apache License", "NOTICE": "Quipu", "README.md": "#", "CONTRIBUTING.md": "#", "docs/change-routing.md": "#"} {
		b, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if !strings.HasPrefix(strings.TrimSpace(string(b)), begins) {
			t.Errorf("%s does not begin with %q", name, begins)
		}
	}
}
