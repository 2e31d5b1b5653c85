// Package rights holds the rules of what a person may ask about the own data: requests
// with clocks, the register of breaches with its 48 hours, who else asked for data and
// how that was answered, and how long each class of data is kept. It is pure: functions
// take the record, a command and a day, and return changes or the reason for a refusal.
//
// Terms, holidays and classes are data of the country pack (pack/COUNTRY, read its
// README.md).
package rights

import (
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// The kinds of entity in the log of changes.
const (
	KindRequest    change.Kind = "request"
	KindBreach     change.Kind = "breach"
	KindDisclosure change.Kind = "disclosure"
	KindRetention  change.Kind = "retention"
)

// MaxWords is the longest text that is kept in words, in characters.
const MaxWords = 2000

// Sealed reports whether a field of an entity of this package holds words about a person:
// such values are encrypted under the entity's own key before they are logged, and end
// with it.
func Sealed(field string) bool {
	return slices.Contains([]string{"wants", "representative", "shown", "reason", "extend_reason", "asker_name", "basis", "given"}, field)
}

// record is what the entities of this package share: the fold of their changes.
type record struct{ change.Record }

func (r *record) day(field string) civil.Date { return DayOf(r.Text(field)) }

// put is a set that replaces what the record holds now.
func (r *record) put(field, text string) change.Set {
	return change.Set{Field: field, Value: change.Text(text), Base: r.Version(field)}
}

// write starts a change with the fields that differ; pairs alternate field, text.
func (r *record) write(action string, pairs ...string) change.Change {
	c := change.Change{Entity: r.Entity, Action: action, Schema: change.Schema}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Text(pairs[i]) != pairs[i+1] {
			c.Sets = append(c.Sets, r.put(pairs[i], pairs[i+1]))
		}
	}
	return c
}

// DayOf reads a day as the projections keep it, unknown for none.
func DayOf(text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		return civil.Date{}
	}
	return d
}

// words brings a text to the form in which it is kept; must says that it may not be empty.
func words(field, text string, must bool) (string, error) {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n") {
		if line = name.Clean(line); line != "" || len(lines) > 0 {
			lines = append(lines, line)
		}
	}
	text = strings.TrimRight(strings.Join(lines, "\n"), "\n")
	if n := utf8.RuneCountInString(text); n > MaxWords {
		return "", fault.New(fault.Invalid, "rights.too_long", "limit", MaxWords).On(field)
	}
	if must && utf8.RuneCountInString(text) < 3 {
		return "", fault.New(fault.Invalid, "rights.words_missing").On(field)
	}
	return text, nil
}

// past refuses a day that is unknown, not full or still to come.
func past(field string, d, today civil.Date) error {
	if !d.Full() || d.After(today) {
		return fault.New(fault.Invalid, "rights.day", "today", today.String()).On(field)
	}
	return nil
}

func oneOf[T ~string](field string, v T, all []T) error {
	if slices.Contains(all, v) {
		return nil
	}
	return fault.New(fault.Invalid, "rights.choose").On(field)
}
