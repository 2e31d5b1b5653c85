package store

import "database/sql"

// Writer is the pool that writes, for tests that bring an engine into trouble.
func (db *DB) Writer() *sql.DB { return db.w }

// InForce and InDoubt are conditions that have an index each.
const (
	InForce = inForce
	InDoubt = inDoubt
)
