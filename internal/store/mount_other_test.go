//go:build !linux

package store_test

import (
	"os"
	"path/filepath"
	"testing"
)

// mount is for Linux; TestDiskFull stands for the tests that need it.
func mount(t *testing.T, _ string) (dir string, ok bool) {
	t.Log("passed over: small file systems are mounted on Linux only")
	return "", false
}

// freeze takes the write permission away.
func freeze(t *testing.T, dir string) (path string, release func()) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	mode := func(folder, file os.FileMode) {
		for _, n := range append(names, dir) {
			m := file
			if n == dir {
				m = folder
			}
			if err := os.Chmod(n, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	mode(0o500, 0o400)
	return dir, func() { mode(0o700, 0o600) }
}
