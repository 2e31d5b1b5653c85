package archtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

type layer int

const (
	kernel layer = iota
	domain
	mechanism
	store
	app
	edge // web, api, render, cli
	command
	support // helpers of tests
)

var layerNames = []string{"kernel", "domain", "mechanism", "store", "app", "edge", "cmd", "test support"}

func (l layer) String() string { return layerNames[l] }

// house says where each package lives; a package below one lives with it.
var house = map[string]layer{
	"fault": kernel, "id": kernel, "civil": kernel, "name": kernel, "code": kernel, "place": kernel, "doc": kernel, "distance": kernel,

	"registry": domain, "linkage": domain, "intake": domain, "synth": domain, "survey": domain, "estimate": domain, "plan": domain, "refcase": domain,
	"publish": domain, "commitments": domain, "acts": domain, "cases": domain, "crisis": domain,
	"participation": domain, "programmes": domain, "rights": domain, "access": domain, "campaign": domain,

	"change": mechanism, "sync": mechanism, "audit": mechanism, "seal": mechanism, "authn": mechanism,
	"authz": mechanism, "constancy": mechanism, "host": mechanism, "i18n": mechanism, "tabular": mechanism, "job": mechanism, "archive": mechanism,

	"store": store, "app": app,
	"web": edge, "api": edge, "openrosa": edge, "render": edge, "cli": edge, "bench": edge, "operation": edge,
	"archtest": support,
}

// between are the imports allowed inside a layer; what is not here is forbidden, except
// within kernel, mechanism and store, where the compiler's ban on cycles is enough.
var between = map[string][]string{
	"linkage": {"registry"}, "intake": {"registry"}, "synth": {"registry", "survey"}, "rights": {"registry"},
	"estimate": {"survey"}, "publish": {"estimate"}, "plan": {"estimate"}, "refcase": {"estimate", "plan"},
	"web": {"render"}, "api": {"render"}, "cli": {"web", "api", "openrosa", "render", "bench", "operation"},
}

// upward are the packages of a higher layer that a lower one may import: every decision
// of the domain is made of changes.
var upward = map[layer][]string{domain: {"change"}}

// home is the first name of a package below internal, and its layer.
func home(p string) (string, layer, bool) {
	if strings.HasPrefix(p, "cmd/") {
		return "cmd", command, true
	}
	rest, ok := strings.CutPrefix(p, "internal/")
	if !ok {
		return "", 0, false
	}
	first, _, nested := strings.Cut(rest, "/")
	l, ok := house[first]
	if nested && strings.HasSuffix(p, "test") {
		l = support
	}
	return first, l, ok
}

// arrows checks rules 1 and 2: imports point towards the kernel.
func arrows(p pkg) (found []complaint) {
	from, layer, ok := home(p.path)
	if !ok {
		return []complaint{{p.path, "has no place in the house: give it a layer"}}
	}
	if layer == support {
		return nil
	}
	for _, imp := range p.imports {
		rest, ours := strings.CutPrefix(imp, module+"/")
		if !ours {
			continue
		}
		to, toLayer, ok := home(rest)
		if !ok || from == to && toLayer != support || allowed(from, layer, to, toLayer) || measured(from, rest) {
			continue
		}
		found = append(found, complaint{p.path, fmt.Sprintf("%s (%v) may not import %s (%v)", p.path, layer, rest, toLayer)})
	}
	return found
}

// measured lets the measurements reach the bare database that they set beside the register;
// the register itself they reach as everybody does.
func measured(from, rest string) bool { return from == "bench" && rest == "internal/store/bare" }

func allowed(from string, layer layer, to string, toLayer layer) bool {
	switch {
	case toLayer == support:
		return false
	case layer == edge && toLayer == store:
		return false // a transaction starts in app only
	case layer == mechanism && toLayer == domain:
		return false
	case layer == toLayer:
		free := layer == kernel || layer == mechanism || layer == store
		return free || slices.Contains(between[from], to)
	}
	return toLayer < layer || slices.Contains(upward[layer], to)
}

// outside are the modules beyond the standard library that the inner layers may use.
var outside = map[layer][]string{
	kernel: {"golang.org/x/text", "github.com/nyaruka/phonenumbers", "github.com/gosimple/unidecode"},
	domain: {"golang.org/x/text", "gonum.org/v1/gonum"},
}

var databases = []string{"database/sql", "modernc.org/sqlite", "github.com/ncruces/go-sqlite3", "github.com/jackc/pgx", "github.com/pressly/goose"}

func below(imp string, roots []string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return imp == r || strings.HasPrefix(imp, r+"/") })
}

// reach checks rule 3 and what the inner layers may take from outside.
func reach(p pkg) (found []complaint) {
	first, layer, _ := home(p.path)
	for _, imp := range p.imports {
		if below(imp, databases) && first != "store" {
			found = append(found, complaint{p.path, "imports " + imp + ": only store speaks to a database"})
		}
		std := !strings.Contains(strings.SplitN(imp, "/", 2)[0], ".")
		if std || imp == module || strings.HasPrefix(imp, module+"/") {
			continue
		}
		if mods, inner := outside[layer]; inner && !below(imp, mods) {
			found = append(found, complaint{p.path, fmt.Sprintf("imports %s: the %v takes only %v from outside", imp, layer, mods)})
		}
	}
	return found
}

func TestArrows(t *testing.T) {
	var a, r []complaint
	for _, p := range repo(t) {
		a, r = append(a, arrows(p)...), append(r, reach(p)...)
	}
	obey(t, "arrows", a)
	obey(t, "reach", r)
}
