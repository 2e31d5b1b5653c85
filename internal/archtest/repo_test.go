package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "quipu"

// pkg is one package of the module.
type pkg struct {
	path    string // below the module: "internal/store/sqlite"
	imports []string
	files   []file // those of its tests included
}

// file is one Go file, its path from the root of the repository.
type file struct {
	path string
	fset *token.FileSet
	ast  *ast.File
}

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func (f file) line(p token.Pos) int { return f.fset.Position(p).Line }

// parse reads Go source; the path decides whether it is a test.
func parse(p string, src any) (file, error) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, p, src, parser.ParseComments)
	return file{p, fset, tree}, err
}

func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("the repository is not two folders up: %v", err)
	}
	return dir
}

var loadOnce = sync.OnceValues(load)

// repo gives every package of the module, all build tags of this machine.
func repo(t testing.TB) []pkg {
	t.Helper()
	root(t)
	pkgs, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 10 {
		t.Fatalf("only %d packages were found", len(pkgs))
	}
	return pkgs
}

func load() ([]pkg, error) {
	top, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,GoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles", "./...")
	cmd.Dir = top
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l struct {
			ImportPath, Dir                                             string
			Imports, GoFiles, TestGoFiles, XTestGoFiles, IgnoredGoFiles []string
		}
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		p := pkg{path: strings.TrimPrefix(l.ImportPath, module+"/"), imports: l.Imports}
		for _, name := range slices.Concat(l.GoFiles, l.IgnoredGoFiles, l.TestGoFiles, l.XTestGoFiles) {
			src, err := os.ReadFile(filepath.Join(l.Dir, name))
			if err != nil {
				return nil, err
			}
			f, err := parse(path.Join(p.path, name), src)
			if err != nil {
				return nil, err
			}
			p.files = append(p.files, f)
		}
		pkgs = append(pkgs, p)
	}
}

// texts reads the files below dir (from the root) that end in one of the suffixes.
func texts(t testing.TB, dir string, suffixes ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	top := root(t)
	err := filepath.WalkDir(filepath.Join(top, dir), func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		if !slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(p, s) }) {
			return nil
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(top, p)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var used = map[string]bool{}

// complaint is one offence: where, and what is wrong with it.
type complaint struct{ at, what string }

// obey fails the test for each complaint that is not an exception of the rule.
func obey(t *testing.T, rule string, found []complaint) {
	t.Helper()
	for _, c := range found {
		key := rule + " " + c.at
		if exceptions[key] != "" {
			used[key] = true
			continue
		}
		t.Errorf("%s: %s", c.at, c.what)
	}
	for key := range exceptions {
		if strings.HasPrefix(key, rule+" ") && !used[key] {
			t.Errorf("the exception %q excuses nothing any more: remove it", key)
		}
	}
}
