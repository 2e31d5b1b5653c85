package people

import (
	"testing"

	"quipu/internal/app/wording"
	"quipu/internal/doc"
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
	for _, c := range consentPurposes {
		need("officer.consent." + c)
	}
	for _, c := range []string{"number", "birth", "expiry", "optional", "composite"} {
		need("officer.mrz.check." + c)
	}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		need("field." + f.Key)
		for j := range f.Parts {
			need("field." + f.Key + "." + f.Parts[j].Key)
		}
	}
}

func TestProper(t *testing.T) {
	for in, want := range map[string]string{"QUISPE": "Quispe", "DE LA CRUZ": "de la Cruz", "": "", "ROSA ELVIRA": "Rosa Elvira"} {
		if got := proper(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestReadMRZ(t *testing.T) {
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: "116012345", Nationality: "PER", Birth: "680407",
		Expiry: "300101", Sex: "F", Primary: "QUISPE<DE<LA<CRUZ", Secondary: "ROSA<ELVIRA"})
	if err != nil {
		t.Fatal(err)
	}
	p := &registerScreen{registerForm: registerForm{MRZ: zone}}
	p.Lang = i18n.Spanish
	w := words{desk.Words{Words: wording.Words{Lang: i18n.Spanish}}}
	w.Today.Year, w.Today.Month, w.Today.Day = 2026, 11, 23
	p.readMRZ(w)
	if p.Paternal != "Quispe" || p.Maternal != "de la Cruz" || p.Given != "Rosa Elvira" || p.DocNumber != "116012345" ||
		p.DocType != "passport" || p.Sex != "F" || p.Birth.Text() != "7/4/1968" || len(p.MRZChecks) == 0 || len(p.Errors) > 0 {
		t.Errorf("read %+v, errors %v", p.registerForm, p.Errors)
	}
	p.MRZ = "nothing"
	p.readMRZ(w)
	if p.Err("document.mrz") == "" {
		t.Error("no error beside the zone")
	}
}
