package doc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/fault"
)

// The specimens of Utopia, from ICAO Doc 9303 parts 4, 5 and 6.
const (
	specimenTD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
	specimenTD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
	specimenTD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
	longTD1     = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
	longTD2     = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8"
)

type seen struct {
	Format, Code, Issuer, Number, Birth, Sex, Expiry, Optional, Primary, Secondary, Failed string
}

func look(m MRZ) seen {
	return seen{m.Format, m.Code, m.Issuer, m.Number, m.Birth.EDTF(), m.Sex, m.Expiry.EDTF(), m.Optional,
		m.Primary, m.Secondary, strings.Join(m.Failed(), " ")}
}

func TestParseSpecimens(t *testing.T) {
	for in, want := range map[string]seen{
		specimenTD3: {"TD3", "P", "UTO", "L898902C3", "1974-08-12", "F", "2012-04-15", "ZE184226B", "ERIKSSON", "ANNA<MARIA", ""},
		specimenTD1: {"TD1", "I", "UTO", "D23145890", "1974-08-12", "F", "2012-04-15", "", "ERIKSSON", "ANNA<MARIA", ""},
		specimenTD2: {"TD2", "I", "UTO", "D23145890", "1974-08-12", "F", "2012-04-15", "", "ERIKSSON", "ANNA<MARIA", ""},
		longTD1:     {"TD1", "I", "UTO", "D23145890734", "1934-07-12", "M", "1995-07-12", "", "STEVENSON", "PETER<JOHN", ""},
		longTD2:     {"TD2", "I", "UTO", "D23145890734", "1934-07-12", "M", "1995-07-12", "", "STEVENSON", "PETER<JOHN", ""},
	} {
		m, err := Parse(in, 2020)
		if err != nil {
			t.Errorf("%v\n%s", err, in)
			continue
		}
		if d := cmp.Diff(want, look(m)); d != "" {
			t.Errorf("%s\n%s", in, d)
		}
		if m.Nationality != "UTO" || m.Truncated {
			t.Errorf("nationality %q, truncated %v\n%s", m.Nationality, m.Truncated, in)
		}
	}
}

func TestParseNoisyText(t *testing.T) {
	noCopy := strings.ReplaceAll(specimenTD3, "\n", "")
	for name, in := range map[string]string{
		"joined":            noCopy,
		"lower case":        strings.ToLower(specimenTD3),
		"windows breaks":    "\r\n" + strings.ReplaceAll(specimenTD3, "\n", "\r\n\r\n") + "\t\r\n",
		"guillemets":        strings.ReplaceAll(specimenTD3, "<<", "«"),
		"web page":          strings.ReplaceAll(specimenTD3, "<", "&lt;"),
		"spanish keyboard":  strings.ReplaceAll(specimenTD3, "<", ";"),
		"stray spaces":      strings.ReplaceAll(specimenTD3, "ANNA", " ANN A "),
		"space for filler":  strings.ReplaceAll(specimenTD3, "ANNA<MARIA", "ANNA MARIA"),
		"scanner frame":     "\x02" + noCopy + "\x03\r",
		"fillers lost":      strings.ReplaceAll(specimenTD3, "MARIA<<<<<<<<<<<<<<<<<<<", "MARIA"),
		"fillers too many":  strings.ReplaceAll(specimenTD3, "\n", "<<<\n"),
		"text around":       "PASAPORTE\n" + specimenTD3 + "\nfin",
		"invisible marks":   "\ufeff" + strings.ReplaceAll(specimenTD3, "UTO", "U\u200bTO"),
		"full width":        strings.ReplaceAll(specimenTD3, "<", "＜"),
		"lines in one line": strings.ReplaceAll(specimenTD3, "\n", " "),
	} {
		m, err := Parse(in, 2020)
		if err != nil || strings.Join(m.Lines, "\n") != specimenTD3 {
			t.Errorf("%s: %v %q", name, err, m.Lines)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, key := range map[string]string{
		"":                       "doc.mrz_unreadable",
		"hola":                   "doc.mrz_unreadable",
		specimenTD3[:60]:         "doc.mrz_unreadable",
		"V" + specimenTD3[1:]:    "doc.mrz_visa",
		strings.Repeat("A<", 43): "doc.mrz_unreadable",
	} {
		if _, err := Parse(in, 2020); !fault.Is(err, key) {
			t.Errorf("Parse(%q) = %v, want %s", in, err, key)
		}
	}
}

func TestParseFailedChecksDoNotBlock(t *testing.T) {
	m, err := Parse(strings.Replace(specimenTD3, "7408122F", "7408132F", 1), 2020)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"birth", "composite"}, m.Failed()); d != "" {
		t.Error(d)
	}
	if m.Birth.EDTF() != "1974-08-13" || m.AllRight() {
		t.Errorf("birth %s, all right %v", m.Birth.EDTF(), m.AllRight())
	}
}

func TestParseEmptyOptionalMayHaveFillerCheck(t *testing.T) {
	for _, check := range []string{"<", "0"} {
		whole := CheckDigit("L898902C36" + "7408122" + "1204159" + "<<<<<<<<<<<<<<" + check)
		in := strings.Replace(specimenTD3, "ZE184226B<<<<<10", "<<<<<<<<<<<<<<"+check+string(whole), 1)
		m, err := Parse(in, 2020)
		if err != nil || strings.Join(m.Failed(), " ") != "" {
			t.Errorf("check %q: failed %v, %v", check, m.Failed(), err)
		}
	}
}

func TestDates(t *testing.T) {
	birth := func(raw string) MRZDate { return readDate(raw, func(yy int) int { return latestYear(yy, 2026) }) }
	for raw, want := range map[string]string{
		"740812": "1974-08-12", "260101": "2026-01-01", "270101": "1927-01-01", "000229": "2000-02-29",
		"74<<<<": "1974", "7408<<": "1974-08", "<<<<<<": "XXXX", "74<<12": "1974",
	} {
		if d := birth(raw); d.EDTF() != want || d.Unreadable {
			t.Errorf("%s = %s unreadable=%v, want %s", raw, d.EDTF(), d.Unreadable, want)
		}
	}
	for raw, want := range map[string]string{"741312": "1974", "740231": "1974-02", "7A0101": "XXXX", "74081<": "1974-08"} {
		if d := birth(raw); d.EDTF() != want || !d.Unreadable {
			t.Errorf("%s = %s unreadable=%v, want %s and unreadable", raw, d.EDTF(), d.Unreadable, want)
		}
	}
	for yy, want := range map[int]int{36: 2036, 12: 2012, 76: 2076, 77: 1977} {
		if got := nearestYear(yy, 2026); got != want {
			t.Errorf("nearest year to 2026 in %d = %d, want %d", yy, got, want)
		}
	}
}

func TestSurnames(t *testing.T) {
	for primary, want := range map[string]SurnameSplit{
		"QUISPE<MAMANI":              {Paternal: "QUISPE", Maternal: "MAMANI", Sure: true},
		"ERIKSSON":                   {Paternal: "ERIKSSON", Sure: true},
		"DE<LA<CRUZ<HUAMAN":          {Paternal: "DE LA CRUZ", Maternal: "HUAMAN"},
		"QUISPE<DEL<AGUILA":          {Paternal: "QUISPE", Maternal: "DEL AGUILA"},
		"QUISPE<MAMANI<DE<LOS<RIOS":  {Paternal: "QUISPE", Maternal: "MAMANI", Married: "DE LOS RIOS"},
		"GARCIA<CALDERON<KOECHLIN":   {Paternal: "GARCIA", Maternal: "CALDERON KOECHLIN"},
		"":                           {},
		"DE":                         {Paternal: "DE", Sure: true},
		"QUISPE<DE<FLORES":           {Paternal: "QUISPE", Married: "FLORES"},
		"ALVAREZ<CALDERON<DE<<SOUZA": {Paternal: "ALVAREZ", Maternal: "CALDERON", Married: "SOUZA"},
	} {
		if d := cmp.Diff(want, MRZ{Primary: primary}.Surnames()); d != "" {
			t.Errorf("%s: %s", primary, d)
		}
	}
	if s := (MRZ{Primary: "QUISPE<MAMA", Truncated: true}).Surnames(); s.Sure {
		t.Error("a surname group that may be cut is sure")
	}
}

func TestTypeAndNationalNumber(t *testing.T) {
	for code, want := range map[string]string{"P": TypePassport, "PP": TypePassport, "PD": TypeDiplomatic,
		"PE": TypeSalvoconducto, "PO": TypeSpecial, "I": TypeDNI, "ID": TypeDNI} {
		if got := (MRZ{Code: code, Issuer: "PER"}).Type(); got != want {
			t.Errorf("type of %s = %s, want %s", code, got, want)
		}
	}
	if got := (MRZ{Code: "ID", Issuer: "ESP"}).Type(); got != TypeForeignID {
		t.Errorf("a Spanish card is %s", got)
	}
	m := MRZ{Code: "P", Issuer: "PER", Optional: "10117410"}
	if typ, n, ok := m.NationalNumber(); !ok || typ != TypeDNI || n != "10117410" {
		t.Errorf("national number %s %s %v", typ, n, ok)
	}
	m.Issuer = "UTO"
	if _, _, ok := m.NationalNumber(); ok {
		t.Error("Utopia has no rule about optional data")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{specimenTD1, specimenTD2, specimenTD3, longTD1, "«;&lt;\r\n", strings.Repeat("P<", 44)} {
		f.Add(s, 2026)
	}
	f.Fuzz(func(t *testing.T, s string, ref int) {
		m, err := Parse(s, ref%10000)
		if err != nil {
			return
		}
		again, err := Parse(strings.Join(m.Lines, "\n"), ref%10000)
		if err != nil {
			t.Fatalf("the lines of a zone do not read back: %v", err)
		}
		if d := cmp.Diff(m, again); d != "" {
			t.Fatal(d)
		}
		m.Surnames()
		m.NationalNumber()
	})
}
