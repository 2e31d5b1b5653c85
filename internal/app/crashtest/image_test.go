//go:build unix

package crashtest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app/node"
)

// TestCrashImages copies the files while somebody writes, as a snapshot of the disk or a
// cut of the power leaves them, and opens the copies.
func TestCrashImages(t *testing.T) {
	t.Parallel()
	r := random(t)
	dir := filepath.Join(t.TempDir(), "reg")
	j := startJob(t, envJob+"=register", envDir+"="+dir, envFrom+"=1")
	var done []saved
	seeded := int64(0)
	for i := range 20 {
		for range 1 + r.IntN(15) {
			line, err := j.out.ReadString('\n')
			if err != nil {
				t.Fatalf("the child ended by itself: %v\n%s", err, j.errors.String())
			}
			done = append(done, parseSaved(t, line))
		}
		time.Sleep(time.Duration(r.Int64N(int64(3 * time.Millisecond))))
		// One moment for both files, as a snapshot of the disk has: the writer is halted.
		copied := filepath.Join(t.TempDir(), "copy")
		if err := halted(j.cmd.Process, func() error { return copyRegister(dir, copied) }); err != nil {
			t.Fatal(err)
		}
		a, err := openAs(copied, node.SQLite, "")
		if err != nil {
			t.Fatalf("copy %d: %v", i+1, err)
		}
		there(t, a, done)
		sound(t, a)
		count(t, a, &seeded)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	j.kill(t)
	t.Logf("20 copies, %d acknowledged registrations in the last", len(done))
}

// copyRegister copies everything but the index of the write-ahead log, which is memory.
func copyRegister(from, to string) error {
	if err := os.MkdirAll(filepath.Join(to, "keys"), 0o700); err != nil {
		return err
	}
	for _, name := range []string{"quipu.toml", "keys/audit.key", "keys/master.key", "quipu.db", "quipu.db-wal"} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) && name == "quipu.db-wal" {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), data, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
