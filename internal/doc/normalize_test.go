package doc

import (
	"testing"

	"quipu/internal/fault"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct {
		typ, issuer, in, want, doubt string
	}{
		{TypeDNI, "PER", "10117410-2", "10117410", ""},
		{TypeDNIe, "per", "1234567", "01234567", "doc.zero_restored"},
		{TypeCUI, "PER", "10117410-9", "10117410", "doc.check_wrong"},
		{TypeDNI, "PER", "11111111", "11111111", "doc.placeholder"},
		{TypeDNI, "PER", "87654321", "87654321", "doc.placeholder"},
		{TypeDNI, "ARG", "5.123.987", "5123987", ""}, // the same word elsewhere has no check
		{TypePassport, "PER", "4 829 103", "4829103", ""},
		{TypePassport, "PER", "ab-129847", "AB129847", ""},
		{TypePassport, "PER", "4829103.0", "4829103", "doc.decimal_removed"},
		{TypeForeignID, "ESP", "x-4829103.k", "X4829103K", ""},
		{TypeBirthRecord, "", "Libro 12, folio 7", "LIBRO12FOLIO7", ""},
		{TypeNone, "", " ", "", ""},
	} {
		got, doubts, err := Normalize(c.typ, c.issuer, c.in)
		if err != nil || got != c.want {
			t.Errorf("Normalize(%s, %s, %q) = %q, %v; want %q", c.typ, c.issuer, c.in, got, err, c.want)
		}
		if key := firstKey(doubts); key != c.doubt {
			t.Errorf("Normalize(%s, %s, %q): doubt %q, want %q", c.typ, c.issuer, c.in, key, c.doubt)
		}
	}
}

func firstKey(d []Doubt) string {
	if len(d) == 0 {
		return ""
	}
	return d[0].Key
}

func TestNormalizeRefuses(t *testing.T) {
	for _, c := range []struct{ typ, issuer, in, key string }{
		{"visa", "PER", "1", "doc.type_unknown"},
		{TypeNone, "", "123", "doc.number_without_type"},
		{TypePassport, "PER", "", "doc.number_missing"},
		{TypePassport, "PER", "12345", "doc.length"},
		{TypePassport, "PER", "1234567890", "doc.length"},
		{TypePassport, "PER", "12@4567", "doc.character"},
		{TypeForeignID, "JPN", "東京12345", "doc.character"},
		{TypeForeignID, "ITA", "4.82E+11", "doc.number_rounded"},
		{TypeDNI, "PER", "10O17410", "doc.dni_character"},
	} {
		if _, _, err := Normalize(c.typ, c.issuer, c.in); !fault.Is(err, c.key) {
			t.Errorf("Normalize(%s, %s, %q) = %v, want %s", c.typ, c.issuer, c.in, err, c.key)
		}
	}
}

// A table that a country pack may extend must stay sound: every check has its code, every
// type is known.
func TestRulesAreSound(t *testing.T) {
	for k, r := range rules() {
		if k[1] != "*" && !KnownType(k[1]) {
			t.Errorf("rules.csv: unknown type in %v", k)
		}
		if r.check != "" && numberChecks[r.check] == nil {
			t.Errorf("rules.csv: unknown check %q in %v", r.check, k)
		}
		if r.optional != "" && !KnownType(r.optional) {
			t.Errorf("rules.csv: unknown optional type %q in %v", r.optional, k)
		}
		if r.alphabet != "digits" && r.alphabet != "alnum" {
			t.Errorf("rules.csv: unknown alphabet %q in %v", r.alphabet, k)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add(TypeDNI, "PER", "10117410-2")
	f.Add(TypePassport, "PER", "ab 129847.0")
	f.Add(TypeForeignID, "ITA", "ﬁ1234")
	f.Add(TypeNone, "", "")
	f.Fuzz(func(t *testing.T, typ, issuer, s string) {
		n, _, err := Normalize(typ, issuer, s)
		if err != nil {
			return
		}
		again, _, err := Normalize(typ, issuer, n)
		if err != nil || again != n {
			t.Fatalf("Normalize(%s, %s, %q) = %q, then %q, %v", typ, issuer, s, n, again, err)
		}
	})
}
