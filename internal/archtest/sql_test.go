package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// twoWays are the constructs that SQLite and PostgreSQL understand differently, or only
// one of them does, each with what to write instead.
var twoWays = []struct {
	re      *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`[$?][0-9]`), "number no parameters: write ?"},
	{regexp.MustCompile(`(?i)\bi?like\s`), "compare a stored folded column"},
	{regexp.MustCompile(`->>`), "store the value in a column"},
	{regexp.MustCompile(`(?i)\b(instr|position|strpos)\s*\(`), "use substr, or search in Go"},
	{regexp.MustCompile(`(?i)\b(hex|encode)\s*\(`), "encode in Go"},
	{regexp.MustCompile(`(?i)\bgroup_concat\b`), "use string_agg(x, ',' ORDER BY x)"},
	{regexp.MustCompile(`(?i)\bround\s*\([^()]*,`), "round in Go"},
	{regexp.MustCompile(`(?i)\bgenerate_series\b`), "use a recursive CTE"},
	{regexp.MustCompile(`(?i)\bpercentile_cont\b`), "compute it in Go"},
	{regexp.MustCompile(`(?i)\bfor update\b|\bskip locked\b`), "put it in store/postgres"},
	{regexp.MustCompile(`(?i)\bjson_each\b|\bjsonb?_\w+\s*\(`), "keep JSON out of queries"},
	{regexp.MustCompile(`(?i)^\s*(savepoint|rollback to)\b`), "one transaction, begun in app"},
	{regexp.MustCompile(`(?i)\binsert or (replace|ignore)\b`), "use ON CONFLICT"},
	{regexp.MustCompile(`(?i)\bautoincrement\b|\b(big)?serial\b`), "use the template word of the migrations"},
	{regexp.MustCompile(`(?i)\bselect\s+\*`), "name the columns: an old program reads a new table"},
	{regexp.MustCompile(`(?i)(^|[^(]\s*)\bsum\s*\(count\(\*\)\)\s*over`), "wrap it in cast(… AS BIGINT)"},
}

// dialect checks one statement, or a part of one.
func dialect(sql string) (found []string) {
	for _, w := range twoWays {
		if m := w.re.FindString(sql); m != "" {
			found = append(found, fmt.Sprintf("%q: %s", strings.TrimSpace(m), w.instead))
		}
	}
	return found
}

// shared reports whether a file of store is written for both engines.
func shared(at string) bool {
	for _, d := range []string{"sqlite", "postgres", "pgtest"} {
		if strings.HasPrefix(at, "internal/store/"+d+"/") {
			return false
		}
	}
	return true
}

var sqlComment = regexp.MustCompile(`--[^\n]*`)

func TestOneDialect(t *testing.T) {
	var found []complaint
	for _, p := range repo(t) {
		for _, f := range p.files {
			if strings.HasPrefix(f.path, "internal/store/") && shared(f.path) {
				found = append(found, goDialect(f)...)
			}
		}
	}
	for at, text := range texts(t, "internal/store", ".sql") {
		if shared(at) {
			for _, what := range dialect(sqlComment.ReplaceAllString(text, "")) {
				found = append(found, complaint{at, what})
			}
		}
	}
	obey(t, "dialect", found)
}

// goDialect looks at every string of a Go file: statements are put together from parts.
func goDialect(f file) (found []complaint) {
	ast.Inspect(f.ast, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		s, _ := strconv.Unquote(lit.Value)
		for _, what := range dialect(s) {
			found = append(found, complaint{f.path, fmt.Sprintf("line %d: %s", f.line(lit.Pos()), what)})
		}
		return true
	})
	return found
}
