package bare

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// Trigram is PostgreSQL's own search that forgives, pg_trgm, over a table of names: the
// peer of the search box. One process of the server answers, without helpers.
type Trigram struct{ c *conn }

// Trigrams are the ways in which pg_trgm is asked, with the index that each uses: all names
// above a likeness, then sorted ("gin"); the nearest names ("gist").
var Trigrams = []string{"gin", "gist"}

// OpenTrigram opens an empty database of PostgreSQL; its user must be allowed to install
// the extension.
func OpenTrigram(ctx context.Context, url string) (*Trigram, error) {
	c, err := open(Target{URL: url})
	if err != nil {
		return nil, err
	}
	c.db.SetMaxOpenConns(1) // settings are those of a connection
	for _, s := range []string{"CREATE EXTENSION IF NOT EXISTS pg_trgm", "SET max_parallel_workers_per_gather = 0", "SET max_parallel_maintenance_workers = 0",
		"SET maintenance_work_mem = '512MB'", "SET pg_trgm.similarity_threshold = 0.5", "CREATE UNLOGGED TABLE named (id integer PRIMARY KEY, full_name text NOT NULL)"} {
		if _, err := c.db.ExecContext(ctx, s); err != nil {
			c.close() //nolint:errcheck // the first error says more
			return nil, fmt.Errorf("bare: %s: %w", s, err)
		}
	}
	return &Trigram{c}, nil
}

// Close closes the connection.
func (t *Trigram) Close() error { return t.c.close() }

// Built says what an index took.
type Built struct {
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
}

// Fill stores the names, numbered from 0, and builds the indexes.
func (t *Trigram) Fill(ctx context.Context, names iter.Seq[string]) (map[string]Built, error) {
	const batch = 20_000
	ids, texts := make([]int32, 0, batch), make([]string, 0, batch)
	flush := func() error {
		_, err := t.c.db.ExecContext(ctx, t.c.d.Rebind("INSERT INTO named (id, full_name) SELECT id, full_name FROM unnest(?::integer[], ?::text[]) AS rows (id, full_name)"), ids, texts)
		ids, texts = ids[:0], texts[:0]
		return err
	}
	n := int32(0)
	for name := range names {
		ids, texts = append(ids, n), append(texts, name)
		n++
		if len(ids) == batch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	out := map[string]Built{}
	for _, kind := range Trigrams {
		start := time.Now()
		index := "named_" + kind
		if _, err := t.c.db.ExecContext(ctx, fmt.Sprintf("CREATE INDEX %s ON named USING %s (full_name %s_trgm_ops)", index, kind, kind)); err != nil {
			return nil, err
		}
		b := Built{Seconds: time.Since(start).Seconds()}
		if err := t.c.db.QueryRowContext(ctx, t.c.d.Rebind("SELECT pg_relation_size(?::regclass)"), index).Scan(&b.Bytes); err != nil {
			return nil, err
		}
		out[kind] = b
	}
	_, err := t.c.db.ExecContext(ctx, "VACUUM ANALYZE named")
	return out, err
}

// Search gives the numbers of the names most like a text, at most limit.
func (t *Trigram) Search(ctx context.Context, kind, text string, limit int) (found []int32, err error) {
	query, args := "SELECT id FROM named ORDER BY full_name <-> ? LIMIT ?", []any{text, limit}
	if kind == "gin" {
		query, args = "SELECT id FROM named WHERE full_name % ? ORDER BY similarity(full_name, ?) DESC, id LIMIT ?", []any{text, text, limit}
	}
	rows, err := t.c.db.QueryContext(ctx, t.c.d.Rebind(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int32
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		found = append(found, id)
	}
	return found, rows.Err()
}
