package registry

import (
	"maps"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
)

// ValidOn is the record as it held on a day, by what is known now: for each field the
// value recorded last among those whose validity covers the day. An item that says itself
// since when it is so (a registration, a document, a death) holds since then, and without
// an end that came later. A value without stated validity is taken to hold from when it was
// written, or always if it was the first. It differs from change.KnownAt, which is what
// the office knew on that day.
func ValidOn(changes []change.Change, day civil.Date) Person {
	p := Person{change.Record{Fields: make(map[string]change.Held)}}
	if len(changes) > 0 {
		whole := Load(changes)
		p.Entity, p.Head, p.Created, p.Updated = whole.Entity, whole.Head, whole.Created, whole.Updated
	}
	seen := map[string]bool{}
	for _, past := range History(changes, "") {
		if past.Contested {
			continue
		}
		if holdsOn(past, day, !seen[past.Field]) {
			past.Held.Value = before(past.Held.Value, past.Field, day)
			p.Fields[past.Field] = past.Held
		}
		seen[past.Field] = true
	}
	return p
}

// begins is the part of an item that says since when it is so; ends are the parts that
// came into it when it ended, the date first.
var (
	begins = map[string]string{"registration": "opened", "consent": "granted", "document": "issued", "card": "issued",
		"constancy": "issued", "family": "from", "vital_status": "date"}
	ends = map[string][]string{"registration": {"closed", "reason", "handover", "to"}, "consent": {"withdrawn"},
		"card": {"revoked", "reason"}, "constancy": {"revoked", "reason"}}
)

// before is the item without the end that it had not met on the day.
func before(v change.Value, field string, day civil.Date) change.Value {
	group, _, _ := strings.Cut(field, "/")
	parts := ends[group]
	if len(parts) == 0 {
		return v
	}
	if end := dateOf(v.Part(parts[0])); !end.Known() || civil.Compare(end.Earliest(), day.Latest()) <= 0 {
		return v
	}
	v.Parts = maps.Clone(v.Parts)
	for _, part := range parts {
		delete(v.Parts, part)
	}
	return v
}

func holdsOn(v change.Past, day civil.Date, first bool) bool {
	from, to := dateOf(v.Prov.From), dateOf(v.Prov.To)
	if to.Known() && civil.Compare(to.Latest(), day.Earliest()) < 0 {
		return false
	}
	group, _, _ := strings.Cut(v.Field, "/")
	if since := dateOf(v.Value.Part(begins[group])); since.Known() {
		return civil.Compare(since.Earliest(), day.Latest()) <= 0
	}
	if from.Known() {
		return civil.Compare(from.Earliest(), day.Latest()) <= 0
	}
	return first || civil.Compare(civil.FromTime(v.At.Time()), day.Latest()) <= 0
}
