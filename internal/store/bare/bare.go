// Package bare is the peer that a measurement sets beside the register: the people of a
// register put into a second database by the driver alone, in the same tables with the
// same indexes, without history and audit. What the register costs beyond it is the
// price of the record. It serves `quipu bench` and nothing else.
package bare

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"quipu/internal/store/dialect"
	"quipu/internal/store/migrations"
	"quipu/internal/store/postgres"
	"quipu/internal/store/sqlite"
)

// Target is one database: Path for SQLite (with a Key, encrypted), or URL for PostgreSQL.
type Target struct {
	Path string
	Key  []byte
	URL  string
}

// rowsPerTx is how many people the peer saves at once, rowsPerStatement how many rows go
// into one prepared statement.
const (
	rowsPerTx        = 10_000
	rowsPerStatement = 64
)

// conn is one open database.
type conn struct {
	db    *sql.DB
	d     *dialect.Dialect
	close func() error
}

func open(t Target) (*conn, error) { return openFor(t, false) }

// openFor opens a database; of a plain file of SQLite either the connection that writes or
// those that read.
func openFor(t Target, reading bool) (*conn, error) {
	switch {
	case t.URL != "":
		db, err := postgres.Open(t.URL)
		if err != nil {
			return nil, err
		}
		return &conn{db, postgres.Dialect, db.Close}, nil
	case t.Key != nil:
		db, err := sqlite.OpenEncrypted(t.Path, t.Key, sqlite.Cache)
		if err != nil {
			return nil, err
		}
		return &conn{db, sqlite.Dialect, db.Close}, nil
	}
	w, r, err := sqlite.Open(t.Path, sqlite.Cache)
	if err != nil {
		return nil, err
	}
	use := w
	if reading {
		use = r
	}
	return &conn{use, sqlite.Dialect, func() error { return errors.Join(r.Close(), w.Close()) }}, nil
}

// projections are the tables that the peer has too.
var projections = []string{"person", "person_key"}

// create makes the peer's tables by the statements that made the register's, so that
// columns and indexes are the same whatever a later migration does to them.
func (c *conn) create(ctx context.Context) error {
	for _, m := range migrations.All() {
		for _, s := range m.Statements {
			if !ours(s) {
				continue
			}
			for one := range strings.SplitSeq(c.d.Fill(s), ";") {
				if _, err := c.db.ExecContext(ctx, one); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ours reports whether a statement of a migration is about a projection.
func ours(statement string) bool {
	if strings.Contains(statement, "{{search}}") {
		return true
	}
	words := strings.FieldsFunc(statement, func(r rune) bool { return strings.ContainsRune(" \n(),;", r) })
	for i, w := range words {
		if (w == "TABLE" || w == "ON") && i+1 < len(words) && slices.Contains(projections, words[i+1]) {
			return true
		}
	}
	return false
}

// Result is what the peer took.
type Result struct {
	People, Keys int64
	CPUSeconds   float64 // of inserting only: rows are read and prepared outside
	WallSeconds  float64
	Bytes        int64
}

// Size is the number of bytes that a database takes. A database of SQLite must not be
// open: its bytes are those of its files.
func Size(ctx context.Context, t Target) (int64, error) {
	if t.URL == "" {
		return files(t.Path)
	}
	c, err := open(t)
	if err != nil {
		return 0, err
	}
	defer c.close() //nolint:errcheck // it was only read
	return c.d.Size(ctx, c.db)
}

// Backend calls f with the process id of the server process that answers at an address of
// PostgreSQL, while it lives: a measurement on the same machine adds its processor time.
func Backend(ctx context.Context, address string, f func(pid int)) error {
	c, err := open(Target{URL: address})
	if err != nil {
		return err
	}
	defer c.close() //nolint:errcheck // it was only read
	k, err := c.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer k.Close()
	var pid int
	if err := k.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	f(pid)
	return nil
}

// Settle brings the statistics and maps of a server's database up to date after a long
// import, as autovacuum does in its time.
func Settle(ctx context.Context, address string) error { return order(ctx, address, "VACUUM ANALYZE") }

// MakeDatabase makes an empty database of the given name beside the one at the address,
// in place of an earlier one, and gives its address; DropDatabase takes it away.
func MakeDatabase(ctx context.Context, address, name string) (string, error) {
	at, err := Address(address, name)
	if err != nil {
		return "", err
	}
	if err := DropDatabase(ctx, address, name); err != nil {
		return "", err
	}
	return at, order(ctx, address, "CREATE DATABASE "+name)
}

// DropDatabase: see MakeDatabase.
func DropDatabase(ctx context.Context, address, name string) error {
	return order(ctx, address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
}
