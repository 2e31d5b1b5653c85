package xform

import (
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// names finds the items that ${name} means, and the path from one to another.
type names struct {
	form   *survey.Form
	nodes  []*survey.Node
	byName map[string]*survey.Node
	byPath map[string]*survey.Node
}

func newNames(f *survey.Form) *names {
	n := &names{form: f, nodes: f.Nodes(), byPath: map[string]*survey.Node{}}
	n.byName = survey.Names(n.nodes)
	for _, node := range n.nodes {
		if !node.External() {
			n.byPath[node.Path] = node
		}
	}
	return n
}

// lastSavedID is the secondary instance with the answers of the form that was saved last.
const lastSavedID = "__last-saved"

// above gives the groups and repeats around a node, nearest first.
func above(n *survey.Node) []*survey.Node {
	var out []*survey.Node
	for p := n.Parent; p != nil; p = p.Parent {
		out = append(out, p)
	}
	return out
}

// relative is the path from a node to another when both are in the same repeat, so that it
// stays in the same instance of that repeat; "" otherwise. toList asks for the way past the
// repeat, which a list made of its instances needs.
func relative(from, to *survey.Node, toList bool) string {
	shared := func(kind func(*survey.Node) bool) (steps int, at *survey.Node) {
		mine, its := above(from), above(to)
		for i, a := range mine {
			for _, b := range its {
				if a.Item == b.Item && kind(a) {
					return i + 1, a
				}
			}
		}
		return 0, nil
	}
	steps, repeat := shared(func(n *survey.Node) bool { return n.Type == survey.Repeat })
	if repeat == nil {
		return ""
	}
	if toList && same(repeat, to.Repeat()) && (repeat.Repeat() == nil || !same(from.Repeat(), repeat)) {
		base := ""
		if repeat.Parent != nil {
			base = repeat.Parent.Path
		} else {
			base = repeat.Path[:strings.LastIndexByte(repeat.Path, '/')]
		}
		return strings.Repeat("../", steps+1) + strings.TrimPrefix(to.Path[len(base):], "/")
	}
	steps, group := shared(func(*survey.Node) bool { return true })
	return strings.Repeat("../", steps) + strings.TrimPrefix(to.Path[len(group.Path):], "/")
}

func same(a, b *survey.Node) bool { return a != nil && b != nil && a.Item == b.Item }

// Resolver puts paths for the ${name} of the expressions of a form: what clients are given.
// filter says that it is a choice filter.
func Resolver(f *survey.Form) func(source string, at *survey.Node, filter bool) string {
	n := newNames(f)
	return func(source string, at *survey.Node, filter bool) string {
		return n.expr(source, at, where{filter: filter})
	}
}

// where says in which kind of expression a reference stands.
type where struct {
	filter bool // a choice filter: "." is a choice, current() the question
	list   bool // of a list that is made of the instances of a repeat
}

// expr puts paths for the ${name} of an expression that belongs to a node; from is nil for the
// settings. An expression that cannot be read stays as it is, and the check has told so.
func (n *names) expr(source string, from *survey.Node, w where) string {
	if !strings.Contains(source, "${") {
		return source
	}
	e, err := xpath.Parse(source)
	if err != nil {
		return source
	}
	var b strings.Builder
	last := 0
	for _, r := range e.Refs() {
		p := n.path(r, from, w)
		b.WriteString(source[last:r.From])
		b.WriteString(apart(source, r.From-1) + p + apart(source, r.To))
		last = r.To
	}
	return b.String() + source[last:]
}

// apart is the space that keeps a path apart from the sign at that place of the source.
func apart(source string, at int) string {
	if at < 0 || at >= len(source) || strings.ContainsRune(" \t\n(),[]", rune(source[at])) {
		return ""
	}
	return " "
}

// path is what a reference becomes.
func (n *names) path(r xpath.Ref, from *survey.Node, w where) string {
	to := n.byName[r.Name]
	switch {
	case r.Name == "instanceID" || r.Name == "instanceName":
		return "/" + n.form.Root() + "/meta/" + r.Name
	case to == nil:
		return "${" + r.Name + "}"
	case r.LastSaved:
		return "instance('" + lastSavedID + "')" + to.Path
	case from == nil, r.Indexed == 0, r.Indexed > 0 && r.Indexed%2 == 1:
		return to.Path
	}
	p := relative(from, to, w.list)
	switch {
	case p == "":
		return to.Path
	case w.filter || r.Instance:
		return "current()/" + p
	}
	return p
}

// mixed is a text whose ${name} are outputs.
func (n *names) mixed(s string, from *survey.Node) []*element {
	var out []*element
	rest := s
	survey.Mention(s, func(name string, saved bool) string {
		mark := "${" + name + "}"
		if saved {
			mark = "${last-saved#" + name + "}"
		}
		before, after, _ := strings.Cut(rest, mark)
		if before != "" {
			out = append(out, text(before))
		}
		out = append(out, el("output", "value", n.path(xpath.Ref{Name: name, LastSaved: saved, Indexed: -1}, from, where{})))
		rest = after
		return ""
	})
	if rest != "" {
		out = append(out, text(rest))
	}
	return out
}
