package synth

import (
	"slices"
	"testing"
)

func TestSurnameOrigin(t *testing.T) {
	for surname, want := range map[string]string{"Quispe": "qu", "mamani": "ay", "García": "es", "GARCIA": "es", "Higa": "jp", "": "", "Xyzzy": ""} {
		got := SurnameOrigin(surname)
		if got != want {
			t.Errorf("%q is of %q, want %q", surname, got, want)
		}
		if !slices.Contains(Origins, got) {
			t.Errorf("%q is in no report", got)
		}
	}
}
