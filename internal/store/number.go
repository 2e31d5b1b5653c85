package store

import (
	"context"
	"database/sql"

	"quipu/internal/id"
)

// NumberRange is a run of registry numbers: at the hub one that Holder was given, at a node
// one of its own, with Holder "". Next is the first that is free there, Last+1 for none.
type NumberRange struct {
	id.Range
	Next     int64
	Holder   string
	Campaign string // "" when the run is for the node's daily work
	Given    int64  // microseconds
}

// NumberRanges lists the runs of a holder from the lowest.
func (tx *Tx) NumberRanges(ctx context.Context, holder string) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "holder = ?", holder)
}

// NumberRangesMeeting lists the runs that have a number in common with one, whoever holds them.
func (tx *Tx) NumberRangesMeeting(ctx context.Context, r id.Range) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "first_no <= ? AND last_no >= ?", r.Last, r.First)
}

// NumberRangesFor lists the runs that were reserved for a campaign.
func (tx *Tx) NumberRangesFor(ctx context.Context, campaign string) ([]NumberRange, error) {
	return tx.numberRanges(ctx, "campaign = ?", campaign)
}

func (tx *Tx) numberRanges(ctx context.Context, where string, args ...any) (out []NumberRange, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var r NumberRange
		err := rs.Scan(&r.First, &r.Last, &r.Next, &r.Holder, &r.Campaign, &r.Given)
		out = append(out, r)
		return err
	}, "SELECT first_no, last_no, next_no, holder, campaign, at FROM number_range WHERE "+where+" ORDER BY first_no", args...)
	return out, err
}

// PutNumberRange keeps a run; one that begins there already has its Next moved.
func (tx *Tx) PutNumberRange(ctx context.Context, r NumberRange) error {
	return tx.exec(ctx, "INSERT INTO number_range (first_no, last_no, next_no, holder, campaign, at) VALUES (?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (first_no) DO UPDATE SET next_no = excluded.next_no", r.First, r.Last, r.Next, r.Holder, r.Campaign, r.Given)
}
