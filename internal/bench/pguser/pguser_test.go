package pguser

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheNewestServerIsTaken(t *testing.T) {
	dir := t.TempDir()
	if got := newest(dir); got != "" {
		t.Errorf("nothing is installed, found is %s", got)
	}
	for _, version := range []string{"9", "15", "13"} {
		bin := filepath.Join(dir, version, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := newest(dir), filepath.Join(dir, "15", "bin"); got != want {
		t.Errorf("of 9, 15 and 13 %s is taken", got)
	}
}
