package ui

import (
	"net/http"
	"strings"
)

// Field is one question of a form, whatever control asks it. ID is Name unless given.
type Field struct {
	Name, ID, Label, Hint, Error string
	Value                        string
	Optional                     bool

	Type         string // of a text input: text, search, email, tel, password, number
	Mode         string // inputmode: numeric, tel, email
	Autocomplete string
	Width        string // in characters: 2, 3, 4, 5, 10, 20, 30; empty fills the column
	Max          string // most characters
	Rows         string // of a text area
	Focus        bool   // has the focus when the page opens
	Search       bool   // the "/" key goes here

	Options []Option // of radios, select and checkboxes
	Inline  bool     // radios or checkboxes beside one another

	Date  DateParts // of a date input
	Exact bool      // a document says the date: it is never approximate

	Accept string // of a file input
}

// Option is one choice. Checked also serves when Value is not the field's.
type Option struct {
	Value, Label, Hint string
	Checked            bool
}

// Key is the id of the control that an error leads to.
func (f Field) Key() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

// Described lists the ids that describe the control, for aria-describedby.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Key()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.Key()+"-error")
	}
	return strings.Join(ids, " ")
}

// Chosen reports whether o is the answer.
func (f Field) Chosen(o Option) bool {
	return o.Checked || f.Value != "" && f.Value == o.Value
}

// Kind is the type of a text input.
func (f Field) Kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Height is how many lines a text area shows.
func (f Field) Height() string {
	if f.Rows == "" {
		return "3"
	}
	return f.Rows
}

// DateParts are the three boxes of a date as typed, and the approximate mark.
type DateParts struct {
	Day, Month, Year string
	Approx           bool
}

// FormDate reads the date input called name from a submitted form.
func FormDate(r *http.Request, name string) DateParts {
	box := func(part string) string { return strings.TrimSpace(r.FormValue(name + "-" + part)) }
	return DateParts{box("day"), box("month"), box("year"), box("approx") != ""}
}

// PartsOf cuts a stored EDTF date into boxes; parts that are not known stay empty.
func PartsOf(edtf string) DateParts {
	core := strings.TrimRight(edtf, "~?%")
	parts := append(strings.Split(core, "-"), "", "")
	known := func(s string) string {
		if strings.Contains(s, "X") {
			return ""
		}
		return s
	}
	return DateParts{
		Day:    strings.TrimPrefix(known(parts[2]), "0"),
		Month:  strings.TrimPrefix(known(parts[1]), "0"),
		Year:   known(parts[0]),
		Approx: strings.ContainsAny(edtf[len(core):], "~%"),
	}
}

// Text is the date as a person gives it, day first: "27/3/1968", "3/1968", "hacia 1968".
// Empty when all boxes are. A day keeps its place even without a month ("27//1968"), so
// that nobody takes it for one.
func (d DateParts) Text() string {
	text := d.Year
	if d.Month != "" || d.Day != "" {
		text = d.Month + "/" + text
	}
	if d.Day != "" {
		text = d.Day + "/" + text
	}
	if text != "" && d.Approx {
		text = "hacia " + text
	}
	return text
}
