// Package host asks the computer what a node needs to know of it: the space left on a
// disk, who may read a file, whether an address can be listened on.
package host

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"runtime"
)

// ErrUnknown says that this system does not tell.
var ErrUnknown = errors.New("host: this system does not tell")

// Space is what a disk has, in bytes. Free is what this program's user may still take.
type Space struct{ Free, Total uint64 }

// SpaceAt measures the disk that holds a folder.
func SpaceAt(dir string) (Space, error) { return spaceAt(dir) }

// Low reports that a register could soon be unable to save: less than a gibibyte and less
// than a tenth of the disk, or less than a hundred mebibytes of any disk.
func (s Space) Low() bool {
	return s.Free < 100<<20 || s.Free < 1<<30 && s.Free < s.Total/10
}

// OpenToOthers returns the mode of a file or folder that others than its owner can read or
// write, and "" of one that is private. On Windows, which keeps rights in access lists, it
// is always "".
func OpenToOthers(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return "", err
	}
	return info.Mode().Perm().String(), nil
}

// Writable tries to make a file in a folder.
func Writable(dir string) error {
	f, err := os.CreateTemp(dir, ".quipu-doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Listenable tries to listen on an address.
func Listenable(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return l.Close()
}

// Exists reports whether there is something at a path, readable or not.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
