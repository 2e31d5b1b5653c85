package bare

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"quipu/internal/name"
	"quipu/internal/store/dialect"
)

// Window answers what officers ask, by the driver alone: no session, no right, no log of
// reads, no history, no page. It reads the tables of a register and inserts into tables of
// its own.
type Window struct{ reads, writes *conn }

// Found is a person as a list shows him.
type Found struct {
	ID, Number, Paternal, Maternal, Given, Birth, Office string
}

// OpenWindow opens a register to read and a database, which may be empty, to insert into.
func OpenWindow(ctx context.Context, register, peer Target) (*Window, error) {
	reads, err := openFor(register, true)
	if err != nil {
		return nil, err
	}
	writes, err := open(peer)
	if err == nil {
		if err = writes.create(ctx); err == nil {
			return &Window{reads, writes}, nil
		}
		err = errors.Join(err, writes.close())
	}
	return nil, errors.Join(err, reads.close())
}

// Close closes both.
func (w *Window) Close() error { return errors.Join(w.reads.close(), w.writes.close()) }

const foundColumns = "SELECT id, number, surname_paternal, surname_maternal, given_names, birth, office FROM person WHERE "

// ByKey finds people by the beginning of a key, ByName by the words of their names.
func (w *Window) ByKey(ctx context.Context, prefix string) ([]Found, error) {
	rows, err := w.reads.db.QueryContext(ctx, w.reads.d.Rebind("SELECT row_no FROM person_key WHERE find >= ? AND find < ? LIMIT 50"), prefix, prefix+string(utf8.MaxRune))
	return w.people(ctx, rows, err)
}

// ByName: see ByKey.
func (w *Window) ByName(ctx context.Context, text string) ([]Found, error) {
	numbers, err := w.reads.d.MatchNames(ctx, w.reads.db, name.Tokens(text), 50)
	if err != nil {
		return nil, err
	}
	return w.numbered(ctx, numbers)
}

func (w *Window) people(ctx context.Context, rows *sql.Rows, err error) ([]Found, error) {
	numbers, err := dialect.RowNumbers(rows, err)
	if err != nil {
		return nil, err
	}
	return w.numbered(ctx, numbers)
}

func (w *Window) numbered(ctx context.Context, numbers []int64) (out []Found, err error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	rows, err := w.reads.db.QueryContext(ctx, w.reads.d.Rebind(foundColumns+"row_no IN (?"+strings.Repeat(",?", len(args)-1)+")"), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f Found
		if err := rows.Scan(&f.ID, &f.Number, &f.Paternal, &f.Maternal, &f.Given, &f.Birth, &f.Office); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Record is what the register holds of a person, as it is stored.
func (w *Window) Record(ctx context.Context, person string) (bodies []string, err error) {
	rows, err := w.reads.db.QueryContext(ctx, w.reads.d.Rebind("SELECT body FROM change WHERE entity = ? ORDER BY seq"), "person/"+person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b string
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		bodies = append(bodies, b)
	}
	return bodies, rows.Err()
}

// Insert saves one person with keys and names in a transaction of its own. row is his place.
func (w *Window) Insert(ctx context.Context, row int64, f Found, keys []string) error {
	b := batch{people: []any{row, f.ID, f.Number, "full", f.Paternal, f.Maternal, f.Given, name.Fold(f.Paternal + " " + f.Maternal + " " + f.Given),
		f.Birth, "", "", "", f.Office, "resident", "", "", int64(0)}}
	for _, k := range keys {
		b.keys = append(b.keys, k, row)
	}
	b.names = []dialect.Named{{Row: row, Text: strings.Join(name.Tokens(f.Paternal+" "+f.Maternal+" "+f.Given), " ")}}
	return w.writes.save(ctx, b)
}
