package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"quipu/internal/audit"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/store/storetest"
)

// fill writes until the store says that the disk is full; it returns how many went in.
func fill(t *testing.T, db *store.DB) (n int64) {
	t.Helper()
	text := strings.Repeat("llenando el disco ", 600)
	for n = 1; n < 10_000; n++ {
		err := write(db, n, text)
		if fault.Is(err, "store.full") {
			return n - 1
		}
		if err != nil {
			t.Fatalf("after %d writes: %v", n-1, err)
		}
	}
	t.Fatal("the disk never filled up")
	return 0
}

// whole checks that exactly n writes are there, and that the log is as it was signed.
func whole(t *testing.T, db *store.DB, n int64) {
	t.Helper()
	view(t, db, func(tx *store.Tx) error {
		people, err := tx.Count(ctx, store.CountPersons)
		changes, err2 := tx.Count(ctx, store.CountChanges)
		setting, err3 := tx.Setting(ctx, "n")
		if people != n || changes != n || setting != fmt.Sprint(n) {
			t.Errorf("%d people, %d changes, last %s; want %d", people, changes, setting, n)
		}
		return errors.Join(err, err2, err3, clean(t, tx))
	})
	var bad string
	if err := db.Writer().QueryRow("PRAGMA integrity_check").Scan(&bad); err != nil || bad != "ok" {
		t.Errorf("integrity: %s (%v)", bad, err)
	}
}

// clean recomputes the tree from the bodies and compares it with the one that was kept.
func clean(t *testing.T, tx *store.Tx) error {
	var edge audit.Edge
	err := tx.Log(ctx, 0, 1<<30, func(e store.Entry) error { edge.Append(e.Body); return nil })
	head, err2 := tx.Head(ctx)
	note, err3 := storetest.Sign(edge.Size, edge.Root())
	if head.Size != edge.Size || head.Edge.Root() != edge.Root() || head.Note != string(note) {
		t.Errorf("head of %d changes is not that of the log of %d", head.Size, edge.Size)
	}
	return errors.Join(err, err2, err3)
}

// TestDiskFull bounds the number of pages, which gives the engine's own "disk is full" on
// any machine.
func TestDiskFull(t *testing.T) {
	for _, e := range engines[:2] {
		t.Run(e.name, func(t *testing.T) {
			cfg := e.config(t)
			db := open(t, cfg)
			if _, err := db.Writer().Exec("PRAGMA max_page_count = 300"); err != nil {
				t.Fatal(err)
			}
			n := fill(t, db)
			whole(t, db, n)
			if _, err := db.Writer().Exec("PRAGMA max_page_count = 3000"); err != nil {
				t.Fatal(err)
			}
			if err := write(db, n+1, "there is room again"); err != nil {
				t.Fatal(err)
			}
			whole(t, db, n+1)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			whole(t, open(t, cfg), n+1)
		})
	}
}

// TestRealDiskFull fills a small file system, where the write-ahead log meets the end first.
func TestRealDiskFull(t *testing.T) {
	for _, e := range engines[:2] {
		t.Run(e.name, func(t *testing.T) {
			dir, ok := mount(t, "size=4m")
			if !ok {
				return
			}
			cfg := e.config(t)
			cfg.Path = filepath.Join(dir, "q.db")
			ballast := filepath.Join(dir, "ballast")
			if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			db := open(t, cfg)
			n := fill(t, db)
			if n < 10 {
				t.Fatalf("only %d writes went in", n)
			}
			whole(t, db, n)
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			if err := write(db, n+1, "there is room again"); err != nil {
				t.Fatal(err)
			}
			whole(t, db, n+1)
		})
	}
}

// TestDiskFullAtCommit leaves room for single pages only, so that other moments than the
// first write meet the end of the disk.
func TestDiskFullAtCommit(t *testing.T) {
	dir, ok := mount(t, "size=4m")
	if !ok {
		return
	}
	cfg := store.Config{Path: filepath.Join(dir, "q.db")}
	db := open(t, cfg)
	if err := write(db, 1, "the first one"); err != nil {
		t.Fatal(err)
	}
	n := int64(1)
	f, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for full := 0; full < 30; { // the free space shrinks by less than a write takes
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			break
		}
		switch err := write(db, n+1, "another small one"); {
		case err == nil:
			n++
		case fault.Is(err, "store.full"):
			full++
		default:
			t.Fatal(err)
		}
		if n%50 == 0 {
			whole(t, db, n)
		}
	}
	whole(t, db, n)
	if err := errors.Join(f.Truncate(0), write(db, n+1, "there is room again")); err != nil {
		t.Fatal(err)
	}
	whole(t, db, n+1)
}

func TestReadOnlyDisk(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder cannot be made read-only there by its mode")
	}
	for _, e := range engines[:2] {
		t.Run(e.name, func(t *testing.T) {
			cfg := e.config(t)
			db := open(t, cfg)
			if err := errors.Join(write(db, 1, "while it could be written"), db.Close()); err != nil {
				t.Fatal(err)
			}
			dir, release := freeze(t, filepath.Dir(cfg.Path))
			frozen := cfg
			frozen.Path = filepath.Join(dir, "q.db")
			err := tryWrite(frozen)
			if !fault.Is(err, "store.readonly") {
				t.Errorf("writing to a read-only disk: %v", err)
			}
			release()
			cfg.Sign = storetest.Sign
			whole(t, open(t, cfg), 1)
		})
	}
	if _, err := store.Open(ctx, store.Config{Path: filepath.Join(t.TempDir(), "none", "q.db")}); !fault.Is(err, "store.readonly") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func tryWrite(cfg store.Config) error {
	db, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(write(db, 2, "when it cannot be written"), db.Close())
}
