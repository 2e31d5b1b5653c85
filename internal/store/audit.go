package store

import (
	"context"
	"database/sql"

	"quipu/internal/audit"
)

// Head is the end of the log: its size, the open edge of the tree, the signed note.
type Head struct {
	Size int64
	Edge audit.Edge
	Note string
}

// Head reads the end of the log.
func (tx *Tx) Head(ctx context.Context) (h Head, err error) {
	var edge []byte
	err = tx.row(ctx, "SELECT size, edge, checkpoint FROM log_state WHERE id = 1").Scan(&h.Size, &edge, &h.Note)
	if none(err) {
		return Head{}, nil
	}
	if err != nil {
		return h, err
	}
	return h, h.Edge.UnmarshalBinary(edge)
}

// Tile returns the hashes of a complete tile, nil when there is none.
func (tx *Tx) Tile(ctx context.Context, level int, index int64) (data []byte, err error) {
	err = tx.row(ctx, "SELECT hashes FROM log_tile WHERE level = ? AND idx = ?", level, index).Scan(&data)
	if none(err) {
		return nil, nil
	}
	return data, err
}

// KeepCheckpoint keeps a signed head for good, with the time in microseconds.
func (tx *Tx) KeepCheckpoint(ctx context.Context, size, at int64, note string) error {
	return tx.exec(ctx, "INSERT INTO checkpoint (size, at, note) VALUES (?, ?, ?) ON CONFLICT (size) DO NOTHING", size, at, note)
}

// Checkpoint is a signed head that was kept.
type Checkpoint struct {
	Size, At int64
	Note     string
}

// Checkpoints lists the kept heads, oldest first.
func (tx *Tx) Checkpoints(ctx context.Context) (out []Checkpoint, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c Checkpoint
		if err := rs.Scan(&c.Size, &c.At, &c.Note); err != nil {
			return err
		}
		out = append(out, c)
		return nil
	}, "SELECT size, at, note FROM checkpoint ORDER BY size")
	return out, err
}
