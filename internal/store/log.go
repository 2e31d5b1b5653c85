package store

import (
	"context"
	"database/sql"
	"fmt"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// logState is the head of the log while a transaction holds its lock.
type logState struct {
	edge  audit.Edge
	grown bool
	tiles []audit.Tile
}

// lockLog takes the log's one row. SQLite has locked the file already; on PostgreSQL the
// update holds the row until the end, so that log order is commit order.
func (tx *Tx) lockLog(ctx context.Context) error {
	st := &logState{}
	edge, err := st.edge.MarshalBinary()
	if err != nil {
		return err
	}
	// One statement, so that two first writers do not both find no row.
	err = tx.row(ctx, "INSERT INTO log_state (id, size, edge, checkpoint) VALUES (1, 0, ?, '') "+
		"ON CONFLICT (id) DO UPDATE SET size = log_state.size RETURNING edge", edge).Scan(&edge)
	if err != nil {
		return err
	}
	tx.log = st
	return st.edge.UnmarshalBinary(edge)
}

// Append writes changes to the end of the log, in their order. Their ids must be set and
// new; the projections are the caller's to write in the same transaction.
func (tx *Tx) Append(ctx context.Context, changes []change.Change) error {
	return tx.append(ctx, len(changes), func(i int) (*change.Change, []byte, any, any) {
		return &changes[i], change.Encode(&changes[i]), nil, nil
	})
}

// Size is the number of changes in the log; in a writing transaction, with its own.
func (tx *Tx) Size(ctx context.Context) (n int64, err error) {
	if tx.log != nil {
		return tx.log.edge.Size, nil
	}
	err = tx.row(ctx, "SELECT size FROM log_state WHERE id = 1").Scan(&n)
	if none(err) {
		return 0, nil
	}
	return n, err
}

func (tx *Tx) saveLog(ctx context.Context, sign SignFunc) error {
	if !tx.log.grown {
		return nil
	}
	for _, t := range tx.log.tiles {
		if err := tx.exec(ctx, "INSERT INTO log_tile (level, idx, hashes) VALUES (?, ?, ?)", t.Level, t.Index, t.Data); err != nil {
			return err
		}
	}
	edge, err := tx.log.edge.MarshalBinary()
	if err != nil {
		return err
	}
	var head []byte
	if sign != nil {
		if head, err = sign(tx.log.edge.Size, tx.log.edge.Root()); err != nil {
			return fmt.Errorf("store: signing the head of the log: %w", err)
		}
	}
	return tx.exec(ctx, "UPDATE log_state SET size = ?, edge = ?, checkpoint = ? WHERE id = 1", tx.log.edge.Size, edge, string(head))
}

// LastN is the highest number that the node has given a change, 0 before its first.
func (tx *Tx) LastN(ctx context.Context, node id.Node) (n int64, err error) {
	err = tx.row(ctx, "SELECT coalesce(max(n), 0) FROM change WHERE node = ?", string(node)).Scan(&n)
	return n, err
}

// Changes returns the changes of one entity that are folded, in that order.
func (tx *Tx) Changes(ctx context.Context, ref change.Ref) (out []change.Change, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		c, err := scanChange(rs)
		out = append(out, c)
		return err
	}, "SELECT body FROM change WHERE entity = ? AND "+folded+" ORDER BY "+inOrder, ref.String())
	return out, err
}

// ChangesOf is Changes for many entities, by Ref.String().
func (tx *Tx) ChangesOf(ctx context.Context, refs []string) (map[string][]change.Change, error) {
	out := make(map[string][]change.Change, len(refs))
	err := in(refs, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			c, err := scanChange(rs)
			out[c.Entity.String()] = append(out[c.Entity.String()], c)
			return err
		}, "SELECT body FROM change WHERE entity IN ("+places+") AND "+folded+" ORDER BY "+inOrder, args...)
	})
	return out, err
}

// BatchSpan is where in the log an import lies: after the place of its first change of its
// own, up to its last one, or up to the end of the log when it was cut short. An index of
// every change by its import would cost 60 bytes a person for the few that are undone. What
// an answer of the hub brought can lie anywhere.
func (tx *Tx) BatchSpan(ctx context.Context, ref change.Ref) (after, last int64, err error) {
	var n, brought int64
	err = tx.row(ctx, "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0), count(*), count(hub) FROM change WHERE entity = ?", ref.String()).
		Scan(&after, &last, &n, &brought)
	if brought > 0 {
		after = 0
	}
	if err == nil && (n == 1 || brought > 0) {
		last, err = tx.Size(ctx)
	}
	return after, last, err
}

// BatchChanges returns up to limit changes of an import that lie after one place in the log
// and not after another, oldest first, with the place of the last one.
func (tx *Tx) BatchChanges(ctx context.Context, batch string, after, until int64, limit int) (out []change.Change, last int64, err error) {
	last = after
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var body string
		if err := rs.Scan(&last, &body); err != nil {
			return err
		}
		c, err := change.Decode([]byte(body))
		out = append(out, c)
		return err
	}, "SELECT seq, body FROM change WHERE batch = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?", batch, after, until, limit)
	return out, last, err
}

func scanChange(rs *sql.Rows) (change.Change, error) {
	var body string
	if err := rs.Scan(&body); err != nil {
		return change.Change{}, err
	}
	return change.Decode([]byte(body))
}

// Entry is one stored row of the log: the body and the columns beside it.
type Entry struct {
	Seq           int64
	ID            id.Change
	Entity        string
	At            int64
	Batch         string
	Hub, Received int64 // 0 for none; see Pulled
	Body          []byte
}

// Log calls f with the entries after a place, in order, until f returns an error.
func (tx *Tx) Log(ctx context.Context, after int64, limit int, f func(Entry) error) error {
	return tx.entries(ctx, f, "seq > ? ORDER BY seq LIMIT ?", after, limit)
}

func (tx *Tx) entries(ctx context.Context, f func(Entry) error, where string, args ...any) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		var e Entry
		var node string
		var batch sql.NullString
		if err := rs.Scan(&e.Seq, &node, &e.ID.N, &e.Entity, &e.At, &batch, &e.Hub, &e.Received, &e.Body); err != nil {
			return err
		}
		e.ID.Node, e.Batch = id.Node(node), batch.String
		return f(e)
	}, "SELECT seq, node, n, entity, at, batch, coalesce(hub, 0), coalesce(received, 0), body FROM change WHERE "+where, args...)
}

// Entries returns all stored rows of one entity in the order in which they are folded.
func (tx *Tx) Entries(ctx context.Context, ref change.Ref) (out []Entry, err error) {
	return out, tx.entries(ctx, func(e Entry) error { out = append(out, e); return nil }, "entity = ? ORDER BY "+inOrder, ref.String())
}

// Redact puts a body without some of its values in the place of a change's body. The tree
// stays as it is; the caller appends the erasure that says so.
func (tx *Tx) Redact(ctx context.Context, c id.Change, body []byte) error {
	tx.erasing = true
	return tx.exec(ctx, "UPDATE change SET body = ? WHERE node = ? AND n = ?", string(body), string(c.Node), c.N)
}

// Erases reports whether the transaction takes values out of the log.
func (tx *Tx) Erases() bool { return tx.erasing }

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
