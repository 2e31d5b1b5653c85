package officer

import (
	"net/http"
	"slices"
	"strings"

	"quipu/internal/code"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// control is one question of a form that is made from the dictionary. Kind names the
// component that asks it.
type control struct {
	Kind  string // input, textarea, select, date or checkboxes
	Field ui.Field
}

// shortList is the longest list that is offered whole; a longer one is typed, as a name
// or a code, and recognised.
const shortList = 40

// typed is what a form says about one text: the boxes of a date, or a line.
type typed struct {
	text string
	date ui.DateParts
}

// kindOf is the kind of value and code list of a field, or with p of a part of it.
func kindOf(f *registry.Field, p *registry.Part) (kind registry.Kind, list string, many bool) {
	if p != nil {
		return p.Kind, p.List, false
	}
	return f.Kind, f.List, f.Many
}

// shown is what a form shows for a stored text before anybody types.
func (w words) shown(f *registry.Field, p *registry.Part, stored string) typed {
	kind, list, many := kindOf(f, p)
	switch {
	case kind == registry.KDate && stored != "":
		return typed{date: ui.PartsOf(stored)}
	case kind == registry.KCode && !many && stored != "" && !w.offered(list):
		return typed{text: w.code(list, stored)}
	}
	return typed{text: stored}
}

// sent reads what the form said under a name.
func sent(r *http.Request, f *registry.Field, p *registry.Part, name string) typed {
	kind, _, many := kindOf(f, p)
	switch {
	case kind == registry.KDate:
		return typed{date: ui.FormDate(r, name)}
	case many:
		return typed{text: strings.Join(r.Form[name], " ")}
	}
	text := strings.TrimSpace(r.FormValue(name))
	return typed{text: strings.ReplaceAll(text, "\r\n", "\n")}
}

// given is the text as the registry reads it.
func (t typed) given() string {
	if t.text != "" {
		return t.text
	}
	return t.date.Text()
}

func (w words) offered(list string) bool {
	l, ok := code.Find(list)
	return ok && len(l.Items(w.today)) <= shortList
}

// control makes the question. text is what stands in it.
func (w words) control(f *registry.Field, p *registry.Part, name string, t typed, problem string) control {
	kind, list, many := kindOf(f, p)
	label := w.label(f.Key)
	if p != nil {
		label = w.part(f, p)
	}
	c := control{Kind: "input", Field: ui.Field{Name: name, Label: label, Value: t.text, Date: t.date, Error: problem}}
	switch kind {
	case registry.KDate:
		c.Kind = "date"
	case registry.KLong, registry.KMRZ:
		c.Kind = "textarea"
	case registry.KFlag:
		c.Kind = "select"
		c.Field.Options = []ui.Option{{Value: "yes", Label: w.t("ui.yes")}, {Value: "no", Label: w.t("ui.no")}}
	case registry.KCode:
		c.coded(w, list, many, t.text)
	case registry.KPlace:
		if named := w.text(f, p, t.text); named != t.text {
			c.Field.Hint = named
		}
	case registry.KOffice:
		c.Field.Hint, c.Field.Width = w.t("officer.edit.office"), "10"
	case registry.KPhone:
		c.Field.Type, c.Field.Hint = "tel", w.t("officer.edit.phone")
	case registry.KEmail:
		c.Field.Type = "email"
	case registry.KCount:
		c.Field.Mode, c.Field.Width = "numeric", "4"
	case registry.KGeo:
		c.Field.Hint = w.t("officer.edit.geo")
	}
	return c
}

func (c *control) coded(w words, list string, many bool, text string) {
	switch {
	case !w.offered(list) && many:
		c.Field.Hint = w.t("officer.edit.codes")
	case !w.offered(list):
		c.Field.Hint = w.t("officer.edit.code")
	case many:
		c.Kind = "checkboxes"
		c.Field.Options = w.options(list, strings.Fields(text))
	default:
		c.Kind = "select"
		c.Field.Options = w.options(list, []string{text})
	}
}

// options are the codes of a list in force today, and those chosen before.
func (w words) options(list string, chosen []string) (out []ui.Option) {
	l, ok := code.Find(list)
	if !ok {
		return nil
	}
	for _, it := range l.Items(w.today) {
		out = append(out, ui.Option{Value: it.Code, Label: it.Label(string(w.lang)), Checked: slices.Contains(chosen, it.Code)})
	}
	for _, c := range chosen {
		if c != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == c }) {
			out = append(out, ui.Option{Value: c, Label: w.code(list, c), Checked: true})
		}
	}
	return out
}
