package store_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// mount makes a small file system of its own where the user may; else the test is passed
// over with the reason, and its sibling that needs no rights stands for it.
func mount(t *testing.T, options string) (dir string, ok bool) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Log("passed over: this user cannot mount a file system:", err)
		return "", false
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, true
}

// freeze makes a folder read-only: by mounting it so where the user may, since permissions
// do not bind the superuser; else by permissions.
func freeze(t *testing.T, dir string) (path string, release func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		names, _ := filepath.Glob(filepath.Join(dir, "*"))
		mode := func(folder, file os.FileMode) {
			for _, n := range names {
				if err := os.Chmod(n, file); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, folder); err != nil {
				t.Fatal(err)
			}
		}
		mode(0o500, 0o400)
		return dir, func() { mode(0o700, 0o600) }
	}
	path = t.TempDir()
	if err := syscall.Mount(dir, path, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("the superuser is bound by no permissions, and cannot mount here: ", err)
	}
	release = func() {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}
	if err := syscall.Mount("", path, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		release()
		t.Skip("the superuser is bound by no permissions, and cannot mount read-only here: ", err)
	}
	return path, release
}
