package name

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSoundsAlike(t *testing.T) {
	for _, alike := range [][]string{
		{"VASQUEZ", "VAZQUEZ", "BASQUES", "VASQUES"},
		{"GONZALES", "GONZALEZ", "GONSALES"},
		{"HUAMAN", "GUAMAN", "WAMAN"},
		{"CCAHUANA", "CAHUANA", "KAWANA", "QAWANA", "KAHUANA"},
		{"QUISPE", "KISPE", "QISPE"},
		{"HUILLCA", "WILLKA", "HUILCA"},
		{"CASTILLO", "CASTIYO"},
		{"JIMENEZ", "XIMENEZ", "GIMENES"},
		{"GUERRA", "GHERRA"},
		{"JHON", "JON", "JOHN"},
		{"YON", "YHON", "ION"},
		{"SATOU", "SATO", "SATOO", "SATOH"},
		{"STEPHANIE", "ESTEFANI", "STEFANY"},
		{"CHRISTIAN", "CRISTIAN", "KRISTIAN"},
		{"ELIZABETH", "ELISABET"},
		{"WILLIAM", "WILIAN", "WILLIAN"},
		{"SCHULTZ", "SHULZ"},
		{"CARVALHO", "CARBALLO"},
		{"BOLOGNESI", "BOLONESI"},
		{"NELLY", "NELI"},
		{"CAMPOS", "CANPOS"},
		{"CECILIA", "SESILIA", "ZECILIA"},
		{"ASCENCIO", "ASENSIO"},
		{"CCENTE", "KENTE"},
		{"HUGO", "UGO"},
		{"FILOMENA", "PHILOMENA"},
	} {
		for _, a := range alike[1:] {
			if Sound(a) != Sound(alike[0]) {
				t.Errorf("Sound(%s) = %s, Sound(%s) = %s", alike[0], Sound(alike[0]), a, Sound(a))
			}
		}
	}
}

func TestSoundsApart(t *testing.T) {
	for _, apart := range [][2]string{
		{"QUISPE", "QUISPES"}, {"LIM", "LIN"}, {"ROSA", "ROSAS"}, {"PEREZ", "PERALES"}, {"JUAN", "JUANA"}, {"CHAVEZ", "SAVEZ"},
		{"GARCIA", "GARZA"}, {"LOPEZ", "ROPEZ"}, {"MAGNO", "MANO"}, {"MAMANI", "MAMAMI"}, {"YANA", "JANA"}, {"TANAKA", "DANAKA"},
		{"BENIGNO", "BENINO"}, {"IGNACIO", "INACIO"},
	} {
		if Sound(apart[0]) == Sound(apart[1]) {
			t.Errorf("%s and %s both sound %s", apart[0], apart[1], Sound(apart[0]))
		}
	}
}

func TestLooseSound(t *testing.T) {
	for _, alike := range [][2]string{{"ROJAS", "RUJAS"}, {"MENDOZA", "MINDOSA"}, {"CONDORI", "CUNDURE"}, {"QUISPE", "QUISPI"}, {"YEONG", "YONG"}} {
		if LooseSound(alike[0]) != LooseSound(alike[1]) {
			t.Errorf("%s is %s, %s is %s", alike[0], LooseSound(alike[0]), alike[1], LooseSound(alike[1]))
		}
	}
	for _, apart := range [][2]string{{"MARIA", "MARIO"}, {"ROSA", "RESA"}, {"ANA", "INA"}} {
		if LooseSound(apart[0]) == LooseSound(apart[1]) {
			t.Errorf("%s and %s are both %s", apart[0], apart[1], LooseSound(apart[0]))
		}
	}
}

func TestSoundOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, token := range Tokens(rapid.String().Draw(t, "s")) {
			key := Sound(token)
			if key == "" {
				t.Fatalf("Sound(%q) is empty", token)
			}
			if got := AppendSound([]byte("N"), token); string(got) != "N"+key {
				t.Fatalf("AppendSound(%q) = %q, Sound %q", token, got, key)
			}
		}
	})
}

func TestSoundAllocatesTheKeyAlone(t *testing.T) {
	for token, most := range map[string]float64{"MAMANI": 0, "CCAHUANA": 1} {
		if n := testing.AllocsPerRun(100, func() { Sound(token) }); n > most {
			t.Errorf("Sound(%s) allocates %v times", token, n)
		}
	}
}

func BenchmarkSound(b *testing.B) {
	tokens := []string{"QUISPE", "HUAMAN", "GONZALEZ", "MARIA", "CCAHUANA", "CHRISTIAN", "SHIMABUKURO", "CASTILLO"}
	b.ReportAllocs()
	for i := range b.N {
		Sound(tokens[i%len(tokens)])
	}
}
