// Package postgres opens PostgreSQL and holds what is particular to that engine.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"quipu/internal/fault"
	"quipu/internal/store/dialect"
)

// Dialect is PostgreSQL 15 or later.
var Dialect = &dialect.Dialect{
	Name: "postgres", Numbered: true, Keeps: true, MaxParams: 60000,
	Words: map[string]string{
		"blob": "BYTEA", "ctext": `TEXT COLLATE "C"`, "rowid": "BIGINT", "compact": "",
		// A change is a kilobyte of JSON; packed within its row it takes half.
		"packed": "COMPRESSION lz4", "packing": "WITH (toast_tuple_target = 1024)",
		"search": `CREATE TABLE person_names (row_no BIGINT PRIMARY KEY, names TSVECTOR NOT NULL); ` +
			`CREATE INDEX person_names_gin ON person_names USING GIN (names) WITH (fastupdate = off)`,
	},
	IndexNames: indexNames,
	MatchNames: matchNames,
	Explain:    explain,
	Size:       size,
	Check:      check,
	Unsure:     unsure,
	Columns:    columns,
	Scrub:      scrub,
	Analyze:    analyze,
}

// MostOpen is how many connections a program holds at most: each is a process of the server.
const MostOpen = 16

// Open connects to the database at a postgres:// address. On another machine it must show
// a certificate that is checked (sslmode=verify-full, or verify-ca). The address may name
// several servers, of which target_session_attrs=read-write finds the one that writes; when
// another becomes it, the next connection goes there.
func Open(address string) (*sql.DB, error) {
	if err := secure(address); err != nil {
		return nil, err
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fault.New(fault.Invalid, "store.address").Because(err)
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second // of each server: one that is switched off answers nothing
	}
	// A server that lost its power says nothing, either: silence is asked about.
	cfg.DialFunc = (&net.Dialer{Timeout: cfg.ConnectTimeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true,
		Idle: 5 * time.Second, Interval: 3 * time.Second, Count: 3}}).DialContext
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(MostOpen)
	db.SetMaxIdleConns(MostOpen)
	return db, nil
}

// scrub locks one table after the other until it is written anew.
func scrub(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "VACUUM FULL ANALYZE")
	return err
}

// analyze does what the server's own caretaker does within minutes: until then it takes a full table for
// an empty one.
func analyze(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "ANALYZE")
	return err
}

func indexNames(ctx context.Context, tx *sql.Tx, people []dialect.Named, _ bool) error {
	rows := make([]int64, len(people))
	names := make([]string, len(people))
	for i, p := range people {
		rows[i], names[i] = p.Row, vector(p.Text)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO person_names (row_no, names)
SELECT r, t::tsvector FROM unnest($1::bigint[], $2::text[]) AS x(r, t)
ON CONFLICT (row_no) DO UPDATE SET names = excluded.names`, rows, names)
	return err
}

// vector writes tokens as a tsvector literal. Quipu folds names itself, so no text search
// configuration is asked to.
func vector(tokens string) string {
	var b strings.Builder
	for t := range strings.FieldsSeq(tokens) {
		b.WriteString(quote(t) + " ")
	}
	return b.String()
}

func quote(t string) string {
	return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(t) + "'"
}

func matchNames(ctx context.Context, q dialect.Querier, terms []string, limit int) ([]int64, error) {
	parts := make([]string, len(terms))
	for i, t := range terms {
		word, star := strings.CutSuffix(t, "*")
		parts[i] = quote(word)
		if star {
			parts[i] += ":*"
		}
	}
	rows, err := q.QueryContext(ctx, `WITH hit AS MATERIALIZED (
SELECT row_no FROM person_names WHERE names @@ $1::tsquery) SELECT row_no FROM hit ORDER BY row_no LIMIT $2`,
		strings.Join(parts, " & "), limit)
	return dialect.RowNumbers(rows, err)
}

func size(ctx context.Context, q dialect.Querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT pg_database_size(current_database())").Scan(&n)
	return n, err
}

func columns(ctx context.Context, q dialect.Querier) ([]dialect.Column, error) {
	return dialect.Columns(ctx, q, `SELECT t.relname, a.attname FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY t.oid, a.attnum`)
}

// check names the indexes that a failed build left behind: the server does not use them.
// Damage of pages it reports itself when it reads them, given data checksums.
func check(ctx context.Context, q dialect.Querier) ([]string, error) {
	return dialect.Texts(ctx, q, `SELECT 'invalid index ' || c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid ORDER BY c.relname`)
}

// unsure: what the server itself refused was not done; of the rest nobody knows. (What the
// driver says is safe to try again is not: it says so of a commit that was on its way, too.)
func unsure(err error) bool {
	var e *pgconn.PgError
	return !errors.As(err, &e) || goneAway(e.Code)
}

// goneAway reports whether a server said that it ends, begins, or is gone: classes 08 and
// 57P of its errors, see the appendix of its manual.
func goneAway(code string) bool {
	return strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08")
}

func explain(err error) error {
	var e *pgconn.PgError
	var down net.Error
	var address *pgconn.ParseConfigError
	var unreached *pgconn.ConnectError
	switch {
	case errors.As(err, &address):
		return fault.New(fault.Invalid, "store.address").Because(err)
	case errors.As(err, &e):
		switch {
		case e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03" || e.Code == "53300":
			return fault.New(fault.Unavailable, "store.busy").Because(err)
		case e.Code == "22021": // a text that is not UTF-8, or has a NUL
			return fault.New(fault.Invalid, "store.text").Because(err)
		case e.Code == "53100":
			return fault.New(fault.Unavailable, "store.full").Because(err)
		case e.Code == "25006":
			return fault.New(fault.Unavailable, "store.readonly").Because(err)
		case goneAway(e.Code):
			return fault.New(fault.Unavailable, "store.down").Because(err)
		case strings.HasPrefix(e.Code, "28") || e.Code == "3D000":
			return fault.New(fault.Unavailable, "store.address").Because(err)
		}
	case errors.As(err, &unreached), errors.As(err, &down), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, pgconn.ErrConnClosed):
		// database/sql tries a dead connection anew, but not in the midst of a transaction.
		return fault.New(fault.Unavailable, "store.down").Because(err)
	}
	return nil
}
