package registry

import (
	"quipu/internal/change"
	"quipu/internal/civil"
)

// ValidOn is the record as it held on a day, by what is known now: for each field the
// value recorded last among those whose validity covers the day. A value without stated
// validity is taken to hold from when it was written, or always if it was the first. It
// differs from change.KnownAt, which is what the office knew on that day.
func ValidOn(changes []change.Change, day civil.Date) Person {
	p := Person{change.Record{Fields: make(map[string]change.Held)}}
	if len(changes) > 0 {
		whole := change.Fold(changes)
		p.Entity, p.Head, p.Created, p.Updated = whole.Entity, whole.Head, whole.Created, whole.Updated
	}
	seen := map[string]bool{}
	for _, past := range change.History(changes, "") {
		if holdsOn(past, day, !seen[past.Field]) {
			p.Fields[past.Field] = past.Held
		}
		seen[past.Field] = true
	}
	return p
}

func holdsOn(v change.Past, day civil.Date, first bool) bool {
	from, to := dateOf(v.Prov.From), dateOf(v.Prov.To)
	if to.Known() && civil.Compare(to.Latest(), day.Earliest()) < 0 {
		return false
	}
	if from.Known() {
		return civil.Compare(from.Earliest(), day.Latest()) <= 0
	}
	return first || civil.Compare(civil.FromTime(v.At.Time()), day.Latest()) <= 0
}
