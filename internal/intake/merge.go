package intake

import (
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
)

// Merge makes the change that brings to a person what the row knows and the register
// never held, and the number of new doubts in it. Nothing is written over: a value that
// differs from the one in force becomes a doubt, unless the record held it before (an old
// list is no news) or the same doubt was raised before. The same row a second time gives
// no sets; so does a row about somebody who is dead or whose entry was withdrawn.
func (d *Draft) Merge(cur *registry.Person, history []change.Change) (change.Change, int) {
	c := change.Change{Entity: cur.Entity, Action: "import", Schema: change.Schema, Prov: d.provenance()}
	if !cur.Exists() || registry.Deceased(cur) {
		return c, 0
	}
	m := merge{d: d, cur: cur, history: history, undone: takenBack(history)}
	for i := range d.Sets {
		if s := &d.Sets[i]; strings.Contains(s.Field, "/") {
			m.item(s)
		} else {
			m.scalar(s)
		}
	}
	m.fill(&c)
	for _, doubt := range d.Doubts {
		if m.still(doubt) {
			m.doubts = append(m.doubts, doubt)
		}
	}
	return c, m.raise(&c)
}

type merge struct {
	d       *Draft
	cur     *registry.Person
	history []change.Change
	undone  map[undone]bool
	news    []registry.Input
	doubts  []registry.Doubt
}

// undone is a field of an import that was taken back.
type undone struct{ batch, field string }

// takenBack lists what undoing imports took back. It counts as never said, or the list
// could not come in again; what an officer took away by hand was a decision, and stays.
func takenBack(history []change.Change) map[undone]bool {
	var out map[undone]bool
	for i := range history {
		if history[i].Action != change.ActionUndo {
			continue
		}
		for _, s := range history[i].Sets {
			j := slices.IndexFunc(history, func(c change.Change) bool { return c.ID == s.Base })
			if j < 0 || history[j].Batch == "" {
				continue
			}
			if out == nil {
				out = map[undone]bool{}
			}
			out[undone{history[j].Batch, s.Field}] = true
		}
	}
	return out
}

// known reports whether the record has the field, even emptied by an officer.
func (m *merge) known(field string) bool {
	h, ok := m.cur.Fields[field]
	return ok && (h.Action != change.ActionUndo || !h.Value.Empty())
}

// scalar decides one field: nothing, news, or a doubt.
func (m *merge) scalar(s *change.Set) {
	have := m.cur.Text(s.Field)
	f := registry.Lookup(s.Field)
	switch {
	case registry.Sealed(f) && have != "", have != "" && sameValue(f, have, s.Value.Text), m.heldOnce(f, s.Value.Text):
	case blank(f, have) && !m.heldAny(f):
		m.news = append(m.news, registry.Input{Field: s.Field, Value: s.Value, Base: m.cur.Version(s.Field), Prov: s.Prov})
	case s.Prov == presumed || blank(f, s.Value.Text):
	default:
		m.differs(s.Field, s.Value.Text)
	}
}

func (m *merge) differs(field, text string) {
	m.doubts = append(m.doubts, registry.Doubt{Field: field, Key: "intake.differs", Proposed: text,
		Args: []fault.Arg{{Name: "value", Value: text}}, From: m.d.evidence()})
}

// blank reports whether a value says nothing: an unknown date, a sex not stated.
func blank(f *registry.Field, text string) bool {
	switch {
	case text == "":
		return true
	case f.Kind == registry.KDate:
		d, err := civil.Parse(text)
		return err == nil && !d.Known()
	}
	return f.Key == "sex" && text == "N" || f.Key == "nationality_basis" && text == registry.Presumed
}

// sameValue reports whether a value brings nothing to the one in force.
func sameValue(f *registry.Field, have, text string) bool {
	if have == text {
		return true
	}
	switch f.Kind {
	case registry.KDate:
		a, err1 := civil.Parse(have)
		b, err2 := civil.Parse(text)
		return err1 == nil && err2 == nil && (partOf(a, b) || partOf(b, a))
	case registry.KName, registry.KText, registry.KPlace:
		return name.Fold(have) == name.Fold(text)
	}
	return false
}

// past calls yield with every value that a field held; "group/" stands for its items.
func (m *merge) past(field string, yield func(field string, v change.Value) bool) bool {
	for i := range m.history {
		for _, s := range m.history[i].Sets {
			if m.undone[undone{m.history[i].Batch, s.Field}] {
				continue
			}
			if (s.Field == field || strings.HasSuffix(field, "/") && strings.HasPrefix(s.Field, field)) && !s.Value.Empty() && yield(s.Field, s.Value) {
				return true
			}
		}
	}
	return false
}

// heldOnce reports whether the field ever held that value: the list is older than what
// the record says now.
func (m *merge) heldOnce(f *registry.Field, text string) bool {
	return m.past(f.Key, func(_ string, v change.Value) bool {
		return v.Text == text || f.Kind == registry.KName && name.Fold(v.Text) == name.Fold(text)
	})
}

// heldAny reports whether the field ever held anything: somebody took it away.
func (m *merge) heldAny(f *registry.Field) bool {
	return m.past(f.Key, func(_ string, v change.Value) bool { return !blank(f, v.Text) })
}

// item decides one member of a group: one that the record never held is news.
func (m *merge) item(s *change.Set) {
	if m.known(s.Field) {
		return
	}
	group, _, _ := strings.Cut(s.Field, "/")
	f := registry.Lookup(group)
	if m.past(group+"/", func(_ string, v change.Value) bool { return sameItem(f, v.Parts, s.Value.Parts) }) {
		return
	}
	parts := make(map[string]string, len(s.Value.Parts))
	for k, v := range s.Value.Parts {
		parts[k] = v
	}
	m.news = append(m.news, registry.Input{Field: group + "/new", Value: change.Value{Parts: parts}})
}

func sameItem(f *registry.Field, a, b map[string]string) bool {
	if f.Key == "document" {
		return registry.DocumentKey(a["number"], a["issuer"], a["type"]) == registry.DocumentKey(b["number"], b["issuer"], b["type"])
	}
	for i := range f.Parts {
		if p := f.Parts[i].Key; f.Parts[i].Names && a[p] != b[p] && name.Fold(a[p]) != name.Fold(b[p]) {
			return false
		}
	}
	return true
}

// fill writes the news by the rules of the register. What those refuse beside the values
// in force becomes a doubt.
func (m *merge) fill(c *change.Change) {
	if len(m.news) == 0 {
		return
	}
	edit, _, err := registry.Edit(m.cur, m.news, "", m.d.r.ctx.AsOf)
	if err != nil {
		m.news = slices.DeleteFunc(m.news, func(in registry.Input) bool {
			_, _, err := registry.Edit(m.cur, []registry.Input{in}, "", m.d.r.ctx.AsOf)
			if err != nil && in.Value.Text != "" {
				m.differs(in.Field, in.Value.Text)
			}
			return err != nil
		})
		if edit, _, err = registry.Edit(m.cur, m.news, "", m.d.r.ctx.AsOf); err != nil {
			return
		}
	}
	c.Sets = edit.Sets
}

// still reports whether a doubt of reading matters to the record as it stands: it is
// about something that came in now, or about what the record does not have.
func (m *merge) still(doubt registry.Doubt) bool {
	if doubt.From == "" || doubt.Key == "intake.duplicate" {
		return false // of the record as a whole: Edit raises those
	}
	field, _, part := strings.Cut(doubt.Field, ".")
	f := registry.Lookup(field)
	switch {
	case f == nil || f.Derived:
		return false
	case strings.Contains(field, "/"):
		return slices.ContainsFunc(m.d.Sets, func(s change.Set) bool { return s.Field == field }) && m.added(field)
	case part || f.IsGroup():
		return true
	}
	return blank(f, m.cur.Text(field)) || m.added(field)
}

// added reports whether the field is among the news.
func (m *merge) added(field string) bool {
	return !m.known(field) && slices.ContainsFunc(m.news, func(in registry.Input) bool {
		if group, isNew := strings.CutSuffix(in.Field, "/new"); isNew {
			return registry.ItemField(registry.Lookup(group), in.Value.Parts) == field
		}
		return in.Field == field
	})
}

// raise adds the doubts that were never raised on this record, and counts all new ones.
func (m *merge) raise(c *change.Change) int {
	for _, doubt := range m.doubts {
		s := doubt.Set(m.cur)
		if !m.known(s.Field) && !slices.ContainsFunc(c.Sets, func(t change.Set) bool { return t.Field == s.Field }) {
			c.Sets = append(c.Sets, s)
		}
	}
	n := 0
	for _, s := range c.Sets {
		if strings.HasPrefix(s.Field, "doubt/") && !s.Value.Empty() {
			n++
		}
	}
	return n
}
