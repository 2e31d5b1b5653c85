package xlsform

import (
	"slices"

	"quipu/internal/survey"
)

// drafts reads translations that wait for a reviewer of their language (sheet, list, item, text,
// reviewer). A text counts once its reviewer is named. What its language still lacks is said in
// the main language of the form, since clients would show "-".
func (r *reader) drafts(t *table) {
	if t == nil {
		return
	}
	at := map[string]int{}
	for i, c := range t.columns {
		at[c.raw] = i
	}
	for _, need := range []string{"language", "sheet", "list", "item", "text", "reviewer"} {
		if _, ok := at[need]; !ok {
			r.add(problem{sheet: t.name, row: 1, key: "no_column", args: []any{"column", need}})
			return
		}
	}
	items := map[string]*survey.Item{}
	for _, n := range r.form.Nodes() {
		items[n.Name] = n.Item
	}
	for _, row := range t.rows {
		cell := func(name string) string {
			if i := at[name]; i < len(row.Cells) {
				return r.cleaned(row.Cells[i])
			}
			return ""
		}
		label := r.labelOf(cell("sheet"), cell("list"), cell("item"), items)
		switch lang := cell("language"); {
		case label == nil || lang == "" || cell("text") == "":
			r.add(problem{sheet: t.name, row: row.Number, column: at["item"] + 1, key: "draft_item", args: []any{"item", cell("item")}})
		case cell("reviewer") != "":
			if plain, ok := label[""]; ok { // it had no language until now
				delete(label, "")
				label[r.main()] = plain
			}
			label[lang] = cell("text")
			if !slices.Contains(r.form.Languages, lang) {
				r.form.Languages = append(r.form.Languages, lang)
				defer r.fill(lang)
			}
		}
	}
}

// labelOf is the label of a choice or a question; nil where there is none.
func (r *reader) labelOf(sheet, list, item string, items map[string]*survey.Item) survey.Text {
	if sheet == "choices" {
		if c := r.form.List(list).Choice(item); c != nil {
			return c.Label
		}
		return nil
	}
	if i := items[item]; i != nil && sheet == "survey" {
		return i.Label
	}
	return nil
}

// fill says in the main language what a language lacks.
func (r *reader) fill(lang string) {
	one := func(t survey.Text) {
		if _, has := t[lang]; !has && t.Translated() {
			if words, ok := t[r.main()]; ok {
				t[lang] = words
			}
		}
	}
	for _, i := range r.form.Nodes() {
		for _, t := range []survey.Text{i.Label, i.Hint, i.Guidance, i.ConstraintMessage, i.RequiredMessage} {
			one(t)
		}
	}
	for _, l := range r.form.Lists {
		for _, c := range l.Choices {
			one(c.Label)
		}
	}
}
