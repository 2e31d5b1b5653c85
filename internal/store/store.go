// Package store is the only place with SQL. One file a subject; the statements run
// unchanged on SQLite and PostgreSQL, and what differs is behind dialect.Dialect.
//
// A transaction that writes holds the log's lock from its start, so that the versions it
// read are still those in force when it commits, and log order is commit order.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store/dialect"
	"quipu/internal/store/postgres"
	"quipu/internal/store/sqlite"
)

// DB is one database of a node.
type DB struct {
	w, r *sql.DB
	d    *dialect.Dialect
	sign SignFunc
	told []Listener
}

// SignFunc signs a tree head: the size of the log and its root hash, as a note.
type SignFunc func(size int64, root [32]byte) ([]byte, error)

// Config says which database to open: Path for SQLite (with a Key, encrypted), or URL
// for PostgreSQL. Cache is how many MiB of pages of SQLite's are kept in memory, 0 for
// sqlite.Cache. Sign signs the head of the log at every commit.
type Config struct {
	Path  string
	Cache int
	Key   []byte
	URL   string
	Sign  SignFunc
}

// Open opens the database, brings its schema up to date and returns it. An older program
// that meets a newer schema is refused.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	db, err := connect(cfg)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		return nil, db.closing(err)
	}
	return db, nil
}

// connect opens the database as it is.
func connect(cfg Config) (*DB, error) {
	db := &DB{sign: cfg.Sign}
	var err error
	switch {
	case cfg.URL != "":
		db.d = postgres.Dialect
		db.w, err = postgres.Open(cfg.URL)
		db.r = db.w
	case cfg.Key != nil:
		db.d = sqlite.Dialect
		db.w, err = sqlite.OpenEncrypted(cfg.Path, cfg.Key, cmp.Or(cfg.Cache, sqlite.Cache))
		db.r = db.w
	default:
		db.d = sqlite.Dialect
		db.w, db.r, err = sqlite.Open(cfg.Path, cmp.Or(cfg.Cache, sqlite.Cache))
	}
	if err != nil {
		return nil, db.explain(err)
	}
	return db, nil
}

// Alone is the fault store.busy when another program has the plain SQLite file open.
func Alone(ctx context.Context, path string) error {
	db := DB{d: sqlite.Dialect}
	return db.explain(sqlite.Alone(ctx, path))
}

// closing closes a database that could not be opened.
func (db *DB) closing(err error) error { return errors.Join(db.explain(err), db.Close()) }

// Close closes the connections.
func (db *DB) Close() error {
	if db.r != db.w && db.r != nil {
		return errors.Join(db.r.Close(), db.w.Close())
	}
	return db.w.Close()
}

// Engine names the engine, for people.
func (db *DB) Engine() string { return db.d.Name }

// Tx is a transaction. Its methods, in the other files, are all that can be asked.
type Tx struct {
	q     dialect.Querier
	sqlTx *sql.Tx
	d     *dialect.Dialect
	log   *logState // nil in a transaction that only reads
	// failed is the first error of the engine. After some of them SQLite has ended the
	// transaction by itself, and what came next would be saved by itself.
	failed error
	first  string               // body of the first change that was appended
	stmts  map[string]*sql.Stmt // see kept
	saved  Saved
	// erasing says that values are taken out of the log.
	erasing bool
	// appended are the entities of what was appended, kept for those who listen while it is saved.
	// Not the changes: ten thousand of a list would be some 60 MB until the transaction ends.
	appended []change.Ref
	watched  bool
}

// fail remembers that the engine failed.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// View runs f in a transaction that sees one moment and writes nothing.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: db.d.Name == "postgres", Isolation: sql.LevelDefault}
	if opts.ReadOnly {
		opts.Isolation = sql.LevelRepeatableRead
	}
	stx, err := db.r.BeginTx(ctx, opts)
	if err != nil {
		return db.explain(err)
	}
	defer stx.Rollback() //nolint:errcheck // nothing was written
	return db.explain(f(&Tx{q: stx, sqlTx: stx, d: db.d}))
}

// Look runs f without a transaction: for one question alone, which sees one moment anyway.
// With a server it saves two of three ways there and back.
func (db *DB) Look(ctx context.Context, f func(*Tx) error) error {
	return db.explain(f(&Tx{q: db.r, d: db.d}))
}

// Update runs f in a transaction that may write; all of it is saved, or nothing is.
// When f appended changes, the new head of the log is signed in the same transaction.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	stx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(err)
	}
	defer stx.Rollback() //nolint:errcheck // after a commit this does nothing
	tx := &Tx{q: stx, sqlTx: stx, d: db.d}
	if err := tx.lockLog(ctx); err != nil {
		return db.explain(err)
	}
	tx.saved.From = tx.log.edge.Size
	tx.watched = slices.ContainsFunc(db.told, func(l Listener) bool { return l.Saving != nil })
	if err := f(tx); err != nil {
		return db.explain(err)
	}
	if tx.failed != nil {
		return db.explain(tx.failed)
	}
	if err := tx.saveLog(ctx, db.sign); err != nil {
		return db.explain(err)
	}
	if err := db.before(ctx, tx); err != nil {
		return db.explain(err)
	}
	if err := db.commit(ctx, stx, tx); err != nil {
		return db.explain(err)
	}
	db.after(tx)
	return nil
}

// Size is the number of bytes that the database takes.
func (db *DB) Size(ctx context.Context) (int64, error) {
	n, err := db.d.Size(ctx, db.r)
	return n, db.explain(err)
}

// explain turns what the engine says into a fault where a person can act on it.
func (db *DB) explain(err error) error {
	if err == nil || fault.As(err) != nil {
		return err
	}
	f := db.d.Explain(err)
	if f == nil {
		return err
	}
	if f := fault.As(f); db.d.Unsure != nil && f != nil && f.Key == "store.readonly" {
		// The server has become a standby: what waits in the pool leads to it.
		db.w.SetMaxIdleConns(0)
		db.w.SetMaxIdleConns(postgres.MostOpen)
	}
	return f
}

func (tx *Tx) exec(ctx context.Context, query string, args ...any) error {
	if tx.failed != nil {
		return tx.failed
	}
	if tx.sqlTx == nil {
		return tx.fail(errors.New("store: a look writes nothing"))
	}
	for _, a := range args {
		// PostgreSQL takes neither; no engine shall hold what another refuses.
		if s, ok := a.(string); ok && (strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s)) {
			return tx.fail(fault.New(fault.Invalid, "store.text"))
		}
	}
	st, err := tx.kept(ctx, query)
	switch {
	case st != nil:
		_, err = st.ExecContext(ctx, args...)
	case err == nil:
		_, err = tx.q.ExecContext(ctx, tx.d.Rebind(query), args...)
	}
	return tx.fail(err)
}

func (tx *Tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	r := tx.q.QueryRowContext(ctx, tx.d.Rebind(query), args...)
	tx.fail(r.Err()) //nolint:errcheck // Scan returns it
	return r
}

// rows runs a query and calls scan for each row.
func (tx *Tx) rows(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	if tx.failed != nil {
		return tx.failed
	}
	st, err := tx.kept(ctx, query)
	var rs *sql.Rows
	switch {
	case st != nil:
		rs, err = st.QueryContext(ctx, args...)
	case err == nil:
		rs, err = tx.q.QueryContext(ctx, tx.d.Rebind(query), args...)
	}
	if err != nil {
		return tx.fail(err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return err
		}
	}
	return tx.fail(rs.Err())
}

// filled is b, empty rather than nil: nil would be NULL.
func filled(b []byte) []byte { return append([]byte{}, b...) }

// none reports whether the row was not there.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }
