package host

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestLow(t *testing.T) {
	const mib, gib = 1 << 20, 1 << 30
	for _, c := range []struct {
		s    Space
		want bool
	}{
		{Space{50 * mib, 100 * gib}, true}, {Space{50 * mib, 60 * mib}, true}, {Space{500 * mib, 100 * gib}, true},
		{Space{500 * mib, 2 * gib}, false}, {Space{2 * gib, 1000 * gib}, false},
	} {
		if c.s.Low() != c.want {
			t.Errorf("%+v: Low is %v", c.s, !c.want)
		}
	}
	if s, err := SpaceAt(t.TempDir()); err != nil || s.Total == 0 || s.Free > s.Total {
		t.Errorf("the disk of the tests: %+v, %v", s, err)
	}
	if _, err := SpaceAt(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that does not exist has space")
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	if Exists(path) {
		t.Error("it exists before it is made")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if mode, err := OpenToOthers(path); err != nil || mode != "" || !Exists(path) {
		t.Errorf("a private file: %q, %v", mode, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if mode, err := OpenToOthers(path); err != nil || runtime.GOOS != "windows" && mode != "-rw-r--r--" {
		t.Errorf("an open file: %q, %v", mode, err)
	}
	if err := Writable(dir); err != nil {
		t.Error(err)
	}
	if Writable(filepath.Join(dir, "none")) == nil {
		t.Error("a folder that does not exist can be written")
	}
}

func TestListenable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if Listenable(l.Addr().String()) == nil {
		t.Error("a taken address can be listened on")
	}
	l.Close()
	if err := Listenable(l.Addr().String()); err != nil {
		t.Error(err)
	}
}
