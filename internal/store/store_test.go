package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	"quipu/internal/store/storetest"
)

// engines are those that a register can stand on; each makes the configuration of an
// empty database that lives as long as the test.
var engines = []struct {
	name   string
	config func(t *testing.T) store.Config
}{
	{"sqlite", func(t *testing.T) store.Config { return store.Config{Path: filepath.Join(t.TempDir(), "q.db")} }},
	{"encrypted", func(t *testing.T) store.Config {
		return store.Config{Path: filepath.Join(t.TempDir(), "q.db"), Key: testKey(1)}
	}},
	{"postgres", func(t *testing.T) store.Config { return store.Config{URL: pgtest.URL(t)} }},
}

func testKey(b byte) []byte {
	key := make([]byte, 32)
	key[0], key[31] = b, 0xa5
	return key
}

func open(t *testing.T, cfg store.Config) *store.DB {
	t.Helper()
	cfg.Sign = storetest.Sign
	db, err := store.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestConformance(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) *store.DB { return open(t, e.config(t)) })
		})
	}
}

// TestSameEverywhere: the same writes leave the same bytes on every engine.
func TestSameEverywhere(t *testing.T) {
	first := ""
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			db := open(t, e.config(t))
			storetest.Script(t, db)
			got := storetest.Dump(t, db)
			if first == "" {
				first = got
			}
			if got != first {
				t.Fatal("differs from the first engine")
			}
		})
	}
}

func TestModel(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			storetest.Check(t, func(t *testing.T) *store.DB { return open(t, e.config(t)) })
		})
	}
}

// TestReopen: everything is there after closing, and opening changes nothing.
func TestReopen(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			cfg := e.config(t)
			cfg.Sign = storetest.Sign
			db, err := store.Open(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			storetest.Script(t, db)
			before := storetest.Dump(t, db)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				db = open(t, cfg)
				if storetest.Dump(t, db) != before {
					t.Fatal("opening changed something")
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
