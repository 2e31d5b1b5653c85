package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"quipu/internal/change"
)

// Saved is what one transaction saved of people: from which length of the log to which, the
// projections that it wrote, in the order of writing, and whether it took values out of the log.
type Saved struct {
	From, To int64
	People   []PersonRow
	Erased   bool
}

// Listener is told of every transaction of this program that makes the log longer, or that
// writes projections of people. What is nil is not called.
type Listener struct {
	// Erasing is called before a transaction is saved that takes values out of the log;
	// an error stops it. What holds copies of values lets them go here.
	Erasing func() error
	// Saving is called before a transaction is saved that makes the log longer, with the entities
	// of the changes that it appended, in their order, after the place From: what has to be written
	// with them is written here. An error stops it.
	Saving func(ctx context.Context, tx *Tx, from int64, appended []change.Ref) error
	// Saved is called after a transaction was saved. Two calls may overlap, and may come
	// in another order than that of the log: From and To say where each belongs.
	Saved func(Saved)
}

// Listen tells l of what this program saves from now on; call it before the register is at
// work. What other programs save is in the log only.
func (db *DB) Listen(l Listener) { db.told = append(db.told, l) }

// note remembers projections for those who listen.
func (tx *Tx) note(people []PersonRow) { tx.saved.People = append(tx.saved.People, people...) }

func (db *DB) before(ctx context.Context, tx *Tx) error {
	for _, l := range db.told {
		if l.Saving != nil && len(tx.appended) > 0 {
			if err := l.Saving(ctx, tx, tx.saved.From, tx.appended); err != nil {
				return err
			}
		}
	}
	if !tx.erasing {
		return nil
	}
	for _, l := range db.told {
		if l.Erasing == nil {
			continue
		}
		if err := l.Erasing(); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) after(tx *Tx) {
	if tx.saved.To = tx.log.edge.Size; tx.saved.To == tx.saved.From && len(tx.saved.People) == 0 {
		return
	}
	tx.saved.Erased = tx.erasing
	for _, l := range db.told {
		if l.Saved != nil {
			l.Saved(tx.saved)
		}
	}
}

// Touched returns the people that changes after one place in the log and not after another
// speak of, once each, sorted by id; erased says that values were taken out of the log there.
func (tx *Tx) Touched(ctx context.Context, after, until int64) (ids []string, erased bool, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var entity string
		err := rs.Scan(&entity)
		switch kind, id, _ := strings.Cut(entity, "/"); change.Kind(kind) {
		case change.Person:
			ids = append(ids, id)
		case change.Erasure, change.Forgetting:
			erased = true
		}
		return err
	}, "SELECT DISTINCT entity FROM change WHERE seq > ? AND seq <= ? ORDER BY entity", after, until)
	return ids, erased, err
}

// Mark is what a place in the log is known by: the name of the change there and when it was
// made, which stay when values are taken out of it. It is "" beyond the end.
func (tx *Tx) Mark(ctx context.Context, seq int64) (mark string, err error) {
	err = tx.entries(ctx, func(e Entry) error {
		mark = fmt.Sprint(e.ID, " ", e.Entity, " ", e.At)
		return nil
	}, "seq = ?", seq)
	return mark, err
}

// Renamed returns the people whom changes after one place in the log and not after another
// give a name that is not in their row: that of marriage, the name used, other names. It
// reads every body there, so it is for few places at a time.
func (tx *Tx) Renamed(ctx context.Context, after, until int64) (ids []string, err error) {
	names := [][]byte{[]byte(`"surname_married"`), []byte(`"name_used"`), []byte(`"name_other/`)}
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var entity string
		var body sql.RawBytes
		err := rs.Scan(&entity, &body)
		id, person := strings.CutPrefix(entity, string(change.Person)+"/")
		if person && slices.ContainsFunc(names, func(n []byte) bool { return bytes.Contains(body, n) }) {
			ids = append(ids, id)
		}
		return err
	}, "SELECT entity, body FROM change WHERE seq > ? AND seq <= ?", after, until)
	slices.Sort(ids)
	return slices.Compact(ids), err
}
