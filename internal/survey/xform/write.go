package xform

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/survey"
)

// spaces are the names of namespaces that every form declares.
var spaces = []attr{
	{"xmlns", "http://www.w3.org/2002/xforms"},
	{"xmlns:h", "http://www.w3.org/1999/xhtml"},
	{"xmlns:ev", "http://www.w3.org/2001/xml-events"},
	{"xmlns:xsd", "http://www.w3.org/2001/XMLSchema"},
	{"xmlns:jr", "http://openrosa.org/javarosa"},
	{"xmlns:orx", "http://openrosa.org/xforms"},
	{"xmlns:odk", "http://www.opendatakit.org/xforms"},
}

// ownSpace is what is ours in an XForm: clients pass it over. It is declared where it is used.
var ownSpace = attr{"xmlns:quipu", "urn:quipu:survey"}

// sensitiveMark is on the bind of a question whose answers do not leave one by one.
const sensitiveMark = ownPrefix + "sensitive"

const (
	ownPrefix = "quipu:"
	concept   = "concept" // the note of a question that codebooks show, and the attribute that keeps it
)

// Write makes the XForm of a questionnaire in which nothing is wrong. The same form gives the
// same bytes.
func Write(f *survey.Form) []byte {
	w := &writer{names: newNames(f), form: f, starts: map[string][]*survey.Node{}}
	for _, n := range w.nodes {
		for _, t := range n.Trigger {
			w.starts[t] = append(w.starts[t], n)
		}
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?>` + "\n")
	w.html().write(&b, "")
	b.WriteString("\n")
	return []byte(b.String())
}

type writer struct {
	*names
	form   *survey.Form
	starts map[string][]*survey.Node // what a question starts, by its name
	itext  itext
}

func (w *writer) html() *element {
	s := w.form.Settings
	html := &element{name: "h:html", attrs: slices.Clone(spaces)}
	if slices.ContainsFunc(w.nodes, func(n *survey.Node) bool { return n.Sensitive || n.Notes[concept] != "" }) {
		html.set(ownSpace.name, ownSpace.value)
	}
	for _, pair := range strings.Fields(s.Namespaces) {
		name, value, ok := strings.Cut(pair, "=")
		if name = "xmlns:" + name; ok && !html.has(name) {
			html.set(name, strings.Trim(value, `"'`))
		}
	}
	body := el("h:body", "class", s.Style).add(w.controls(w.form.Children, "/"+w.form.Root())...)
	return html.add(el("h:head").add(el("h:title").add(text(s.Title)), w.model()), body)
}

// model is what is asked, without how: texts, the empty instance, lists, binds, actions.
func (w *writer) model() *element {
	m := el("model", "odk:xforms-version", "1.0.0")
	w.itext = w.texts()
	s := w.form.Settings
	if s.SubmissionURL != "" || s.PublicKey != "" || s.AutoSend != "" || s.AutoDelete != "" {
		method := ""
		if s.SubmissionURL != "" {
			method = "post"
		}
		m.add(el("submission", "action", s.SubmissionURL, "method", method, "base64RsaPublicKey", s.PublicKey,
			"orx:auto-send", s.AutoSend, "orx:auto-delete", s.AutoDelete))
	}
	m.add(w.itext.element(w))
	m.add(el("instance").add(w.instance()))
	m.add(w.lists()...)
	for _, n := range w.nodes {
		m.add(w.bind(n))
		m.add(w.actions(n, false)...)
	}
	return m.add(w.metaBinds()...)
}

// instance is the questionnaire without answers, with its values of before.
func (w *writer) instance() *element {
	s := w.form.Settings
	root := el(w.form.Root(), "id", s.ID, "version", s.Version)
	for _, name := range slices.Sorted(maps.Keys(s.Extra)) {
		if attribute, ok := strings.CutPrefix(name, "attribute::"); ok {
			root.set(attribute, s.Extra[name])
		}
	}
	w.answers(root, w.form.Children, false)
	meta := el("meta")
	for _, n := range w.nodes {
		if n.Type == survey.Audit {
			meta.add(el(n.Name))
		}
	}
	meta.add(el("instanceID"))
	if s.InstanceName != "" {
		meta.add(el("instanceName"))
	}
	return root.add(meta)
}

// answers puts the elements of items below one. A repeat has a template, from which clients
// make new instances, and a first instance.
func (w *writer) answers(below *element, items []*survey.Item, inRepeat bool) {
	w.each(items, func(i *survey.Item) {
		switch {
		case i.Type == survey.Repeat:
			if !inRepeat {
				below.add(w.template(i))
			}
			one := el(i.Name)
			w.answers(one, i.Children, true)
			below.add(one)
		case i.Type == survey.Group:
			g := w.attributes(el(i.Name), i)
			w.answers(g, i.Children, inRepeat)
			below.add(g)
		default:
			below.add(w.answer(i))
		}
	})
}

func (w *writer) template(i *survey.Item) *element {
	t := el(i.Name)
	t.set("jr:template", "")
	w.each(i.Children, func(c *survey.Item) {
		if c.Type == survey.Repeat {
			t.add(w.template(c))
			return
		}
		w.answers(t, []*survey.Item{bare(c)}, false)
	})
	return t
}

// bare is an item for which nothing is added: each has added it.
func bare(i *survey.Item) *survey.Item {
	if !i.OrOther {
		return i
	}
	c := *i
	c.OrOther = false
	return &c
}

// each gives the items with those that the standard adds, without those that have no answer.
func (w *writer) each(items []*survey.Item, do func(*survey.Item)) {
	f := &survey.Form{Children: items}
	for _, n := range f.Nodes() {
		if n.Parent == nil && !n.External() && n.Type != survey.Audit {
			do(n.Item)
		}
	}
}

func (w *writer) answer(i *survey.Item) *element {
	e := w.attributes(el(i.Name), i)
	if v := value(i); v != "" && !i.Dynamic() {
		e.add(text(v))
	}
	return e
}

// value is what is there before anybody answers. An image is named by where it comes from.
func value(i *survey.Item) string {
	if i.Type == survey.Image && i.Default != "" && !strings.Contains(i.Default, "jr://images/") {
		return "jr://images/" + i.Default
	}
	return i.Default
}

// attributes puts those that the author asked for with instance::X.
func (w *writer) attributes(e *element, i *survey.Item) *element {
	for _, name := range slices.Sorted(maps.Keys(i.Extra)) {
		if attribute, ok := strings.CutPrefix(name, "instance::"); ok {
			e.set(attribute, i.Extra[name])
		}
	}
	return e
}
