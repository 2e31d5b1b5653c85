package desk

import (
	"net/http"
	"slices"
	"strings"

	"quipu/internal/code"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// Control is one question of a form that is made from the dictionary. Kind names the
// component that asks it.
type Control struct {
	Kind  string // input, textarea, select, date or checkboxes
	Field ui.Field
}

// shortList is the longest list that is offered whole; a longer one is Typed, as a name
// or a code, and recognised.
const shortList = 40

// Typed is what a form says about one text: the boxes of a date, or a line.
type Typed struct {
	Text string
	Date ui.DateParts
}

// kindOf is the kind of value and code list of a field, or with p of a part of it.
func kindOf(f *registry.Field, p *registry.Part) (kind registry.Kind, list string, many bool) {
	if p != nil {
		return p.Kind, p.List, false
	}
	return f.Kind, f.List, f.Many
}

// shown is what a form shows for a stored text before anybody types.
func (w Words) Shown(f *registry.Field, p *registry.Part, stored string) Typed {
	kind, list, many := kindOf(f, p)
	switch {
	case kind == registry.KDate && stored != "":
		return Typed{Date: ui.PartsOf(stored)}
	case kind == registry.KCode && !many && stored != "" && !w.Offered(list):
		return Typed{Text: w.Code(list, stored)}
	}
	return Typed{Text: stored}
}

// sent reads what the form said under a name.
func Sent(r *http.Request, f *registry.Field, p *registry.Part, name string) Typed {
	kind, _, many := kindOf(f, p)
	switch {
	case kind == registry.KDate:
		return Typed{Date: ui.FormDate(r, name)}
	case many:
		return Typed{Text: strings.Join(r.Form[name], " ")}
	}
	text := strings.TrimSpace(r.FormValue(name))
	return Typed{Text: strings.ReplaceAll(text, "\r\n", "\n")}
}

// given is the text as the registry reads it.
func (t Typed) Given() string {
	if t.Text != "" {
		return t.Text
	}
	return t.Date.Text()
}

func (w Words) Offered(list string) bool {
	l, ok := code.Find(list)
	return ok && len(l.Items(w.Today)) <= shortList
}

// Control makes the question. text is what stands in it.
func (w Words) Control(f *registry.Field, p *registry.Part, name string, t Typed, problem string) Control {
	kind, list, many := kindOf(f, p)
	label := w.Label(f.Key)
	if p != nil {
		label = w.Part(f, p)
	}
	c := Control{Kind: "input", Field: ui.Field{Name: name, Label: label, Value: t.Text, Date: t.Date, Error: problem}}
	switch kind {
	case registry.KDate:
		c.Kind = "date"
	case registry.KLong, registry.KMRZ:
		c.Kind = "textarea"
	case registry.KFlag:
		c.Kind = "select"
		c.Field.Options = []ui.Option{{Value: "yes", Label: w.T("ui.yes")}, {Value: "no", Label: w.T("ui.no")}}
	case registry.KCode:
		c.coded(w, list, many, t.Text)
	case registry.KPlace:
		if named := w.Text(f, p, t.Text); named != t.Text {
			c.Field.Hint = named
		}
	case registry.KOffice:
		c.Field.Hint, c.Field.Width = w.T("officer.edit.office"), "10"
	case registry.KPhone:
		c.Field.Type, c.Field.Hint = "tel", w.T("officer.edit.phone")
	case registry.KEmail:
		c.Field.Type = "email"
	case registry.KCount:
		c.Field.Mode, c.Field.Width = "numeric", "4"
	case registry.KGeo:
		c.Field.Hint = w.T("officer.edit.geo")
	}
	return c
}

func (c *Control) coded(w Words, list string, many bool, text string) {
	switch {
	case !w.Offered(list) && many:
		c.Field.Hint = w.T("officer.edit.codes")
	case !w.Offered(list):
		c.Field.Hint = w.T("officer.edit.code")
	case many:
		c.Kind = "checkboxes"
		c.Field.Options = w.Options(list, strings.Fields(text))
	default:
		c.Kind = "select"
		c.Field.Options = w.Options(list, []string{text})
	}
}

// options are the codes of a list in force today, and those chosen before.
func (w Words) Options(list string, chosen []string) (out []ui.Option) {
	l, ok := code.Find(list)
	if !ok {
		return nil
	}
	for _, it := range l.Items(w.Today) {
		out = append(out, ui.Option{Value: it.Code, Label: it.Label(string(w.Lang)), Checked: slices.Contains(chosen, it.Code)})
	}
	for _, c := range chosen {
		if c != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == c }) {
			out = append(out, ui.Option{Value: c, Label: w.Code(list, c), Checked: true})
		}
	}
	return out
}

// Choices offers values whose labels are messages under a prefix.
func Choices[T ~string](w Words, prefix string, values []T) (out []ui.Option) {
	for _, v := range values {
		out = append(out, ui.Option{Value: string(v), Label: w.T(prefix + string(v))})
	}
	return out
}

// SortOptions puts choices in the order of their labels.
func SortOptions(o []ui.Option) {
	slices.SortFunc(o, func(a, b ui.Option) int { return strings.Compare(name.Fold(a.Label), name.Fold(b.Label)) })
}
