package store

import (
	"context"
	"database/sql"
)

// Check asks the engine whether the database is whole: SQLite reads every page
// (quick_check), PostgreSQL names indexes that it holds invalid. It returns what is wrong
// in the engine's words, nothing when all is well.
func (db *DB) Check(ctx context.Context) ([]string, error) {
	found, err := db.d.Check(ctx, db.r)
	return found, db.explain(err)
}

// Schema is the number of the newest migration that the database has.
func (tx *Tx) Schema(ctx context.Context) (n int64, err error) {
	err = tx.row(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&n)
	return n, err
}

// WrappedKey is a wrapped data key with whom it belongs to.
type WrappedKey struct {
	Person  string
	Tier    int
	Wrapped string
}

// SealedSample returns up to limit wrapped keys, the newest people first: enough to tell
// whether a master key is the one of this register.
func (tx *Tx) SealedSample(ctx context.Context, limit int) (out []WrappedKey, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var k WrappedKey
		err := rs.Scan(&k.Person, &k.Tier, &k.Wrapped)
		out = append(out, k)
		return err
	}, "SELECT person, tier, wrapped FROM sealed_key ORDER BY person DESC LIMIT ?", limit)
	return out, err
}

// Scrub writes the database anew without what was deleted: until then the bytes of erased
// values may lie in pages that are free. It may take minutes, and nobody writes meanwhile.
func (db *DB) Scrub(ctx context.Context) error {
	for _, statement := range db.d.Scrub {
		if _, err := db.w.ExecContext(ctx, statement); err != nil {
			return db.explain(err)
		}
	}
	return nil
}
