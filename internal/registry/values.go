package registry

import (
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// CheckSets holds the values that a change gives a person against the rules by which every
// program brings them to the form in which they are stored: whoever takes changes that others
// wrote calls it. Sealed values are taken as they are, and so is what was taken out since.
// Codes that ended count as known. asOf is a day that no value lies ahead of unless it may.
func CheckSets(sets []change.Set, asOf civil.Date) error {
	for i := range sets {
		s := &sets[i]
		if s.Gone || s.Value.Empty() || strings.HasPrefix(s.Value.Text, sealMark) {
			continue
		}
		key, item, _ := strings.Cut(s.Field, "/")
		if key == "settled" && item != "" {
			continue
		}
		f := Lookup(s.Field)
		if f == nil || f.IsGroup() != (item != "") && !f.Derived || f.IsGroup() != (len(s.Value.Parts) > 0) {
			return fault.New(fault.Invalid, "registry.field_unknown", "field", s.Field).On(s.Field)
		}
		if err := checkStored(f, s.Value, asOf); err != nil {
			return err
		}
	}
	return nil
}

// checkStored checks one value that is in the form in which it is stored.
func checkStored(f *Field, v change.Value, asOf civil.Date) error {
	if !f.IsGroup() {
		_, _, err := Check(f, nil, v.Text, asOf)
		return err
	}
	for key, text := range v.Parts {
		p := f.Part(key)
		if p == nil {
			return fault.New(fault.Invalid, "registry.part_unknown", "field", f.Key, "part", key).On(f.Key)
		}
		if p.Kind == KNumber {
			continue
		}
		if _, _, err := Check(f, p, text, asOf); err != nil {
			return err
		}
	}
	if f.Key == "document" {
		out := make(map[string]string, len(v.Parts))
		for key, text := range v.Parts {
			if key != "number" {
				out[key] = text
			}
		}
		if _, err := checkDocument(v.Parts, out); err != nil {
			return err
		}
	}
	return nil
}
