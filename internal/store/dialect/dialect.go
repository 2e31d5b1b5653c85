// Package dialect names what differs between the database engines. Everything else is
// written once, in the SQL that all of them understand.
package dialect

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Dialect is one engine.
type Dialect struct {
	Name string
	// Numbered engines take $1, $2 where the shared SQL says ?.
	Numbered bool
	// Keeps says that the driver keeps the statements that it has prepared.
	Keeps bool
	// MaxParams bounds the parameters of one statement.
	MaxParams int
	// Words replace {{word}} in migrations: blob, ctext (text that sorts by bytes),
	// compact (table kept in its primary key), packed and packing (a column of long text), search (statements that make the name index).
	Words map[string]string
	// IndexNames puts people into the name index; update says that they may be there already.
	IndexNames func(ctx context.Context, tx *sql.Tx, people []Named, update bool) error
	// MatchNames returns the row numbers of people whose names hold every term, at most
	// limit, in row order. A term that ends in * matches as a prefix.
	MatchNames func(ctx context.Context, q Querier, terms []string, limit int) ([]int64, error)
	// Explain turns an engine's error into a fault, or returns nil when it is not one
	// that a person can do something about.
	Explain func(err error) error
	// Unsure reports whether the error of a commit leaves open whether it was done; nil for
	// an engine that always tells.
	Unsure func(err error) bool
	// Size is the number of bytes that the database takes on disk.
	Size func(ctx context.Context, q Querier) (int64, error)
	// Scrub leaves nothing of what was deleted in the files of the database, outside a
	// transaction. It returns an error when it could not: somebody reads what was.
	Scrub func(ctx context.Context, db *sql.DB) error
	// ScrubsAtWork says that this can be done while officers work: they wait some seconds.
	ScrubsAtWork bool
	// Analyze has the engine look at what is in its tables, which its plans go by; nil for one whose plans
	// here do not depend on that.
	Analyze func(ctx context.Context, db *sql.DB) error
	// Columns lists every column of every table, tables in the order of their making.
	Columns func(ctx context.Context, q Querier) ([]Column, error)
	// Check returns what the engine finds wrong with the database, in its own words.
	Check func(ctx context.Context, q Querier) ([]string, error)
}

// Column is a column of a table.
type Column struct{ Table, Column string }

// Columns runs a query of two columns, the table and its column.
func Columns(ctx context.Context, q Querier, query string) (out []Column, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Table, &c.Column); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Named is one person for the name index: the folded tokens of all names.
type Named struct {
	Row  int64
	Text string
}

// Querier is what both a connection pool and a transaction can do.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Texts runs a query of one column and returns its rows.
func Texts(ctx context.Context, q Querier, query string) (out []string, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Rebind writes ? as $1, $2, … for the engines that want it. Shared SQL has no ? in
// its literals.
func (d *Dialect) Rebind(query string) string {
	if !d.Numbered {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n := 0
	for i := range len(query) {
		if query[i] != '?' {
			b.WriteByte(query[i])
			continue
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// Fill replaces the template words of a migration.
func (d *Dialect) Fill(ddl string) string {
	for word, text := range d.Words {
		ddl = strings.ReplaceAll(ddl, "{{"+word+"}}", text)
	}
	return ddl
}

// RowNumbers reads what a query of one whole number a row gave, or passes its error on.
func RowNumbers(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
