package store_test

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

// What waits at an office is on every officer's first page: it must not read the people.
func TestWaitingIsCountedFromIndexes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "quipu.db")
	db, err := store.Open(t.Context(), store.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	raw, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for where, index := range map[string]string{store.InForce: "person_expiring", "expires < '2026' AND " + store.InForce: "person_expiring", store.InDoubt: "person_doubtful"} {
		var id, parent, unused int
		var plan string
		err := raw.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN SELECT count(*) FROM person WHERE office = 'ESMAD' AND "+where).Scan(&id, &parent, &unused, &plan)
		if err != nil || !strings.Contains(plan, "INDEX "+index+" (office=?") {
			t.Errorf("%s is counted by %q, %v", where, plan, err)
		}
	}
}

// TestPlansAfterManyRows: PostgreSQL knows how many people there are before its caretaker comes.
func TestPlansAfterManyRows(t *testing.T) {
	db, err := store.Open(t.Context(), store.Config{URL: pgtest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	known := func() (n float64) {
		if err := db.Writer().QueryRowContext(t.Context(), "SELECT reltuples FROM pg_class WHERE relname = 'setting'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := known()
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		for i := range 500 {
			if err := tx.PutSetting(t.Context(), "many."+strconv.Itoa(i), "x"); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.Analyze(t.Context())
	}
	if after := known(); err != nil || before >= 500 || after < 500 {
		t.Errorf("known were %v rows and are %v, %v", before, after, err)
	}
}
