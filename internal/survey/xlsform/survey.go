package xlsform

import (
	"slices"
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// level is a group that is open: what it holds so far.
type level struct {
	item  *survey.Item // nil at the root
	names map[string]*survey.Item
}

// survey reads the questions, groups and repeats.
func (r *reader) survey(t *table) {
	if t.find("type") == 0 {
		r.add(problem{sheet: "survey", row: 1, key: "no_column", args: []any{"column", "type"}})
		return
	}
	open := []*level{{names: map[string]*survey.Item{}}}
	for _, row := range t.rows {
		i, what, ok := r.item(t, row)
		if !ok {
			continue
		}
		top := open[len(open)-1]
		if what.end != "" {
			open = r.closed(open, i, what)
			continue
		}
		r.named(top, i)
		if top.item == nil {
			r.form.Children = append(r.form.Children, i)
		} else {
			top.item.Children = append(top.item.Children, i)
		}
		if i.Container() {
			open = append(open, &level{item: i, names: map[string]*survey.Item{}})
		}
	}
	for _, l := range open[1:] {
		r.at(l.item, "type", "not_closed", "kind", string(l.item.Type), "name", l.item.Name)
	}
	if len(t.rows) == 0 {
		r.add(problem{sheet: "survey", key: "no_questions"})
	}
}

// closed ends the group that is open.
func (r *reader) closed(open []*level, i *survey.Item, what kindOf) []*level {
	top := open[len(open)-1]
	switch {
	case top.item == nil:
		r.at(i, "type", "not_open", "kind", string(what.end))
		return open
	case top.item.Type != what.end:
		r.at(i, "type", "wrong_end", "kind", string(what.end), "open", string(top.item.Type), "name", top.item.Name, "row", top.item.At.Row)
		// An end that fits one further out closes all until there, so that one slip is told once.
		for n := len(open) - 1; n > 0; n-- {
			if open[n].item.Type == what.end {
				return open[:n]
			}
		}
	}
	return open[:len(open)-1]
}

// named says what is wrong with the name of an item.
func (r *reader) named(in *level, i *survey.Item) {
	switch before, twice := in.names[strings.ToLower(i.Name)]; {
	case i.Name == "":
		r.at(i, "name", "no_name", "type", string(i.Type))
		return
	case !xpath.Name(i.Name):
		r.at(i, "name", "name_bad", "name", i.Name)
	case in.item == nil && i.Name == "meta", i.Type == survey.Repeat && i.Name == r.form.Root():
		r.at(i, "name", "name_reserved", "name", i.Name)
	case twice && before.Name == i.Name:
		r.at(i, "name", "name_twice", "name", i.Name, "row", before.At.Row)
	case twice:
		r.warn(i, "name", "name_case", "name", i.Name, "other", before.Name, "row", before.At.Row)
	}
	in.names[strings.ToLower(i.Name)] = i
}

// item reads one row; ok is false for a comment, an empty row and a row that says nothing.
func (r *reader) item(t *table, row Row) (*survey.Item, kindOf, bool) {
	i := &survey.Item{At: survey.Place{Sheet: "survey", Row: row.Number}}
	columns := map[string]int{}
	r.cells[i] = columns
	kind, any := "", false
	for n, c := range t.columns {
		if columns[c.key] == 0 && c.key != "" {
			columns[c.key] = n + 1 // also of an empty cell: it may be what is missing
		}
		if n >= len(row.Cells) {
			continue
		}
		v := r.cleaned(row.Cells[n])
		if v == "" {
			continue
		}
		columns[c.key] = n + 1
		switch {
		case c.key == "disabled":
			if yes(v) {
				return nil, kindOf{}, false
			}
		case c.key == "type":
			kind = v
		default:
			any = any || c.key == "name" || c.key == "label"
			r.put(i, c, v)
		}
	}
	if kind == "" {
		if any {
			r.at(i, "type", "no_type", "name", i.Name)
		}
		return nil, kindOf{}, false
	}
	what, ok := r.kind(i, kind)
	return i, what, ok
}

// cleaned puts plain quotes for typographic ones and, unless the settings say otherwise, one
// space for many.
func (r *reader) cleaned(v string) string {
	v = strings.TrimSpace(quotes.Replace(v))
	if r.clean {
		return strings.Join(strings.Fields(v), " ")
	}
	return v
}

// put takes what a cell says about an item.
func (r *reader) put(i *survey.Item, c column, v string) {
	if slices.Contains(translated, c.key) {
		r.putText(i, c, v)
		return
	}
	fields := map[string]*string{"name": &i.Name, "constraint": &i.Constraint, "calculation": &i.Calculation, "default": &i.Default,
		"choice_filter": &i.ChoiceFilter, "appearance": &i.Appearance, "repeat_count": &i.RepeatCount}
	truths := map[string]*string{"relevant": &i.Relevant, "required": &i.Required, "read_only": &i.ReadOnly, "constraint": &i.Constraint, "calculation": &i.Calculation}
	switch {
	case truths[c.key] != nil:
		*truths[c.key] = truth(v)
	case fields[c.key] != nil:
		*fields[c.key] = v
	case c.key == "trigger":
		i.Trigger = r.triggers(i, v)
	case c.key == "parameters":
		i.Parameters = r.parameters(i, v)
	case c.key == "autoplay" || c.key == "rows" || c.key == "intent":
		r.extra(&i.Extra, "body::"+c.key, v)
	case c.key == "quipu_sensitive":
		if i.Sensitive = !no(v); i.Sensitive && !yes(v) {
			r.at(i, c.key, "sensitive", "value", v)
		}
	case c.key == "save_to":
		r.warn(i, "save_to", "entities")
	case attribute(c.raw) != "":
		r.extra(&i.Extra, attribute(c.raw), v)
	case c.raw != "":
		r.extra(&i.Notes, c.raw, v)
	}
}

func (r *reader) extra(m *map[string]string, key, v string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = v
}

// attribute is the heading of a column that adds an attribute to the XForm: bind::X, body::X,
// instance::X; "" for another.
func attribute(heading string) string {
	kind, name, ok := strings.Cut(heading, "::")
	kind, name = strings.ToLower(strings.TrimSpace(kind)), strings.TrimSpace(name)
	if kind == "control" {
		kind = "body"
	}
	if !ok || !slices.Contains([]string{"bind", "body", "instance"}, kind) || name == "" || strings.ContainsAny(name, " <>\"'&=") {
		return ""
	}
	return kind + "::" + name
}

func (r *reader) putText(i *survey.Item, c column, v string) {
	texts := map[string]*survey.Text{"label": &i.Label, "hint": &i.Hint, "guidance_hint": &i.Guidance,
		"constraint_message": &i.ConstraintMessage, "required_message": &i.RequiredMessage}
	if t := texts[c.key]; t != nil {
		*t = r.text(*t, c.lang, v)
		return
	}
	if i.Media == nil {
		i.Media = survey.Media{}
	}
	i.Media[c.key] = r.text(i.Media[c.key], c.lang, v)
}

// triggers reads ${a} or ${a}, ${b}.
func (r *reader) triggers(i *survey.Item, v string) []string {
	var out []string
	for _, one := range strings.Split(v, ",") {
		one = strings.TrimSpace(one)
		name, ok := strings.CutPrefix(one, "${")
		name, closed := strings.CutSuffix(name, "}")
		if !ok || !closed || !xpath.Name(name) {
			r.at(i, "trigger", "trigger", "value", one, "form", "${name}")
			continue
		}
		out = append(out, name)
	}
	return out
}

// parameters reads key=value pairs, apart by spaces, commas or semicolons.
func (r *reader) parameters(i *survey.Item, v string) map[string]string {
	out := map[string]string{}
	v = strings.NewReplacer(" = ", "=", "= ", "=", " =", "=", ",", " ", ";", " ").Replace(v)
	for _, one := range strings.Fields(v) {
		key, value, ok := strings.Cut(one, "=")
		if !ok || key == "" || value == "" {
			r.at(i, "parameters", "parameter", "value", one)
			continue
		}
		key = strings.ToLower(key)
		if key != "label" && key != "value" && !strings.Contains(value, "${") {
			value = strings.ToLower(value)
		}
		out[key] = value
	}
	return out
}
