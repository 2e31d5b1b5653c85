package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quipu/internal/audit"
	"quipu/internal/fault"
	"quipu/internal/store/dialect"
	"quipu/internal/store/migrations"
)

// Table is a table of the database as a backup has it: every column, in the order in which
// they were made.
type Table struct {
	Name    string
	Columns []string
}

// Newest is the number of the newest migration that this program knows.
func Newest() int64 {
	all := migrations.All()
	return all[len(all)-1].Version
}

// Tables lists what is to be kept of the database, a table after those that it refers to. Two
// are left out: the numbers of the migrations, and the index of names, which is made anew.
func (tx *Tx) Tables(ctx context.Context) (out []Table, err error) {
	cols, err := tx.d.Columns(ctx, tx.q)
	for _, c := range cols {
		switch {
		case strings.HasPrefix(c.Table, "goose_") || strings.HasPrefix(c.Table, "person_names") || strings.HasPrefix(c.Table, "sqlite_"):
		case len(out) > 0 && out[len(out)-1].Name == c.Table:
			out[len(out)-1].Columns = append(out[len(out)-1].Columns, c.Column)
		default:
			out = append(out, Table{c.Table, []string{c.Column}})
		}
	}
	return out, err
}

// Rows calls f with every row of a table: nil, int64, float64, string or []byte for each
// column. They hold until f returns. The log comes in its order.
func (tx *Tx) Rows(ctx context.Context, t Table, f func([]any) error) error {
	order := ""
	if t.Name == "change" {
		order = " ORDER BY seq"
	}
	values := make([]any, len(t.Columns))
	places := make([]any, len(t.Columns))
	for i := range values {
		places[i] = &values[i]
	}
	return tx.rows(ctx, func(rs *sql.Rows) error {
		if err := rs.Scan(places...); err != nil {
			return err
		}
		return f(values)
	}, "SELECT "+strings.Join(t.Columns, ", ")+" FROM "+t.Name+order)
}

// CountRows counts the rows of a table.
func (tx *Tx) CountRows(ctx context.Context, t Table) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM "+t.Name).Scan(&n)
	return n, err
}

// OpenAt opens or makes a database whose schema stops at one migration, to be filled with
// rows of that time; Open brings it forward afterwards. A database with any row is refused.
func OpenAt(ctx context.Context, cfg Config, schema int64) (*DB, error) {
	db, err := connect(cfg)
	if err != nil {
		return nil, err
	}
	if err := db.migrateTo(ctx, schema); err != nil {
		return nil, db.closing(err)
	}
	if err := db.View(ctx, func(tx *Tx) error { return tx.empty(ctx) }); err != nil {
		return nil, db.closing(err)
	}
	return db, nil
}

func (tx *Tx) empty(ctx context.Context) error {
	tables, err := tx.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		n, err := tx.CountRows(ctx, t)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "store.not_empty", "table", t.Name, "rows", n)
		}
	}
	return nil
}

// Filling is a transaction that puts rows into a database that nobody else uses yet. It
// signs nothing and takes no lock.
type Filling struct{ Tx }

// Fill begins one.
func (db *DB) Fill(ctx context.Context) (*Filling, error) {
	stx, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return nil, db.explain(err)
	}
	return &Filling{Tx{q: stx, sqlTx: stx, d: db.d}}, nil
}

// End saves what was put in, or none of it.
func (f *Filling) End(save bool) error {
	if !save || f.failed != nil {
		return f.sqlTx.Rollback()
	}
	return f.sqlTx.Commit()
}

// Clear takes every row out of the database: what began and did not end leaves nothing.
func (db *DB) Clear(ctx context.Context) error {
	f, err := db.Fill(ctx)
	if err != nil {
		return err
	}
	tables, err := f.Tables(ctx)
	for _, t := range slices.Backward(tables) {
		if err = f.exec(ctx, "DELETE FROM "+t.Name); err != nil {
			break
		}
	}
	return db.explain(errors.Join(err, f.End(err == nil)))
}

// PutRows inserts rows of a table, values one after another. Names that are not those of
// the database are refused.
func (tx *Tx) PutRows(ctx context.Context, t Table, known []Table, values []any) error {
	i := slices.IndexFunc(known, func(k Table) bool { return k.Name == t.Name })
	if i < 0 || slices.ContainsFunc(t.Columns, func(c string) bool { return !slices.Contains(known[i].Columns, c) }) {
		return fault.New(fault.Invalid, "store.other_table", "table", t.Name)
	}
	if len(values)%len(t.Columns) != 0 {
		return fmt.Errorf("store: %d values for %d columns", len(values), len(t.Columns))
	}
	head := "INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ")"
	return tx.bulk(ctx, head, "", len(t.Columns), values)
}

// IndexNames makes the index of names of people who are not in it yet, of what SearchText
// says.
func (tx *Tx) IndexNames(ctx context.Context, people []PersonRow) error {
	named := make([]dialect.Named, len(people))
	for i, p := range people {
		named[i] = dialect.Named{Row: p.Row, Text: strings.Join(words(p.SearchText), " ")}
	}
	return tx.fail(tx.d.IndexNames(ctx, tx.sqlTx, named, false))
}

// SizeAt is how long the log was at a moment, in microseconds: up to the first change that
// came later. A change that came from elsewhere came when it was received.
func (tx *Tx) SizeAt(ctx context.Context, at int64) (n int64, err error) {
	err = tx.row(ctx, "SELECT coalesce(min(seq) - 1, -1) FROM change WHERE coalesce(received, CASE WHEN hub IS NULL THEN at END) > ?", at).Scan(&n)
	if err == nil && n < 0 {
		return tx.Size(ctx)
	}
	return n, err
}

// EntitiesBeyond lists entities with changes after a place in the log.
func (tx *Tx) EntitiesBeyond(ctx context.Context, size int64, limit int) (out []string, err error) {
	return out, tx.names(ctx, &out, "SELECT DISTINCT entity FROM change WHERE seq > ? ORDER BY entity LIMIT ?", size, limit)
}

// DropBeyond drops the changes of entities after a place in the log. The tree is cut by CutTree.
func (tx *Tx) DropBeyond(ctx context.Context, size int64, entities []string) error {
	return in(entities, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM change WHERE seq > ? AND entity IN ("+places+")", append([]any{size}, args...)...)
	})
}

// CutTree ends the tree of the log where edge ends, under a head that was signed for it.
func (tx *Tx) CutTree(ctx context.Context, edge audit.Edge, head string) error {
	span := int64(256)
	for level := 0; level < 7; level, span = level+1, span*256 {
		if err := tx.exec(ctx, "DELETE FROM log_tile WHERE level = ? AND idx >= ?", level, edge.Size/span); err != nil {
			return err
		}
	}
	if err := tx.exec(ctx, "DELETE FROM checkpoint WHERE size > ?", edge.Size); err != nil {
		return err
	}
	text, err := edge.MarshalBinary()
	if err != nil {
		return err
	}
	return tx.exec(ctx, "UPDATE log_state SET size = ?, edge = ?, checkpoint = ? WHERE id = 1", edge.Size, text, head)
}

// StandAlone forgets the register's hub: its address, its heads, what is left to tell it, what is
// kept of changes that a hub lost, and which registry numbers the hub allotted; a node that was has none to give.
// role is the setting that says what the register is.
func (tx *Tx) StandAlone(ctx context.Context, role string) error {
	for _, statement := range []string{"DELETE FROM sync_state", "DELETE FROM hub_head", "DELETE FROM found", "DELETE FROM forget WHERE peer = ''",
		"DELETE FROM number_range WHERE holder = ''"} {
		if err := tx.exec(ctx, statement); err != nil {
			return err
		}
	}
	return tx.exec(ctx, "DELETE FROM setting WHERE name = ?", role)
}

// Check asks the engine whether the database is whole: SQLite reads every page
// (quick_check), PostgreSQL names indexes that it holds invalid. It returns what is wrong
// in the engine's words, nothing when all is well.
func (db *DB) Check(ctx context.Context) ([]string, error) {
	found, err := db.d.Check(ctx, db.r)
	return found, db.explain(err)
}

// Schema is the number of the newest migration that the database has.
func (tx *Tx) Schema(ctx context.Context) (n int64, err error) {
	err = tx.row(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&n)
	return n, err
}

// WrappedKey is a wrapped data key with whom it belongs to.
type WrappedKey struct {
	Person  string
	Tier    int
	Wrapped string
}

// SealedSample returns up to limit wrapped keys, the newest people first: enough to tell
// whether a master key is the one of this register.
func (tx *Tx) SealedSample(ctx context.Context, limit int) (out []WrappedKey, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var k WrappedKey
		err := rs.Scan(&k.Person, &k.Tier, &k.Wrapped)
		out = append(out, k)
		return err
	}, "SELECT person, tier, wrapped FROM sealed_key ORDER BY person DESC LIMIT ?", limit)
	return out, err
}

// Scrub writes the database anew without what was deleted: until then the bytes of erased
// values may lie in pages that are free. It may take minutes, and nobody writes meanwhile.
func (db *DB) Scrub(ctx context.Context) error { return db.explain(db.d.Scrub(ctx, db.w)) }

// Analyze is for after a great deal was written at once: whoever searches in the minutes after that would
// wait several times as long. Nobody waits for it.
func (db *DB) Analyze(ctx context.Context) error {
	if db.d.Analyze == nil {
		return nil
	}
	return db.explain(db.d.Analyze(ctx, db.w))
}

// ScrubsAtWork reports whether that takes seconds rather than a night.
func (db *DB) ScrubsAtWork() bool { return db.d.ScrubsAtWork }
