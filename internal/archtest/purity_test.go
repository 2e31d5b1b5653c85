package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// impure are the imports that a pure package may not have, whatever it does with them.
var impure = []string{"os", "net", "net/http", "database/sql", "context", "crypto/rand", "math/rand", "syscall", "log", "log/slog"}

// clock are the functions of package time that look at the clock or wait for it.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// seeded is what a pure package may take from math/rand/v2: only what needs a seed.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "PCG", "ChaCha8", "Zipf"}

// pure reports whether rule 4 binds the package.
func pure(p string) bool {
	first, layer, _ := home(p)
	nested := strings.Count(p, "/") > 1
	return layer == kernel || layer == domain || (first == "change" || first == "sync") && !nested
}

// localNames gives the path of each import by the name that the file calls it.
func localNames(f file) map[string]string {
	names := map[string]string{}
	for i, imp := range f.ast.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		name := path.Base(p)
		if p == "math/rand/v2" {
			name = "rand"
		}
		if imp.Name != nil {
			name = imp.Name.Name
		}
		if name == "_" || name == "." {
			name += strconv.Itoa(i) // there may be several
		}
		names[name] = p
	}
	return names
}

// purity checks rule 4: no clock, no unseeded chance, no world outside.
func purity(f file) (found []complaint) {
	if f.test() {
		return nil
	}
	names := localNames(f)
	for _, p := range names {
		if slices.Contains(impure, p) {
			found = append(found, complaint{f.path, "imports " + p + " in a pure package"})
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok {
			return true
		}
		p, name := names[x.Name], sel.Sel.Name
		if p == "time" && slices.Contains(clock, name) || p == "math/rand/v2" && !slices.Contains(seeded, name) {
			found = append(found, complaint{f.path, fmt.Sprintf("line %d uses %s.%s: the caller passes time and seed in", f.line(sel.Pos()), x.Name, name)})
		}
		return true
	})
	return found
}

func TestPurity(t *testing.T) {
	var found []complaint
	n := 0
	for _, p := range repo(t) {
		if !pure(p.path) {
			continue
		}
		n++
		for _, f := range p.files {
			found = append(found, purity(f)...)
		}
	}
	if n < 5 {
		t.Fatalf("only %d pure packages were found", n)
	}
	obey(t, "purity", found)
}
