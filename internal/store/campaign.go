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

// AnnouncedCampaigns lists those that everybody may know of and that are not over on a day.
func (tx *Tx) AnnouncedCampaigns(ctx context.Context, today string, limit int) ([]CampaignRow, error) {
	return tx.campaigns(ctx, "announced = 1 AND state <> 'closed' AND last_day >= ? ORDER BY first_day, id LIMIT ?", today, limit)
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

// CampaignsListing lists the campaigns that have taken a person along or served him, sorted.
func (tx *Tx) CampaignsListing(ctx context.Context, person string) ([]string, error) {
	return tx.texts(ctx, "SELECT DISTINCT campaign FROM campaign_turn WHERE person = ? ORDER BY campaign", person)
}

// CampaignsOfTeam lists the campaigns whose team has an account, sorted.
func (tx *Tx) CampaignsOfTeam(ctx context.Context, login string) ([]string, error) {
	return tx.texts(ctx, "SELECT campaign FROM campaign_team WHERE login = ? ORDER BY campaign", login)
}

func (tx *Tx) texts(ctx context.Context, query string, args ...any) (out []string, err error) {
	err = tx.rows(ctx, func(rs *sql.Rows) error {
		var s string
		err := rs.Scan(&s)
		out = append(out, s)
		return err
	}, query, args...)
	return out, err
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
