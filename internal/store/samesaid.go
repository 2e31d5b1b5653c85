package store

import (
	"context"
	"database/sql"
	"strconv"
)

// DecisionRow is one decision about a pair. Kind is the action of its change. Weight is what
// the program said then, in hundredths of a bit; Agrees is set of a second look that said the
// same as the first.
type DecisionRow struct {
	Change, Pair, Kind, Verdict, Author, Office string
	At, Seconds, Weight                         int64
	Agrees                                      bool
}

// PutDecision writes one.
func (tx *Tx) PutDecision(ctx context.Context, d DecisionRow) error {
	return tx.exec(ctx, "INSERT INTO same_decision (change, pair, kind, verdict, author, office, at, seconds, bits, agrees) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (change) DO NOTHING", d.Change, d.Pair, d.Kind, d.Verdict, d.Author, d.Office, d.At, d.Seconds, d.Weight, bit(d.Agrees))
}

// Decisions lists those from a moment until another, excluded, in their order; office ""
// stands for all.
func (tx *Tx) Decisions(ctx context.Context, office string, from, until int64) (out []DecisionRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var d DecisionRow
		var agrees int
		err := rs.Scan(&d.Change, &d.Pair, &d.Kind, &d.Verdict, &d.Author, &d.Office, &d.At, &d.Seconds, &d.Weight, &agrees)
		d.Agrees = agrees == 1
		out = append(out, d)
		return err
	}, "SELECT change, pair, kind, verdict, author, office, at, seconds, bits, agrees FROM same_decision WHERE at >= ? AND at < ? AND (office = ? OR ? = '') ORDER BY at, change",
		from, until, office, office)
	return out, err
}

// BandCount is how many decisions of pairs in a band of weight said what. Band is the weight
// in hundredths of a bit, rounded down to whole BandWidths.
type BandCount struct {
	Band    int64
	Verdict string
	N       int64
}

// BandWidth is the width of a band of weight, in hundredths of a bit.
const BandWidth = 400

// CountBands counts first decisions, of all offices, by band of weight.
func (tx *Tx) CountBands(ctx context.Context) (out []BandCount, err error) {
	const w = "(bits + 100000000) / " // so that the division rounds down below zero, too
	width := strconv.Itoa(BandWidth)
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c BandCount
		err := rs.Scan(&c.Band, &c.Verdict, &c.N)
		c.Band = c.Band*BandWidth - 100_000_000
		out = append(out, c)
		return err
	}, "SELECT "+w+width+" AS band, verdict, count(*) FROM same_decision WHERE kind = 'decide' GROUP BY "+w+width+", verdict ORDER BY band, verdict")
	return out, err
}

// WaitingBands counts the pairs that wait, by band of weight; office "" stands for all.
func (tx *Tx) WaitingBands(ctx context.Context, office string) (out []BandCount, err error) {
	f := PairFilter{Verdicts: []string{"", "unsure", "proposed"}, Office: office}
	where, args := f.where()
	band := "(s.bits + 100000000) / " + strconv.Itoa(BandWidth)
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c BandCount
		err := rs.Scan(&c.Band, &c.N)
		c.Band = c.Band*BandWidth - 100_000_000
		out = append(out, c)
		return err
	}, "SELECT "+band+" AS band, count(*)"+fromPairs+" WHERE "+where+" GROUP BY "+band+" ORDER BY band", args...)
	return out, err
}

// MergeRow is one merge. State is standing or undone; Ended is when it was undone, 0 for not.
type MergeRow struct {
	ID, Pair, Survivor, Other, Author, Office string
	At                                        int64
	State                                     string
	Ended                                     int64
}

// The states of a merge.
const (
	MergeStanding = "standing"
	MergeUndone   = "undone"
)

// PutMerge writes or updates one.
func (tx *Tx) PutMerge(ctx context.Context, m MergeRow) error {
	return tx.exec(ctx, "INSERT INTO same_merge (id, pair, survivor, other, author, office, at, state, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended = excluded.ended", m.ID, m.Pair, m.Survivor, m.Other, m.Author, m.Office, m.At, m.State, m.Ended)
}

// Merge returns one merge.
func (tx *Tx) Merge(ctx context.Context, merge string) (MergeRow, bool, error) {
	out, err := tx.merges(ctx, "id = ?", merge)
	if err != nil || len(out) == 0 {
		return MergeRow{}, false, err
	}
	return out[0], true, nil
}

// MergesOf lists the merges that a person is or was in, the newest first.
func (tx *Tx) MergesOf(ctx context.Context, person string) ([]MergeRow, error) {
	return tx.merges(ctx, "survivor = ? OR other = ? ORDER BY at DESC, id DESC", person, person)
}

// Merges lists all merges after an id, in the order of their ids: a page.
func (tx *Tx) Merges(ctx context.Context, after string, limit int) ([]MergeRow, error) {
	return tx.merges(ctx, "id > ? ORDER BY id LIMIT ?", after, limit)
}

// MergesInto lists the merges that stand into any of the people.
func (tx *Tx) MergesInto(ctx context.Context, people []string) (out []MergeRow, err error) {
	return out, in(people, func(places string, args []any) error {
		found, err := tx.merges(ctx, "survivor IN ("+places+") AND state = 'standing' ORDER BY at, id", args...)
		out = append(out, found...)
		return err
	})
}

// MergesOut lists the merges that stand of the people into others.
func (tx *Tx) MergesOut(ctx context.Context, people []string) (out []MergeRow, err error) {
	return out, in(people, func(places string, args []any) error {
		found, err := tx.merges(ctx, "other IN ("+places+") AND state = 'standing' ORDER BY at, id", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) merges(ctx context.Context, where string, args ...any) (out []MergeRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var m MergeRow
		err := rs.Scan(&m.ID, &m.Pair, &m.Survivor, &m.Other, &m.Author, &m.Office, &m.At, &m.State, &m.Ended)
		out = append(out, m)
		return err
	}, "SELECT id, pair, survivor, other, author, office, at, state, ended FROM same_merge WHERE "+where, args...)
	return out, err
}

// Leads maps each of the people whose entry was merged to the one that stands for it, along
// as many merges as there are.
func (tx *Tx) Leads(ctx context.Context, people []string) (map[string]string, error) {
	to := map[string]string{}
	for ask := people; len(ask) > 0; {
		found, err := tx.MergesOut(ctx, ask)
		if err != nil {
			return nil, err
		}
		ask = nil
		for _, m := range found {
			if to[m.Other] == "" {
				to[m.Other] = m.Survivor
				ask = append(ask, m.Survivor)
			}
		}
	}
	out := map[string]string{}
	for _, p := range people {
		end := p
		for range len(to) {
			if to[end] == "" {
				break
			}
			end = to[end]
		}
		if end != p {
			out[p] = end
		}
	}
	return out, nil
}

// Gathered lists a person and everybody whose entry was merged into his, directly or not.
func (tx *Tx) Gathered(ctx context.Context, person string) ([]string, error) {
	out, ask := []string{person}, []string{person}
	for len(ask) > 0 {
		found, err := tx.MergesInto(ctx, ask)
		if err != nil {
			return nil, err
		}
		ask = nil
		for _, m := range found {
			out, ask = append(out, m.Other), append(ask, m.Other)
		}
	}
	return out, nil
}
