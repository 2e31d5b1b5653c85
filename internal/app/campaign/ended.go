package campaign

import (
	"context"
	"encoding/json"
	"strings"

	rules "quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Ended is the fault campaign.expired on a laptop whose campaigns are over for good: it opens
// the entries that it took along no more, and does nothing but send, forget and be purged.
// It is the word of this program: who changes the program, or the clock, and has the
// passphrase, is not held up by it.
func (m *Campaigns) Ended(ctx context.Context) error {
	var over *fault.Error
	err := m.DB.View(ctx, func(tx *store.Tx) error {
		state, joined, err := tx.SyncState(ctx)
		if err != nil || !joined || state.Scopes == "" {
			return err
		}
		var scopes []string
		if err := json.Unmarshal([]byte(state.Scopes), &scopes); err != nil {
			return err
		}
		for _, s := range scopes {
			if s == "*" {
				continue
			}
			campaign, travels := strings.CutPrefix(s, "campaign/")
			if !travels { // an office's node ends with nothing
				over = nil
				return nil
			}
			past, err := tx.Changes(ctx, ref(rules.KindCampaign, campaign))
			if err != nil {
				return err
			}
			c := rules.Load(past)
			if !c.Expired(civil.FromTime(m.stamp(c.Office).Time())) {
				over = nil
				return nil
			}
			over = fault.New(fault.Forbidden, "campaign.expired", "city", c.City, "date", c.Ends.String(), "dir", m.Dir())
		}
		return nil
	})
	if err != nil || over == nil {
		return err
	}
	return over
}
