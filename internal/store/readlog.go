package store

import (
	"context"
	"database/sql"
)

// Read is one line of the log of reads: who saw which person, from where, what for.
type Read struct {
	Seq, At                                         int64
	Author, Office, Purpose, Action, Person, Detail string
}

// LogReads adds lines to the log of reads.
func (tx *Tx) LogReads(ctx context.Context, reads []Read) error {
	var last int64
	if err := tx.row(ctx, "SELECT coalesce(max(seq), 0) FROM read_log").Scan(&last); err != nil {
		return err
	}
	args := make([]any, 0, 8*len(reads))
	for i, r := range reads {
		args = append(args, last+1+int64(i), r.At, r.Author, r.Office, r.Purpose, r.Action, r.Person, r.Detail)
	}
	return tx.bulk(ctx, "INSERT INTO read_log (seq, at, author, office, purpose, action, person, detail)", "", 8, args)
}

// ReadsOf lists who read a person, newest first.
func (tx *Tx) ReadsOf(ctx context.Context, person string, limit int) (out []Read, err error) {
	return out, tx.reads(ctx, &out, "person = ? ORDER BY seq DESC LIMIT ?", person, limit)
}

// Reads lists the reads of everybody before a place in the log, newest first.
func (tx *Tx) Reads(ctx context.Context, before int64, limit int) (out []Read, err error) {
	return out, tx.reads(ctx, &out, "seq < ? ORDER BY seq DESC LIMIT ?", before, limit)
}

func (tx *Tx) reads(ctx context.Context, out *[]Read, where string, args ...any) error {
	return tx.rows(ctx, func(rs *sql.Rows) error {
		var r Read
		err := rs.Scan(&r.Seq, &r.At, &r.Author, &r.Office, &r.Purpose, &r.Action, &r.Person, &r.Detail)
		*out = append(*out, r)
		return err
	}, "SELECT seq, at, author, office, purpose, action, person, detail FROM read_log WHERE "+where, args...)
}
