package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3/vfs"
	"pgregory.net/rapid"
)

// plain is a file as it is, with what a log needs of it.
type plain struct {
	vfs.File // nil: nobody locks it
	on       *os.File
	writes   *int
}

func (p plain) ReadAt(b []byte, off int64) (int, error)  { return p.on.ReadAt(b, off) }
func (p plain) WriteAt(b []byte, off int64) (int, error) { *p.writes++; return p.on.WriteAt(b, off) }
func (p plain) Truncate(size int64) error                { return p.on.Truncate(size) }
func (p plain) Sync(vfs.SyncFlag) error                  { return p.on.Sync() }
func (p plain) Close() error                             { return p.on.Close() }

func (p plain) Size() (int64, error) {
	st, err := p.on.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

// TestWALGathers: whatever is written in whatever order, a read finds it, and after a sync the
// file has it, as if nothing were gathered.
func TestWALGathers(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		f, err := os.Create(filepath.Join(dir, "plain"))
		if err != nil {
			t.Fatal(err)
		}
		w := &wal{File: plain{on: f, writes: new(int)}}
		defer w.Close() //nolint:errcheck // removed below
		defer os.Remove(filepath.Join(dir, "plain"))
		var want []byte
		end, fill := 0, byte(0)
		write := func(off, size int) {
			fill++
			p := bytes.Repeat([]byte{fill}, size)
			want = append(want, make([]byte, max(0, off+size-len(want)))...)
			copy(want[off:], p)
			if got, err := w.WriteAt(p, int64(off)); err != nil || got != size {
				t.Fatalf("%d of %d bytes written at %d: %v", got, size, off, err)
			}
			end = off + size
		}
		onDisk := func() {
			if text, err := os.ReadFile(filepath.Join(dir, "plain")); err != nil || !bytes.Equal(text, want) {
				t.Fatalf("the file has %d bytes, not these %d (%v)", len(text), len(want), err)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"frame":  func(t *rapid.T) { write(end, 24); write(end, 4096) },
			"many":   func(t *rapid.T) { write(end, mostWaits-rapid.IntRange(0, 3*block).Draw(t, "less")) },
			"again":  func(t *rapid.T) { write(0, 32) },
			"middle": func(t *rapid.T) { write(rapid.IntRange(0, end).Draw(t, "at"), rapid.IntRange(1, 9000).Draw(t, "size")) },
			"read": func(t *rapid.T) {
				if len(want) == 0 {
					return
				}
				off := rapid.IntRange(0, len(want)-1).Draw(t, "from")
				p := make([]byte, rapid.IntRange(1, len(want)-off).Draw(t, "bytes"))
				if _, err := w.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, want[off:off+len(p)]) {
					t.Fatalf("%d bytes at %d are not what was written (%v)", len(p), off, err)
				}
			},
			"size": func(t *rapid.T) {
				if got, err := w.Size(); err != nil || got != int64(len(want)) {
					t.Fatalf("size %d, not %d (%v)", got, len(want), err)
				}
			},
			"sync": func(t *rapid.T) {
				if err := w.Sync(vfs.SYNC_NORMAL); err != nil {
					t.Fatal(err)
				}
				onDisk()
			},
			"truncate": func(t *rapid.T) {
				size := rapid.IntRange(0, len(want)).Draw(t, "size")
				if err := w.Truncate(int64(size)); err != nil {
					t.Fatal(err)
				}
				want, end = want[:size:size], min(end, size)
				onDisk()
			},
		})
	})
}

// TestWALWritesOnce: a transaction is one piece for the file below, however many pages it has.
func TestWALWritesOnce(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "plain"))
	if err != nil {
		t.Fatal(err)
	}
	writes, end := 0, int64(0)
	w := &wal{File: plain{on: f, writes: &writes}}
	for n := range 5 {
		for range 7 {
			for _, size := range []int{24, 4096} {
				if _, err := w.WriteAt(make([]byte, size), end); err != nil {
					t.Fatal(err)
				}
				end += int64(size)
			}
		}
		if err := w.Sync(vfs.SYNC_NORMAL); err != nil || writes != n+1 {
			t.Fatalf("%d writes after %d transactions (%v)", writes, n+1, err)
		}
	}
	if err := w.Close(); err != nil || writes != 5 {
		t.Fatalf("%d writes (%v)", writes, err)
	}
}
