package study

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// Meta is what an instance says of itself, whatever was asked.
type Meta struct {
	Form, Version string
	Instance      string // meta/instanceID
	Replaces      string // meta/deprecatedID, of a correction
	Device        string // deviceid, a string of the client's
	Start, End    string // of the interview, as the client wrote them
	Case          string // the case that it answers, from the question "quipu_case"
	Files         []string
}

// CaseQuestion is the name of the question that carries the case, filled in by the program.
const CaseQuestion = "quipu_case"

// CaseQuestions are the names that carry the case: that of the program, and the one under which
// the questionnaires of the packs ask the interviewer for it, in any group.
var CaseQuestions = []string{CaseQuestion, "case_code"}

// deepest bounds how far elements are nested: no questionnaire comes near, and a hostile
// document could fill the stack of whoever reads it.
const deepest = 64

// ReadMeta reads what an instance in XML says of itself. files tells which questions hold the
// name of a file, by their path from the root without it ("group/photo"); nil takes none.
func ReadMeta(r io.Reader, files func(path string) bool) (m Meta, err error) {
	d := xml.NewDecoder(r)
	d.Strict, d.Entity = true, nil
	bad := func(err error) error { return fault.New(fault.Invalid, "survey.not_xml").Because(err) }
	var path []string
	var text strings.Builder
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return m, bad(err)
		}
		switch t := tok.(type) {
		case xml.Directive: // a document type: entities are an attack, and no client sends one
			return m, bad(errors.New("document type"))
		case xml.StartElement:
			if len(path) == 0 {
				m.Form, m.Version = attr(t, "id"), attr(t, "version")
			}
			if path = append(path, t.Name.Local); len(path) > deepest {
				return m, bad(errors.New("too deep"))
			}
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			m.take(path, strings.TrimSpace(text.String()), files)
			path = path[:len(path)-1]
			text.Reset()
		}
	}
	if m.Form == "" {
		return m, fault.New(fault.Invalid, "survey.no_form")
	}
	slices.Sort(m.Files)
	m.Files = slices.Compact(m.Files)
	return m, nil
}

// FilesIn lists the questions of an XForm whose answer is the name of a file, by their path from
// the root without it.
func FilesIn(xform io.Reader) (map[string]bool, error) {
	out := map[string]bool{}
	d := xml.NewDecoder(xform)
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "survey.not_xml").Because(err)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "bind" && attr(e, "type") == "binary" {
			if _, path, ok := strings.Cut(strings.TrimPrefix(attr(e, "nodeset"), "/"), "/"); ok {
				out[path] = true
			}
		}
	}
}

// Answer is what an instance says to one question, by its path from the root without it.
type Answer struct{ Path, Text string }

// Answers lists what an instance says, in its order, without what it says of itself.
func Answers(r io.Reader) (out []Answer, err error) {
	d := xml.NewDecoder(r)
	var path []string
	var text strings.Builder
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "survey.not_xml").Because(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
			text.Reset()
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if said := strings.TrimSpace(text.String()); said != "" && len(path) > 1 && path[1] != "meta" {
				out = append(out, Answer{strings.Join(path[1:], "/"), said})
			}
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

// Withhold empties the answers to questions, by their path from the root without it, and what is
// within a group of that path.
func Withhold(answers string, paths map[string]bool) (string, error) {
	d := xml.NewDecoder(strings.NewReader(answers))
	var path []string
	var out strings.Builder
	inside, kept, from := 0, int64(0), int64(0) // how deep the emptied element is
	for {
		before := d.InputOffset()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			out.WriteString(answers[kept:])
			return out.String(), nil
		}
		if err != nil {
			return "", fault.New(fault.Invalid, "survey.not_xml").Because(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if path = append(path, t.Name.Local); inside == 0 && paths[strings.Join(path[1:], "/")] {
				inside, from = len(path), d.InputOffset()
			}
		case xml.EndElement:
			if inside == len(path) {
				out.WriteString(answers[kept:from])
				kept, inside = before, 0
			}
			path = path[:len(path)-1]
		}
	}
}

func (m *Meta) take(path []string, text string, files func(string) bool) {
	if text == "" || len(path) < 2 {
		return
	}
	if len(path) == 3 && path[1] == "meta" {
		switch path[2] {
		case "instanceID":
			m.Instance = text
		case "deprecatedID":
			m.Replaces = text
		case "audit":
			m.Files = append(m.Files, text)
		}
		return
	}
	if len(path) == 2 {
		switch path[1] {
		case "start":
			m.Start = text
		case "end":
			m.End = text
		case "deviceid":
			m.Device = text
		}
	}
	if slices.Contains(CaseQuestions, path[len(path)-1]) {
		m.Case = text
	}
	if files != nil && files(strings.Join(path[1:], "/")) {
		m.Files = append(m.Files, text)
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
