package desk

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"quipu/internal/web/ui"
)

// refilling is one form of a page that gets back what was typed in it.
type refilling struct {
	left  url.Values      // what has no place yet
	other map[string]bool // names of buttons, files and passwords: those are not filled in
}

// refill puts what was typed into the form of the page that is sent to action; rest is what
// introduces the answers to questions that the page does not ask any more. ok is false when
// the page has no such form.
func refill(page []byte, action string, form url.Values, rest string) (filled []byte, ok bool, err error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, false, err
	}
	node := bestForm(doc, action, form)
	if node == nil {
		return nil, false, nil
	}
	r := &refilling{left: url.Values{}, other: map[string]bool{}}
	for name, values := range form {
		r.left[name] = slices.Clone(values)
	}
	r.fill(node)
	r.append(node, rest)
	var b bytes.Buffer
	err = html.Render(&b, doc)
	return b.Bytes(), true, err
}

// bestForm is the form that is sent to action and asks for most of the names: a page may
// have several buttons with the same address.
func bestForm(doc *html.Node, action string, form url.Values) (best *html.Node) {
	most := -1
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Form || attribute(n, "action") != action || attribute(n, "method") != "post" {
			continue
		}
		has := 0
		for c := range n.Descendants() {
			if name := attribute(c, "name"); name != "" && form.Has(name) {
				has++
			}
		}
		if has > most {
			best, most = n, has
		}
	}
	return best
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func setAttribute(n *html.Node, key, value string) {
	unset(n, key)
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func unset(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func (r *refilling) fill(form *html.Node) {
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if name == "" {
			continue
		}
		switch n.DataAtom {
		case atom.Input:
			r.input(n, name, attribute(n, "type"))
		case atom.Textarea:
			if text, ok := r.take(name); ok {
				for n.FirstChild != nil {
					n.RemoveChild(n.FirstChild)
				}
				n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
				open(n, text)
			}
		case atom.Select:
			r.choose(n, name)
		case atom.Button:
			r.other[name] = true
		}
	}
}

// take is the next answer to a question that may stand several times.
func (r *refilling) take(name string) (string, bool) {
	values := r.left[name]
	if len(values) == 0 {
		return "", false
	}
	r.left[name] = values[1:]
	return values[0], true
}

// takeOne takes one answer out of those that were chosen.
func (r *refilling) takeOne(name, value string) bool {
	i := slices.Index(r.left[name], value)
	if i >= 0 {
		r.left[name] = slices.Delete(r.left[name], i, i+1)
	}
	return i >= 0
}

func (r *refilling) input(n *html.Node, name, kind string) {
	switch kind {
	case "checkbox", "radio":
		value := attribute(n, "value")
		unset(n, "checked")
		if r.takeOne(name, value) {
			setAttribute(n, "checked", "")
			open(n, value)
		}
	case "file", "password", "submit":
		r.other[name] = true
	default:
		if text, ok := r.take(name); ok {
			setAttribute(n, "value", text)
			if kind != "hidden" {
				open(n, text)
			}
		}
	}
}

func (r *refilling) choose(n *html.Node, name string) {
	value, ok := r.take(name)
	if !ok {
		return
	}
	found := value == ""
	for o := range n.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		unset(o, "selected")
		if attribute(o, "value") == value {
			setAttribute(o, "selected", "")
			found = true
		}
	}
	if !found { // a code that is not offered any more
		o := element(atom.Option, value)
		setAttribute(o, "value", value)
		setAttribute(o, "selected", "")
		n.AppendChild(o)
	}
	open(n, value)
}

// open opens what hides a question that was answered.
func open(n *html.Node, text string) {
	if text == "" {
		return
	}
	for p := range n.Ancestors() {
		if p.DataAtom == atom.Details {
			setAttribute(p, "open", "")
		}
	}
}

// append adds the answers to questions that the form does not ask any more: they are sent
// again, and the officer sees them.
func (r *refilling) append(form *html.Node, rest string) {
	list := element(atom.Ul, "")
	setAttribute(list, "class", "govuk-list govuk-list--bullet")
	for _, name := range sortedNames(r.left) {
		if r.other[name] {
			continue
		}
		for _, text := range r.left[name] {
			in := element(atom.Input, "")
			for _, a := range [][2]string{{"type", "hidden"}, {"name", name}, {"value", text}} {
				setAttribute(in, a[0], a[1])
			}
			form.AppendChild(in)
			if text != "" && !unseen(name) {
				list.AppendChild(element(atom.Li, text))
			}
		}
	}
	if list.FirstChild == nil {
		return
	}
	box := element(atom.Div, "")
	setAttribute(box, "class", "govuk-inset-text")
	box.AppendChild(element(atom.P, rest))
	box.AppendChild(list)
	form.InsertBefore(box, form.FirstChild)
}

// unseen reports names that nobody typed anything under.
func unseen(name string) bool { return strings.HasPrefix(name, "v:") || name == ui.Token }

func element(tag atom.Atom, text string) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: tag, Data: tag.String()}
	if text != "" {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: text})
	}
	return n
}

func sortedNames(form url.Values) []string { return slices.Sorted(maps.Keys(form)) }
