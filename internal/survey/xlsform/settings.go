package xlsform

import (
	"strings"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// settings reads the sheet of that name: its first row holds.
func (r *reader) settings(t *table, o Options) {
	s := &r.form.Settings
	r.clean = true
	if t != nil && len(t.rows) > 0 {
		row := t.rows[0]
		for i, c := range t.columns {
			if i < len(row.Cells) {
				r.setting(c, strings.TrimSpace(quotes.Replace(row.Cells[i])))
			}
		}
		if len(t.rows) > 1 {
			r.add(problem{sheet: "settings", row: t.rows[1].Number, key: "settings_rows", warning: true})
		}
		if s.Name != "" && !xpath.Name(s.Name) {
			r.add(problem{sheet: "settings", row: row.Number, column: t.find("name"), key: "name_bad", args: []any{"name", s.Name}})
		}
		if s.InstanceName != "" {
			if _, err := xpath.Parse(s.InstanceName); err != nil {
				r.add(problem{sheet: "settings", row: row.Number, column: t.find("instance_name"), fault: faultOf(err)})
			}
		}
	}
	if s.ID == "" {
		s.ID = o.Name
	}
	if s.ID == "" {
		r.add(problem{sheet: "settings", key: "no_id"})
	}
	if s.Title == "" {
		s.Title = s.ID
	}
	if s.Version == "" {
		r.add(problem{sheet: "settings", key: "no_version", warning: true})
	}
}

// setting takes one value.
func (r *reader) setting(c column, v string) {
	s := &r.form.Settings
	fields := map[string]*string{"form_id": &s.ID, "form_title": &s.Title, "version": &s.Version, "default_language": &s.DefaultLanguage,
		"instance_name": &s.InstanceName, "style": &s.Style, "name": &s.Name, "submission_url": &s.SubmissionURL, "public_key": &s.PublicKey,
		"auto_send": &s.AutoSend, "auto_delete": &s.AutoDelete, "namespaces": &s.Namespaces}
	switch field := fields[c.key]; {
	case v == "":
	case field != nil:
		*field = v
	case c.key == "allow_choice_duplicates":
		s.AllowDuplicates = yes(v)
	case c.key == "clean_text_values":
		r.clean = !no(v)
	case c.raw != "":
		if s.Extra == nil {
			s.Extra = map[string]string{}
		}
		s.Extra[c.raw] = v
	}
}

// text puts a text of a language into t. The text of a column without a language belongs to
// the default language where others are named.
func (r *reader) text(t survey.Text, lang, v string) survey.Text {
	if t == nil {
		t = survey.Text{}
	}
	t[lang] = v
	plain, mixed := t[""]
	if mixed && len(t) > 1 {
		delete(t, "")
		if _, has := t[r.form.DefaultLanguage()]; !has {
			t[r.form.DefaultLanguage()] = plain
		}
	}
	return t
}
