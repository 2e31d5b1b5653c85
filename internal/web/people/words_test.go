package people

import (
	"testing"

	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
)

// TestMadeKeysExist looks for the keys that are put together from codes.
func TestMadeKeysExist(t *testing.T) {
	need := func(key string) {
		t.Helper()
		for _, lang := range i18n.Langs {
			if !i18n.Has(lang, key) {
				t.Errorf("no %s message for %q", lang, key)
			}
		}
	}
	for _, s := range registry.Sections {
		need("section." + string(s))
	}
	for _, s := range registry.States {
		need("officer.state." + string(s))
	}
	for _, a := range []act{actConfirm, actClose, actTransfer, actDecease, actReopen, actVital} {
		for _, end := range []string{"", ".text", ".do", ".done"} {
			need("officer.act." + a.name + end)
		}
	}
	for _, c := range desk.ConsentPurposes {
		need("officer.consent." + c)
	}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		need("field." + f.Key)
		for j := range f.Parts {
			need("field." + f.Key + "." + f.Parts[j].Key)
		}
	}
}
