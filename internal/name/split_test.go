package name

import (
	"sort"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSplitSurnames(t *testing.T) {
	for _, c := range []struct {
		in, paternal, maternal string
		sure                   bool
	}{
		{"QUISPE MAMANI", "QUISPE", "MAMANI", true},
		{"DE LA CRUZ HUAMÁN", "DE LA CRUZ", "HUAMÁN", true},
		{"HUAMÁN DE LA CRUZ", "HUAMÁN", "DE LA CRUZ", true},
		{"De los Santos del Águila", "De los Santos", "del Águila", true},
		{"Condori Ccopa", "Condori", "Ccopa", true},
		{"SAN MARTIN SANTA CRUZ", "SAN MARTIN", "SANTA CRUZ", true},
		{"YUPANQUI", "YUPANQUI", "", true},
		{"D'ANGELO DI BENEDETTO", "D'ANGELO", "DI BENEDETTO", true},
		{"d´ Angelo Raimondi", "d' Angelo", "Raimondi", true},
		{"VON HUMBOLDT VAN DER MEER", "VON HUMBOLDT", "VAN DER MEER", true},
		{"PONCE DE LEÓN QUISPE", "PONCE DE LEÓN", "QUISPE", true},
		{"QUISPE MONTES DE OCA", "QUISPE", "MONTES DE OCA", true},
		{"RIVA AGÜERO OSMA", "RIVA AGÜERO", "OSMA", true},
		{"PARDO Y BARREDA LAVALLE", "PARDO Y BARREDA", "LAVALLE", false},
		{"ORTEGA Y GASSET", "ORTEGA", "Y GASSET", false},
		{"RUIZ DE SARRIA TAPIA", "RUIZ DE SARRIA", "TAPIA", false},
		{"QUISPE DE FLORES", "QUISPE", "DE FLORES", false},
		{"QUISPE MAMANI DE FLORES", "QUISPE", "MAMANI", true},
		{"QUISPE MAMANI VDA. DE FLORES", "QUISPE", "MAMANI", true},
		{"GARCÍA-LÓPEZ", "GARCÍA-LÓPEZ", "", false},
		{"UNO DOS TRES CUATRO", "UNO", "DOS TRES CUATRO", false},
		{"Tanaka Higa", "Tanaka", "Higa", true},
		{"MC DONALD AL AZRAQ", "MC DONALD", "AL AZRAQ", true},
		{"", "", "", false}, {" - ", "", "", false}, {"DE", "DE", "", true},
	} {
		p, m, sure := SplitSurnames(c.in)
		if p != c.paternal || m != c.maternal || sure != c.sure {
			t.Errorf("%q = %q, %q, %v", c.in, p, m, sure)
		}
	}
}

func TestSplitFull(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Name
		sure bool
	}{
		// Form with comma.
		{"QUISPE MAMANI, JUAN CARLOS", Name{"JUAN CARLOS", "QUISPE", "MAMANI", ""}, true},
		{"DE LA CRUZ HUAMÁN, María", Name{"María", "DE LA CRUZ", "HUAMÁN", ""}, true},
		{"QUISPE<MAMANI<<JUAN<CARLOS<<<<<<", Name{"JUAN CARLOS", "QUISPE", "MAMANI", ""}, true},
		{"QUISPE MAMANI DE FLORES, ROSA", Name{"ROSA", "QUISPE", "MAMANI", "FLORES"}, true},
		{"QUISPE DE FLORES, ROSA", Name{"ROSA", "QUISPE", "", "FLORES"}, false},
		{"Huamán Condori Vda. de Ticona, Saturnina", Name{"Saturnina", "Huamán", "Condori", "Ticona"}, true},
		{"MAMANI VIUDA DE DE LA CRUZ, JUANA", Name{"JUANA", "MAMANI", "", "DE LA CRUZ"}, true},
		{"MAMANI CHOQUE V. DE ROJAS, JUANA", Name{"JUANA", "MAMANI", "CHOQUE", "ROJAS"}, true},
		{"QUISPE MAMANI DE LA TORRE, ROSA", Name{"ROSA", "QUISPE", "MAMANI", "DE LA TORRE"}, false},
		{"Quispe, Juan, Carlos", Name{"Juan Carlos", "Quispe", "", ""}, false},
		{"Quispe Mamani,", Name{"", "Quispe", "Mamani", ""}, false},
		{"Wong Chu, Julio César", Name{"Julio César", "Wong", "Chu", ""}, true},
		{"Siu Kuan Ching, Rosa", Name{"Rosa", "Siu", "Kuan Ching", ""}, false},
		// Spoken order, Andean and Spanish.
		{"Juan Carlos Quispe Mamani", Name{"Juan Carlos", "Quispe", "Mamani", ""}, true},
		{"Rosa Condori Ccopa", Name{"Rosa", "Condori", "Ccopa", ""}, true},
		{"Wayra Qhispi Tupaq", Name{"Wayra", "Qhispi", "Tupaq", ""}, false},
		{"Saturnino Choquehuanca Yupanqui", Name{"Saturnino", "Choquehuanca", "Yupanqui", ""}, true},
		{"María de los Ángeles Huamán Ñahui", Name{"María de los Ángeles", "Huamán", "Ñahui", ""}, true},
		{"Juan de Dios Ticona Apaza", Name{"Juan de Dios", "Ticona", "Apaza", ""}, true},
		{"Rosa del Carmen Pumacahua", Name{"Rosa del Carmen", "Pumacahua", "", ""}, true},
		{"Ana De la Cruz Huamán", Name{"Ana", "De la Cruz", "Huamán", ""}, true},
		{"Julio Mamani de la Cruz", Name{"Julio", "Mamani", "de la Cruz", ""}, true},
		{"Rosa Quispe Mamani de Flores", Name{"Rosa", "Quispe", "Mamani", "Flores"}, true},
		{"Rosa Quispe de Flores", Name{"Rosa", "Quispe", "", "Flores"}, false},
		{"Juana Choque Vda. de Rojas", Name{"Juana", "Choque", "", "Rojas"}, true},
		{"Juan Carlos de Souza", Name{"Juan Carlos", "de Souza", "", ""}, false},
		{"Pedro Ponce de León Quispe", Name{"Pedro", "Ponce de León", "Quispe", ""}, true},
		{"Riva Agüero Osma José", Name{"José", "Riva Agüero", "Osma", ""}, false},
		{"María Elena Quispe", Name{"María Elena", "Quispe", "", ""}, false},
		{"Juan Quispe", Name{"Juan", "Quispe", "", ""}, true},
		{"Quispe Mamani", Name{"Quispe", "Mamani", "", ""}, false},
		{"QUISPE MAMANI JUAN", Name{"JUAN", "QUISPE", "MAMANI", ""}, false},
		{"DE LA CRUZ HUAMAN JUAN CARLOS", Name{"JUAN CARLOS", "DE LA CRUZ", "HUAMAN", ""}, false},
		{"Santa Quispe Mamani", Name{"Santa", "Quispe", "Mamani", ""}, false},
		{"Juan Manuel Pardo y Barreda Lavalle", Name{"Juan Manuel", "Pardo y Barreda", "Lavalle", ""}, false},
		{"Quispe", Name{"", "Quispe", "", ""}, false},
		{"", Name{}, false},
		// Families from Italy, China and Japan.
		{"Giovanna Raimondi D'Angelo", Name{"Giovanna", "Raimondi", "D'Angelo", ""}, true},
		{"Marco Antonio Di Benedetto Della Torre", Name{"Marco Antonio", "Di Benedetto", "Della Torre", ""}, true},
		{"Víctor Chang Lau", Name{"Víctor", "Chang", "Lau", ""}, true},
		{"Kenji Nakamatsu Higa", Name{"Kenji", "Nakamatsu", "Higa", ""}, true},
		{"César Hiroshi Tanaka", Name{"César Hiroshi", "Tanaka", "", ""}, false},
		{"山田 太郎", Name{"太郎", "山田", "", ""}, true},
		{"山田　はな子", Name{"はな子", "山田", "", ""}, true},
		{"陳大文", Name{"", "陳大文", "", ""}, false},
		{"フアン・キスペ・ママニ", Name{"フアン", "キスペ", "ママニ", ""}, false},
	} {
		if got, sure := SplitFull(c.in); got != c.want || sure != c.sure {
			t.Errorf("%q = %+v, %v; want %+v, %v", c.in, got, sure, c.want, c.sure)
		}
	}
}

// surnamePool has simple surnames and some with particles; givenPool none that is a surname.
var (
	surnamePool = []string{"Quispe", "Mamani", "Huamán", "De la Cruz", "Del Águila", "San Martín", "Ñahui", "D'Angelo", "Wong", "Higa", "De los Ríos"}
	givenPool   = []string{"Juan", "Rosa", "José", "Ángel", "Lucía", "Víctor"}
)

func TestWhatDisplayWritesIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Name{
			Given:    strings.Join(rapid.SliceOfN(rapid.SampledFrom(givenPool), 1, 2).Draw(t, "given"), " "),
			Paternal: rapid.SampledFrom(surnamePool).Draw(t, "paternal"),
			Maternal: rapid.SampledFrom(surnamePool).Draw(t, "maternal"),
		}
		if rapid.Bool().Draw(t, "married") {
			n.Married = "Flores"
		}
		if got, sure := SplitFull(n.Display()); got != n || !sure {
			t.Fatalf("%q = %+v, %v", n.Display(), got, sure)
		}
	})
}

func TestSpokenOrderIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Name{
			Given:    strings.Join(rapid.SliceOfN(rapid.SampledFrom(givenPool), 1, 2).Draw(t, "given"), " "),
			Paternal: rapid.SampledFrom(surnamePool).Draw(t, "paternal"),
			Maternal: rapid.SampledFrom(surnamePool).Draw(t, "maternal"),
		}
		if got, _ := SplitFull(n.Natural()); got != n {
			t.Fatalf("%q = %+v", n.Natural(), got)
		}
	})
}

// bag is the sorted tokens of s but for the words that join a married surname.
func bag(s string) string {
	var out []string
	for _, t := range Tokens(strings.ReplaceAll(s, "<", " ")) {
		if !widows[t] && t != "DE" && t != "V" {
			out = append(out, t)
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func checkNothingLost(t interface{ Fatalf(string, ...any) }, s string) {
	n, sure := SplitFull(s)
	if got, want := bag(join(n.Given, n.Paternal, n.Maternal, n.Married)), bag(s); got != want {
		t.Fatalf("%q gave %+v: tokens %q, want %q", s, n, got, want)
	}
	if sure && n.Paternal == "" {
		t.Fatalf("%q: sure without a surname", s)
	}
}

func TestSplitFullLosesNoWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkNothingLost(t, texts().Draw(t, "s")) })
}

func FuzzSplitFull(f *testing.F) {
	for _, s := range []string{"QUISPE MAMANI, JUAN", "Rosa Quispe Mamani de Flores", "QUISPE<MAMANI<<JUAN", "VDA DE", "DE LA", "山田 太郎", "Pardo y Barreda Lavalle y", ",,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNothingLost(t, s) })
}

func BenchmarkSplitFull(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		SplitFull("DE LA CRUZ HUAMÁN, MARÍA ELENA")
	}
}
