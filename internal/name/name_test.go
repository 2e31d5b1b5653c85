package name

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"  Quispe   Mamani ":   "Quispe Mamani",
		"Nu\u0301n\u0303ez":    "Núñez",
		"D´Angelo":             "D'Angelo",
		"O’Higgins":            "O'Higgins",
		"García–López":         "García-López",
		"\uFEFFHuamán\u200B\t": "Huamán",
		"山田\u3000太郎":           "山田 太郎",
		"HUAMÁN":               "HUAMÁN",
		"bad\xffbyte":          "bad\uFFFDbyte",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Núñez": "NUNEZ", "Nu\u0301n\u0303ez": "NUNEZ", "AGÜERO": "AGUERO", "D'Angelo": "DANGELO", "D´Angelo": "DANGELO",
		"O’Higgins": "OHIGGINS", "García-López": "GARCIA LOPEZ", "Mª del Carmen": "MA DEL CARMEN", "Groß": "GROSS", "Ærøskøbing": "AEROSKOBING",
		"Łukasz": "LUKASZ", "Þór": "THOR", "Nguyễn Đức": "NGUYEN DUC", "Şükrü": "SUKRU", "Ĳsbrand": "IJSBRAND", "ﬁn": "FIN", "Col·lell": "COLLELL",
		"Ｙａｍａｄａ": "YAMADA", "ﾔﾏﾀﾞ": "ヤマダ", "山田　太郎": "山田 太郎", "フアン・キスペ": "フアン キスペ", "Иванов": "ИВАНОВ", "Йорданов": "ЙОРДАНОВ",
		"  a.. b,c ": "A B C", "QUISPE<<JUAN": "QUISPE JUAN", "Tupäq Amaru": "TUPAQ AMARU", "K'ana": "KANA", "A\u1FFDA": "AA", "Ch’oqe": "CHOQE", "a×b": "A B", "×": "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// texts mixes what names are made of with anything at all.
func texts() *rapid.Generator[string] {
	pieces := rapid.SampledFrom(strings.Fields("de la DE LOS y Quispe MAMANI Ñahui Agüero d' D´Angelo Vda. viuda , - . ・ 山田 Иван ß ª " +
		"ﾔﾏﾀﾞ e\u0301 \u0301 << San Juan Rosa del Carmen Riva Agüero V. XXX 7"))
	return rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 8).Draw(t, "pieces"), " ")
	}))
}

func TestFoldAndCleanAreDoneOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := texts().Draw(t, "s")
		if f := Fold(s); Fold(f) != f {
			t.Fatalf("Fold(%q) = %q, again %q", s, f, Fold(f))
		}
		if c := Clean(s); Clean(c) != c {
			t.Fatalf("Clean(%q) = %q, again %q", s, c, Clean(c))
		}
		if Fold(Clean(s)) != Fold(s) {
			t.Fatalf("cleaning %q changed its key from %q to %q", s, Fold(s), Fold(Clean(s)))
		}
	})
}

func TestTheFastFoldAgreesWithTheFullOne(t *testing.T) {
	letters := []rune("abcXYZ ñÑáÉüÜß'`-.,Ææ×ÿ09")
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.SampledFrom(letters)).Draw(t, "s"))
		fast, ok := foldSpanish(nil, s)
		if !ok || string(fast) != foldAny(s) {
			t.Fatalf("%q: fast %q, full %q", s, fast, foldAny(s))
		}
	})
}

func TestMRZ(t *testing.T) {
	for in, want := range map[string]string{
		"QUISPE MAMANI": "QUISPE<MAMANI", "Núñez": "NUNEZ", "Müller": "MUELLER", "AGÜERO": "AGUERO", "Güímac": "GUIMAC", "Größe": "GROESSE", "Jäger": "JAEGER",
		"Åse": "AASE", "D'Angelo": "DANGELO", "García-López": "GARCIA<LOPEZ", "de la Cruz": "DE<LA<CRUZ", "Łukasz": "LUKASZ", "Þór": "THOR",
		"Щербаков": "SHCHERBAKOV", "Юлия": "IULIIA", "Хрущёв": "KHRUSHCHEV", "Игорь": "IGOR", "山田": "", "": "", "J. C.": "J<C", "A1B2": "AB", " - ": "", "Œuvre": "OEUVRE",
		"Nguyễn": "NGUYEN", "Nu\u0301n\u0303ez": "NUNEZ", "Mª": "MA",
	} {
		if got := MRZ(in); got != want {
			t.Errorf("MRZ(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := texts().Draw(t, "s")
		m := MRZ(s)
		if strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<") != "" || strings.Contains(m, "<<") || strings.Trim(m, "<") != m {
			t.Fatalf("MRZ(%q) = %q", s, m)
		}
	})
}

func TestScript(t *testing.T) {
	for in, want := range map[string]Writing{
		"Núñez": Latin, "山田": Han, "さくら": Kana, "山田 はな": Kana, "ヤマダー": Kana, "Иванов": Cyrillic, "김": Hangul, "محمد": Arabic, "Γ": Greek, "כהן": Hebrew,
		"12 -": None, "ქ": Other, "Ivаn": Mixed, "Mª": Latin,
	} {
		if got := Script(in); got != want {
			t.Errorf("Script(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestMissing(t *testing.T) {
	for _, s := range []string{"", " ", "-", "--", ".", "NN", "N.N.", "nn", "S/N", "s/n", "N/A", "no tiene", "XXX", "x", "xx xx", "Desconocido", "SIN APELLIDO", "FNU", "(no tiene)", "NULL", "5", "12/12/1980"} {
		if !Missing(s) {
			t.Errorf("%q is a name?", s)
		}
	}
	for _, s := range []string{"NA", "Noa", "Xu", "Ñ", "O", "Santos", "Nina", "Nieves", "李", "Sin"} {
		if Missing(s) {
			t.Errorf("%q is missing?", s)
		}
	}
}

func TestDoubts(t *testing.T) {
	for _, c := range []struct {
		n    Name
		want string
	}{
		{Name{"Juan Carlos", "Quispe", "Mamani", ""}, ""},
		{Name{"Rosa", "O'Higgins", "García-López", "Di Benedetto"}, ""},
		{Name{"太郎", "林", "", ""}, ""},
		{Name{"Juan C.", "Quispe", "Mamani", ""}, "initial:given"},
		{Name{"Juan", "Qu1spe", "Mamani", ""}, "digits:paternal"},
		{Name{"Juan", "Quispe", "NN", ""}, "filler:maternal"},
		{Name{"Juan", "XXX", "S/N", ""}, "filler:paternal filler:maternal no_surname:"},
		{Name{"AAAA", "Quispe", "", ""}, "one_letter:given"},
		{Name{"Ivаn", "Quispe", "", ""}, "mixed_script:given"},
		{Name{"Juan@", "Quispe", "", ""}, "symbols:given"},
		{Name{}, "no_surname: no_given:"},
		{Name{"Pardo", "Pardo y Barreda", "", ""}, ""},
	} {
		var got []string
		for _, d := range Doubts(c.n) {
			part := ""
			if len(d.Args) > 0 {
				part = d.Args[0].Value.(string)
			}
			got = append(got, strings.TrimPrefix(d.Key, "name.")+":"+part)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%+v: %q, want %q", c.n, g, c.want)
		}
	}
}

func TestForms(t *testing.T) {
	rosa := Name{"Rosa María", "Quispe", "Ñahui", "De la Cruz"}
	for got, want := range map[string]string{
		rosa.Display():                                   "Quispe Ñahui de De la Cruz, Rosa María",
		rosa.Natural():                                   "Rosa María Quispe Ñahui de De la Cruz",
		rosa.Key():                                       "QUISPE|NAHUI|ROSA MARIA",
		rosa.SearchText():                                "ROSA MARIA QUISPE NAHUI DE LA CRUZ",
		Name{"JUAN", "QUISPE", "NN", ""}.Key():           "QUISPE||JUAN",
		Name{Given: "Sócrates"}.Display():                "Sócrates",
		Name{Paternal: "Quispe"}.Display():               "Quispe",
		Name{Paternal: "LAU", Married: "DÍAZ"}.Display(): "LAU DE DÍAZ",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if !(Name{Paternal: "S/N"}).Empty() || rosa.Empty() {
		t.Error("Empty")
	}
}

func TestKeyForgivesCaseAndAccentsOnly(t *testing.T) {
	a := Name{"José", "Ñahui", "De la Cruz", ""}
	if b := (Name{"JOSE", "NAHUI", "DE  LA CRUZ", "X"}); a.Key() != b.Key() {
		t.Errorf("%q and %q", a.Key(), b.Key())
	}
	if b := (Name{"José", "De la Cruz", "Ñahui", ""}); a.Key() == b.Key() {
		t.Error("swapped surnames have the same key")
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Núñez", "D´Angelo", "山田 太郎", "ﾔﾏﾀﾞ", "\u0345α", "Ǆ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k := Fold(s)
		if Fold(k) != k || !utf8.ValidString(k) || strings.Contains(k, "  ") || strings.TrimSpace(k) != k {
			t.Fatalf("%q -> %q -> %q", s, k, Fold(k))
		}
		if c := Clean(s); Clean(c) != c || !utf8.ValidString(c) {
			t.Fatalf("%q -> %q -> %q", s, c, Clean(c))
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for _, s := range []string{"Huamancayo", "HUAMANCAYO", "Núñez Güere", "DE LA CRUZ HUAMÁN", "山田 太郎"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
