package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var place = regexp.MustCompile(`\{[a-z0-9_]+\}`)

func TestCatalogueIsWhole(t *testing.T) {
	if err := Check(); err != nil {
		t.Error(err)
	}
	c, _ := load()
	for lang, twin := range map[Lang]Lang{Spanish: English, English: Spanish} {
		for _, key := range slices.Sorted(maps.Keys(c[lang])) {
			other, ok := c[twin][key]
			if !ok {
				t.Errorf("%s has %q, %s has not", lang, key, twin)
				continue
			}
			if a, b := places(c[lang][key]), places(other); !slices.Equal(a, b) {
				t.Errorf("%q: %s has places %v, %s has %v", key, lang, a, twin, b)
			}
		}
	}
}

func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// use is one literal key and where it is written.
type use struct{ key, at string }

func TestEveryUsedKeyExists(t *testing.T) {
	uses := append(scan(t, ".."), scan(t, filepath.Join("..", "..", "cmd"))...)
	if len(uses) == 0 {
		t.Fatal("the scan found no key at all: it looks in the wrong place")
	}
	for _, u := range uses {
		for _, lang := range Langs {
			if !Has(lang, u.key) {
				t.Errorf("%s: no %s message for %q", u.at, lang, u.key)
			}
		}
	}
}

func scan(t *testing.T, root string) []use {
	t.Helper()
	var uses []use
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case os.IsNotExist(err):
			return nil
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case strings.HasSuffix(path, ".html"):
			uses = append(uses, templateUses(t, path)...)
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			uses = append(uses, goUses(t, path)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return uses
}

var (
	action      = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	templateKey = regexp.MustCompile(`(?:^|[\s({])(tn?) "([^"]+)"`)
)

func templateUses(t *testing.T, path string) []use {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var uses []use
	for _, a := range action.FindAllString(string(text), -1) {
		for _, m := range templateKey.FindAllStringSubmatch(a, -1) {
			uses = append(uses, counted(m[1] == "tn", m[2], path)...)
		}
	}
	return uses
}

func counted(plural bool, key, at string) []use {
	if plural {
		return []use{{key + ".one", at}, {key + ".other", at}}
	}
	return []use{{key, at}}
}

func goUses(t *testing.T, path string) []use {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, 0)
	if err != nil {
		t.Logf("skipped: %v", err) // the compiler says it better
		return nil
	}
	var uses []use
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		key, ok := literal(call.Args[1])
		if !ok {
			return true
		}
		at := fset.Position(call.Pos()).String()
		switch callee(call) {
		case "i18n.T":
			uses = append(uses, use{key, at})
		case "i18n.TN":
			uses = append(uses, counted(true, key, at)...)
		case "fault.New":
			uses = append(uses, use{"fault." + key, at})
		}
		return true
	})
	return uses
}

func callee(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return pkg.Name + "." + sel.Sel.Name
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
