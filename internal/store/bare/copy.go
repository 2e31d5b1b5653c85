package bare

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"quipu/internal/name"
	"quipu/internal/store/dialect"
)

const personColumns = "row_no, id, number, entry, surname_paternal, surname_maternal, given_names, name_key, birth, sex, " +
	"country, city, office, reg_kind, expires, vital, doubts"

const width = 17 // of personColumns

// batch is what one transaction of the peer saves: cells of person, cells of person_key
// in the order of the keys, words of names.
type batch struct {
	people, keys []any
	names        []dialect.Named
	last         int64
}

// Copy puts the people of one register into the empty database `to`. cpu gives the
// processor seconds spent so far, by whoever is to be counted.
func Copy(ctx context.Context, from, to Target, cpu func() float64) (res Result, err error) {
	src, err := open(from)
	if err != nil {
		return res, err
	}
	defer src.close() //nolint:errcheck // it was only read
	dst, err := open(to)
	if err != nil {
		return res, err
	}
	if err := dst.create(ctx); err != nil {
		dst.close() //nolint:errcheck // the first error counts
		return res, err
	}
	var at int64
	for {
		b, err := src.read(ctx, at)
		if err != nil || len(b.people) == 0 {
			if err == nil {
				err = dst.finish(&res, cpu)
			} else {
				dst.close() //nolint:errcheck // the first error counts
			}
			if err == nil {
				res.Bytes, err = Size(ctx, to)
			}
			return res, err
		}
		at = b.last
		start, spent := time.Now(), cpu()
		if err := dst.save(ctx, b); err != nil {
			dst.close() //nolint:errcheck // the first error counts
			return res, err
		}
		res.CPUSeconds += cpu() - spent
		res.WallSeconds += time.Since(start).Seconds()
		res.People += int64(len(b.people) / width)
		res.Keys += int64(len(b.keys) / 2)
	}
}

// finish closes the peer's database; what the engine puts off until then counts as well.
func (c *conn) finish(res *Result, cpu func() float64) error {
	start, spent := time.Now(), cpu()
	err := c.close()
	res.CPUSeconds += cpu() - spent
	res.WallSeconds += time.Since(start).Seconds()
	return err
}

// read gives the next people of a register in the order of their rows.
func (c *conn) read(ctx context.Context, after int64) (b batch, err error) {
	rows, err := c.db.QueryContext(ctx, c.d.Rebind("SELECT "+personColumns+" FROM person WHERE row_no > ? ORDER BY row_no LIMIT ?"), after, rowsPerTx)
	if err != nil {
		return b, err
	}
	defer rows.Close()
	var numbers []any
	for rows.Next() {
		var s [width - 2]string
		var doubts int64
		into := []any{&b.last}
		for i := range s {
			into = append(into, &s[i])
		}
		if err := rows.Scan(append(into, &doubts)...); err != nil {
			return b, err
		}
		b.people = append(b.people, b.last)
		for i := range s {
			b.people = append(b.people, s[i])
		}
		b.people = append(b.people, doubts)
		b.names = append(b.names, dialect.Named{Row: b.last, Text: strings.Join(name.Tokens(s[3]+" "+s[4]+" "+s[5]), " ")})
		numbers = append(numbers, b.last)
	}
	if err := rows.Err(); err != nil {
		return b, err
	}
	b.keys, err = c.keysOf(ctx, numbers)
	return b, err
}

func (c *conn) keysOf(ctx context.Context, numbers []any) ([]any, error) {
	type found struct {
		key string
		row int64
	}
	var pairs []found
	for len(numbers) > 0 {
		n := min(500, len(numbers))
		query := "SELECT find, row_no FROM person_key WHERE row_no IN (?" + strings.Repeat(",?", n-1) + ")"
		rows, err := c.db.QueryContext(ctx, c.d.Rebind(query), numbers[:n]...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var p found
			if err := rows.Scan(&p.key, &p.row); err != nil {
				rows.Close()
				return nil, err
			}
			pairs = append(pairs, p)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		numbers = numbers[n:]
	}
	slices.SortFunc(pairs, func(a, b found) int { return strings.Compare(a.key, b.key) })
	keys := make([]any, 0, 2*len(pairs))
	for _, p := range pairs {
		keys = append(keys, p.key, p.row)
	}
	return keys, nil
}

// save inserts one batch in one transaction.
func (c *conn) save(ctx context.Context, b batch) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit this does nothing
	if err := c.insert(ctx, tx, "INSERT INTO person ("+personColumns+") VALUES ", width, b.people); err != nil {
		return err
	}
	if err := c.insert(ctx, tx, "INSERT INTO person_key (find, row_no) VALUES ", 2, b.keys); err != nil {
		return err
	}
	if err := c.d.IndexNames(ctx, tx, b.names, false); err != nil {
		return err
	}
	return tx.Commit()
}

// insert runs one prepared statement of many rows as often as it fits, and another for
// the rest.
func (c *conn) insert(ctx context.Context, tx *sql.Tx, head string, width int, args []any) error {
	one := "(" + strings.Repeat("?,", width-1) + "?)"
	many := func(n int) string { return c.d.Rebind(head + strings.Repeat(one+",", n-1) + one) }
	full := width * rowsPerStatement
	if len(args) >= full {
		st, err := tx.PrepareContext(ctx, many(rowsPerStatement))
		if err != nil {
			return err
		}
		defer st.Close()
		for ; len(args) >= full; args = args[full:] {
			if _, err := st.ExecContext(ctx, args[:full]...); err != nil {
				return err
			}
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, many(len(args)/width), args...)
	return err
}
