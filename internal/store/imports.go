package store

import (
	"context"
	"database/sql"
	"math"
)

// ImportRun is one import of a list; Summary is JSON that the application writes.
type ImportRun struct {
	ID, Office, File, SHA256, Author, State, Summary string
	Started                                          int64
}

// PutImportRun writes or updates a run.
func (tx *Tx) PutImportRun(ctx context.Context, r ImportRun) error {
	return tx.exec(ctx, "INSERT INTO import_run (id, office, file, sha256, author, started, state, summary) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, summary = excluded.summary",
		r.ID, r.Office, r.File, r.SHA256, r.Author, r.Started, r.State, r.Summary)
}

// ImportRuns lists runs, newest first; office "" stands for all. before is the run after
// which the list goes on, "" for its beginning.
func (tx *Tx) ImportRuns(ctx context.Context, office, before string, limit int) (out []ImportRun, err error) {
	last := ImportRun{Started: math.MaxInt64}
	if before != "" {
		known := false
		if last, known, err = tx.ImportRun(ctx, before); err != nil || !known {
			return nil, err
		}
	}
	return out, tx.importRuns(ctx, &out, "(office = ? OR ? = '') AND (started < ? OR started = ? AND id < ?) ORDER BY started DESC, id DESC LIMIT ?",
		office, office, last.Started, last.Started, last.ID, limit)
}

// ImportRun returns one run.
func (tx *Tx) ImportRun(ctx context.Context, id string) (ImportRun, bool, error) {
	var out []ImportRun
	err := tx.importRuns(ctx, &out, "id = ?", id)
	if err != nil || len(out) == 0 {
		return ImportRun{}, false, err
	}
	return out[0], true, nil
}

func (tx *Tx) importRuns(ctx context.Context, out *[]ImportRun, where string, args ...any) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		var r ImportRun
		err := rs.Scan(&r.ID, &r.Office, &r.File, &r.SHA256, &r.Author, &r.Started, &r.State, &r.Summary)
		*out = append(*out, r)
		return err
	}, "SELECT id, office, file, sha256, author, started, state, summary FROM import_run WHERE "+where, args...)
}

// RunningImports lists the imports of an office that did not say that they ended, newest
// first.
func (tx *Tx) RunningImports(ctx context.Context, office string) (out []ImportRun, err error) {
	err = tx.importRuns(ctx, &out, "office = ? AND state = 'running' ORDER BY started DESC, id DESC", office)
	return out, err
}

// LastOfImport is when an import last wrote, in microseconds; 0 when it is not among the
// newest changes, of which one that goes on always writes some.
func (tx *Tx) LastOfImport(ctx context.Context, batch string) (at int64, err error) {
	const newest = 20_000
	size, err := tx.Size(ctx)
	if err == nil {
		err = tx.row(ctx, "SELECT coalesce(max(at), 0) FROM change WHERE seq > ? AND batch = ?", size-newest, batch).Scan(&at)
	}
	return at, err
}

// RowPrint is what a list row said, as a hash, and the person that it became.
type RowPrint struct {
	Print         [16]byte
	Person, Batch string
}

// PutRowPrints remembers rows.
func (tx *Tx) PutRowPrints(ctx context.Context, prints []RowPrint) error {
	args := make([]any, 0, 3*len(prints))
	for i := range prints {
		args = append(args, prints[i].Print[:], prints[i].Person, prints[i].Batch)
	}
	return tx.bulk(ctx, "INSERT INTO import_row (print, person, batch)", " ON CONFLICT DO NOTHING", 3, args)
}

// RowPrints maps the prints that are known to the person that each became.
func (tx *Tx) RowPrints(ctx context.Context, prints [][16]byte) (map[[16]byte]string, error) {
	out := make(map[[16]byte]string)
	for len(prints) > 0 {
		n := min(500, len(prints))
		args := make([]any, n)
		for i := range args {
			args[i] = prints[i][:]
		}
		err := tx.rows(ctx, func(rs *sql.Rows) error {
			var print []byte
			var person string
			err := rs.Scan(&print, &person)
			out[[16]byte(print)] = person
			return err
		}, "SELECT print, person FROM import_row WHERE print IN "+tuples(1, n), args...)
		if err != nil {
			return nil, err
		}
		prints = prints[n:]
	}
	return out, nil
}

// ForgetRowPrints takes back what an import remembered.
func (tx *Tx) ForgetRowPrints(ctx context.Context, batch string) error {
	return tx.exec(ctx, "DELETE FROM import_row WHERE batch = ?", batch)
}

// ForgetRowsOf forgets which rows of lists became these people.
func (tx *Tx) ForgetRowsOf(ctx context.Context, people []string) error {
	return in(people, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM import_row WHERE person IN ("+places+")", args...)
	})
}
