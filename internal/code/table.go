package code

import (
	"slices"

	"quipu/internal/civil"
)

// Table is one code list. It is read-only and safe for use by many goroutines.
type Table struct {
	Name    string
	Columns []string // names of the list's own columns, after the common ones

	items  []Item           // by code, then by start of validity
	byCode map[string][]int // code → places in items, oldest first
	exact  map[string]string
	folded map[string]string
}

// Item is one meaning of a code. A code that was used again for something else (CS was
// Czechoslovakia, then Serbia and Montenegro) has one item for each period.
type Item struct {
	Code    string
	ES, EN  string
	From    civil.Date // first date of validity; not Known() means "as far back as we look"
	To      civil.Date // last date of validity; not Known() means still valid
	Aliases []string   // other spellings that Recognise accepts

	fields map[string]string
}

// Field returns the item's value in one of the list's own columns ("alpha3"), or "".
func (i Item) Field(column string) string { return i.fields[column] }

// Label is the item's name in a language: "en", or Spanish for any other. A name that
// is missing in that language is given in the other.
func (i Item) Label(lang string) string {
	if lang == "en" && i.EN != "" || i.ES == "" {
		return i.EN
	}
	return i.ES
}

// Valid reports whether the item may have been valid on a date. A partial date counts
// as valid when any day of it does, and an unknown date always does.
func (i Item) Valid(on civil.Date) bool {
	return civil.Period{From: i.From, To: i.To}.Overlaps(civil.Period{From: on, To: on})
}

// Lookup returns what a code meant on a date.
func (t *Table) Lookup(code string, on civil.Date) (Item, bool) {
	at := t.byCode[code]
	for k := len(at) - 1; k >= 0; k-- {
		if it := t.items[at[k]]; it.Valid(on) {
			return it, true
		}
	}
	return Item{}, false
}

// Get returns the latest meaning of a code, whatever the date.
func (t *Table) Get(code string) (Item, bool) {
	at := t.byCode[code]
	if len(at) == 0 {
		return Item{}, false
	}
	return t.items[at[len(at)-1]], true
}

// Has reports whether the code is, or ever was, in the list.
func (t *Table) Has(code string) bool { return len(t.byCode[code]) > 0 }

// Label is the name of a code in a language; a code that is not in the list is its own
// label, so that a screen shows what the record holds.
func (t *Table) Label(code, lang string) string {
	if it, ok := t.Get(code); ok {
		return it.Label(lang)
	}
	return code
}

// Items returns the items valid on a date, sorted by code. An unknown date gives all.
func (t *Table) Items(on civil.Date) []Item {
	out := make([]Item, 0, len(t.items))
	for _, it := range t.items {
		if it.Valid(on) {
			out = append(out, it)
		}
	}
	return slices.Clip(out)
}
