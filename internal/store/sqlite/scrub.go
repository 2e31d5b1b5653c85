package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"quipu/internal/fault"
)

// inMemory is up to what size of the database, in bytes, it is written anew in memory.
const inMemory = 256 << 20

// scrub writes the database anew and empties the write-ahead log. secure_delete has put zeros
// over most of what was deleted; what is left lies in cells that were moved to another page,
// in segments of the name index, and in older versions of pages in the log.
func scrub(ctx context.Context, db *sql.DB) (err error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	bytes, err := size(ctx, c)
	if err != nil {
		return err
	}
	statements := []string{"INSERT INTO person_names (person_names) VALUES ('optimize')", "VACUUM"}
	if bytes > inMemory {
		// A temporary file holds only what the database holds; that of an encrypted one is encrypted.
		statements = []string{statements[0], "PRAGMA temp_store = FILE", statements[1], "PRAGMA temp_store = MEMORY"}
	}
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("sqlite: %s: %w", s, err)
		}
	}
	var busy, frames, moved int
	if err := c.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return fault.New(fault.Unavailable, "store.busy")
	}
	return nil
}
