package store

import (
	"context"
	"database/sql"
)

// CampaignRow is the projection of a campaign. Days are EDTF; Body is JSON with what lists
// and the pages for everybody show besides.
type CampaignRow struct {
	ID, Office, City, Venue, State string
	First, Last, Ends              string
	Announced                      bool
	Body                           string
}

// PutCampaign writes or updates one, and its team.
func (tx *Tx) PutCampaign(ctx context.Context, c CampaignRow, team []string) error {
	err := tx.exec(ctx, "INSERT INTO campaign (id, office, city, venue, state, first_day, last_day, ends, announced, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
		"ON CONFLICT (id) DO UPDATE SET city = excluded.city, venue = excluded.venue, state = excluded.state, first_day = excluded.first_day, "+
		"last_day = excluded.last_day, ends = excluded.ends, announced = excluded.announced, body = excluded.body",
		c.ID, c.Office, c.City, c.Venue, c.State, c.First, c.Last, c.Ends, bit(c.Announced), c.Body)
	if err != nil {
		return err
	}
	if err := tx.exec(ctx, "DELETE FROM campaign_team WHERE campaign = ?", c.ID); err != nil {
		return err
	}
	for _, login := range team {
		if err := tx.exec(ctx, "INSERT INTO campaign_team (campaign, login) VALUES (?, ?)", c.ID, login); err != nil {
			return err
		}
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Campaigns lists those whose days touch a year ("2026"), the earliest first; office "" stands for all.
func (tx *Tx) Campaigns(ctx context.Context, office, year string, limit int) ([]CampaignRow, error) {
	return tx.campaigns(ctx, "(office = ? OR ? = '') AND first_day <= ? AND last_day >= ? ORDER BY first_day, id LIMIT ?", office, office, year+"-12-31", year+"-01-01", limit)
}

// CampaignsIn lists those in one of some states, the earliest first.
func (tx *Tx) CampaignsIn(ctx context.Context, states []string) (out []CampaignRow, err error) {
	return out, in(states, func(places string, args []any) error {
		found, err := tx.campaigns(ctx, "state IN ("+places+") ORDER BY first_day, id", args...)
		out = append(out, found...)
		return err
	})
}

func (tx *Tx) campaigns(ctx context.Context, where string, args ...any) (out []CampaignRow, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var c CampaignRow
		var announced int
		err := rs.Scan(&c.ID, &c.Office, &c.City, &c.Venue, &c.State, &c.First, &c.Last, &c.Ends, &announced, &c.Body)
		c.Announced = announced != 0
		out = append(out, c)
		return err
	}, "SELECT id, office, city, venue, state, first_day, last_day, ends, announced, body FROM campaign WHERE "+where, args...)
	return out, err
}

// CampaignsOfTeam lists the campaigns whose team has an account, sorted.
func (tx *Tx) CampaignsOfTeam(ctx context.Context, login string) (out []string, err error) {
	return out, tx.names(ctx, &out, "SELECT campaign FROM campaign_team WHERE login = ? ORDER BY campaign", login)
}

// TeamsOf lists the accounts of the teams of campaigns.
func (tx *Tx) TeamsOf(ctx context.Context, campaigns []string) (logins []string, err error) {
	return logins, in(campaigns, func(places string, args []any) error {
		return tx.names(ctx, &logins, "SELECT DISTINCT login FROM campaign_team WHERE campaign IN ("+places+") ORDER BY login", args...)
	})
}

// DropCampaign takes a campaign, its team and its turns out of the projections.
func (tx *Tx) DropCampaign(ctx context.Context, campaign string) error {
	for _, q := range []string{"DELETE FROM campaign WHERE id = ?", "DELETE FROM campaign_team WHERE campaign = ?", "DELETE FROM campaign_turn WHERE campaign = ?"} {
		if err := tx.exec(ctx, q, campaign); err != nil {
			return err
		}
	}
	return nil
}

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

// TurnsByID returns turns.
func (tx *Tx) TurnsByID(ctx context.Context, ids []string) (out []TurnRow, err error) {
	return out, in(ids, func(places string, args []any) error {
		found, err := tx.turns(ctx, "id IN ("+places+") ORDER BY id", args...)
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
func (tx *Tx) Cities(ctx context.Context, office string) (out []string, err error) {
	return out, tx.names(ctx, &out, "SELECT DISTINCT city FROM person WHERE office = ? AND city <> ''", office)
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
