// Package campaign holds the use cases of mobile consulates: planning one, choosing whose
// entries are taken along, serving the queue, counting what was done, and what of it a
// laptop may hold. The rules are in internal/campaign.
package campaign

import (
	"context"
	"encoding/json"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// Campaigns are the use cases on one node.
type Campaigns struct{ *node.Node }

// New makes them.
func New(n *node.Node) *Campaigns { return &Campaigns{n} }

// Actor is who asks.
type Actor = authz.Actor

// PersonRow is a person as lists show it.
type PersonRow = store.PersonRow

func ref(kind change.Kind, entity string) change.Ref { return change.Ref{Kind: kind, ID: entity} }

// load reads the changes of an entity with its sealed words opened.
func (m *Campaigns) load(ctx context.Context, tx *store.Tx, r change.Ref) ([]change.Change, error) {
	past, err := tx.Changes(ctx, r)
	if err != nil || len(past) == 0 {
		return nil, node.NotFound(err, string(r.Kind), r.ID)
	}
	return past, m.OpenSets(ctx, tx, r.ID, past, sealed)
}

func sealed(s *change.Set) bool { return rules.Sealed(s.Field) }

// campaign opens one, and asks whether the actor may.
func (m *Campaigns) campaign(ctx context.Context, tx *store.Tx, actor Actor, action authz.Action, entity string) (c rules.Campaign, past []change.Change, err error) {
	if past, err = m.load(ctx, tx, ref(rules.KindCampaign, entity)); err != nil {
		return c, nil, err
	}
	c = rules.Load(past)
	return c, past, authz.Check(actor, action, c.Office)
}

// unmoved refuses when somebody changed the entity since the officer looked; a zero seen
// skips the question.
func unmoved(past []change.Change, seen id.Change) error {
	if !seen.IsZero() && past[len(past)-1].ID != seen {
		return fault.New(fault.Conflict, "campaign.moved")
	}
	return nil
}

// commit seals, stamps, appends and projects changes of one kind of entity, each the first
// or the next of its entity; past has the changes before, unsealed.
func (m *Campaigns) commit(ctx context.Context, tx *store.Tx, actor Actor, office string, past []change.Change, changes ...change.Change) error {
	actor.Office = office
	st, err := m.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	for i := range changes {
		c := &changes[i]
		st.Stamp(c)
		whole := *c
		whole.Sets = slices.Clone(c.Sets)
		if err := m.SealSets(ctx, tx, c, sealed); err != nil {
			return err
		}
		if err := project(ctx, tx, c.Entity.Kind, append(slices.Clone(past), whole)); err != nil {
			return err
		}
	}
	return tx.Append(ctx, changes)
}

// Project writes the projection of a campaign or a turn from its changes as they stand in
// the log: after an answer of the hub brought some.
func Project(ctx context.Context, tx *store.Tx, r change.Ref) error {
	past, err := tx.Changes(ctx, r)
	if err != nil || len(past) == 0 {
		return err
	}
	return project(ctx, tx, r.Kind, past)
}

// Drop takes an entity out of the projections, when a node is told to forget it.
func Drop(ctx context.Context, tx *store.Tx, r change.Ref) error {
	if r.Kind == rules.KindTurn {
		return tx.DropTurn(ctx, r.ID)
	}
	return tx.DropCampaign(ctx, r.ID)
}

// body is what a campaign's row holds besides its columns.
type body struct {
	Days     []string `json:"days"`
	Services []string `json:"services"`
	Capacity int      `json:"capacity"`
	Country  string   `json:"country,omitempty"`
}

func project(ctx context.Context, tx *store.Tx, kind change.Kind, past []change.Change) error {
	if kind == rules.KindTurn {
		u := rules.LoadTurn(past)
		return tx.PutTurn(ctx, turnRow(&u))
	}
	c := rules.Load(past)
	b := body{Capacity: c.Capacity, Country: c.Country}
	for _, d := range c.Days {
		b.Days = append(b.Days, d.String())
	}
	for _, s := range c.Services {
		b.Services = append(b.Services, string(s))
	}
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	row := store.CampaignRow{ID: c.Entity.ID, Office: c.Office, City: c.City, Venue: c.Venue, State: string(c.State), Announced: c.Announced, Body: string(text)}
	if len(c.Days) > 0 {
		row.First, row.Last, row.Ends = c.First().String(), c.Last().String(), c.Ends.String()
	}
	return tx.PutCampaign(ctx, row, c.Team)
}

func turnRow(u *rules.Turn) store.TurnRow {
	return store.TurnRow{ID: u.Entity.ID, Campaign: u.Campaign, Person: u.Person, Basis: string(u.Basis), Slot: u.Slot.String(), Stage: string(u.Stage),
		Day: u.Text("date"), Place: int64(u.Place), Ahead: u.First, Came: u.Came.Micros, Done: u.Done.Micros, Acts: u.Text("acts"),
		Why: string(u.Why), Offer: string(u.Offer)}
}

// people reads the rows of the people that are named, by id.
func people(ctx context.Context, tx *store.Tx, ids []string) (map[string]PersonRow, error) {
	slices.Sort(ids)
	rows, err := tx.PeopleByID(ctx, slices.Compact(ids))
	out := make(map[string]PersonRow, len(rows))
	for _, p := range rows {
		out[p.ID] = p
	}
	return out, err
}
