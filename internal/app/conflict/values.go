package conflict

import (
	"encoding/json"
	"slices"
	"strings"

	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/seal"
	"quipu/internal/survey/study"
)

// CheckValues holds what a change says against the rules of values of its kind: the same pure
// functions by which every program writes. today is the newest day that it may speak of as past.
// Values that are sealed are passed over.
func CheckValues(c *change.Change, today civil.Date) error {
	if c.Entity.Kind == change.Person {
		return registry.CheckSets(c.Sets, today)
	}
	m := matters[c.Entity.Kind]
	if m == nil || m.check == nil {
		return nil
	}
	for i := range c.Sets {
		s := &c.Sets[i]
		if s.Gone || seal.Sealed(s.Value.Text) || strings.HasPrefix(s.Field, "settled/") || s.Value.Empty() {
			continue
		}
		if err := m.check(c.Entity.Kind, s.Field, s.Value); err != nil {
			return err
		}
	}
	return nil
}

// imports is what the fields of an import of a list may hold.
var imports = map[string]func(text string) bool{
	"file":   func(text string) bool { return len(text) <= 1000 && !strings.Contains(text, "\n") },
	"sha256": func(text string) bool { return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == "" },
	"office": func(text string) bool { return id.Node(text).Valid() },
	"state":  func(text string) bool { return slices.Contains([]string{"done", "interrupted"}, text) },
	"result": aReport, "undone": aReport,
}

func checkImport(_ change.Kind, field, text string) error {
	f := imports[field]
	switch {
	case f == nil:
		return fault.New(fault.Invalid, "values.unknown", "field", field).On(field)
	case !f(text):
		return fault.New(fault.Invalid, "values.form", "field", field).On(field)
	}
	return nil
}

// aReport is what a run says of itself when it ends.
func aReport(text string) bool {
	var report map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &report) == nil && report != nil
}

// Seals reports whether a field of a kind of entity is encrypted before it is logged.
func Seals(kind change.Kind, field string) bool {
	switch kind {
	case change.Person:
		f := registry.Lookup(field)
		return f != nil && registry.Sealed(f) && !f.IsGroup()
	case same.KindPair, same.KindMerge:
		return same.Sealed(field)
	case campaign.KindTurn:
		return campaign.Sealed(field)
	case rights.KindRequest, rights.KindBreach, rights.KindDisclosure, rights.KindRetention:
		return rights.Sealed(field)
	case study.KindSubmission, study.KindCase, study.KindSurvey:
		return study.Sealed(kind, field)
	}
	return false
}
