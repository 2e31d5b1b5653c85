package store

import (
	"context"
	"database/sql"
	"strings"
)

// Read is one line of the log of reads: who saw which person, from where, what for. Home is
// the office where the person was registered then, "" for none or not known.
type Read struct {
	Seq, At                                               int64
	Author, Office, Purpose, Action, Person, Detail, Home string
}

// LogReads adds lines to the log of reads.
func (tx *Tx) LogReads(ctx context.Context, reads []Read) error {
	last, err := tx.LastRead(ctx)
	if err != nil {
		return err
	}
	args := make([]any, 0, 9*len(reads))
	for i, r := range reads {
		args = append(args, last+1+int64(i), r.At, r.Author, r.Office, r.Purpose, r.Action, r.Person, r.Detail, r.Home)
	}
	return tx.bulk(ctx, "INSERT INTO read_log (seq, at, author, office, purpose, action, person, detail, home)", "", 9, args)
}

// ReadsOf lists who read a person, newest first.
func (tx *Tx) ReadsOf(ctx context.Context, person string, limit int) ([]Read, error) {
	return tx.plainReads(ctx, ReadFilter{Person: person}, limit)
}

// Reads lists the reads of everybody before a place in the log, newest first.
func (tx *Tx) Reads(ctx context.Context, before int64, limit int) ([]Read, error) {
	return tx.plainReads(ctx, ReadFilter{Before: before}, limit)
}

func (tx *Tx) plainReads(ctx context.Context, f ReadFilter, limit int) (out []Read, err error) {
	marked, err := tx.FindReads(ctx, f, limit)
	for _, r := range marked {
		out = append(out, r.Read)
	}
	return out, err
}

// ReadsAfter lists reads from a place in the log on, in its order.
func (tx *Tx) ReadsAfter(ctx context.Context, after int64, limit int) (out []Read, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		r, err := scanRead(rs)
		out = append(out, r.Read)
		return err
	}, "SELECT "+readColumns+", '', 0, '', '' FROM read_log r WHERE r.seq > ? ORDER BY r.seq LIMIT ?", after, limit)
	return out, err
}

// LastRead is the place of the newest line of the log of reads, 0 when there is none.
func (tx *Tx) LastRead(ctx context.Context) (seq int64, err error) {
	err = tx.row(ctx, "SELECT coalesce(max(seq), 0) FROM read_log").Scan(&seq)
	return seq, err
}

// MarkedRead is a read with why somebody should look at it, "" for no reason, and what came
// of that.
type MarkedRead struct {
	Read
	Reasons      string // words with a blank between
	SeenAt       int64  // 0 for not yet
	SeenBy, Note string
}

// Marks narrow reads by their marks.
type Marks int

// All reads, those that wait for somebody to look, those that somebody looked at, both.
const (
	AnyMarks Marks = iota
	OpenMarks
	SeenMarks
	Marked
)

// ReadFilter narrows the log of reads: what is empty does not. Around is the office of the
// reader or of the person. From is in microseconds, Until too and excluded.
type ReadFilter struct {
	Author, Office, Around, Person, Purpose, Action, Detail string
	Outside                                                 bool // of a person of another office
	From, Until                                             int64
	Before                                                  int64 // a place in the log
	Marks                                                   Marks
}

// FindReads lists reads, newest first.
func (tx *Tx) FindReads(ctx context.Context, f ReadFilter, limit int) (out []MarkedRead, err error) {
	from := "read_log r LEFT JOIN read_mark m ON m.seq = r.seq"
	seq := "r.seq"
	if f.Marks != AnyMarks { // so that the index of marks gives the order
		seq, from = "m.seq", "read_mark m JOIN read_log r ON r.seq = m.seq"
	}
	where, args := f.where(seq)
	first := int64(0)
	if f.From > 0 { // the log is in the order of time, or nearly: clocks are set back
		if first, err = tx.readSince(ctx, f.From-clockSlack); err != nil {
			return nil, err
		}
	}
	where, args = append(where, seq+" >= ?"), append(args, first, limit)
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		r, err := scanRead(rs)
		out = append(out, r)
		return err
	}, "SELECT "+readColumns+", coalesce(m.reasons, ''), coalesce(m.seen_at, 0), coalesce(m.seen_by, ''), coalesce(m.note, '') FROM "+from+
		" WHERE "+strings.Join(where, " AND ")+" ORDER BY "+seq+" DESC LIMIT ?", args...)
	return out, err
}

func (f ReadFilter) where(seq string) (where []string, args []any) {
	add := func(when bool, text string, values ...any) {
		if when {
			where, args = append(where, text), append(args, values...)
		}
	}
	for _, is := range [][2]string{{"author", f.Author}, {"office", f.Office}, {"person", f.Person}, {"purpose", f.Purpose}, {"action", f.Action}, {"detail", f.Detail}} {
		add(is[1] != "", "r."+is[0]+" = ?", is[1])
	}
	add(f.Around != "", "(r.office = ? OR r.home = ?)", f.Around, f.Around)
	add(f.Outside, "r.home <> '' AND r.home <> r.office")
	add(f.From > 0, "r.at >= ?", f.From)
	add(f.Until > 0, "r.at < ?", f.Until)
	add(f.Before > 0, seq+" < ?", f.Before)
	add(f.Marks == OpenMarks, "m.seen_at = 0")
	add(f.Marks == SeenMarks, "m.seen_at > 0")
	return where, args
}

// clockSlack is how far a clock may have been set back, in microseconds.
const clockSlack = 3600 * 1_000_000

// readSince is the place of the first read since a moment, found by halving: no index is
// kept for it.
func (tx *Tx) readSince(ctx context.Context, at int64) (int64, error) {
	low := int64(1)
	high, err := tx.LastRead(ctx)
	for high++; low < high && err == nil; {
		mid, when := (low+high)/2, int64(0)
		err = tx.row(ctx, "SELECT at FROM read_log WHERE seq >= ? ORDER BY seq LIMIT 1", mid).Scan(&when)
		if when < at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, err
}

const readColumns = "r.seq, r.at, r.author, r.office, r.purpose, r.action, r.person, r.detail, r.home"

func scanRead(rs *sql.Rows) (r MarkedRead, err error) {
	err = rs.Scan(&r.Seq, &r.At, &r.Author, &r.Office, &r.Purpose, &r.Action, &r.Person, &r.Detail, &r.Home, &r.Reasons, &r.SeenAt, &r.SeenBy, &r.Note)
	return r, err
}

// PutReadMarks marks reads; a mark that is there stays.
func (tx *Tx) PutReadMarks(ctx context.Context, reasons map[int64]string) error {
	args := make([]any, 0, 5*len(reasons))
	for seq, why := range reasons {
		args = append(args, seq, why, 0, "", "")
	}
	return tx.bulk(ctx, "INSERT INTO read_mark (seq, reasons, seen_at, seen_by, note)", " ON CONFLICT (seq) DO NOTHING", 5, args)
}

// SeeReadMark notes that somebody looked at a marked read; what was noted before stays.
func (tx *Tx) SeeReadMark(ctx context.Context, seq, at int64, by, note string) error {
	return tx.exec(ctx, "UPDATE read_mark SET seen_at = ?, seen_by = ?, note = ? WHERE seq = ? AND seen_at = 0", at, by, note, seq)
}

// OpenReadMarks counts the marked reads that nobody has looked at.
func (tx *Tx) OpenReadMarks(ctx context.Context) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM read_mark WHERE seen_at = 0").Scan(&n)
	return n, err
}
