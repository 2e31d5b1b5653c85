package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"quipu/internal/i18n"
)

var literal = regexp.MustCompile(`\b[wW](?:ords)?\.(TN?|Or)\("([^"]+)"[,)]`)

// TestMessagesExist looks for every literal key that the screens of all rooms ask for.
func TestMessagesExist(t *testing.T) {
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			keys := []string{m[2]}
			if m[1] == "TN" {
				keys = []string{m[2] + ".one", m[2] + ".other"}
			}
			for _, k := range keys {
				n++
				for _, lang := range i18n.Langs {
					if !i18n.Has(lang, k) {
						t.Errorf("%s: no %s message for %q", f, lang, k)
					}
				}
			}
		}
	}
	if n < 150 {
		t.Fatalf("only %d keys were found: the scan looks in the wrong place", n)
	}
}
