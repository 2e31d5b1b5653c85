package xform

import (
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// Instance is the questionnaire without answers: the document of its elements, each repeat
// once, the values of before filled in.
func Instance(f *survey.Form) *xpath.Node {
	w := &writer{names: newNames(f), form: f}
	root := w.instance()
	without(root)
	return document(root)
}

// without takes out the templates from which clients make new instances of repeats.
func without(e *element) {
	e.kids = slices.DeleteFunc(e.kids, func(k *element) bool { return k.has("jr:template") })
	for _, k := range e.kids {
		without(k)
	}
}

// ReadInstance reads what a client sends. Elements are known by their names without prefixes:
// clients write meta and orx:meta.
func ReadInstance(r io.Reader) (*xpath.Node, error) {
	root, err := parse(r)
	if err != nil {
		return nil, err
	}
	return document(root), nil
}

// ReadInstanceOf reads an instance of a form.
func ReadInstanceOf(f *survey.Form, r io.Reader) (*xpath.Node, error) {
	doc, err := ReadInstance(r)
	if err != nil {
		return nil, err
	}
	if got := doc.Children[0].Name; got != f.Root() {
		return nil, fault.New(fault.Invalid, "xform.instance_root", "got", got, "want", f.Root())
	}
	return doc, nil
}

func document(root *element) *xpath.Node {
	doc := &xpath.Node{}
	doc.Add(node(root))
	return doc
}

func node(e *element) *xpath.Node {
	name := e.name[strings.LastIndexByte(e.name, ':')+1:]
	n := &xpath.Node{Name: name}
	for _, a := range e.attrs {
		n.Attrs = append(n.Attrs, xpath.Attr{Name: a.name, Value: a.value})
	}
	for _, k := range e.kids {
		if k.name == "" {
			n.Text += k.text
			continue
		}
		n.Add(node(k))
	}
	if len(n.Children) > 0 {
		n.Text = "" // of the spaces between its elements
	}
	return n
}

// WriteInstance writes a document as clients send it. What is not relevant is left out.
func WriteInstance(doc *xpath.Node) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?>` + "\n")
	for _, root := range doc.Children {
		back(root).write(&b, "")
	}
	b.WriteString("\n")
	return []byte(b.String())
}

func back(n *xpath.Node) *element {
	e := el(n.Name)
	for _, a := range n.Attrs {
		e.set(a.Name, a.Value)
	}
	for _, c := range n.Children {
		if !c.Off {
			e.add(back(c))
		}
	}
	if len(n.Children) == 0 && n.Text != "" {
		e.add(text(n.Text))
	}
	return e
}

// Lists gives the secondary instances of a form by their ids: the lists of choices, with labels
// in the default language. Files that only clients have are not among them.
func Lists(f *survey.Form) map[string]*xpath.Node {
	w := &writer{names: newNames(f), form: f}
	out := map[string]*xpath.Node{}
	for _, l := range f.Lists {
		root := &xpath.Node{Name: "root"}
		for _, c := range w.choices(l) {
			item := root.Add(&xpath.Node{Name: "item"})
			item.Add(&xpath.Node{Name: "name", Text: c.Value})
			item.Add(&xpath.Node{Name: "label", Text: c.Label.In(f.DefaultLanguage())})
			for _, column := range l.Columns {
				if v, ok := c.Attr[column]; ok {
					item.Add(&xpath.Node{Name: column, Text: v})
				}
			}
		}
		doc := &xpath.Node{}
		doc.Add(root)
		out[l.Name] = doc
	}
	attached(f, out)
	return out
}
