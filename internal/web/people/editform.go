package people

import (
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// editing is one form about one section of one person. An input is sent to the register
// only when it differs from what the form had shown, which is the value at the version
// that the form carries: so nobody overwrites what he did not touch.
type editing struct {
	words  words
	page   *editScreen
	person *app.PersonPage
	fields []*registry.Field
	req    *http.Request
	now    map[string]id.Change // versions that the officer has now seen in a conflict
}

// versioned is a question with the version of the value that stands in it.
type versioned struct {
	Control desk.Control
	Version string
}

// itemGroup is a group of the dictionary with its items and an empty one.
type itemGroup struct {
	Key, Label string
	Items      []itemForm
}

type itemForm struct {
	Name, Title, Version string
	New, Open, Gone      bool
	Controls             []desk.Control
}

// held is the value of a field at a version; nothing for the version "none".
func (e *editing) held(field string, at id.Change) change.Value {
	for i := range e.person.Changes {
		c := &e.person.Changes[i]
		if c.ID != at {
			continue
		}
		for _, s := range c.Sets {
			if s.Field == field {
				return s.Value
			}
		}
	}
	return change.Value{}
}

// version is the one that the form carried for a field.
func (e *editing) version(field string) id.Change {
	c, err := id.ParseChange(e.req.PostFormValue("v:" + field))
	if err != nil {
		return id.Change{}
	}
	return c
}

// inputs reads what the officer changed.
func (e *editing) inputs() (out []registry.Input, err error) {
	prov, err := e.provenance()
	if err != nil {
		return nil, err
	}
	for _, f := range e.fields {
		if !f.IsGroup() {
			base := e.version(f.Key)
			t := desk.Sent(e.req, f, nil, f.Key)
			if t != e.words.Shown(f, nil, e.held(f.Key, base).Text) && !e.theirs(f.Key) {
				out = append(out, registry.Input{Field: f.Key, Value: change.Text(t.Given()), Base: base, Prov: prov})
			}
			continue
		}
		for _, field := range e.items(f) {
			if in, changed := e.item(f, field); changed && !e.theirs(field) {
				in.Prov = prov
				out = append(out, in)
			}
		}
	}
	return out, nil
}

// theirs reports whether the officer chose to leave what somebody else had saved.
func (e *editing) theirs(field string) bool { return e.req.PostFormValue("c:"+field) == "theirs" }

// items names the items of a group and a new one.
func (e *editing) items(f *registry.Field) (out []string) {
	for _, it := range e.person.Person.Items(f.Key) {
		out = append(out, f.Key+"/"+it.ID)
	}
	return append(out, f.Key+"/new")
}

func (e *editing) item(f *registry.Field, field string) (in registry.Input, changed bool) {
	in = registry.Input{Field: field, Base: e.version(field)}
	if e.req.PostFormValue("x:"+field) != "" {
		return in, true
	}
	old := e.held(field, in.Base)
	parts := map[string]string{}
	for i := range f.Parts {
		p := &f.Parts[i]
		t := desk.Sent(e.req, f, p, field+"."+p.Key)
		text := old.Part(p.Key)
		if t != e.words.Shown(f, p, text) {
			text, changed = t.Given(), true
		}
		if text != "" {
			parts[p.Key] = text
		}
	}
	in.Value = change.Value{Parts: parts}
	return in, changed
}

// fail puts an error beside the input that it is about. The register names a part of an
// item without saying which item: it is one of those that were sent.
func (e *editing) fail(err error, inputs []registry.Input) {
	f := fault.As(err)
	if f == nil {
		e.page.Fail(err)
		return
	}
	key, part, _ := strings.Cut(f.Field, ".")
	group, _, _ := strings.Cut(key, "/")
	field := f.Field
	for _, in := range inputs {
		if g, _, item := strings.Cut(in.Field, "/"); item && g == group {
			def := registry.Lookup(in.Field)
			if part == "" {
				part = def.Parts[0].Key
			}
			field = in.Field + "." + part
			break
		}
	}
	e.page.Errors = append(e.page.Errors, ui.Problem{Field: field, Text: i18n.Fault(e.words.Lang, err)})
}

// conflicts shows both values of each field that somebody else wrote meanwhile. The form
// now carries the versions that the officer has seen.
func (e *editing) conflicts(found []change.Conflict) {
	w := e.words
	e.now = map[string]id.Change{}
	e.page.Compare = ui.Comparison{Caption: w.T("officer.conflict.title"), Left: w.T("officer.conflict.mine"), Right: w.T("officer.conflict.theirs")}
	for _, c := range found {
		f := registry.Lookup(c.Field)
		e.now[c.Field] = c.Theirs.Version
		e.page.Compare.Rows = append(e.page.Compare.Rows, ui.Compared{Label: w.Label(c.Field), Left: w.Value(f, c.Mine),
			Right: w.Value(f, c.Theirs.Value), Words: w.Provenance(c.Theirs)})
		e.page.Conflicts = append(e.page.Conflicts, conflictView{"c:" + c.Field, w.Label(c.Field)})
	}
}

// blank fills the form with what the record holds.
func (e *editing) blank() {
	e.fill(func(f *registry.Field, p *registry.Part, field, name string) desk.Typed {
		v := e.person.Person.Fields[field].Value
		if p != nil {
			return e.words.Shown(f, p, v.Part(p.Key))
		}
		return e.words.Shown(f, nil, v.Text)
	}, func(field string) string { return e.person.Person.Version(field).String() })
}

// again fills the form with what was typed and the versions that it carried.
func (e *editing) again() {
	r := e.req
	e.fill(func(f *registry.Field, p *registry.Part, _, name string) desk.Typed { return desk.Sent(r, f, p, name) },
		func(field string) string {
			if now, ok := e.now[field]; ok {
				return now.String()
			}
			return r.PostFormValue("v:" + field)
		})
	e.page.Sources = e.words.Options("source", []string{r.PostFormValue("source")})
	e.page.Certainty = e.words.Options("confidence", []string{r.PostFormValue("confidence")})
	e.page.From, e.page.Evidence, e.page.Note = ui.FormDate(r, "valid_from"), r.PostFormValue("evidence"), r.PostFormValue("note")
}

func (e *editing) fill(text func(f *registry.Field, p *registry.Part, field, name string) desk.Typed, version func(string) string) {
	for _, f := range e.fields {
		if !f.IsGroup() {
			c := e.words.Control(f, nil, f.Key, text(f, nil, f.Key, f.Key), e.page.Err(f.Key))
			e.page.Scalars = append(e.page.Scalars, versioned{c, version(f.Key)})
			continue
		}
		g := itemGroup{Key: f.Key, Label: e.words.Label(f.Key)}
		for _, field := range e.items(f) {
			it := itemForm{Name: field, Version: version(field), New: strings.HasSuffix(field, "/new"),
				Gone: e.req.PostFormValue("x:"+field) != ""}
			it.Title = e.words.Value(f, e.person.Person.Fields[field].Value)
			if it.New {
				it.Title = e.words.T("officer.edit.add", "what", g.Label)
			}
			for i := range f.Parts {
				p := &f.Parts[i]
				name := field + "." + p.Key
				t := text(f, p, field, name)
				it.Controls = append(it.Controls, e.words.Control(f, p, name, t, e.page.Err(name)))
				it.Open = it.Open || e.page.Err(name) != "" || it.New && t != desk.Typed{}
			}
			g.Items = append(g.Items, it)
		}
		e.page.Groups = append(e.page.Groups, g)
	}
}
