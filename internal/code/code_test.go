package code

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"quipu/internal/civil"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestListsAreSound(t *testing.T) {
	if len(Lists()) < 40 {
		t.Fatalf("only %d lists", len(Lists()))
	}
	for _, n := range Lists() {
		l := List(n)
		all := l.Items(civil.Date{})
		if len(all) == 0 {
			t.Errorf("%s is empty", n)
		}
		if !slices.IsSortedFunc(all, func(a, b Item) int { return strings.Compare(a.Code, b.Code) }) {
			t.Errorf("%s: items are not in order of code", n)
		}
		for _, it := range all {
			if strings.ContainsAny(it.Code+it.ES+it.EN, "|\n") || strings.TrimSpace(it.ES) != it.ES {
				t.Errorf("%s %s: stray characters in %q %q", n, it.Code, it.ES, it.EN)
			}
			if c, ok := l.Recognise(it.Code); !ok || c != it.Code {
				if n != "icao-sex" && !strings.HasPrefix(n, "sdmx") { // "<" and "_N" fold to nothing much
					t.Errorf("%s: code %s is recognised as %q", n, it.Code, c)
				}
			}
		}
	}
}

// Every alias must lead to its own item, or it was typed twice.
func TestAliasesAreUnambiguous(t *testing.T) {
	for _, n := range Lists() {
		if strings.HasPrefix(n, "ubigeo-") {
			continue
		}
		l := List(n)
		for _, it := range l.Items(civil.Date{}) {
			for _, s := range it.Aliases {
				if c, ok := l.Recognise(s); !ok || c != it.Code {
					t.Errorf("%s: alias %q of %s leads to %q, %v", n, s, it.Code, c, ok)
				}
			}
			for _, s := range []string{it.ES, it.EN} {
				c, ok := l.Recognise(s)
				if s != "" && (!ok || c != it.Code && !strings.HasPrefix(c, it.Code)) {
					t.Errorf("%s: label %q of %s leads to %q, %v", n, s, it.Code, c, ok)
				}
			}
		}
	}
}

func TestMappingsUseCodesThatExist(t *testing.T) {
	for _, n := range csvNames() {
		pair, ok := strings.CutPrefix(n, mapPrefix)
		if !ok {
			continue
		}
		from, to := splitPair(t, pair)
		m := correspondence(from, to)
		if m == nil || len(m.forward) == 0 {
			t.Fatalf("%s did not load", n)
		}
		for a, bs := range m.forward {
			if !List(from).Has(a) {
				t.Errorf("%s: %s is not in %s", n, a, from)
			}
			for _, b := range bs {
				if l, ok := Find(to); ok && !l.Has(b) {
					t.Errorf("%s: %s is not in %s", n, b, to)
				}
				if !slices.Contains(Map(to, from, b), a) {
					t.Errorf("%s: %s does not lead back to %s", n, b, a)
				}
			}
		}
	}
	if got := Map("country", "isco08", "PE"); got != nil {
		t.Errorf("nothing connects country and isco08, got %v", got)
	}
}

// splitPair finds where one list name ends in "FROM_TO"; names have underscores too.
func splitPair(t *testing.T, pair string) (from, to string) {
	for _, n := range Lists() {
		if rest, ok := strings.CutPrefix(pair, n+"_"); ok && len(n) > len(from) {
			from, to = n, rest
		}
	}
	if from == "" {
		t.Fatalf("map_%s names no list", pair)
	}
	return from, to
}

func TestEditionIsSealed(t *testing.T) {
	f, err := os.Open("lists/" + editionsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := rows[len(rows)-1]
	if last[0] != Edition || last[1] != Hash() {
		t.Errorf("the lists changed: give Edition a new value and add the line\n%s,%s\nto lists/%s; its last is %v",
			Edition, Hash(), editionsFile, last)
	}
}

func TestCodeMeansWhatItMeantOnTheDay(t *testing.T) {
	c := List("country")
	for _, tc := range []struct{ code, on, want string }{
		{"CS", "1980-05", "Checoslovaquia"},
		{"CS", "2005-01-01", "Serbia y Montenegro"},
		{"CS", "1998", ""},
		{"CS", "XXXX", "Serbia y Montenegro"},
		{"SU", "1990", "Unión Soviética"},
		{"SU", "1995", ""},
		{"ZR", "1997", "Zaire"}, // a partial date counts when any day of it does
		{"CD", "1996", ""},
		{"PE", "1821-07-28", "Perú"},
		{"TP", "2002-05-20", "Timor Oriental (hasta 2002)"},
	} {
		it, ok := c.Lookup(tc.code, day(t, tc.on))
		if ok != (tc.want != "") || it.ES != tc.want {
			t.Errorf("%s on %s: %q %v, want %q", tc.code, tc.on, it.ES, ok, tc.want)
		}
	}
	if it, ok := c.Get("SU"); !ok || it.Field("alpha3") != "SUN" {
		t.Errorf("SU whatever the date: %+v %v", it, ok)
	}
	now := c.Items(day(t, "2026-11-01"))
	if len(now) != 250 { // 249 of ISO and Kosovo
		t.Errorf("%d countries today", len(now))
	}
}

func TestRecognise(t *testing.T) {
	for _, tc := range []struct{ list, text, want string }{
		{"country", "EE.UU.", "US"}, {"country", "eeuu", "US"}, {"country", "USA", "US"},
		{"country", "estados  unidos", "US"}, {"country", "INGLATERRA", "GB"},
		{"country", "Alemania Federal", "DE"}, {"country", "PERU", "PE"}, {"country", "PER", "PE"},
		{"country", "españa", "ES"}, {"country", "ESPANA", "ES"}, {"country", "Spain", "ES"},
		{"country", "Rep. Dominicana", "DO"}, {"country", "URSS", "SU"}, {"country", "Atlántida", ""},
		{"country", "", ""}, {"country", "Birmania", "MM"}, {"country", "Guinea", "GN"},
		{"doc_issuer", "XXA", "XXA"}, {"doc_issuer", "D<<", "D"}, {"doc_issuer", "PER", "PER"},
		{"language", "quechua", "que"}, {"language", "qu", "que"}, {"language", "Asháninka", "cni"},
		{"language", "awajun", "agr"}, {"language", "Shipibo-Konibo", "shp"}, {"language", "castellano", "spa"},
		{"isco08", "Empleada Doméstica", "9111"}, {"isco08", "albañil", "7112"}, {"isco08", "ENFERMERA", "2221"},
		{"isco08", "chofer", "8322"}, {"isco08", "cocinera", "5120"}, {"isco08", "Cooks", "5120"}, {"isco08", "512", "512"},
		{"isced11", "secundaria completa", "3"}, {"isced11", "Superior Técnica", "5"}, {"isced11", "MAESTRIA", "7"},
		{"civil_status", "convivencia", "cohabiting"}, {"civil_status", "CASADA", "married"},
		{"sex", "mujer", "F"}, {"sex", "varón", "M"}, {"sex", "no indica", "N"},
		{"doc_type", "D.N.I.", "dni"}, {"doc_type", "pasaporte", "passport"},
		{"relation", "tía", "other_relative"}, {"source", "RENIEC", "id_register_match"},
		{"ubigeo-inei", "LIMA/LIMA/MIRAFLORES", "150122"}, {"ubigeo-inei", "miraflores, lima, lima", "150122"},
		{"ubigeo-inei", "Miraflores", ""}, {"ubigeo-reniec", "LIMA/LIMA/LIMA", "140101"},
		{"ubigeo-inei", "San Juan de Lurigancho", "150132"}, {"ubigeo-inei", "Cuzco", "080101"},
		{"ubigeo-inei", "10101", "010101"}, {"ubigeo-inei", "150101", "150101"}, {"ubigeo-inei", "999999", ""},
		{"ubigeo-inei", "Áncash", "020000"}, {"ubigeo-inei", "Madre de Dios", "170203"},
	} {
		got, ok := List(tc.list).Recognise(tc.text)
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("%s %q: %q %v, want %q", tc.list, tc.text, got, ok, tc.want)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, tc := range []struct{ list, code, lang, want string }{
		{"country", "DE", "es", "Alemania"}, {"country", "DE", "en", "Germany"},
		{"country", "DE", "qu", "Alemania"}, {"country", "??", "es", "??"},
		{"isco08", "91", "es", "Limpiadores y asistentes"},
	} {
		if got := List(tc.list).Label(tc.code, tc.lang); got != tc.want {
			t.Errorf("%s %s %s: %q, want %q", tc.list, tc.code, tc.lang, got, tc.want)
		}
	}
}

func TestFindUnknownList(t *testing.T) {
	if l, ok := Find("migration_status"); ok || l != nil {
		t.Error("there is no such list, and must not be")
	}
	defer func() {
		if recover() == nil {
			t.Error("List of an unknown name should panic")
		}
	}()
	List("no such list")
}

func TestBrokenListsAreRefused(t *testing.T) {
	head := strings.Join(common, ",") + "\n"
	for _, raw := range []string{
		"", "code,es\nA,a\n", head + ",x,x,,,\n", head + "A,,,,,\n", head + "A,a,a,1990-02-30,,\n",
		head + "A,a,a,2000,1999,\n", head + "A,a,a,,,\nA,b,b,,,\n", head + "A,a,a,,1999,\nA,b,b,1998,,\n", head + "A,a\n",
	} {
		if _, err := parse("test", []byte(raw)); err == nil {
			t.Errorf("accepted:\n%s", raw)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"", "EE.UU.", "LIMA/LIMA/LIMA", "\xff", "a/b/c/d", "10101"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range []string{"country", "isco08", "ubigeo-inei"} {
			if c, ok := List(n).Recognise(s); ok != List(n).Has(c) {
				t.Errorf("%s %q: %q %v", n, s, c, ok)
			}
		}
	})
}

func BenchmarkRecognise(b *testing.B) {
	texts := []string{"Perú", "ESTADOS UNIDOS", "estados unidos", "Chile", "EE.UU.", "Atlántida"}
	l := List("country")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Recognise(texts[i%len(texts)])
	}
}
