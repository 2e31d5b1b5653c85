package xform

import (
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// plain puts ${name} for the paths of an expression that belongs to a node, where that is what
// would be written for them again.
func (n *names) plain(source string, from *survey.Node, w where) string {
	e, err := xpath.Parse(source)
	if err != nil {
		return source
	}
	var b strings.Builder
	last := 0
	for _, p := range e.Places() {
		name := n.named(p, from, w)
		if name == "" {
			continue
		}
		b.WriteString(source[last:p.From] + name)
		last = p.To
	}
	return strings.TrimSpace(b.String() + source[last:])
}

// named is the ${name} that a path stands for, "" where it stands for none.
func (n *names) named(p xpath.Place, from *survey.Node, w where) string {
	if !p.Absolute && !p.Current && !p.LastSaved && (p.Up == 0 || p.Predicate) {
		return "" // a column of a list, or a step inside a predicate
	}
	full := "/" + strings.Join(p.Names, "/")
	if !p.Absolute && !p.LastSaved {
		if from == nil {
			return ""
		}
		base := from.Path
		for range p.Up {
			base = base[:max(0, strings.LastIndexByte(base, '/'))]
		}
		full = base + full
	}
	meta := "/" + n.form.Root() + "/meta/"
	if name, ok := strings.CutPrefix(full, meta); ok && (name == "instanceID" || name == "instanceName") {
		return "${" + name + "}"
	}
	to := n.byPath[full]
	if to == nil || n.byName[to.Name] == nil {
		return ""
	}
	ref := xpath.Ref{Name: to.Name, LastSaved: p.LastSaved, Indexed: p.Indexed, Instance: p.Predicate}
	again, err := xpath.Parse(n.path(ref, from, w))
	if err != nil || len(again.Places()) != 1 {
		return ""
	}
	if q := again.Places()[0]; q.Absolute != p.Absolute || q.Current != p.Current || q.Up != p.Up || q.LastSaved != p.LastSaved {
		return ""
	}
	if p.LastSaved {
		return "${last-saved#" + to.Name + "}"
	}
	return "${" + to.Name + "}"
}
