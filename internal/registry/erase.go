package registry

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/fault"
)

// ActionRetention is the action of changes that end values which are kept no longer.
const ActionRetention = "retention"

// Erased reports whether the entry was anonymised: it is counted, and says nothing of
// anybody.
func Erased(p *Person) bool { return p.Text("entry") == EntryErased }

// Counts reports whether a field stays when an entry is anonymised, perhaps with less in it.
func Counts(field string) bool { return field == "number" || field == "entry" }

// Erase anonymises an entry: what stays is its number, and of each registration the office,
// the kind, the years and why it ended, so that it is still counted. An entry that was a
// mistake may be anonymised as well.
func Erase(cur *Person, note string) (change.Change, error) {
	if cur.Head.IsZero() {
		return change.Change{}, fault.New(fault.NotFound, "registry.no_record")
	}
	c := cur.begin(ActionRetention, note)
	n := 0
	for _, f := range Held(cur) {
		if Counts(f) {
			continue
		}
		c.Sets = append(c.Sets, cur.put(f, change.Value{}))
		if strings.HasPrefix(f, "registration/") {
			// Under a name of its own: that of an item is made of its day.
			n++
			c.Sets = append(c.Sets, change.Set{Field: "registration/" + strconv.Itoa(n), Value: counted(cur.Fields[f].Value)})
		}
	}
	if !Erased(cur) {
		c.Sets = append(c.Sets, cur.put("entry", change.Text(EntryErased)))
	}
	return c, nil
}

// counted is what a registration leaves behind.
func counted(v change.Value) change.Value {
	year := func(part string) string {
		if d := dateOf(v.Part(part)); d.Known() {
			return d.String()[:4]
		}
		return ""
	}
	return change.Group("office", v.Part("office"), "kind", v.Part("kind"), "opened", year("opened"), "closed", year("closed"), "reason", v.Part("reason"))
}

// EraseFields empties values that are kept no longer, and the doubts about them.
func EraseFields(cur *Person, fields []string, note string) (change.Change, error) {
	if err := standing(cur); err != nil && !Merged(cur) { // what was merged holds values, too
		return change.Change{}, err
	}
	c := cur.begin(ActionRetention, note)
	for _, f := range Held(cur) {
		about := f
		if strings.HasPrefix(f, "doubt/") {
			about = plainField(cur.Fields[f].Value.Part("field"))
		}
		if slices.Contains(fields, about) && Lookup(f) != nil && !Counts(f) {
			c.Sets = append(c.Sets, cur.put(f, change.Value{}))
		}
	}
	return c, nil
}

// Held lists the fields that say something, sorted.
func Held(p *Person) []string {
	var out []string
	for f, h := range p.Fields {
		if !h.Value.Empty() {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}
