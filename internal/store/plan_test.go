package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/store"
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
