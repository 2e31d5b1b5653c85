package registry

import (
	"encoding/json"
	"fmt"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// Doubt is something that an officer should look at and that stops nothing. Field is
// what it is about: "birth_date", "document.number" before the item has a name,
// "document/7QK3WZ0A.number" after. Key names a message of the catalogue under "doubt.",
// Args fill its {name} places. Proposed is a value that could stand instead; for a whole
// item it has none. From says who doubts: an import's row, the other office.
type Doubt struct {
	Field    string
	Key      string
	Args     []fault.Arg
	Proposed string
	From     string
}

// Item is the doubt as the record keeps it. The record's doubts are not sealed, so one
// about a sealed field says nothing but that there is one.
func (d Doubt) Item() (field string, v change.Value) {
	args, proposed := d.Args, d.Proposed
	if f := Lookup(plainField(d.Field)); f != nil && Sealed(f) {
		args, proposed = nil, ""
	}
	v = change.Group("field", d.Field, "key", d.Key, "args", writeArgs(args), "proposed", proposed, "from", d.From)
	return ItemField(byKey["doubt"], v.Parts), v
}

// Set is the doubt as a set of a change. The record is what it is raised on.
func (d Doubt) Set(p *Person) change.Set {
	field, v := d.Item()
	return change.Set{Field: field, Value: v, Base: p.Version(field)}
}

// OpenDoubt is a doubt of the record; ID is its item's name, for Resolve.
type OpenDoubt struct {
	ID string
	Doubt
	Since change.Stamp
}

// Doubts lists the open doubts of a person, by id.
func Doubts(p *Person) []OpenDoubt {
	var out []OpenDoubt
	for _, it := range p.Items("doubt") {
		out = append(out, OpenDoubt{ID: it.ID, Since: it.At, Doubt: Doubt{Field: it.Value.Part("field"), Key: it.Value.Part("key"),
			Args: readArgs(it.Value.Part("args")), Proposed: it.Value.Part("proposed"), From: it.Value.Part("from")}})
	}
	return out
}

// LabelOf is the catalogue's key for the name of what a doubt or a fault is about:
// "field.document.number" for "document/7QK3WZ0A.number".
func LabelOf(field string) string {
	key, part := plainField(field), ""
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		part = field[i:]
	}
	key, _, _ = strings.Cut(key, "/")
	return "field." + key + part
}

// plainField is the record's field of a doubt's Field: without the part.
func plainField(field string) string {
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		return field[:i]
	}
	return field
}

func writeArgs(args []fault.Arg) string {
	if len(args) == 0 {
		return ""
	}
	pairs := make([][2]string, len(args))
	for i, a := range args {
		pairs[i] = [2]string{a.Name, fmt.Sprint(a.Value)}
	}
	b, err := json.Marshal(pairs)
	if err != nil {
		return "" // two strings always have a form
	}
	return string(b)
}

func readArgs(s string) []fault.Arg {
	var pairs [][2]string
	if s == "" || json.Unmarshal([]byte(s), &pairs) != nil {
		return nil
	}
	var out []fault.Arg
	for _, p := range pairs {
		out = append(out, fault.Arg{Name: p[0], Value: p[1]})
	}
	return out
}

// Resolve settles the doubt with that id. Accepting writes the proposed value; else the
// doubt is put away, and the same doubt is not raised again.
func Resolve(cur *Person, doubt string, accept bool, note string) (change.Change, error) {
	if err := standing(cur); err != nil {
		return change.Change{}, err
	}
	held, ok := cur.Fields["doubt/"+doubt]
	if !ok || held.Value.Empty() {
		return change.Change{}, fault.New(fault.NotFound, "registry.doubt_gone")
	}
	c := cur.begin("resolve", note)
	c.Sets = []change.Set{{Field: "doubt/" + doubt, Base: held.Version}}
	if !accept {
		return c, nil
	}
	in, err := cur.proposal(held.Value)
	if err != nil {
		return change.Change{}, err
	}
	edit, _, err := apply(cur, []Input{in}, civil.Date{})
	if err != nil {
		return change.Change{}, err
	}
	for _, s := range edit {
		if s.Field != c.Sets[0].Field {
			c.Sets = append(c.Sets, s)
		}
	}
	return c, nil
}

// proposal is the value that a doubt proposes, as an input.
func (p *Person) proposal(doubt change.Value) (Input, error) {
	field, proposed := doubt.Part("field"), doubt.Part("proposed")
	target := plainField(field)
	f := Lookup(target)
	if proposed == "" || f == nil || f.Derived {
		return Input{}, fault.New(fault.Invalid, "registry.nothing_proposed").On(target)
	}
	in := Input{Field: target, Value: change.Text(proposed), Base: p.Version(target)}
	if !f.IsGroup() {
		return in, nil
	}
	parts := map[string]string{}
	for k, v := range p.Fields[target].Value.Parts {
		parts[k] = v
	}
	if target == field || len(parts) == 0 {
		return Input{}, fault.New(fault.Invalid, "registry.nothing_proposed").On(target)
	}
	parts[field[len(target)+1:]] = proposed
	in.Value = change.Value{Parts: parts}
	return in, nil
}

// settled reports whether an officer put this very doubt away before.
func (p *Person) settled(field string) bool {
	h, ok := p.Fields[field]
	return ok && h.Value.Empty() && h.Action == "resolve"
}
