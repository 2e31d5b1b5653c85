package code

import (
	"testing"

	"quipu/internal/civil"
	"quipu/internal/fault"
)

// The pitfall that the schemes set: nine districts of ten have another code.
func TestSchemesDisagree(t *testing.T) {
	districts, differ, lost := 0, 0, 0
	for _, it := range List("ubigeo-inei").Items(civil.Date{}) {
		if it.Field("level") != "district" {
			continue
		}
		districts++
		r, ok := Ubigeo{INEI, it.Code}.In(RENIEC)
		switch {
		case !ok:
			lost++
		case r.Code != it.Code:
			differ++
		}
	}
	// 1,893 with the one that has only a RENIEC code.
	if districts != 1892 || differ != 1780 || lost != 1 {
		t.Errorf("%d districts with an INEI code, %d differ, %d have no RENIEC code", districts, differ, lost)
	}
}

func TestConvertAndBack(t *testing.T) {
	for _, it := range List("ubigeo-inei").Items(civil.Date{}) {
		u := Ubigeo{INEI, it.Code}
		r, ok := u.In(RENIEC)
		if !ok {
			continue
		}
		if back, ok := r.In(INEI); !ok || back != u {
			t.Errorf("%v → %v → %v", u, r, back)
		}
		if u.Path() != r.Path() {
			t.Errorf("%v is %s, %v is %s", u, u.Path(), r, r.Path())
		}
	}
}

func TestEveryPathIsRecognised(t *testing.T) {
	for _, scheme := range []string{INEI, RENIEC} {
		for _, it := range ubigeoList(scheme).Items(civil.Date{}) {
			u := Ubigeo{scheme, it.Code}
			got, ok := RecogniseUbigeo(scheme, u.Path())
			if it.Field("level") == "district" && (!ok || got != u) {
				t.Errorf("%s %s: %v %v", u, u.Path(), got, ok)
			}
			if p := it.Field("parent"); p != "" && !ubigeoList(scheme).Has(p) {
				t.Errorf("%s: parent %s is missing", u, p)
			}
		}
	}
}

func TestParseUbigeo(t *testing.T) {
	u, err := ParseUbigeo("inei:150101")
	if err != nil || u.Path() != "LIMA/LIMA/LIMA" || u.String() != "inei:150101" {
		t.Errorf("%v %s %v", u, u.Path(), err)
	}
	if u.Province().Code != "150100" || u.Department().Path() != "LIMA" {
		t.Errorf("province %v, department %v", u.Province(), u.Department())
	}
	if c, _ := ParseUbigeo("reniec:240101"); c.Path() != "CALLAO/CALLAO/CALLAO" {
		t.Errorf("Callao is 24 for RENIEC, got %q", c.Path())
	}
	for s, key := range map[string]string{
		"150101": "code.ubigeo_scheme", "onpe:150101": "code.ubigeo_scheme", "": "code.ubigeo_scheme",
		"inei:999999": "code.ubigeo_unknown", "inei:": "code.ubigeo_unknown",
	} {
		if _, err := ParseUbigeo(s); !fault.Is(err, key) {
			t.Errorf("%q: %v, want %s", s, err, key)
		}
	}
	if (Ubigeo{}).String() != "" || (Ubigeo{"x", "150101"}).Path() != "" {
		t.Error("no place should have no text")
	}
	if _, ok := (Ubigeo{}).In(RENIEC); ok {
		t.Error("no place converts to nothing")
	}
	if _, ok := RecogniseUbigeo("x", "LIMA"); ok {
		t.Error("an unknown scheme recognises nothing")
	}
}
