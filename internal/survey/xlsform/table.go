package xlsform

import (
	"slices"
	"strings"
)

// column is what a heading means.
type column struct {
	key  string // the standard's word, "" for a column that it does not know
	lang string // of a text
	raw  string // the heading as written
}

// table is a sheet whose headings were understood.
type table struct {
	name    string
	columns []column
	rows    []Row
}

// aliases are other words for the columns of the standard, by sheet; the words themselves are
// in known.
var aliases = map[string]map[string]string{
	"survey": {
		"command": "type", "tag": "name", "value": "name", "caption": "label", "relevance": "relevant", "readonly": "read_only",
		"calculate": "calculation", "constraining_message": "constraint_message", "requiredmsg": "required_message",
		"count": "repeat_count", "jr:count": "repeat_count", "big_image": "big-image", "guidance": "guidance_hint",
		"bind::relevant": "relevant", "bind::constraint": "constraint", "bind::required": "required", "bind::readonly": "read_only",
		"bind::calculate": "calculation", "bind::jr:constraintmsg": "constraint_message", "bind::jr:requiredmsg": "required_message",
		"control::appearance": "appearance", "body::appearance": "appearance", "body::jr:count": "repeat_count", "control::jr:count": "repeat_count",
		"media::image": "image", "media::audio": "audio", "media::video": "video", "media::big-image": "big-image",
		"bind::quipu:sensitive": "quipu_sensitive",
	},
	"choices": {
		"value": "name", "caption": "label", "big_image": "big-image",
		"media::image": "image", "media::audio": "audio", "media::video": "video", "media::big-image": "big-image",
	},
	"settings": {
		"id_string": "form_id", "set_form_id": "form_id", "title": "form_title", "set_form_title": "form_title",
	},
}

var known = map[string][]string{
	"survey": {"type", "name", "label", "hint", "guidance_hint", "relevant", "constraint", "constraint_message", "required", "required_message",
		"read_only", "calculation", "default", "trigger", "choice_filter", "appearance", "repeat_count", "parameters",
		"image", "big-image", "audio", "video", "disabled", "autoplay", "rows", "intent", "save_to", "quipu_sensitive"},
	"choices": {"list_name", "name", "label", "image", "big-image", "audio", "video"},
	"settings": {"form_id", "form_title", "version", "default_language", "instance_name", "style", "name", "submission_url", "public_key",
		"auto_send", "auto_delete", "allow_choice_duplicates", "namespaces", "clean_text_values"},
}

// translated are the columns that may name a language.
var translated = []string{"label", "hint", "guidance_hint", "constraint_message", "required_message", "image", "big-image", "audio", "video"}

// table finds the sheet of that name and reads its headings; nil when it is not there.
func (r *reader) table(sheets []Sheet, name string) *table {
	i := slices.IndexFunc(sheets, func(s Sheet) bool { return strings.EqualFold(strings.TrimSpace(s.Name), name) })
	if i < 0 {
		return nil
	}
	s := sheets[i]
	r.headings[name] = s.Heading
	t := &table{name: name, rows: s.Rows}
	kind := strings.TrimPrefix(name, "external_")
	double := slices.ContainsFunc(s.Heading, func(h string) bool { return strings.Contains(h, "::") })
	seen := map[column]int{}
	for i, h := range s.Heading {
		c := meaning(kind, strings.TrimSpace(quotes.Replace(h)), double)
		if before, twice := seen[column{key: c.key, lang: c.lang}]; twice && c.key != "" {
			r.add(problem{sheet: name, row: 1, column: i + 1, key: "column_twice", args: []any{"heading", h, "other", s.Heading[before]}})
			c = column{}
		} else {
			seen[column{key: c.key, lang: c.lang}] = i
		}
		t.columns = append(t.columns, c)
	}
	return t
}

// meaning reads a heading: the word, and the language of a text after "::" (or ":" in a sheet
// that has no "::").
func meaning(kind, heading string, double bool) column {
	c := column{raw: heading}
	word := snake(heading)
	if key, ok := standard(kind, word); ok {
		c.key = key
		return c
	}
	sep := "::"
	if !double && !strings.Contains(word, "jr:") {
		sep = ":"
	}
	parts := strings.Split(heading, sep)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	// The longest beginning that is a column of the standard, then a language.
	for n := len(parts); n > 0; n-- {
		key, ok := standard(kind, snake(strings.Join(parts[:n], "::")))
		rest := strings.Join(parts[n:], sep)
		if ok && (rest == "" || slices.Contains(translated, key)) {
			c.key, c.lang = key, rest
			return c
		}
	}
	return c
}

func standard(kind, word string) (string, bool) {
	if key, ok := aliases[kind][word]; ok {
		return key, true
	}
	return word, slices.Contains(known[kind], word)
}

// snake writes a heading in small letters with "_" for spaces.
func snake(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "_")) }

// find gives the place of a column from 1, 0 where it is missing.
func (t *table) find(key string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.key == key }) + 1
}

// languages gives those of the texts, in the order of the columns.
func (t *table) languages() []string {
	var out []string
	for _, c := range t.columns {
		if c.lang != "" && !slices.Contains(out, c.lang) {
			out = append(out, c.lang)
		}
	}
	return out
}
