package registry

import (
	"strings"

	"quipu/internal/change"
)

// fold is how the changes of a person become a record: nothing comes into force for a person
// that nobody registered, nor for an entry that ended meanwhile, and what the program derives
// follows what it was derived from.
var fold = change.Rules{Refuses: refuses, Follows: Follows}

// refuses says why nothing of a change may come into force. Whoever ends an entry, brings it
// back or takes values out of it had seen it end.
func refuses(r *change.Record, c *change.Change) string {
	if r.Version("number").IsZero() && r.Version("entry").IsZero() {
		if Makes(c) {
			return ""
		}
		return change.ReasonNone
	}
	reason := ""
	switch r.Text("entry") {
	case EntryMerged:
		reason = change.ReasonMerged
	case EntryWithdrawn:
		reason = change.ReasonWithdrawn
	case EntryErased:
		reason = change.ReasonErased
	}
	if reason == "" || c.Action == ActionRetention {
		return ""
	}
	for i := range c.Sets {
		if s := &c.Sets[i]; s.Field == "entry" && s.Base == r.Version("entry") {
			return ""
		}
	}
	return reason
}

// Made reports whether somebody made the entry of a person.
func Made(p *Person) bool { return !p.Version("number").IsZero() || !p.Version("entry").IsZero() }

// Makes reports whether a change makes an entry: it says first what the entry is, or gives
// the number.
func Makes(c *change.Change) bool {
	for i := range c.Sets {
		if s := &c.Sets[i]; s.Base.IsZero() && (s.Field == "number" || s.Field == "entry") {
			return true
		}
	}
	return false
}

// Follows holds of what the program writes from other fields.
func Follows(field string) bool { return field == "name_mrz" || strings.HasPrefix(field, "doubt/") }

// derived is a person of whom what follows from other values was derived anew, where somebody
// had derived it without having seen them all.
func derived(r change.Record) Person {
	p := Person{r}
	if !r.Strayed {
		return p
	}
	if zone := NameMRZ(p.Name()); zone != p.Text("name_mrz") {
		h := p.Fields["name_mrz"]
		h.Value = change.Text(zone)
		p.Fields["name_mrz"] = h
	}
	return p
}

// Apply puts one more change on top; see change.Rules.
func (p *Person) Apply(c *change.Change) {
	fold.Apply(&p.Record, c)
	*p = derived(p.Record)
}

// History lists every value that the field held, and those that were contested where they
// were written; see change.Rules.
func History(changes []change.Change, field string) []change.Past {
	return fold.History(changes, field)
}

// Undo makes the change that takes back those changes of a person that taken picks; see
// change.Rules.
func Undo(changes []change.Change, taken func(*change.Change) bool) (change.Change, []string) {
	return fold.Undo(changes, taken)
}

// InForce leaves out of a person's changes what never came into force; see change.Rules.
func InForce(changes []change.Change) []change.Change { return fold.InForce(changes) }
