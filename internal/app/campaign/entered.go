package campaign

import (
	"context"
	"slices"

	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/store"
)

// Entered is told of an entry that was made at a window, in its transaction. When the officer
// is of the team of a campaign that is under way, the person has a turn there from now on: the
// visitor whom this officer called and who had no entry yet, else somebody who just came. So
// whoever is registered on a laptop that travels is on what it carries.
func (m *Campaigns) Entered(ctx context.Context, tx *store.Tx, actor Actor, person string) error {
	campaign, err := m.under(ctx, tx, actor)
	if err != nil || campaign == "" {
		return err
	}
	past, err := m.load(ctx, tx, ref(rules.KindCampaign, campaign))
	if err != nil {
		return err
	}
	c := rules.Load(past)
	called, err := m.called(ctx, tx, actor, campaign)
	if err != nil {
		return err
	}
	if len(called) == 1 { // the one who sits at this officer's table
		u := rules.LoadTurn(called[0])
		ch, err := c.Identify(&u, person)
		if err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, c.Office, called[0], ch)
	}
	_, err = m.walkIn(ctx, tx, actor, &c, rules.Arrival{Person: person})
	return err
}

// under is the one campaign that is under way today with the officer in its team, "" for none
// or several.
func (m *Campaigns) under(ctx context.Context, tx *store.Tx, actor Actor) (string, error) {
	mine, err := tx.CampaignsOfTeam(ctx, actor.Login)
	if err != nil || len(mine) == 0 {
		return "", err
	}
	rows, err := tx.CampaignsIn(ctx, []string{string(rules.UnderWay)})
	rows = slices.DeleteFunc(rows, func(r store.CampaignRow) bool {
		today := civil.FromTime(m.stamp(r.Office).Time()).String()
		return r.Office != actor.Office || !slices.Contains(mine, r.ID) || today < r.First || today > r.Last
	})
	if err != nil || len(rows) != 1 {
		return "", err
	}
	return rows[0].ID, nil
}

// called are the changes of the turns without an entry that the officer called to the table.
func (m *Campaigns) called(ctx context.Context, tx *store.Tx, actor Actor, campaign string) (out [][]change.Change, err error) {
	rows, err := tx.TurnsIn(ctx, campaign, string(rules.Called), boardRows)
	for _, t := range rows {
		if t.Person != "" || err != nil {
			continue
		}
		var past []change.Change
		past, err = m.load(ctx, tx, ref(rules.KindTurn, t.ID))
		if err == nil && past[len(past)-1].Author == actor.Login {
			out = append(out, past)
		}
	}
	return out, err
}
