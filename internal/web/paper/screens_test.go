package paper

import (
	"testing"

	"quipu/internal/constancy"
	"quipu/internal/i18n"
	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(Screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{"papers.html": &papersScreen{}, "original.html": &originalScreen{}})
}

// TestMadeKeysExist looks for the keys that are put together from codes.
func TestMadeKeysExist(t *testing.T) {
	var keys []string
	for _, k := range constancy.Kinds {
		keys = append(keys, "paper.issue."+string(k), "constancy.kind."+string(k), "constancy.text."+string(k))
	}
	for fault, m := range mends {
		keys = append(keys, m.key, "fault."+fault)
	}
	for _, key := range keys {
		for _, lang := range i18n.Langs {
			if !i18n.Has(lang, key) {
				t.Errorf("no %s message for %q", lang, key)
			}
		}
	}
}
