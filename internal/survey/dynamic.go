package survey

import (
	"regexp"
	"strconv"
	"strings"
)

// mention is ${name} in a text.
var mention = regexp.MustCompile(`\$\{(?:last-saved#)?([\p{L}_][\p{L}\p{M}\p{N}_.·-]*)\}`)

// Mentions gives the names of the questions that a text speaks of as ${name}, in order.
func Mentions(text string) []string {
	var out []string
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// Mention replaces each ${name} of a text.
func Mention(text string, by func(name string, lastSaved bool) string) string {
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		return by(mention.FindStringSubmatch(m)[1], strings.HasPrefix(m, "${last-saved#"))
	})
}

// The words into which a default is cut, to tell a value from an expression, in the order in
// which they are tried: the rules by which the standard's own converter tells.
var (
	ncName    = `[\p{L}_][\p{L}\p{M}\p{N}_.·-]*`
	isoTime   = `\d{2}:\d{2}:\d{2}(?:\.\s+)?(?:(?:(?:\+|-)\d{2}:\d{2})|Z)?`
	isoDate   = `-?\d{4}-\d{2}-\d{2}`
	literals  = regexp.MustCompile(`^(?:` + isoDate + `T` + isoTime + `|` + isoDate + `|` + isoTime + `|-?\d+\.\d*|-?\.\d+|-?\d+)`)
	operators = regexp.MustCompile(`^(?:[*+-]| mod | div )`)
	neutral   = regexp.MustCompile(`^(?:=|!=|<|>| and | or )`)
	quoted    = regexp.MustCompile(`^(?:"[^"]*"|'[^']*')`)
	active    = regexp.MustCompile(`^(?:\$\{(?:last-saved#)?` + ncName + `\}|` + ncName + `(?::` + ncName + `)?[(\[])`)
	plainWord = regexp.MustCompile(`^(?:` + ncName + `://|` + ncName + `(?::` + ncName + `)?)`)
)

// Dynamic reports whether the default is an expression: it has an operator, a call, a
// predicate or a ${name}. The "-" of a date or a place is no operator.
func (i *Item) Dynamic() bool {
	hyphens := false
	switch i.Type {
	case Date, DateTime, GeoPoint, GeoTrace, GeoShape:
		hyphens = true
	}
	for s := i.Default; s != ""; {
		switch {
		case literals.MatchString(s):
			s = s[len(literals.FindString(s)):]
		case operators.MatchString(s):
			return !(hyphens && s[0] == '-')
		case neutral.MatchString(s):
			s = s[len(neutral.FindString(s)):]
		case s[0] == '|':
			return true
		case quoted.MatchString(s):
			s = s[len(quoted.FindString(s)):]
		case active.MatchString(s):
			return true
		case plainWord.MatchString(s):
			s = s[len(plainWord.FindString(s)):]
		default:
			s = s[1:]
		}
	}
	return false
}

// Bounds are the least and the greatest value of a range and its step.
func (i *Item) Bounds() (start, end, step float64) {
	read := func(name string, or float64) float64 {
		if v, err := strconv.ParseFloat(i.Parameters[name], 64); err == nil {
			return v
		}
		return or
	}
	return read("start", 1), read("end", 10), read("step", 1)
}

// ChoicesFile is the file of the client from which the choices of a select come, "" for a
// list of the form.
func (i *Item) ChoicesFile() string {
	for _, ending := range []string{".csv", ".xml", ".geojson"} {
		if i.Select() && strings.HasSuffix(i.List, ending) {
			return i.List
		}
	}
	return ""
}

// ListID is the id under which expressions find the choices of a select: that of its list, or of
// its file without the ending.
func (i *Item) ListID() string {
	if file := i.ChoicesFile(); file != "" {
		return file[:strings.LastIndexByte(file, '.')]
	}
	return i.List
}

// Keys are the columns of the choices that hold the value and the label: those of the standard,
// or what the parameters of a select from a file say.
func (i *Item) Keys() (value, label string) {
	value, label = "name", "label"
	if file := i.ChoicesFile(); file == "" {
		return value, label
	} else if strings.HasSuffix(file, ".geojson") {
		value, label = "id", "title"
	}
	if v := i.Parameters["value"]; v != "" {
		value = v
	}
	if l := i.Parameters["label"]; l != "" {
		label = l
	}
	return value, label
}
