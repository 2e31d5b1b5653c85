package registry

import (
	"quipu/internal/change"
	"quipu/internal/civil"
)

// Difference is what somebody gave beside what a record says. Input writes it, and carries
// the version that it would replace; Name is where it will stand. Adds is set when the
// record says nothing there, so that nothing is lost by writing it.
type Difference struct {
	Input
	Name  string
	Field *Field
	Now   change.Value
	Adds  bool
}

// Against sets what somebody gave beside a record, without what the record says already.
// An item that the record has not is added; one of its parts that differs is a difference.
func Against(cur *Person, in []Input, asOf civil.Date) (out []Difference, err error) {
	sets, _, err := prepareAll(cur, in, asOf)
	if err != nil {
		return nil, err
	}
	for _, s := range sets {
		if s.Value.Empty() {
			continue
		}
		held, f, to := cur.Fields[s.Field], Lookup(s.Field), s.Field
		if f.IsGroup() && held.Value.Empty() {
			to = f.Key + "/new"
		}
		out = append(out, Difference{Input: Input{Field: to, Value: s.Value, Base: cur.Version(s.Field), Prov: s.Prov},
			Name: s.Field, Field: f, Now: held.Value, Adds: held.Value.Empty()})
	}
	return out, nil
}
