package store

import (
	"context"
	"database/sql"
)

// TurnRow is the projection of one person's turn in a campaign; see package campaign.
type TurnRow struct {
	ID, Campaign, Person, Basis, Slot, Stage, Day string
	Place                                         int64
	Ahead                                         bool
	Came, Done                                    int64 // microseconds, 0 for none
	Acts, Why, Offer                              string
}

// PutTurn writes or updates one.
func (tx *Tx) PutTurn(ctx context.Context, t TurnRow) error {
	return tx.exec(ctx, "INSERT INTO campaign_turn (id, campaign, person, basis, slot, stage, day, place, ahead, came, done, acts, why, offer) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET person = excluded.person, slot = excluded.slot, stage = excluded.stage, "+
		"day = excluded.day, place = excluded.place, ahead = excluded.ahead, came = excluded.came, done = excluded.done, acts = excluded.acts, why = excluded.why, offer = excluded.offer",
		t.ID, t.Campaign, t.Person, t.Basis, t.Slot, t.Stage, t.Day, t.Place, bit(t.Ahead), t.Came, t.Done, t.Acts, t.Why, t.Offer)
}

// DropTurn takes one out.
func (tx *Tx) DropTurn(ctx context.Context, turn string) error {
	return tx.exec(ctx, "DELETE FROM campaign_turn WHERE id = ?", turn)
}

// Turns lists all turns of a campaign by their ids.
func (tx *Tx) Turns(ctx context.Context, campaign string) ([]TurnRow, error) {
	return tx.turns(ctx, "campaign = ? ORDER BY id", campaign)
}

// TurnsIn lists the turns of a campaign in one of its stages, by slot, day and place.
func (tx *Tx) TurnsIn(ctx context.Context, campaign, stage string, limit int) ([]TurnRow, error) {
	return tx.turns(ctx, "campaign = ? AND stage = ? ORDER BY slot, day, place, id LIMIT ?", campaign, stage, limit)
}

// LatestTurns lists the turns of a campaign that ended last.
func (tx *Tx) LatestTurns(ctx context.Context, campaign string, limit int) ([]TurnRow, error) {
	return tx.turns(ctx, "campaign = ? AND done > 0 ORDER BY done DESC, id LIMIT ?", campaign, limit)
}

// TurnsOf lists the turns of people, in any campaign.
func (tx *Tx) TurnsOf(ctx context.Context, people []string) (out []TurnRow, err error) {
	return out, in(people, func(places string, args []any) error {
		found, err := tx.turns(ctx, "person IN ("+places+") ORDER BY person, id", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) turns(ctx context.Context, where string, args ...any) (out []TurnRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var t TurnRow
		var ahead int
		err := rs.Scan(&t.ID, &t.Campaign, &t.Person, &t.Basis, &t.Slot, &t.Stage, &t.Day, &t.Place, &ahead, &t.Came, &t.Done, &t.Acts, &t.Why, &t.Offer)
		t.Ahead = ahead != 0
		out = append(out, t)
		return err
	}, "SELECT id, campaign, person, basis, slot, stage, day, place, ahead, came, done, acts, why, offer FROM campaign_turn WHERE "+where, args...)
	return out, err
}

// LastPlace is the highest place in the queue of a campaign on a day, 0 before the first.
func (tx *Tx) LastPlace(ctx context.Context, campaign, day string) (n int64, err error) {
	err = tx.row(ctx, "SELECT coalesce(max(place), 0) FROM campaign_turn WHERE campaign = ? AND day = ?", campaign, day).Scan(&n)
	return n, err
}

// TurnCount is how many turns of a campaign stand in a stage.
type TurnCount struct {
	Campaign, Stage string
	N               int64
}

// CountTurns counts the turns of campaigns by their stages.
func (tx *Tx) CountTurns(ctx context.Context, campaigns []string) (out []TurnCount, err error) {
	return out, in(campaigns, func(places string, args []any) error {
		return tx.rows(ctx, func(rs *sql.Rows) error {
			var c TurnCount
			err := rs.Scan(&c.Campaign, &c.Stage, &c.N)
			out = append(out, c)
			return err
		}, "SELECT campaign, stage, count(*) FROM campaign_turn WHERE campaign IN ("+places+") GROUP BY campaign, stage ORDER BY campaign, stage", args...)
	})
}

// Cities lists the cities in which an office has people, each as it was written, in no
// particular order.
func (tx *Tx) Cities(ctx context.Context, office string) ([]string, error) {
	return tx.texts(ctx, "SELECT DISTINCT city FROM person WHERE office = ? AND city <> ''", office)
}

// PeopleIn lists the entries in force of an office in a city, in the order of their making,
// after one row, at most limit.
func (tx *Tx) PeopleIn(ctx context.Context, office, city string, after int64, limit int) (out []PersonRow, err error) {
	return out, tx.people(ctx, &out, "office = ? AND city = ? AND row_no > ? AND "+standing+" ORDER BY row_no LIMIT ?", office, city, after, limit)
}

// CountTurnsOn counts who came to a campaign on a day.
func (tx *Tx) CountTurnsOn(ctx context.Context, campaign, day string) (n int64, err error) {
	err = tx.row(ctx, "SELECT count(*) FROM campaign_turn WHERE campaign = ? AND day = ?", campaign, day).Scan(&n)
	return n, err
}
