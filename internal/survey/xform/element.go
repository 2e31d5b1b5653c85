// Package xform writes a questionnaire as the XForm XML of OpenRosa, which clients such as ODK
// Collect read, reads it back, and reads the instances that clients send.
package xform

import (
	"encoding/xml"
	"io"
	"strings"

	"quipu/internal/fault"
)

// element is a part of an XML document; a text has no name.
type element struct {
	name  string // with its prefix
	attrs []attr
	kids  []*element
	text  string
}

type attr struct{ name, value string }

// el makes an element; args alternate the names and values of attributes, of which those
// without a value are left out.
func el(name string, args ...string) *element {
	e := &element{name: name}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			e.set(args[i], args[i+1])
		}
	}
	return e
}

func text(s string) *element { return &element{text: s} }

func (e *element) add(kids ...*element) *element {
	for _, k := range kids {
		if k != nil {
			e.kids = append(e.kids, k)
		}
	}
	return e
}

// set gives an attribute its value, in place of an earlier one.
func (e *element) set(name, value string) {
	for i := range e.attrs {
		if e.attrs[i].name == name {
			e.attrs[i].value = value
			return
		}
	}
	e.attrs = append(e.attrs, attr{name, value})
}

func (e *element) get(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

func (e *element) has(name string) bool {
	for _, a := range e.attrs {
		if a.name == name {
			return true
		}
	}
	return false
}

// child is the first element of that name below e, nil where there is none.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for _, k := range e.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// inner is the text below e.
func (e *element) inner() string {
	if e == nil {
		return ""
	}
	if e.name == "" {
		return e.text
	}
	var b strings.Builder
	for _, k := range e.kids {
		b.WriteString(k.inner())
	}
	return b.String()
}

var (
	inText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	inAttr = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\r", "&#13;", "\t", "&#9;")
)

// write puts the element into b, one to a line unless it holds text.
func (e *element) write(b *strings.Builder, indent string) {
	if e.name == "" {
		b.WriteString(inText.Replace(e.text))
		return
	}
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a.name + `="` + inAttr.Replace(a.value) + `"`)
	}
	if len(e.kids) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	mixed := false
	for _, k := range e.kids {
		mixed = mixed || k.name == ""
	}
	for _, k := range e.kids {
		if !mixed {
			b.WriteString("\n" + indent + "  ")
		}
		inside := indent + "  "
		if mixed {
			inside = ""
		}
		k.write(b, inside)
	}
	if !mixed {
		b.WriteString("\n" + indent)
	}
	b.WriteString("</" + e.name + ">")
}

const (
	mostBytes = 16 << 20 // of a document
	mostDeep  = 100
)

// parse reads a document. Names keep the prefixes that the document writes. What is no XML,
// too large or too deep, or declares entities is refused.
func parse(r io.Reader) (*element, error) {
	bad := func(err error) error { return fault.New(fault.Invalid, "xform.xml").Because(err) }
	limited := &io.LimitedReader{R: r, N: mostBytes}
	d := xml.NewDecoder(limited)
	var open []*element
	var root *element
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			if limited.N <= 0 {
				return nil, fault.New(fault.Invalid, "xform.large", "limit", mostBytes>>20)
			}
			return nil, bad(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			e := &element{name: qualified(t.Name)}
			for _, a := range t.Attr {
				e.attrs = append(e.attrs, attr{qualified(a.Name), a.Value})
			}
			switch {
			case len(open) > 0:
				open[len(open)-1].add(e)
			case root != nil:
				return nil, bad(nil)
			default:
				root = e
			}
			if open = append(open, e); len(open) > mostDeep {
				return nil, fault.New(fault.Invalid, "xform.deep", "limit", mostDeep)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != qualified(t.Name) {
				return nil, bad(nil)
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].add(text(string(t)))
			}
		case xml.Directive:
			return nil, fault.New(fault.Invalid, "xform.doctype")
		}
	}
	if root == nil || len(open) > 0 {
		return nil, bad(io.ErrUnexpectedEOF)
	}
	tidy(root)
	return root, nil
}

func qualified(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// tidy takes out the spaces between elements; those of a text stay.
func tidy(e *element) {
	blank := true
	for _, k := range e.kids {
		if k.name == "" && strings.TrimSpace(k.text) != "" {
			blank = false
		}
	}
	elements := false
	for _, k := range e.kids {
		elements = elements || k.name != ""
	}
	if blank && elements {
		var kept []*element
		for _, k := range e.kids {
			if k.name != "" {
				kept = append(kept, k)
			}
		}
		e.kids = kept
	}
	for _, k := range e.kids {
		tidy(k)
	}
}
