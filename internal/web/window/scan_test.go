package window

import (
	"testing"

	"quipu/internal/app/wording"
	"quipu/internal/doc"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
)

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
	p := &registerScreen{form: form{Scan: zone}}
	p.Lang = i18n.Spanish
	w := desk.Words{Words: wording.Words{Lang: i18n.Spanish}}
	w.Today.Year, w.Today.Month, w.Today.Day = 2026, 11, 23
	p.readScan(w)
	if p.Paternal != "Quispe" || p.Maternal != "de la Cruz" || p.Given != "Rosa Elvira" || p.DocNumber != "116012345" ||
		p.DocType != "passport" || p.Sex != "F" || p.Birth.Text() != "7/4/1968" || len(p.Zone.Checks) == 0 || len(p.Errors) > 0 {
		t.Errorf("read %+v, errors %v", p.form, p.Errors)
	}
	p.Scan = "P<NOTHING"
	p.readScan(w)
	if p.Err("scan") == "" {
		t.Error("no error beside the zone")
	}
}

func TestReadScan(t *testing.T) {
	w := desk.Words{Words: wording.Words{Lang: i18n.Spanish}}
	p := &registerScreen{form: form{Scan: "10117410-2", DocType: "passport"}}
	p.readScan(w)
	if p.DocType != "dni" || p.DocNumber != "10117410-2" || p.Scan != "" || len(p.Zone.Notes) == 0 {
		t.Errorf("a DNI: %+v", p.form)
	}
	p = &registerScreen{form: form{Scan: "quispe mamani", DocType: "passport"}}
	p.readScan(w)
	if p.DocType != "passport" || p.Scan == "" || p.Paternal != "" {
		t.Errorf("a name stays in the box: %+v", p.form)
	}
}

// TestWordsExist: the keys that are put together from codes.
func TestWordsExist(t *testing.T) {
	need := func(key string) {
		t.Helper()
		for _, lang := range i18n.Langs {
			if !i18n.Has(lang, key) {
				t.Errorf("no %s message for %q", lang, key)
			}
		}
	}
	for _, c := range []string{"number", "birth", "expiry", "optional", "composite"} {
		need("officer.mrz.check." + c)
	}
}
