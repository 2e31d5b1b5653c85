package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"quipu/internal/store/dialect"
)

// Forget is an entity that a node may not keep. Asked is the hub's place at which it left;
// Done and Told are in microseconds, 0 until the node has forgotten it, and until the other
// side has heard so.
type Forget struct {
	Peer, Entity      string
	Asked, Done, Told int64
}

// PutForgets writes or updates them.
func (tx *Tx) PutForgets(ctx context.Context, all []Forget) error {
	args := make([]any, 0, 5*len(all))
	for _, f := range all {
		args = append(args, f.Peer, f.Entity, f.Asked, f.Done, f.Told)
	}
	return tx.bulk(ctx, "INSERT INTO forget (peer, entity, asked, done, told)",
		" ON CONFLICT (peer, entity) DO UPDATE SET asked = excluded.asked, done = excluded.done, told = excluded.told", 5, args)
}

// DropForgets takes entities off the list of a node: they have come back.
func (tx *Tx) DropForgets(ctx context.Context, peer string, entities []string) error {
	return in(entities, func(places string, args []any) error {
		return tx.exec(ctx, "DELETE FROM forget WHERE peer = ? AND entity IN ("+places+")", append([]any{peer}, args...)...)
	})
}

// Forgets lists the entities of a node's list, sorted, after one of them: open leaves out
// those that are done, and untold those of which the other side has heard.
func (tx *Tx) Forgets(ctx context.Context, peer, after string, open, untold bool, limit int) (out []Forget, err error) {
	where := "peer = ? AND entity > ?"
	if open {
		where += " AND done = 0"
	}
	if untold {
		where += " AND done > 0 AND told = 0"
	}
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var f Forget
		err := rs.Scan(&f.Peer, &f.Entity, &f.Asked, &f.Done, &f.Told)
		out = append(out, f)
		return err
	}, "SELECT peer, entity, asked, done, told FROM forget WHERE "+where+" ORDER BY entity LIMIT ?", peer, after, limit)
	return out, err
}

// ForgetsOf returns what a node's list says of entities, by entity.
func (tx *Tx) ForgetsOf(ctx context.Context, peer string, entities []string) (map[string]Forget, error) {
	out := map[string]Forget{}
	return out, in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var f Forget
			err := rs.Scan(&f.Peer, &f.Entity, &f.Asked, &f.Done, &f.Told)
			out[f.Entity] = f
			return err
		}, "SELECT peer, entity, asked, done, told FROM forget WHERE peer = ? AND entity IN ("+places+")", append([]any{peer}, args...)...)
	})
}

// LastForgotten is when a peer last said that it had forgotten something, in microseconds; 0
// for never.
func (tx *Tx) LastForgotten(ctx context.Context, peer string) (at int64, err error) {
	err = tx.row(ctx, "SELECT coalesce(max(done), 0) FROM forget WHERE peer = ?", peer).Scan(&at)
	return at, err
}

// DropRows removes people from lists, searches and the index of names. Whoever listens learns
// of it by a row whose entry is "gone".
func (tx *Tx) DropRows(ctx context.Context, people []string) error {
	rows, err := tx.PeopleByID(ctx, people)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := tx.dropKeys(ctx, rows); err != nil {
		return err
	}
	for i := range rows {
		rows[i] = PersonRow{Row: rows[i].Row, ID: rows[i].ID, Number: rows[i].Number, Entry: EntryGone}
	}
	tx.note(rows)
	if err := tx.fail(tx.d.IndexNames(ctx, tx.sqlTx, unnamed(rows), true)); err != nil {
		return err
	}
	return in(people, func(places string, args []any) error {
		for _, stmt := range []string{"DELETE FROM person WHERE id IN (", "DELETE FROM registration_time WHERE person IN ("} {
			if err := tx.exec(ctx, stmt+places+")", args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// EntryGone stands in the row of which listeners are told when a person leaves the tables.
const EntryGone = "gone"

// DropEntities removes what the tables say of entities that are no persons.
func (tx *Tx) DropEntities(ctx context.Context, kind string, ids []string) error {
	table := map[string]string{"pair": "same_pair", "merge": "same_merge", "request": "request", "breach": "breach", "disclosure": "disclosure",
		"retention": "retention", "import": "import_run", "case": "survey_case", "submission": "submission"}[kind]
	if table == "" {
		return nil
	}
	return in(ids, func(places string, args []any) error {
		if kind == "pair" {
			if err := tx.exec(ctx, "DELETE FROM same_decision WHERE pair IN ("+places+")", args...); err != nil {
				return err
			}
		}
		return tx.exec(ctx, "DELETE FROM "+table+" WHERE id IN ("+places+")", args...)
	})
}

// Attached says that an entity names a file by its hash.
type Attached struct{ Hash, Entity string }

// PutAttached notes it.
func (tx *Tx) PutAttached(ctx context.Context, all []Attached) error {
	args := make([]any, 0, 2*len(all))
	for _, a := range all {
		args = append(args, a.Hash, a.Entity)
	}
	return tx.bulk(ctx, "INSERT INTO attached (hash, entity)", " ON CONFLICT DO NOTHING", 2, args)
}

// NameFiles writes which files entities name in the place of what was, by the entity, and
// drops those files that nobody names any more.
func (tx *Tx) NameFiles(ctx context.Context, files map[string][]string) error {
	entities := slices.Sorted(maps.Keys(files))
	var rows, stale []Attached
	var were []Attached
	err := in(entities, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var a Attached
			err := rs.Scan(&a.Hash, &a.Entity)
			were = append(were, a)
			return err
		}, "SELECT hash, entity FROM attached WHERE entity IN ("+places+")", args...)
	})
	if err != nil {
		return err
	}
	for _, e := range entities {
		for _, h := range files[e] {
			rows = append(rows, Attached{h, e})
		}
	}
	for _, a := range were {
		if !slices.Contains(files[a.Entity], a.Hash) {
			stale = append(stale, a)
		}
	}
	if err := tx.PutAttached(ctx, rows); err != nil {
		return err
	}
	for _, a := range stale {
		if err := tx.exec(ctx, "DELETE FROM attached WHERE hash = ? AND entity = ?", a.Hash, a.Entity); err != nil {
			return err
		}
		if err := tx.exec(ctx, "DELETE FROM attachment WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.hash = attachment.hash)", a.Hash); err != nil {
			return err
		}
	}
	return nil
}

// AttachedTo lists the entities that name a file.
func (tx *Tx) AttachedTo(ctx context.Context, hash string) (entities []string, err error) {
	return entities, tx.names(ctx, &entities, "SELECT entity FROM attached WHERE hash = ? ORDER BY entity", hash)
}

// DropAttached forgets which files entities name, and those files that no other names.
func (tx *Tx) DropAttached(ctx context.Context, entities []string) error {
	return in(entities, func(places string, args []any) error {
		only := "SELECT hash FROM attached WHERE entity IN (" + places + ") AND NOT EXISTS (SELECT 1 FROM attached o WHERE o.hash = attached.hash AND o.entity NOT IN (" + places + "))"
		if err := tx.exec(ctx, "DELETE FROM attachment WHERE hash IN ("+only+")", append(append([]any{}, args...), args...)...); err != nil {
			return err
		}
		return tx.exec(ctx, "DELETE FROM attached WHERE entity IN ("+places+")", args...)
	})
}

// Wanted lists files that entities name and that are not here, sorted, at most limit. Those of what is
// only kept aside (FoundFiles) come with it or not at all.
func (tx *Tx) Wanted(ctx context.Context, limit int) (hashes []string, err error) {
	return hashes, tx.names(ctx, &hashes,
		"SELECT DISTINCT hash FROM attached WHERE NOT EXISTS (SELECT 1 FROM attachment t WHERE t.hash = attached.hash) AND NOT (entity > ? AND entity < ?) ORDER BY hash LIMIT ?",
		append(span("found"), limit)...)
}

// unnamed takes rows out of the index of names: they are found by nothing.
func unnamed(rows []PersonRow) []dialect.Named {
	out := make([]dialect.Named, len(rows))
	for i := range rows {
		out[i].Row = rows[i].Row
	}
	return out
}
