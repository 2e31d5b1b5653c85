// Package pguser finds what a measurement or a test starts PostgreSQL with: the programs of
// Debian's packages, and a user, for the server refuses to run as root.
package pguser

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
)

// ErrNone says that this is root and that there is no user to run the server as.
var ErrNone = errors.New("it does not run as root and there is no user postgres")

// Programs is the folder of the newest server that is installed, "" when there is none.
func Programs() string { return newest("/usr/lib/postgresql") }

func newest(dir string) string {
	all, _ := filepath.Glob(filepath.Join(dir, "*", "bin", "initdb"))
	if len(all) == 0 {
		return ""
	}
	version := func(p string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(p))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(all, func(a, b string) int { return version(a) - version(b) }))
}
