// Package form says what the fields of entities may hold: the same for whoever writes a change, and
// for the hub that takes it from a node.
package form

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// Form says whether a field may hold a text that is not empty.
type Form func(text string) bool

// Fields are the forms of the fields of each kind of entity.
type Fields map[change.Kind]map[string]Form

// Check holds what a field is to say against its form. An empty text says nothing and passes. The faults
// are those of Unknown and Wrong.
func (f Fields) Check(kind change.Kind, field, text string) error {
	is, known := f[kind][field]
	switch {
	case !known:
		return Unknown(field)
	case text != "" && !is(text):
		return Wrong(field)
	}
	return nil
}

// Unknown is the fault of a field that no entity of the kind has: values.unknown.
func Unknown(field string) error {
	return fault.New(fault.Invalid, "values.unknown", "field", field).On(field)
}

// Wrong is the fault of a text that its field may not hold: values.form.
func Wrong(field string) error {
	return fault.New(fault.Invalid, "values.form", "field", field).On(field)
}

// Among is one of several texts.
func Among[T ~string](all []T) Form {
	return func(text string) bool { return slices.Contains(all, T(text)) }
}

// Each is any number of words of a form, with spaces between them.
func Each(f Form) Form {
	return func(text string) bool {
		return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return !f(w) })
	}
}

// Kept is a text as it is kept by the function that brings texts to that form.
func Kept(words func(field, text string, must bool) (string, error)) Form {
	return func(text string) bool {
		kept, err := words("", text, false)
		return err == nil && kept == text
	}
}

// UpTo is a whole number from 0 to a largest one.
func UpTo(most int) Form {
	return func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= 0 && n <= most
	}
}

// Reference is a name that the program gives: of an entity, a change, an account.
func Reference(text string) bool { return len(text) <= 200 && !strings.ContainsAny(text, " \n") }

// Name is the name of an office or a node.
func Name(text string) bool { return id.Node(text).Valid() }

// Day is a date with year, month and day.
func Day(text string) bool {
	d, err := civil.Parse(text)
	return err == nil && d.Full()
}

// Moment is a point of time as changes have it.
func Moment(text string) bool {
	_, err := change.ParseStamp(text)
	return err == nil
}

// Yes is what a condition says that holds.
func Yes(text string) bool { return text == "yes" }

// Hash is a SHA-256 in hexadecimal digits.
func Hash(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
