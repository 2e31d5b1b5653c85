package registry

import (
	"slices"
	"testing"

	"quipu/internal/change"
	"quipu/internal/id"
)

func far(n int64, sets ...change.Set) change.Change {
	return change.Change{ID: id.Change{Node: "FAR", N: n}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Action: "edit", Sets: sets}
}

func near(n int64, sets ...change.Set) change.Change {
	c := far(n, sets...)
	c.ID.Node = "NEAR"
	return c
}

func set(field, text string, base id.Change) change.Set {
	return change.Set{Field: field, Value: change.Text(text), Base: base}
}

func entry() change.Change {
	return near(1, set("number", "0000-000-0017", id.Change{}), set("entry", EntryComplete, id.Change{}), set("given_names", "ANA", id.Change{}),
		set("surname_paternal", "QUISPE", id.Change{}), set("surname_maternal", "MAMANI", id.Change{}), set("name_mrz", "QUISPE<MAMANI<<ANA", id.Change{}))
}

func TestNothingIsWrittenToWhatEnded(t *testing.T) {
	made := entry()
	late := far(1, set("sex", "F", id.Change{}), set("given_names", "ANA LUZ", made.ID))
	for state, reason := range map[string]string{EntryMerged: change.ReasonMerged, EntryWithdrawn: change.ReasonWithdrawn, EntryErased: change.ReasonErased} {
		end := near(2, set("entry", state, made.ID))
		log := []change.Change{made, end, late}
		p := Load(log)
		if p.Text("sex") != "" || p.Text("given_names") != "ANA" || len(p.Contested) != 2 || p.Contested[0].Reason != reason {
			t.Errorf("%s: sex %q, names %q, contested %+v", state, p.Text("sex"), p.Text("given_names"), p.Contested)
		}
		for _, h := range History(log, "given_names") {
			if h.Value.Text == "ANA LUZ" && !h.Contested {
				t.Errorf("%s: the history shows a value that never was in force", state)
			}
		}
		back := near(3, set("entry", EntryComplete, end.ID), set("sex", "M", id.Change{}))
		if p := Load(append(slices.Clone(log), back)); p.Text("entry") != EntryComplete || p.Text("sex") != "M" || len(p.Contested) != 2 {
			t.Errorf("%s: it does not come back: %q %+v", state, p.Text("entry"), p.Contested)
		}
		if p := Load([]change.Change{made, late, end}); p.Text("sex") != "F" || len(p.Contested) != 0 {
			t.Errorf("%s: what was written before is contested: %+v", state, p.Contested)
		}
	}
}

func TestOnlyARegistrationMakesAnEntry(t *testing.T) {
	p := Load([]change.Change{far(1, set("sex", "F", id.Change{}))})
	if p.Text("sex") != "" || len(p.Contested) != 1 || p.Contested[0].Reason != change.ReasonNone || !p.Created.Version.IsZero() {
		t.Fatalf("%+v", p)
	}
}

// TestWhatIsDerivedFollows: two officers correct a surname each, apart. Both stand, and the
// name for machines is that of both; it is nobody's to decide.
func TestWhatIsDerivedFollows(t *testing.T) {
	made := entry()
	paternal := near(2, set("surname_paternal", "QUISPÉ", made.ID), set("name_mrz", "QUISPE<MAMANI<<ANA", made.ID))
	maternal := far(1, set("surname_maternal", "CONDORI", made.ID), set("name_mrz", "QUISPE<CONDORI<<ANA", made.ID))
	other := far(2, set("surname_paternal", "HUAMAN", made.ID), set("name_mrz", "HUAMAN<CONDORI<<ANA", maternal.ID))
	p := Load([]change.Change{made, paternal, maternal})
	if got := p.Text("name_mrz"); got != "QUISPE<CONDORI<<ANA" || len(p.Contested) != 0 {
		t.Errorf("name for machines %q, contested %+v", got, p.Contested)
	}
	log := []change.Change{made, paternal, maternal, other}
	p = Load(log)
	if got := p.Text("name_mrz"); got != "QUISPE<CONDORI<<ANA" || len(p.Contested) != 1 || p.Contested[0].Field != "surname_paternal" {
		t.Errorf("name for machines %q, contested %+v", got, p.Contested)
	}
	again := Load(log[:1])
	for i := range log[1:] {
		again.Apply(&log[i+1])
	}
	if again.Text("name_mrz") != p.Text("name_mrz") || len(again.Contested) != 1 {
		t.Errorf("change by change: %q, %+v", again.Text("name_mrz"), again.Contested)
	}
}
