package exchange

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// ofCampaign is the campaign that a scope is of, ok false for another scope.
func ofCampaign(s sync.Scope) (campaign string, ok bool) {
	return strings.CutPrefix(string(s), "campaign/")
}

// campaignOf is the campaign that travels on a node, zero for none.
func campaignOf(ctx context.Context, tx *store.Tx, scopes []sync.Scope) (c rules.Campaign, err error) {
	for _, s := range scopes {
		if campaign, ok := ofCampaign(s); ok {
			past, err := tx.Changes(ctx, change.Ref{Kind: rules.KindCampaign, ID: campaign})
			if err != nil || len(past) == 0 {
				return c, err
			}
			return rules.Load(past), nil
		}
	}
	return c, nil
}

// endCampaigns takes from a node, at the hub, the scopes of campaigns that are closed or whose
// last day for laptops is past. What is in none of its scopes then it is told to forget; it
// does so once the hub has what it wrote.
func (x *Exchange) endCampaigns(ctx context.Context, node id.Node) error {
	var over []string
	look := func(tx *store.Tx) error {
		p, ok, err := tx.Peer(ctx, string(node))
		if err != nil || !ok || !strings.Contains(p.Scopes, "campaign/") || p.State != store.PeerActive {
			return err
		}
		grants, err := readGrants(p.Scopes)
		if err != nil {
			return err
		}
		for _, g := range grants {
			if g.Until != 0 {
				continue
			}
			c, err := campaignOf(ctx, tx, []sync.Scope{g.Scope})
			if err != nil {
				return err
			}
			if !c.Head.IsZero() && (c.State == rules.Closed || c.Expired(x.Today())) {
				over = append(over, string(g.Scope))
			}
		}
		return nil
	}
	if err := x.DB.View(ctx, look); err != nil || len(over) == 0 {
		return err
	}
	system := authz.Actor{Login: "system", Role: authz.Operator, Purpose: "registry"}
	for _, s := range over {
		if err := x.TakeAway(ctx, system, node, s); err != nil {
			return err
		}
	}
	return nil
}

// Traveller is a computer that had the scope of a campaign, as the hub knows it.
type Traveller struct {
	Name, Label, State string
	Seen               int64 // when it was last heard of, microseconds
	People             int   // whose entries it may hold
	PurgedAt           int64 // when it said that it holds nobody any more; 0 while it does
}

// Travellers lists the computers that travelled with a campaign, at the hub; elsewhere nobody
// knows.
func (x *Exchange) Travellers(ctx context.Context, actor authz.Actor, campaign string) (out []Traveller, err error) {
	return out, x.DB.View(ctx, func(tx *store.Tx) error {
		past, err := tx.Changes(ctx, change.Ref{Kind: rules.KindCampaign, ID: campaign})
		if err != nil || len(past) == 0 {
			return err
		}
		c := rules.Load(past)
		if err := authz.Check(actor, authz.Attend, c.Office); err != nil {
			return err
		}
		peers, err := tx.Peers(ctx)
		if err != nil {
			return err
		}
		for _, p := range peers {
			if !strings.Contains(p.Scopes, Campaign(campaign)) {
				continue
			}
			t := Traveller{Name: p.Name, Label: p.Label, State: p.State, Seen: p.Seen}
			if t.People, t.PurgedAt, err = x.countHeld(ctx, tx, p); err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
}

// DraftBreach begins the record of a breach for a computer that is in other hands: what
// happened, how many people it concerns, from when the hours run. The office completes it;
// whom it concerns says Held.
func (x *Exchange) DraftBreach(ctx context.Context, tx *store.Tx, actor authz.Actor, p store.Peer) (breach string, err error) {
	people, _, err := x.countHeld(ctx, tx, p)
	if err != nil || people == 0 {
		return "", err
	}
	lang, ok := i18n.Known(actor.Lang)
	if !ok {
		lang = i18n.Spanish
	}
	now := change.StampOf(x.Now())
	cmd := rights.BreachCmd{Office: p.Office, What: i18n.TN(lang, "exchange.breach.what", people, "node", p.Name, "label", p.Label),
		Measures: i18n.T(lang, "exchange.breach.measures"), Noticed: now, Data: slices.Clone(registry.Sections), People: people, Certainty: rights.Counted}
	return x.rights.DraftBreach(ctx, tx, actor, cmd)
}
