package exchange

import (
	"context"
	"strings"

	"quipu/internal/app/campaign"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/store"
)

// mostTeam is more than any team has.
const mostTeam = 1000

// campaigns are kinds of mobile consulates: they go to their office, and to the laptop that
// travels. The people whom a campaign takes along go there, too, and the accounts of its team.
func (x *Exchange) campaigns() {
	k := Kind{Nodes: true}
	for _, kind := range []change.Kind{rules.KindCampaign, rules.KindTurn} {
		k.Project = func(ctx context.Context, tx *store.Tx, ids []string) error {
			return each(ids, func(id string) error { return campaign.Project(ctx, tx, change.Ref{Kind: kind, ID: id}) })
		}
		k.Forget = func(ctx context.Context, tx *store.Tx, ids []string) error {
			return each(ids, func(id string) error { return campaign.Drop(ctx, tx, change.Ref{Kind: kind, ID: id}) })
		}
		x.kinds[kind] = k
	}
	x.set(rules.KindCampaign, func(k *Kind) {
		k.Scopes = func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
			out, err := ofFirst(rules.KindCampaign)(ctx, tx, ids)
			for id := range out {
				out[id] = append(out[id], Campaign(id))
			}
			return out, err
		}
		k.Along = func(ctx context.Context, tx *store.Tx, ids []string) (along []string, err error) {
			accounts, err := tx.TeamsOf(ctx, ids)
			if err != nil {
				return nil, err
			}
			along = ofKind(change.User, accounts)
			for _, id := range ids { // who was of the team, and is no more
				was, err := tx.Members(ctx, []string{Campaign(id)}, string(change.User)+"/", mostTeam)
				if err != nil {
					return nil, err
				}
				for _, e := range was {
					if strings.HasPrefix(e, string(change.User)+"/") {
						along = append(along, e)
					}
				}
			}
			return along, nil
		}
	})
	x.set(rules.KindTurn, func(k *Kind) {
		k.Scopes = func(ctx context.Context, tx *store.Tx, ids []string) (map[string][]string, error) {
			out, err := ofFirst(rules.KindTurn)(ctx, tx, ids)
			if err != nil {
				return nil, err
			}
			turns, err := tx.TurnsByID(ctx, ids)
			for _, t := range turns {
				out[t.ID] = append(out[t.ID], Campaign(t.Campaign))
			}
			return out, err
		}
		k.Along = func(ctx context.Context, tx *store.Tx, ids []string) (along []string, err error) {
			turns, err := tx.TurnsByID(ctx, ids)
			for _, t := range turns {
				if t.Person != "" {
					along = append(along, change.Ref{Kind: change.Person, ID: t.Person}.String())
				}
			}
			return along, err
		}
	})
	x.KnowLists(func(ctx context.Context, tx *store.Tx, people []string) (map[string][]string, error) {
		turns, err := tx.TurnsOf(ctx, people)
		out := map[string][]string{}
		for _, t := range turns {
			out[t.Person] = append(out[t.Person], Campaign(t.Campaign))
		}
		return out, err
	})
}

func each(ids []string, f func(id string) error) error {
	for _, id := range ids {
		if err := f(id); err != nil {
			return err
		}
	}
	return nil
}
