package bench

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// form is a form of a page as a browser holds it before anybody types: every control with
// the value that the page gave it.
type form struct {
	action  string
	fields  url.Values
	hidden  []string // names of hidden inputs
	buttons []button
}

// button is what a form is sent with; Name is "" for one that adds nothing.
type button struct{ Name, Value string }

// forms reads the forms of a page. What it cannot read has none.
func forms(page []byte) []form {
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		return nil
	}
	var out []form
	named := map[string]int{}
	var outside []*html.Node // controls that name their form by its id
	var walk func(n *html.Node, in int)
	walk = func(n *html.Node, in int) {
		if n.Type == html.ElementNode {
			switch {
			case n.Data == "form":
				in = len(out)
				named[attr(n, "id")] = in
				out = append(out, form{action: attr(n, "action"), fields: url.Values{}})
			case attr(n, "form") != "":
				outside = append(outside, n)
			case in >= 0:
				out[in].take(n)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, in)
		}
	}
	walk(root, -1)
	for _, n := range outside {
		if i, ok := named[attr(n, "form")]; ok {
			out[i].take(n)
		}
	}
	return out
}

// take adds a control with the value that it would be sent with.
func (f *form) take(n *html.Node) {
	name := attr(n, "name")
	if has(n, "disabled") {
		return
	}
	switch n.Data {
	case "button":
		if kind := attr(n, "type"); kind == "" || kind == "submit" {
			f.buttons = append(f.buttons, button{name, attr(n, "value")})
		}
	case "textarea":
		f.add(name, strings.TrimPrefix(text(n), "\n"))
	case "select":
		f.add(name, chosen(n))
	case "input":
		f.input(n, name)
	}
}

func (f *form) input(n *html.Node, name string) {
	switch kind := attr(n, "type"); kind {
	case "submit":
		f.buttons = append(f.buttons, button{name, attr(n, "value")})
	case "checkbox", "radio":
		if has(n, "checked") {
			value := attr(n, "value")
			if value == "" {
				value = "on"
			}
			f.add(name, value)
		}
	case "button", "image", "reset", "file":
	default:
		if kind == "hidden" {
			f.hidden = append(f.hidden, name)
		}
		f.add(name, attr(n, "value"))
	}
}

func (f *form) add(name, value string) {
	if name != "" {
		f.fields.Add(name, value)
	}
}

// has reports whether a form asks for a name, or only carries it on.
func (f *form) has(name string) bool { return f.fields.Has(name) }

// fill types values into the controls that the form shows.
func (f *form) fill(values map[string]string) {
	for name, value := range values {
		if value != "" && !slices.Contains(f.hidden, name) {
			f.fields.Set(name, value)
		}
	}
}

// press adds the button that goes on: the first of those that are wanted, or one without a
// name, as the key Enter would press, or else the first there is.
func (f *form) press(wanted ...button) {
	for _, w := range wanted {
		for _, b := range f.buttons {
			if b.Name == w.Name && (w.Value == "" || b.Value == w.Value) {
				f.fields.Set(b.Name, b.Value)
				return
			}
		}
	}
	if len(f.buttons) > 0 && f.buttons[0].Name != "" && !slices.ContainsFunc(f.buttons, func(b button) bool { return b.Name == "" }) {
		f.fields.Set(f.buttons[0].Name, f.buttons[0].Value)
	}
}

// find is the first form that the test holds of.
func find(all []form, test func(*form) bool) *form {
	for i := range all {
		if test(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

func chosen(sel *html.Node) (value string) {
	first := true
	var walk func(n *html.Node) bool
	walk = func(n *html.Node) bool {
		if n.Type == html.ElementNode && n.Data == "option" {
			if first || has(n, "selected") {
				if value = attr(n, "value"); !has(n, "value") {
					value = strings.TrimSpace(text(n))
				}
				first = false
			}
			return has(n, "selected")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if walk(c) {
				return true
			}
		}
		return false
	}
	walk(sel)
	return value
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
