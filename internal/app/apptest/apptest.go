// Package apptest is what tests of use cases share. It is for tests only.
package apptest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// CopyRegister copies the folder of a register that nothing writes to, with the modes that
// keys need: a checkout loses them.
func CopyRegister(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
