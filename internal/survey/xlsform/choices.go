package xlsform

import (
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// choices reads the lists of a sheet.
func (r *reader) choices(t *table, external bool) {
	if t == nil {
		return
	}
	for _, need := range []string{"list_name", "name"} {
		if t.find(need) == 0 {
			r.add(problem{sheet: t.name, row: 1, key: "no_column", args: []any{"column", need}})
			return
		}
	}
	r.languages(t)
	var extra []string
	for i, c := range t.columns {
		switch {
		case c.key != "" || c.raw == "":
		case !xpath.Name(c.raw):
			r.add(problem{sheet: t.name, row: 1, column: i + 1, key: "column_ignored", args: []any{"heading", c.raw}, warning: true})
			t.columns[i].raw = ""
		default:
			extra = append(extra, c.raw)
		}
	}
	lists := map[string]*survey.List{}
	for _, row := range t.rows {
		name, c := r.choice(t, row)
		if name == "" {
			if c.Value != "" || !c.Label.Empty() {
				r.add(problem{sheet: t.name, row: row.Number, column: t.find("list_name"), key: "no_list_name"})
			}
			continue
		}
		l := lists[name]
		if l == nil {
			l = &survey.List{Name: name, External: external, Columns: extra}
			lists[name] = l
			r.form.Lists = append(r.form.Lists, l)
		}
		r.addChoice(t, l, c)
	}
}

// choice reads one row.
func (r *reader) choice(t *table, row Row) (list string, c survey.Choice) {
	c.At = survey.Place{Sheet: t.name, Row: row.Number}
	for i, col := range t.columns {
		if i >= len(row.Cells) {
			break
		}
		v := strings.TrimSpace(quotes.Replace(row.Cells[i]))
		switch {
		case v == "":
		case col.key == "list_name":
			list = v
		case col.key == "name":
			c.Value = v
		case col.key == "label":
			c.Label = r.text(c.Label, col.lang, v)
		case col.key != "":
			if c.Media == nil {
				c.Media = survey.Media{}
			}
			c.Media[col.key] = r.text(c.Media[col.key], col.lang, v)
		case col.raw != "":
			if c.Attr == nil {
				c.Attr = map[string]string{}
			}
			c.Attr[col.raw] = v
		}
	}
	return list, c
}

// addChoice puts a choice into its list and says what is wrong with it.
func (r *reader) addChoice(t *table, l *survey.List, c survey.Choice) {
	at := func(column, key string, warning bool, args ...any) {
		r.add(problem{sheet: t.name, row: c.At.Row, column: t.find(column), key: key, warning: warning, args: append([]any{"list", l.Name, "choice", c.Value}, args...)})
	}
	switch before := l.Choice(c.Value); {
	case c.Value == "":
		at("name", "choice_name", false)
		return
	case before != nil && !r.form.Settings.AllowDuplicates && !l.External:
		at("name", "choice_twice", false, "row", before.At.Row)
	}
	switch main := r.main(); {
	case l.External:
	case c.Label.Empty() && len(c.Media) == 0:
		at("label", "choice_label", false)
	case c.Label.Translated():
		for _, lang := range r.form.Languages {
			if _, has := c.Label[lang]; !has {
				column := t.findLang("label", lang)
				r.add(problem{sheet: t.name, row: c.At.Row, column: column, key: "choice_language", warning: lang != main,
					args: []any{"list", l.Name, "choice", c.Value, "language", lang}})
			}
		}
	}
	for _, kind := range survey.MediaKinds {
		if main := r.main(); lacksMain(c.Media[kind], main) {
			r.add(problem{sheet: t.name, row: c.At.Row, column: t.findLang(kind, main), key: "media_language", args: []any{"kind", kind, "name", c.Value, "language", main}})
		}
	}
	l.Choices = append(l.Choices, c)
}

// findLang gives the place of a column of a language from 1, of the column without one where
// the language has none.
func (t *table) findLang(key, lang string) int {
	plain := 0
	for i, c := range t.columns {
		switch {
		case c.key == key && c.lang == lang:
			return i + 1
		case c.key == key && plain == 0:
			plain = i + 1
		}
	}
	return plain
}

// main is the language in which nothing may be missing: the default one, or the first.
func (r *reader) main() string {
	f := r.form
	if f.Settings.DefaultLanguage != "" || len(f.Languages) == 0 {
		return f.DefaultLanguage()
	}
	return f.Languages[0]
}

// languages adds those of a sheet to those of the form.
func (r *reader) languages(t *table) {
	for _, l := range t.languages() {
		known := false
		for _, k := range r.form.Languages {
			known = known || k == l
		}
		if !known {
			r.form.Languages = append(r.form.Languages, l)
		}
	}
}
