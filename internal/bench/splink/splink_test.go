package splink

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestSetups holds every name that a set-up compares, blocks or trains on against its columns:
// Splink would say so only after minutes.
func TestSetups(t *testing.T) {
	var all map[string]struct {
		Columns                  map[string]string
		Compare                  [][]string
		Rules, Deterministic, EM [][]string
	}
	if err := json.Unmarshal(setups, &all); err != nil {
		t.Fatal(err)
	}
	if len(all["register"].Rules) != 7 || len(all["register"].Compare) != 8 {
		t.Error("the set-up of the register has not the seven rules and eight comparisons that its figures are about")
	}
	inside := regexp.MustCompile(`^substr\((\w+),`)
	for name, s := range all {
		used := [][]string{}
		for _, c := range s.Compare {
			used = append(used, c[:1])
		}
		used = append(append(append(used, s.Rules...), s.Deterministic...), s.EM...)
		for _, columns := range used {
			for _, c := range columns {
				if m := inside.FindStringSubmatch(c); m != nil {
					c = m[1]
				}
				if s.Columns[c] == "" {
					t.Errorf("%s uses the column %q and does not say what it is", name, c)
				}
			}
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("QUIPU_SPLINK", dir)
	if _, err := Find(); !errors.Is(err, ErrMissing) {
		t.Fatalf("an empty folder: %v", err)
	}
	want := filepath.Join(dir, "bin", "python")
	if err := errors.Join(os.Mkdir(filepath.Dir(want), 0o700), os.WriteFile(want, nil, 0o700)); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(); got != want || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
}
