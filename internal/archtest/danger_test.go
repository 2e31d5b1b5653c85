package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dangerous are imports with what makes them so. The packages behind them may have them;
// none may, where none is named. Support of tests is no part of the program.
var dangerous = []struct {
	imports []string
	why     string
	allowed []string
}{
	{[]string{"unsafe", "plugin", "runtime/cgo"}, "memory that nobody guards", []string{"internal/host"}},
	{[]string{"crypto/md5"}, "broken: only where OpenRosa names the contents of a form by it, which protects nothing", []string{"internal/openrosa"}},
	{[]string{"crypto/des", "crypto/rc4", "crypto/dsa", "crypto/elliptic"}, "broken, or easily used wrongly", nil},
	{[]string{"crypto/sha1"}, "only within HMAC, for the apps that make one-time codes", []string{"internal/authn"}},
	{[]string{"text/template"}, "escapes nothing", nil},
	{[]string{"encoding/gob"}, "reads more kinds of things than were meant", nil},
	{[]string{"encoding/xml"}, "reads more kinds of things than were meant: only the forms and answers of OpenRosa and DDI, without document types",
		[]string{"internal/survey/study", "internal/survey/xform", "internal/survey/ddi", "internal/openrosa", "internal/estimate/table"}},
	{[]string{"net/http/pprof", "expvar", "net/http/cgi", "net/http/httputil"}, "shows or does more than was meant", nil},
	{[]string{"net/smtp", "net/rpc"}, "speaks to others", nil},
	{[]string{"os/exec"}, "starts other programs", []string{"internal/bench", "internal/bench/failover", "internal/bench/splink", "internal/bench/surveying", "internal/operation/again"}},
	{[]string{"math/rand", "math/rand/v2"}, "can be foreseen", []string{"internal/synth", "internal/bench", "internal/bench/surveying", "internal/estimate/..."}}, // estimates are drawn again from their seed
}

// permits reports whether a package is among those allowed; "a/..." is a and all below it.
func permits(allowed []string, p string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		tree, ok := strings.CutSuffix(a, "/...")
		return a == p || ok && below(p, []string{tree})
	})
}

// dangers checks what a package of the program imports.
func dangers(p pkg) (found []complaint) {
	for _, imp := range p.imports {
		for _, d := range dangerous {
			if slices.Contains(d.imports, imp) && !permits(d.allowed, p.path) {
				found = append(found, complaint{p.path, "imports " + imp + ": " + d.why})
			}
		}
	}
	return found
}

// calling are the functions and types with which a program speaks to others unasked.
var calling = map[string][]string{
	"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/http":   {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport", "NewRequest", "NewRequestWithContext"},
}

// outward checks that a file asks nobody for anything.
func outward(f file) (found []complaint) {
	names := localNames(f)
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(calling[names[x.Name]], sel.Sel.Name) {
			found = append(found, complaint{path.Dir(f.path), fmt.Sprintf("%s, line %d, uses %s.%s: the program asks nobody unless docs/security.md says whom and why",
				path.Base(f.path), f.line(sel.Pos()), x.Name, sel.Sel.Name)})
		}
		return true
	})
	return found
}

// supports reports whether a package is only for tests.
func supports(p string) bool {
	return strings.HasSuffix(p, "test")
}

func TestDangers(t *testing.T) {
	var d, o []complaint
	n := 0
	for _, p := range repo(t) {
		if supports(p.path) {
			continue
		}
		n++
		d = append(d, dangers(p)...)
		for _, f := range p.files {
			if !f.test() {
				o = append(o, outward(f)...)
			}
		}
	}
	if n < 20 {
		t.Fatalf("only %d packages of the program were found", n)
	}
	obey(t, "danger", d)
	obey(t, "outward", o)
}

// cryptographic reports whether an import is cryptography.
func cryptographic(imp string) bool {
	for _, begins := range []string{"crypto/", "golang.org/x/crypto/", "golang.org/x/mod/sumdb/", "github.com/go-webauthn/", "github.com/ncruces/go-sqlite3/vfs/adiantum",
		"github.com/coreos/go-oidc", "github.com/go-jose/"} {
		if strings.HasPrefix(imp, begins) {
			return true
		}
	}
	return false
}

// inventory compares the packages that use cryptography with the rows of the list in
// docs/security.md, each of which begins with the package.
func inventory(pkgs []pkg, table string) (found []complaint) {
	listed := map[string]bool{}
	for line := range strings.Lines(table) {
		if rest, ok := strings.CutPrefix(line, "| `internal/"); ok {
			name, _, _ := strings.Cut(rest, "`")
			listed["internal/"+name] = true
		}
	}
	for _, p := range pkgs {
		uses := slices.ContainsFunc(p.imports, cryptographic)
		if uses && !listed[p.path] {
			found = append(found, complaint{p.path, "uses cryptography that the list in docs/security.md does not have"})
		}
		if !uses && listed[p.path] {
			found = append(found, complaint{p.path, "is in the list of cryptography in docs/security.md and uses none"})
		}
		delete(listed, p.path)
	}
	for p := range listed {
		found = append(found, complaint{p, "is in the list of cryptography in docs/security.md and is not there"})
	}
	return found
}

func TestCryptographyIsListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	pkgs := slices.DeleteFunc(slices.Clone(repo(t)), func(p pkg) bool { return supports(p.path) })
	obey(t, "cryptography", inventory(pkgs, string(text)))
}
