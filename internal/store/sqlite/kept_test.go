package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// TestKeepsStatements: the same question comes to the same prepared statement, unless its rows
// are still being read; no more are kept than should be, and none is left when the file closes.
func TestKeepsStatements(t *testing.T) {
	plain, reading, err := Open(filepath.Join(t.TempDir(), "plain.db"), 1)
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := OpenEncrypted(filepath.Join(t.TempDir(), "encrypted.db"), make([]byte, 32), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	for name, db := range map[string]*sql.DB{"plain": plain, "encrypted": encrypted} {
		t.Run(name, func(t *testing.T) { keepsStatements(t, db) })
	}
}

func keepsStatements(t *testing.T, db *sql.DB) {
	if _, err := db.Exec("CREATE TABLE thing (a INTEGER, b TEXT); CREATE TABLE other (a INTEGER)"); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if _, err := db.Exec("INSERT INTO thing (a, b) VALUES (?, ?)", n, fmt.Sprint("text ", n)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(kept(t, db)); n != 1 {
		t.Errorf("%d statements kept after one was run three times", n)
	}
	nested(t, db)
	if _, err := db.Exec("ALTER TABLE thing RENAME COLUMN b TO c; ALTER TABLE thing ADD COLUMN b TEXT DEFAULT 'new'"); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, db, "SELECT b FROM thing WHERE a >= ? ORDER BY a", 2); got != "[new]" {
		t.Errorf("after the table was altered: %s", got)
	}
	for n := range 2 * mostKept {
		if got, want := texts(t, db, fmt.Sprintf("SELECT a + %d FROM thing WHERE a = ?", n), 1), fmt.Sprintf("[%d]", n+1); got != want {
			t.Fatalf("%s, not %s", got, want)
		}
	}
	if n := len(kept(t, db)); n != mostKept {
		t.Errorf("%d statements kept, not %d", n, mostKept)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// nested asks while the same question is being answered.
func nested(t *testing.T, db *sql.DB) {
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	const query = "SELECT b FROM thing WHERE a >= ? ORDER BY a"
	outer, err := tx.Query(query, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; outer.Next(); n++ {
		var b string
		if err := outer.Scan(&b); err != nil || b != fmt.Sprint("text ", n) {
			t.Errorf("row %d is %q (%v)", n, b, err)
		}
		if got := texts(t, tx, query, 1); got != "[text 1 text 2]" {
			t.Errorf("within: %s", got)
		}
	}
	if err := outer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if k := kept(t, db); len(k) != 2 {
		t.Errorf("kept after the same question within itself: %v", k)
	}
}

func texts(t *testing.T, q interface {
	Query(string, ...any) (*sql.Rows, error)
}, query string, args ...any) string {
	t.Helper()
	rows, err := q.Query(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return fmt.Sprint(out)
}

// kept are the statements that the one connection keeps.
func kept(t *testing.T, db *sql.DB) (out []string) {
	t.Helper()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it goes back to the pool
	err = c.Raw(func(driver any) error {
		for query := range driver.(*conn).idle {
			out = append(out, query)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
