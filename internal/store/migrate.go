package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"quipu/internal/fault"
	"quipu/internal/store/migrations"
)

// migrate brings the schema forward. Programs that start together on PostgreSQL take
// turns. On SQLite all but one of them fail, and find the work done when they look again.
func (db *DB) migrate(ctx context.Context) error { return db.migrateTo(ctx, Newest()) }

func (db *DB) migrateTo(ctx context.Context, version int64) error {
	const tries = 20
	for try := 1; ; try++ {
		err := db.migrateOnce(ctx, version)
		if err == nil || try == tries || !db.perhapsAnother(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// perhapsAnother reports whether another program at the same work can be why. A file that
// is locked for good is none: its opener has waited already.
func (db *DB) perhapsAnother(err error) bool {
	f := fault.As(db.explain(err))
	return f == nil || f.Key == "store.busy" && db.r != db.w
}

func (db *DB) migrateOnce(ctx context.Context, version int64) error {
	steps := migrations.All()
	gos := make([]*goose.Migration, len(steps))
	for i, s := range steps {
		gos[i] = goose.NewGoMigration(s.Version, &goose.GoFunc{RunTx: db.step(s)}, nil)
	}
	opts := []goose.ProviderOption{goose.WithGoMigrations(gos...), goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if db.d.Name == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second, for five minutes
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, db.w, nil, opts...)
	if err != nil {
		return err
	}
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if newest := Newest(); current > newest {
		return fault.New(fault.Unavailable, "store.newer", "schema", current, "known", newest)
	}
	_, err = p.UpTo(ctx, version)
	return err
}

func (db *DB) step(m migrations.Migration) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range m.Statements {
			for one := range strings.SplitSeq(db.d.Fill(s), ";") { // a word may hold two
				if _, err := tx.ExecContext(ctx, one); err != nil {
					return fmt.Errorf("migration %s: %w", m.Name, err)
				}
			}
		}
		return nil
	}
}
