package name

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSameVariant(t *testing.T) {
	for _, p := range [][2]string{
		{"PEPE", "JOSE"}, {"BETO", "ROBERTO"}, {"BETO", "ALBERTO"}, {"KISPE", "QUISPE"}, {"WILLKA", "HUILLCA"},
		{"JOHN", "JUAN"}, {"YON", "JHON"}, {"QUISPE", "QUISPE"}, {"PACO", "PANCHO"},
	} {
		if !SameVariant(p[0], p[1]) || !SameVariant(p[1], p[0]) {
			t.Errorf("%s and %s are not the same", p[0], p[1])
		}
	}
	for _, p := range [][2]string{
		{"ROBERTO", "ALBERTO"}, {"ALEJANDRO", "ALEJANDRA"}, {"JUAN", "JOSE"}, {"ANTONIO", "ANTONIA"}, {"", "JOSE"}, {"LUIS", "LUISA"},
	} {
		if SameVariant(p[0], p[1]) || SameVariant(p[1], p[0]) {
			t.Errorf("%s and %s are the same", p[0], p[1])
		}
	}
}

func TestVariants(t *testing.T) {
	if got := Variants("BETO"); !slices.Contains(got, "ROBERTO") || !slices.Contains(got, "ALBERTO") {
		t.Errorf("BETO stands for %v", got)
	}
	if got := Variants("XYZ"); got != nil {
		t.Errorf("XYZ stands for %v", got)
	}
	for token, want := range map[string]string{"PEPE": "JOSE", "BETO": "BETO", "MAMANI": "MAMANI", "JUANCA": "JUAN CARLOS"} {
		if got := Variant(token); got != want {
			t.Errorf("Variant(%s) = %s, want %s", token, got, want)
		}
	}
}

// TestVariantsFile holds that each row can be found by what Tokens makes.
func TestVariantsFile(t *testing.T) {
	for i, line := range strings.Split(strings.TrimSuffix(variantsCSV, "\n"), "\n") {
		f := strings.Split(line, ",")
		if len(f) != 3 {
			t.Fatalf("line %d has %d fields", i+1, len(f))
		}
		if i == 0 {
			continue
		}
		if !slices.Contains([]string{"hypocoristic", "spelling", "romanisation", "translation"}, f[0]) {
			t.Errorf("line %d has kind %q", i+1, f[0])
		}
		for _, s := range []string{f[1], f[2]} {
			if s == "" || Fold(s) != s {
				t.Errorf("line %d: %q is not folded", i+1, s)
			}
		}
		vs := strings.Fields(f[2])
		for k, v := range vs {
			if v == f[1] || slices.Contains(vs[:k], v) {
				t.Errorf("line %d has %s twice", i+1, v)
			}
			if !SameVariant(v, f[1]) {
				t.Errorf("line %d: %s is not %s", i+1, v, f[1])
			}
		}
	}
}

func TestSameVariantIsSymmetric(t *testing.T) {
	var tokens []string
	for token, s := range variants() {
		tokens = append(append(tokens, token), s.strong...)
	}
	slices.Sort(tokens)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(tokens).Draw(t, "a"), rapid.SampledFrom(tokens).Draw(t, "b")
		if SameVariant(a, b) != SameVariant(b, a) || !SameVariant(a, a) {
			t.Fatalf("SameVariant(%s, %s)", a, b)
		}
	})
}

func BenchmarkSameVariant(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		if i%2 == 0 {
			SameVariant("MAMANI", "QUISPE")
		} else {
			SameVariant("BETO", "ROBERTO")
		}
	}
}
