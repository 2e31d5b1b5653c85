// Package table turns the answers of a survey into a table: a row a submission, a column a
// question, typed as the questionnaire says. Free text, files, places and exact days are left
// out: nobody should be found again in a table of answers.
package table

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/survey/study"
)

// Kind is how a question is kept.
type Kind int

// The kinds.
const (
	Number   Kind = iota // integer, decimal
	Year                 // of a date
	Choice               // one of some answers
	Choices              // any of some answers: a column of yes and no for each
	Reckoned             // by the client: a number where all are, else one of some words
	Repeated             // how often a group was asked
)

// Question is a question whose answers can be counted.
type Question struct {
	Path   string // from the root of an instance without it: group/name
	Name   string // of its column
	Kind   Kind
	Levels []string // answers in the order of the questionnaire
	// Sensitive answers are in no table that leaves; see Form.Withhold.
	Sensitive bool
}

// Form is what a questionnaire asks that can be counted, in its order.
type Form struct {
	Questions []Question
	repeats   []string
}

// Reserved are columns of the design, which no question is called.
var Reserved = []string{"stratum", "psu", "case", "office", "weight", "weight_base", "fpc", "row"}

type bind struct{ kind, calculate, preload string }

// reader collects what an XForm says.
type reader struct {
	order    []string
	binds    map[string]bind
	lists    map[string][]string
	controls map[string]string   // select1, select, input, range by path
	list     map[string]string   // of a select
	inline   map[string][]string // choices of a select that stand in it
	repeats  []string
}

// ReadForm reads an XForm.
func ReadForm(r io.Reader) (*Form, error) {
	d := xml.NewDecoder(r)
	x := &reader{binds: map[string]bind{}, lists: map[string][]string{}, controls: map[string]string{}, list: map[string]string{}, inline: map[string][]string{}}
	if err := x.read(d); err != nil {
		return nil, fault.New(fault.Invalid, "survey.not_xml").Because(err)
	}
	return x.form(), nil
}

func (x *reader) read(d *xml.Decoder) error {
	var path []xml.StartElement
	var text strings.Builder
	instance, control := "", ""
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			text.Reset()
			switch t.Name.Local {
			case "instance":
				instance = attr(t, "id")
			case "select1", "select", "input", "range":
				control = attr(t, "ref")
			}
			x.start(t, control)
			path = append(path, t.Copy())
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			value := strings.TrimSpace(text.String())
			parent := ""
			if len(path) > 1 {
				parent = path[len(path)-2].Name.Local
			}
			if parent == "item" && instance != "" && t.Name.Local == "name" {
				x.lists[instance] = append(x.lists[instance], value)
			}
			if parent == "item" && control != "" && t.Name.Local == "value" {
				x.inline[control] = append(x.inline[control], value)
			}
			switch t.Name.Local {
			case "instance":
				instance = ""
			case "select1", "select", "input", "range":
				control = ""
			}
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

func (x *reader) start(t xml.StartElement, control string) {
	switch t.Name.Local {
	case "bind":
		at := attr(t, "nodeset")
		if _, there := x.binds[at]; !there {
			x.order = append(x.order, at)
		}
		x.binds[at] = bind{strings.TrimPrefix(attr(t, "type"), "xsd:"), attr(t, "calculate"), attr(t, "preload")}
	case "select1", "select", "input", "range":
		x.controls[control] = t.Name.Local
	case "itemset":
		if _, rest, ok := strings.Cut(attr(t, "nodeset"), "instance('"); ok {
			x.list[control], _, _ = strings.Cut(rest, "'")
		}
	case "repeat":
		x.repeats = append(x.repeats, attr(t, "nodeset"))
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (x *reader) form() *Form {
	f := &Form{}
	for _, r := range x.repeats {
		f.repeats = append(f.repeats, short(r))
		f.Questions = append(f.Questions, Question{Path: short(r), Kind: Repeated})
	}
	for _, at := range x.order {
		if x.inRepeat(at) {
			continue
		}
		if q, ok := x.question(at); ok {
			f.Questions = append(f.Questions, q)
		}
	}
	f.name()
	return f
}

func (x *reader) inRepeat(at string) bool {
	return slices.ContainsFunc(x.repeats, func(r string) bool { return at == r || strings.HasPrefix(at, r+"/") })
}

func (x *reader) question(at string) (q Question, ok bool) {
	b := x.binds[at]
	q.Path = short(at)
	if b.preload != "" || q.Path == study.CaseQuestion || strings.HasPrefix(q.Path, "meta/") || q.Path == "" {
		return q, false
	}
	control, shown := x.controls[at]
	levels := x.lists[x.list[at]]
	if len(levels) == 0 {
		levels = x.inline[at]
	}
	q.Levels = slices.Clone(levels)
	switch {
	case control == "select1":
		q.Kind = Choice
	case control == "select":
		q.Kind = Choices
	case b.kind == "int" || b.kind == "decimal":
		q.Kind = Number
	case b.kind == "date" || b.kind == "dateTime":
		q.Kind = Year
	case !shown && b.calculate != "" && !x.speaksOfText(b.calculate):
		q.Kind = Reckoned
	default:
		return q, false
	}
	return q, true
}

// speaksOfText reports whether a calculation uses what somebody wrote in words, or the day of
// something: what is put together of it may name a person.
func (x *reader) speaksOfText(calculate string) bool {
	for at, b := range x.binds {
		if (b.kind == "string" && x.controls[at] == "input" || b.kind == "barcode" || b.kind == "date" || strings.HasPrefix(b.kind, "geo")) && strings.Contains(calculate, at) {
			return true
		}
	}
	return false
}

// short is a path without the slash and the root.
func short(at string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	return rest
}

// name gives columns their names: that of the question where it is the only one, else its path.
func (f *Form) name() {
	last := func(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }
	count := map[string]int{}
	for _, q := range f.Questions {
		count[last(q.Path)]++
	}
	for i := range f.Questions {
		q := &f.Questions[i]
		q.Name = last(q.Path)
		if count[q.Name] > 1 {
			q.Name = strings.ReplaceAll(q.Path, "/", ".")
		}
		if q.Kind == Year {
			q.Name += "_year"
		}
		if q.Name = plain(q.Name); slices.Contains(Reserved, q.Name) {
			q.Name += ".answer"
		}
	}
}

// plain puts an underscore for what is no letter of a name in a formula.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == ':' {
			return '_'
		}
		return r
	}, name)
}

// Merge adds what another version asks. A question that both have takes the answers of both.
func (f *Form) Merge(o *Form) {
	for _, q := range o.Questions {
		i := slices.IndexFunc(f.Questions, func(m Question) bool { return m.Path == q.Path })
		if i < 0 {
			f.Questions = append(f.Questions, q)
			continue
		}
		m := &f.Questions[i]
		for _, l := range q.Levels {
			if !slices.Contains(m.Levels, l) {
				m.Levels = append(m.Levels, l)
			}
		}
		if m.Kind != q.Kind {
			m.Kind = Choice
		}
	}
	for _, r := range o.repeats {
		if !slices.Contains(f.repeats, r) {
			f.repeats = append(f.repeats, r)
		}
	}
	f.name()
}

// Withhold marks the questions of those paths, whichever version asks them.
func (f *Form) Withhold(paths map[string]bool) {
	for i := range f.Questions {
		f.Questions[i].Sensitive = f.Questions[i].Sensitive || paths[f.Questions[i].Path]
	}
}

// Column is the name of the column of one answer of a question that takes several.
func (q *Question) Column(level string) string { return plain(q.Name + "." + level) }
