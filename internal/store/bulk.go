package store

import (
	"context"
	"strings"
)

// bulk inserts many rows with few statements. head is "INSERT INTO t (a, b)", tail what
// follows the values; every row has the same number of columns.
func (tx *Tx) bulk(ctx context.Context, head, tail string, width int, args []any) error {
	// Statements of one size are prepared once by the driver; 64 rows is past the knee.
	const most = 64
	for len(args) > 0 {
		n := min(most, len(args)/width)
		if err := tx.exec(ctx, head+" VALUES "+tuples(n, width)+tail, args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

func tuples(n, width int) string {
	one := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(one+",", n-1) + one
}

// in calls f with each run of at most 500 keys and the list of places "?,?,…" for it.
func in(keys []string, f func(places string, args []any) error) error {
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
