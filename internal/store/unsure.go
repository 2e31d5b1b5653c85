package store

import (
	"context"
	"database/sql"
	"time"

	"quipu/internal/fault"
)

// patience is how long a transaction whose end nobody heard is asked after: longer than a
// standby takes to be the server.
const patience = 45 * time.Second

// commit ends a transaction. A server that goes away in that moment leaves open whether it
// was saved; then the register itself is asked, once it answers again. So who registers
// somebody while one server falls and another takes its place waits, and is told the truth.
func (db *DB) commit(ctx context.Context, stx *sql.Tx, tx *Tx) error {
	err := stx.Commit()
	if err == nil || db.d.Unsure == nil || !db.d.Unsure(err) || !tx.log.grown {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for {
		saved, asked := db.holds(ctx, tx.saved.From+1, tx.first)
		switch {
		case asked == nil && saved:
			return nil
		case asked == nil:
			return fault.New(fault.Unavailable, "store.down").Because(err)
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "store.unsure").Because(err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// holds reports whether the log has this change at this place. It takes the log's lock
// first: as long as the server still works on the old transaction it waits.
func (db *DB) holds(ctx context.Context, seq int64, body string) (bool, error) {
	stx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer stx.Rollback() //nolint:errcheck // nothing was written
	tx := &Tx{q: stx, sqlTx: stx, d: db.d}
	if err := tx.lockLog(ctx); err != nil {
		return false, err
	}
	var has string
	err = tx.row(ctx, "SELECT body FROM change WHERE seq = ?", seq).Scan(&has)
	if none(err) {
		return false, nil
	}
	return has == body, err
}
