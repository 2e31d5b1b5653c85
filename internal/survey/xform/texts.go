package xform

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/survey"
)

// said is one text in one language and form.
type said struct {
	form string // "" the text itself, guidance, or a kind of media
	text string
	from *survey.Node // in which ${name} are looked up; nil for a choice
}

// itext is the texts in all languages, by their names.
type itext struct {
	languages []string
	ids       []string
	forms     map[string][]string          // of each id, in order
	texts     map[string]map[string][]said // by id and language
}

// translates reports whether a text has to stand among the translations: it names languages,
// or has outputs where an attribute has no room for them.
func translates(t survey.Text) bool {
	return t.Translated() || len(survey.Mentions(t[""])) > 0
}

// needsItext reports whether the label of an item is among the translations.
func needsItext(i *survey.Item) bool { return i.Label.Translated() || len(i.Media) > 0 }

// itextList reports whether the labels of a list are among the translations.
func itextList(l *survey.List) bool {
	return slices.ContainsFunc(l.Choices, func(c survey.Choice) bool { return len(c.Media) > 0 || translates(c.Label) })
}

func (t *itext) put(id, form string, words survey.Text, or string, from *survey.Node) {
	for _, lang := range words.Languages() {
		into := lang
		if into == "" {
			into = or
		}
		if t.texts[id] == nil {
			t.texts[id] = map[string][]said{}
			t.ids = append(t.ids, id)
		}
		if !slices.Contains(t.languages, into) {
			t.languages = append(t.languages, into)
		}
		if !slices.Contains(t.forms[id], form) {
			t.forms[id] = append(t.forms[id], form)
		}
		t.texts[id][into] = append(t.texts[id][into], said{form, words[lang], from})
	}
}

// texts gathers those that are translated.
func (w *writer) texts() itext {
	t := itext{forms: map[string][]string{}, texts: map[string]map[string][]said{}}
	or := w.form.DefaultLanguage()
	for _, l := range w.form.Lists {
		if l.External || !itextList(l) {
			continue
		}
		for i, c := range w.choices(l) {
			id := l.Name + "-" + strconv.Itoa(i)
			t.put(id, "", c.Label, or, nil)
			for _, kind := range survey.MediaKinds {
				t.put(id, kind, c.Media[kind], or, nil)
			}
		}
	}
	for _, n := range w.nodes {
		if needsItext(n.Item) {
			t.put(n.Path+":label", "", n.Label, or, n)
			for _, kind := range survey.MediaKinds {
				t.put(n.Path+":label", kind, n.Media[kind], or, n)
			}
		}
		if n.Hint.Translated() || !n.Guidance.Empty() {
			t.put(n.Path+":hint", "", n.Hint, or, n)
			t.put(n.Path+":hint", "guidance", n.Guidance, or, n)
		}
		if translates(n.ConstraintMessage) {
			t.put(n.Path+":jr:constraintMsg", "", n.ConstraintMessage, or, n)
		}
		if translates(n.RequiredMessage) {
			t.put(n.Path+":jr:requiredMsg", "", n.RequiredMessage, or, n)
		}
	}
	// The order of the workbook, the default language where it falls.
	order := append(slices.Clone(w.form.Languages), or)
	slices.SortStableFunc(t.languages, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return t
}

// missing stands where a language has no text: every client shows it as it is.
const missing = "-"

// element writes the translations, all texts in each language.
func (t itext) element(w *writer) *element {
	if len(t.languages) == 0 {
		return nil
	}
	all := el("itext")
	for _, lang := range t.languages {
		tr := el("translation", "lang", lang)
		if lang == w.form.DefaultLanguage() {
			tr.set("default", "true()")
		}
		for _, id := range t.ids {
			words := el("text", "id", id)
			for _, form := range t.forms[id] {
				i := slices.IndexFunc(t.texts[id][lang], func(s said) bool { return s.form == form })
				if i < 0 {
					if form == "" || form == "guidance" {
						words.add(el("value", "form", form).add(text(missing)))
					}
					continue
				}
				words.add(w.said(t.texts[id][lang][i]))
			}
			tr.add(words)
		}
		all.add(tr)
	}
	return all
}

func (w *writer) said(s said) *element {
	switch s.form {
	case "", "guidance":
		return el("value", "form", s.form).add(w.mixed(s.text, s.from)...)
	case "image", "big-image":
		return el("value", "form", s.form).add(text("jr://images/" + s.text))
	}
	return el("value", "form", s.form).add(text("jr://" + s.form + "/" + s.text))
}

// choices are those of a list, with the "other" that a question adds.
func (w *writer) choices(l *survey.List) []survey.Choice {
	out := l.Choices
	if l.Choice(survey.OtherValue) != nil || !slices.ContainsFunc(w.nodes, func(n *survey.Node) bool { return n.OrOther && n.List == l.Name }) {
		return out
	}
	label := survey.Text{}
	for _, c := range l.Choices {
		for _, lang := range c.Label.Languages() {
			if lang != "" {
				label[lang] = "Other"
			}
		}
	}
	if len(label) == 0 {
		label[""] = "Other"
	}
	return append(slices.Clone(out), survey.Choice{Value: survey.OtherValue, Label: label})
}

// lists are the secondary instances: files of the client, then the lists of choices.
func (w *writer) lists() []*element {
	var out []*element
	seen := map[string]bool{}
	file := func(id, src string) {
		if !seen[id] {
			seen[id] = true
			e := el("instance", "id", id, "src", src)
			out = append(out, e)
		}
	}
	saved := false
	for _, n := range w.nodes {
		for _, id := range pulled(n) {
			file(id, "jr://file-csv/"+id+".csv")
		}
		if name := n.ChoicesFile(); name != "" {
			id := name[:strings.LastIndexByte(name, '.')]
			if strings.HasSuffix(name, ".csv") {
				file(id, "jr://file-csv/"+name)
			} else {
				file(id, "jr://file/"+name)
			}
		}
		switch n.Type {
		case survey.XMLExternal:
			file(n.Name, "jr://file/"+n.Name+".xml")
		case survey.CSVExternal:
			file(n.Name, "jr://file-csv/"+n.Name+".csv")
		}
		for _, s := range []string{n.Default, n.ChoiceFilter, n.Calculation, n.Relevant, n.Constraint, n.Required, n.ReadOnly} {
			saved = saved || strings.Contains(s, "${last-saved#")
		}
	}
	if saved {
		file(lastSavedID, "jr://instance/last-saved")
	}
	for _, l := range w.form.Lists {
		if !l.External && !seen[l.Name] {
			out = append(out, w.list(l))
		}
	}
	return out
}

// list is a secondary instance with the choices of a list.
func (w *writer) list(l *survey.List) *element {
	root := el("root")
	named := itextList(l)
	for i, c := range w.choices(l) {
		item := el("item")
		if named {
			item.add(el("itextId").add(text(l.Name + "-" + strconv.Itoa(i))))
		}
		item.add(el("name").add(text(c.Value)))
		if !named && !c.Label.Empty() {
			item.add(el("label").add(text(c.Label[""])))
		}
		for _, column := range l.Columns {
			if v, ok := c.Attr[column]; ok {
				item.add(el(column).add(text(v)))
			}
		}
		root.add(item)
	}
	return el("instance", "id", l.Name).add(root)
}
