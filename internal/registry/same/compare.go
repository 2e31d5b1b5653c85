package same

import (
	"maps"
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/doc"
	"quipu/internal/registry"
)

// Line is one field of two entries side by side.
type Line struct {
	Field   string // "sex", "document/7QK3WZ0A"
	A, B    change.Held
	Differs bool // both say something, and not the same
	Needs   bool // somebody must choose before the two become one
	Takes   Side // whose value stands when nobody chooses, "" when both say the same
}

// Compare sets two entries side by side, in the order of the dictionary: every field of
// which one says something, but what the program writes for itself. survivor is the side
// whose values stand when nobody chooses.
func Compare(a, b *registry.Person, survivor Side) []Line {
	var out []Line
	for _, f := range fields(a, b) {
		l := Line{Field: f, A: a.Fields[f], B: b.Fields[f]}
		switch {
		case l.A.Value.Equal(l.B.Value):
		case l.A.Value.Empty():
			l.Takes = B
		case l.B.Value.Empty():
			l.Takes = A
		default:
			l.Differs, l.Takes = true, survivor
			if byDay(f) && later(l.A.Value, l.B.Value) != 0 {
				l.Takes = map[bool]Side{true: A, false: B}[later(l.A.Value, l.B.Value) > 0]
			}
			if group(f) == "registration" && twice(l.A.Value) != twice(l.B.Value) {
				l.Takes = map[bool]Side{true: B, false: A}[twice(l.A.Value)]
			}
			l.Needs = needsChoice(f, l.A.Value, l.B.Value)
		}
		out = append(out, l)
	}
	return out
}

// own are the fields that the program writes for itself, and that are compared nowhere.
var own = []string{"number", "entry", "name_mrz", "merged", "retention_class", "review_on", "purpose_flags"}

// duplicate is the reason of closing a registration that somebody else's entry had, too.
const duplicate = "duplicate"

func group(field string) string {
	key, _, _ := strings.Cut(field, "/")
	return key
}

// fields lists what either entry says, in the order of the dictionary and then by item.
func fields(a, b *registry.Person) []string {
	seen := map[string]bool{}
	for _, p := range []*registry.Person{a, b} {
		for _, f := range registry.Held(p) {
			if !slices.Contains(own, group(f)) && registry.Lookup(f) != nil {
				seen[f] = true
			}
		}
	}
	out := slices.Collect(maps.Keys(seen))
	place := map[string]int{}
	for i := range registry.Dictionary {
		place[registry.Dictionary[i].Key] = i
	}
	slices.SortFunc(out, func(x, y string) int {
		if n := place[group(x)] - place[group(y)]; n != 0 {
			return n
		}
		return strings.Compare(x, y)
	})
	return out
}

// byDay holds of the lists whose items say on which day they were true: the later stands.
func byDay(field string) bool {
	return group(field) == "consent" || group(field) == "registration"
}

// twice holds of a registration that was closed only because another entry had one.
func twice(v change.Value) bool { return v.Part("reason") == duplicate }

// later compares the newest days of two items.
func later(a, b change.Value) int { return civil.Compare(newest(a), newest(b)) }

func newest(v change.Value) (out civil.Date) {
	for _, part := range []string{"granted", "withdrawn", "opened", "confirmed", "closed"} {
		if d, err := civil.Parse(v.Part(part)); err == nil && d.Known() && civil.Compare(d, out) > 0 {
			out = d
		}
	}
	return out
}

// needsChoice holds of what no rule can decide: alive and dead, or one item of which the
// two entries say different things.
func needsChoice(field string, a, b change.Value) bool {
	if len(a.Parts) == 0 || byDay(field) || slices.Contains([]string{"doubt", "distinct_from", "family"}, group(field)) {
		return false
	}
	for k, x := range a.Parts {
		if y, ok := b.Parts[k]; ok && x != y {
			return true
		}
	}
	return false
}

// verified are the ways of checking a document that prove its number.
var verified = []string{"seen_original", "id_register_match"}

// NationalNumbers are the national identity numbers that an entry has verified, sorted.
func NationalNumbers(p *registry.Person) (out []string) {
	for _, it := range p.Items("document") {
		v := it.Value
		if registry.TypeClass(v.Part("type")) == registry.TypeClass(doc.TypeDNI) && slices.Contains(verified, v.Part("verification")) {
			out = append(out, v.Part("number"))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Conflict reports whether both entries have a verified national number and none in common:
// the strongest sign of two people, so that one officer alone does not set it aside.
func Conflict(a, b *registry.Person) bool {
	x, y := NationalNumbers(a), NationalNumbers(b)
	return len(x) > 0 && len(y) > 0 && !slices.ContainsFunc(x, func(n string) bool { return slices.Contains(y, n) })
}

// Older is the side whose first registration is older, or whose entry was made first.
func Older(a, b *registry.Person) Side {
	x, y := registry.Episodes(a), registry.Episodes(b)
	if len(x) > 0 && len(y) > 0 {
		if n := civil.Compare(x[0].Opened, y[0].Opened); n != 0 {
			return map[bool]Side{true: A, false: B}[n < 0]
		}
	}
	if b.Created.At.Micros < a.Created.At.Micros {
		return B
	}
	return A
}
