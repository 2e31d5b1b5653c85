package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/store"
	"quipu/internal/store/migrations"
	"quipu/internal/store/storetest"
)

func TestCheckWhole(t *testing.T) {
	ctx := context.Background()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			db := open(t, e.config(t))
			storetest.Script(t, db)
			if found, err := db.Check(ctx); err != nil || len(found) > 0 {
				t.Errorf("a whole database: %q, %v", found, err)
			}
			err := db.View(ctx, func(tx *store.Tx) error {
				all := migrations.All()
				if n, err := tx.Schema(ctx); err != nil || n != all[len(all)-1].Version {
					t.Errorf("schema %d, %v", n, err)
				}
				_, err := tx.SealedSample(ctx, 3)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCheckDamage overwrites a page in the middle of the file.
func TestCheckDamage(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "q.db")
	db, err := store.Open(ctx, store.Config{Path: path, Sign: storetest.Sign})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Script(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	harmed, pages := 0, 0
	for at := 8 * page; at < len(whole); at += max(page, len(whole)/5/page*page) {
		pages++
		text := append([]byte{}, whole...)
		for i := range 200 {
			text[at+i] = 0xA5
		}
		bad := filepath.Join(t.TempDir(), "q.db")
		if err := os.WriteFile(bad, text, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(ctx, store.Config{Path: bad, Sign: storetest.Sign})
		if err != nil {
			harmed++ // found at the opening already
			continue
		}
		if found, err := db.Check(ctx); err != nil || len(found) > 0 {
			harmed++
		}
		db.Close()
	}
	if harmed == 0 || harmed < pages-1 { // a page may be free
		t.Errorf("of %d damaged pages %d were found", pages, harmed)
	}
}
