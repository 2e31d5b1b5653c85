package survey

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Sensitive gives the questions of a questionnaire's versions whose answers never leave in a row
// of their own, by their short path: those that a version marks, in every version; what is in a
// marked group; and whatever is reckoned from, asked, filtered or bounded because of one of them,
// since it tells of its answer.
//
// Which questions an expression speaks of is decided by the names in it, so that paths of every
// kind count. It errs towards withholding.
func Sensitive(versions ...*Form) map[string]bool {
	marked, out, nodes := map[string]bool{}, map[string]bool{}, make([][]*Node, len(versions))
	for i, f := range versions {
		nodes[i] = f.Nodes()
		for _, n := range nodes[i] {
			if n.Sensitive {
				marked[n.Name] = true
			}
		}
	}
	for before := -1; before < len(out); {
		before = len(out)
		for _, version := range nodes {
			t := told(version, out)
			for _, n := range version {
				if marked[n.Name] || n.Parent != nil && out[n.Parent.Short()] || n.speaksOf(t) {
					out[n.Short()] = true
				}
			}
		}
	}
	return out
}

// telling are the names by which an expression reaches what is withheld.
type telling struct {
	items  map[string]bool // of withheld items
	groups map[string]bool // of what is around them: its text is that of all within
	any    bool
}

func told(nodes []*Node, withheld map[string]bool) telling {
	t := telling{map[string]bool{}, map[string]bool{}, false}
	for _, n := range nodes {
		if !withheld[n.Short()] {
			continue
		}
		t.any, t.items[n.Name] = true, true
		for p := n.Parent; p != nil; p = p.Parent {
			t.groups[p.Name] = true
		}
	}
	return t
}

// speaksOf reports whether an expression of the item uses what is withheld.
func (n *Node) speaksOf(t telling) bool {
	if !t.any {
		return false
	}
	said := []string{n.Relevant, n.Constraint, n.Required, n.ReadOnly, n.Calculation, n.ChoiceFilter, n.RepeatCount}
	if n.Dynamic() {
		said = append(said, n.Default)
	}
	if strings.HasPrefix(n.List, "${") {
		said = append(said, n.List)
	}
	for _, k := range slices.Sorted(maps.Keys(n.Extra)) {
		said = append(said, n.Extra[k])
	}
	return slices.ContainsFunc(said, t.in) || slices.ContainsFunc(n.Trigger, func(name string) bool { return t.items[name] })
}

var (
	pathName  = regexp.MustCompile(`[\p{L}_][\p{L}\p{M}\p{N}_.·-]*`)
	plainText = regexp.MustCompile(`'[^'/$]*'|"[^"/$]*"`) // a text that holds no path
	sweeping  = regexp.MustCompile(`//|[/@]\s*\*|^\s*\*|\(\s*\*|::|node\(\)`)
	itsPlace  = regexp.MustCompile(`position\(\s*\.\.\s*\)`)
	upwards   = regexp.MustCompile(`\.\.\s*(?:[^\s/.]|$)`) // the group around, as a whole
)

func (t telling) in(expression string) bool {
	e := plainText.ReplaceAllString(expression, "''")
	if sweeping.MatchString(e) || upwards.MatchString(itsPlace.ReplaceAllString(e, "1")) {
		return true
	}
	for _, at := range pathName.FindAllStringIndex(e, -1) {
		rest := strings.TrimLeft(e[at[1]:], " ")
		switch name := e[at[0]:at[1]]; {
		case strings.HasPrefix(rest, "("): // a function
		case t.items[name], t.groups[name] && !strings.HasPrefix(rest, "/"):
			return true
		}
	}
	return false
}
