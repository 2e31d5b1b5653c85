package store

import (
	"context"
	"database/sql"
	"strings"
)

// bulk inserts many rows with few statements. head is "INSERT INTO t (a, b)", tail what
// follows the values; every row has the same number of columns.
func (tx *Tx) bulk(ctx context.Context, head, tail string, width int, args []any) error {
	const most = 64 // rows: past the knee, and a statement of that size is prepared once
	if len(args) >= most*width {
		query := head + " VALUES " + tuples(most, width) + tail
		for ; len(args) >= most*width; args = args[most*width:] {
			if err := tx.exec(ctx, query, args[:most*width]...); err != nil {
				return err
			}
		}
	}
	if len(args) == 0 {
		return nil
	}
	return tx.exec(ctx, head+" VALUES "+tuples(len(args)/width, width)+tail, args...)
}

// long is from how many bytes on a statement is kept prepared for the rest of its
// transaction: those with many places, which cost more to prepare than to run.
const long = 400

// kept gives the prepared form of a long statement, nil for a short one, where the driver
// keeps statements by itself, and without a transaction.
func (tx *Tx) kept(ctx context.Context, query string) (*sql.Stmt, error) {
	if len(query) < long || tx.d.Keeps || tx.sqlTx == nil {
		return nil, nil
	}
	st, ok := tx.stmts[query]
	if ok {
		return st, nil
	}
	st, err := tx.sqlTx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if tx.stmts == nil {
		tx.stmts = make(map[string]*sql.Stmt)
	}
	tx.stmts[query] = st // closed with the transaction
	return st, nil
}

func tuples(n, width int) string {
	one := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(one+",", n-1) + one
}

// in calls f with each run of at most 500 keys and the list of places "?,?,…" for it.
func in[K any](keys []K, f func(places string, args []any) error) error {
	const most = 500
	for len(keys) > 0 {
		n := min(most, len(keys))
		args := make([]any, n)
		for i, k := range keys[:n] {
			args[i] = k
		}
		if err := f("?"+strings.Repeat(",?", n-1), args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}
