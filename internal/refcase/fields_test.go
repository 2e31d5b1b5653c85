package refcase_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"quipu/internal/refcase"
)

// The plain fields of a case mean the same as its lines of R: without these all come out,
// but for two that have no fields for what they ask.
func TestFieldsSayTheSame(t *testing.T) {
	b, err := os.ReadFile("testdata/survey/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file["cases"].([]any) {
		one := c.(map[string]any)
		delete(one, "r")
		steps, _ := one["steps"].([]any)
		for _, s := range steps {
			delete(s.(map[string]any), "r")
		}
	}
	if b, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	r, err := refcase.Survey(bytes.NewReader(b), os.DirFS("testdata/survey"), nil)
	if err != nil {
		t.Fatal(err)
	}
	unsaid := []string{"str-contrast-linear", "clus1-regterm"} // the contrast's name; the model that is tested
	for _, f := range r.Failures {
		if !slices.Contains(unsaid, f.Case) {
			t.Errorf("%s: %s: expected %s, got %s %v", f.Case, f.What, f.Expected, f.Got, f.Err)
		}
	}
	if r.Passed != 328 {
		t.Errorf("%d passed, 328 should", r.Passed)
	}
}
