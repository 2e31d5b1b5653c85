package tabular

import (
	"regexp"
	"slices"
	"strings"

	"quipu/internal/fault"
)

// endings are the ends of names that go with a format.
var endings = map[Format][]string{CSV: {"csv", "tsv", "tab", "txt"}, XLSX: {"xlsx", "xlsm"}}

// ending is what a name says of its file: a few letters after the last dot. "Lista 2.5"
// says nothing.
var ending = regexp.MustCompile(`\.([A-Za-z][A-Za-z0-9]{0,4})$`)

// CheckName refuses a name that says another kind of file than the content is: whoever
// opens it later by its name would be misled. A name without an ending says nothing.
func CheckName(name string, f Format) error {
	m := ending.FindStringSubmatch(strings.TrimSpace(name))
	if m == nil || slices.Contains(endings[f], strings.ToLower(m[1])) {
		return nil
	}
	return fault.New(fault.Invalid, "tabular.name", "ending", "."+m[1], "format", strings.ToUpper(string(f)), "fits", "."+strings.Join(endings[f], ", ."))
}
