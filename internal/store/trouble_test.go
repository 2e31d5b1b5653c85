package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/store/storetest"
)

var ctx = context.Background()

func write(db *store.DB, n int64, text string) error {
	return db.Update(ctx, func(tx *store.Tx) error {
		c := change.Change{ID: id.Change{Node: "AA", N: n}, Entity: change.Ref{Kind: change.Person, ID: "P"}, Note: text}
		p := store.PersonRow{Row: n, ID: fmt.Sprint("P", n), Number: fmt.Sprint(n), SurnamePaternal: text, SearchText: "ZUMAETA", Keys: []string{"doc:" + text[:9]}, New: true}
		return errors.Join(tx.Append(ctx, []change.Change{c}), tx.PutPeople(ctx, []store.PersonRow{p}), tx.PutSetting(ctx, "n", fmt.Sprint(n)))
	})
}

// TestEncryptedFileIsOpaque: neither what was written nor what kind of file it is can be
// read from the disk, in the file or beside it.
func TestEncryptedFileIsOpaque(t *testing.T) {
	dir := t.TempDir()
	cfg := store.Config{Path: filepath.Join(dir, "q.db"), Key: testKey(1)}
	db := open(t, cfg)
	const secret = "Zumaeta-Secreta-Inconfundible"
	if err := write(db, 1, secret); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		files, err := os.ReadDir(dir)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			data, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, clear := range []string{secret, "zumaeta", "ZUMAETA", "SQLite format 3", "CREATE TABLE", "person_key"} {
				if bytes.Contains(data, []byte(clear)) {
					t.Errorf("%s holds %q %s", f.Name(), clear, when)
				}
			}
		}
	}
	look("while open")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	look("after closing")
	// The same looking finds it all in a plain file.
	plain := filepath.Join(t.TempDir(), "q.db")
	db = open(t, store.Config{Path: plain})
	if err := errors.Join(write(db, 1, secret), db.Close()); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(plain); err != nil || !bytes.Contains(data, []byte(secret)) {
		t.Fatal("the plain file does not hold the name: the test would find nothing", err)
	}
}

func TestEncryptedHasOneOpener(t *testing.T) {
	cfg := store.Config{Path: filepath.Join(t.TempDir(), "q.db"), Key: testKey(1)}
	db := open(t, cfg)
	start := time.Now()
	if _, err := store.Open(ctx, cfg); !fault.Is(err, "store.busy") {
		t.Fatalf("a second opener was told %v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it was told after %v", d)
	}
	if err := errors.Join(write(db, 1, "the first one goes on"), db.Close()); err != nil {
		t.Fatal(err)
	}
	open(t, cfg)
}

func TestWrongKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.db")
	cfg := store.Config{Path: path, Key: testKey(1)}
	db := open(t, cfg)
	if err := errors.Join(write(db, 1, "under the right key"), db.Close()); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]store.Config{"another key": {Path: path, Key: testKey(2)}, "no key": {Path: path}} {
		if _, err := store.Open(ctx, wrong); !fault.Is(err, "store.not_database") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := store.Open(ctx, store.Config{Path: path, Key: []byte("short")}); err == nil {
		t.Error("a short key was taken")
	}
	if err := write(open(t, cfg), 2, "still there and open to the right key"); err != nil {
		t.Fatal(err)
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("una carta, no un registro\n"), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, store.Config{Path: path}); !fault.Is(err, "store.not_database") {
		t.Fatal(err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			cfg := e.config(t)
			db := open(t, cfg)
			_, err := db.Writer().Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(ctx, cfg); !fault.Is(err, "store.newer") {
				t.Fatalf("a newer schema: %v", err)
			}
		})
	}
}

// TestTwoStartTogether: programs that open an empty database at one time both get it.
func TestTwoStartTogether(t *testing.T) {
	for _, e := range engines {
		if e.name == "encrypted" {
			continue // it has one opener
		}
		t.Run(e.name, func(t *testing.T) {
			cfg := e.config(t)
			cfg.Sign = storetest.Sign
			const many = 4
			done := make(chan error, many)
			for i := range many {
				go func() {
					db, err := store.Open(ctx, cfg)
					if err == nil {
						err = db.Update(ctx, func(tx *store.Tx) error {
							n, err := tx.LastN(ctx, "AA")
							c := change.Change{ID: id.Change{Node: "AA", N: n + 1}, Entity: change.Ref{Kind: change.Person, ID: fmt.Sprint("P", i)}}
							return errors.Join(err, tx.Append(ctx, []change.Change{c}))
						})
						err = errors.Join(err, db.Close())
					}
					done <- err
				}()
			}
			for range many {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			view(t, open(t, cfg), func(tx *store.Tx) error {
				if n, err := tx.LastN(ctx, "AA"); n != many || err != nil {
					t.Errorf("%d changes (%v)", n, err)
				}
				return nil
			})
		})
	}
}

func view(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.View(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func TestNoAddress(t *testing.T) {
	for name, cfg := range map[string]store.Config{
		"no server":   {URL: "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"},
		"no socket":   {URL: "postgres:///none?host=/nonexistent"},
		"not an URL":  {URL: "postgres://nobody@127.0.0.1:port/none"},
		"no folder":   {Path: filepath.Join(t.TempDir(), "none", "q.db")},
		"is a folder": {Path: t.TempDir()},
	} {
		_, err := store.Open(ctx, cfg)
		if k := fault.KindOf(err); err == nil || k == fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestServerGoesAway: the first statement on a dead connection finds that out, and those
// after it are told by the driver.
func TestServerGoesAway(t *testing.T) {
	cfg := engines[2].config(t)
	db := open(t, cfg)
	for _, tries := range []int{1, 2, 3} {
		err := db.Update(ctx, func(tx *store.Tx) error {
			if err := tx.PutSetting(ctx, "a", "b"); err != nil {
				return err
			}
			other, err := sql.Open("pgx", cfg.URL)
			if err != nil {
				return err
			}
			defer other.Close()
			if _, err := other.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
				return err
			}
			for range tries {
				err = tx.PutSetting(ctx, "a", "c")
			}
			return err
		})
		if !fault.Is(err, "store.down") {
			t.Fatalf("when the server ended the connection, after %d tries: %v", tries, err)
		}
	}
	if err := write(db, 1, "and then it goes on"); err != nil {
		t.Fatal(err)
	}
}
