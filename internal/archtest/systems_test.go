package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// systems are those that offices may have beside Linux on amd64, where the tests run, and Windows, whose
// program scripts/check.sh builds.
var systems = []string{"darwin/arm64", "darwin/amd64", "linux/arm64"}

// TestOtherSystems holds the types of the whole program against the files of other systems, so that
// what only one system has is not used on all. Nothing is compiled: of other modules and of Go's own
// packages only the declarations are read. It takes 12 s of a processor, so scripts/check.sh asks for it.
func TestOtherSystems(t *testing.T) {
	if os.Getenv("QUIPU_SYSTEMS") == "" {
		t.Skip("QUIPU_SYSTEMS is not set; scripts/check.sh sets it")
	}
	s := &sources{fset: token.NewFileSet(), read: map[string]*ast.File{}}
	for _, system := range systems {
		found, ours, err := s.check(root(t), system)
		if err != nil {
			t.Fatal(err)
		}
		if ours < 100 {
			t.Errorf("%s: only %d packages of the program were looked at", system, ours)
		}
		obey(t, "systems", found)
	}
}

// TestOtherSystemsCanFail plants a function that only Linux has, used everywhere.
func TestOtherSystemsCanFail(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module planted\n", "a.go": "package planted\n\nvar n = free()\n", "free_linux.go": "package planted\n\nfunc free() int { return 1 }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &sources{fset: token.NewFileSet(), read: map[string]*ast.File{}}
	for system, wants := range map[string]int{"linux/arm64": 0, "darwin/arm64": 1} {
		found, ours, err := s.check(dir, system)
		if err != nil || ours != 1 || len(found) != wants {
			t.Errorf("%s: %d packages, %v, %v", system, ours, found, err)
		}
	}
}

// sources are files that were parsed: most are the same on every system.
type sources struct {
	fset *token.FileSet
	read map[string]*ast.File
}

// listed is a package as the go command lists it.
type listed struct {
	Dir, ImportPath string
	GoFiles         []string
	ImportMap       map[string]string
	Module          *struct{ Main bool }
}

// check type-checks the module in dir for a system, "OS/architecture"; ours is how many of its
// packages there are.
func (s *sources) check(dir, system string) (found []complaint, ours int, err error) {
	goos, arch, _ := strings.Cut(system, "/")
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,ImportPath,GoFiles,ImportMap,Module", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return nil, 0, err
	}
	done := map[string]*types.Package{"unsafe": types.Unsafe}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; { // a package comes after those that it imports
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return found, ours, nil
		} else if err != nil {
			return nil, 0, err
		}
		if l.ImportPath == "unsafe" {
			continue
		}
		main := l.Module != nil && l.Module.Main
		var files []*ast.File
		for _, name := range l.GoFiles {
			f, err := s.parse(filepath.Join(l.Dir, name), main)
			if err != nil {
				return nil, 0, err
			}
			files = append(files, f)
		}
		conf := types.Config{IgnoreFuncBodies: !main, Sizes: types.SizesFor("gc", arch), Importer: imported{done, l.ImportMap}, Error: func(err error) {
			found = append(found, complaint{l.ImportPath, "for " + system + ": " + err.Error()})
		}}
		done[l.ImportPath], _ = conf.Check(l.ImportPath, s.fset, files, nil) //nolint:errcheck // each error was told
		if main {
			ours++
		}
	}
}

// parse reads a file, without what its functions do unless it is one of the program's.
func (s *sources) parse(path string, whole bool) (*ast.File, error) {
	if f := s.read[path]; f != nil {
		return f, nil
	}
	f, err := parser.ParseFile(s.fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if s.read[path] = f; !whole {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				fn.Body = &ast.BlockStmt{}
			}
		}
	}
	return f, nil
}

// imported finds what a package imports among those that were checked, through the names under which
// the go command has it.
type imported struct {
	done  map[string]*types.Package
	names map[string]string
}

func (i imported) Import(path string) (*types.Package, error) {
	if is := i.names[path]; is != "" {
		path = is
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("not listed before it was imported: " + path)
}
