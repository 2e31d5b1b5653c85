package web_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestStickOnAFullDisk: files wait on a disk that is full. It is said in words, both ways, nothing
// is taken and nothing lies about; when there is room again the same file is taken.
func TestStickOnAFullDisk(t *testing.T) {
	p := newPair(t)
	p.somebody(t, "Hermelinda")
	_, file := p.node.as("marta").takeOut(t, "/sincronizacion", "do", "export")
	small := func(g *gate) string {
		dir := filepath.Join(g.app.Dir(), "uploads")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4k"); err != nil {
			t.Skipf("a small disk can be mounted by root alone: %v", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		return dir
	}
	hub, home := small(p.hub), small(p.node)
	b := p.hub.as("marta")
	b.bring("bueno.quipu", append(bytes.Clone(file), make([]byte, 1<<20)...)).has(t, "disco")
	if q := p.node.as("marta").post("/sincronizacion", "do", "export"); q.status != 503 || q.header.Get("Content-Disposition") != "" || !is(q, "disco") {
		t.Errorf("the stick on a full disk gives %d: %.200s", q.status, tags.ReplaceAllString(q.text, " "))
	}
	for _, dir := range []string{hub, home} {
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%v lie in %s, %v", left, dir, err)
		}
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Fatal(err)
		}
	}
	b.bring("bueno.quipu", file).has(t, "Se tomó el archivo de ESMAD-N1")
}
