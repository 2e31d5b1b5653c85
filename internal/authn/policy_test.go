package authn

import (
	"strings"
	"testing"

	"quipu/internal/fault"
)

func TestPolicyAccepts(t *testing.T) {
	for _, p := range []string{
		"correct horse battery staple", "nudos verdes junto al río", "la cuerda larga de mi abuela",
		"vK7#pq2!xRt9", "漢字漢字かなカナ交じり文字列", strings.Repeat("palabra larga ", 18),
		"quipu con siete nudos azules", "mi clave es un zorro gris",
	} {
		if err := CheckPassword(p, "rosa.paredes", "Madrid"); err != nil {
			t.Errorf("%q is refused: %v", p, err)
		}
	}
}

func TestPolicyRefuses(t *testing.T) {
	for p, key := range map[string]string{
		"":                         "authn.password_short",
		"once letras":              "authn.password_short",
		"ñññññññññññ":              "authn.password_short", // characters, not bytes
		strings.Repeat("xy7 ", 65): "authn.password_long",
		"passwordpassword":         "authn.password_common",
		"P@ssw0rd2024":             "authn.password_common",
		"Dragon123456!":            "authn.password_common",
		"motherfucker":             "authn.password_common",
		"123456789012":             "authn.password_simple",
		"aaaaaaaaaaaa":             "authn.password_simple",
		"qwertyuiop12":             "authn.password_simple",
		"1q2w3e4r5t6y":             "authn.password_simple",
		"abcabcabcabc":             "authn.password_simple",
		"Consulado2026":            "authn.password_own",
		"contraseña-2026":          "authn.password_own",
		"Rosa-Paredes-1":           "authn.password_own",
		"quipu-madrid-1":           "authn.password_own",
	} {
		if err := CheckPassword(p, "rosa.paredes@example.org", "Madrid"); !fault.Is(err, key) {
			t.Errorf("%q: %v, want %s", p, err, key)
		}
	}
}

// ASVS 6.2.4 asks for the most frequent passwords that the policy would let through.
func TestEveryCommonPasswordIsRefused(t *testing.T) {
	for p := range strings.Lines(commonText) {
		p = strings.TrimSpace(p)
		variants := []string{p, strings.ToUpper(p), p + p, p + p + p}
		if strings.IndexFunc(p, notLetter) < 0 {
			variants = append(variants, p+"1", p+"2026!!", "2026"+p+"123", p+"1"+p+"1")
		}
		for _, v := range variants {
			if CheckPassword(v) == nil {
				t.Errorf("%q, made of the common %q, is accepted", v, p)
			}
		}
	}
}
