package campaign

import (
	"context"
	"encoding/json"
	"strconv"

	"quipu/internal/app/number"
	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/store"
)

// Plan makes a campaign of the actor's office.
func (m *Campaigns) Plan(ctx context.Context, actor Actor, cmd rules.PlanCmd) (campaign string, err error) {
	if cmd.Office == "" {
		cmd.Office = actor.Office
	}
	if err := authz.Check(actor, authz.Campaign, cmd.Office); err != nil {
		return "", err
	}
	if _, ok := place.Network().Office(cmd.Office); !ok {
		return "", fault.New(fault.Invalid, "app.unknown_office", "office", cmd.Office).On("office")
	}
	c, err := rules.Plan(cmd, m.Today())
	if err != nil {
		return "", err
	}
	campaign = string(m.NewID())
	c.Entity = ref(rules.KindCampaign, campaign)
	return campaign, m.DB.Update(ctx, func(tx *store.Tx) error {
		if err := known(ctx, tx, cmd); err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, cmd.Office, nil, c)
	})
}

// known refuses members of the team who have no account, or one of another office.
func known(ctx context.Context, tx *store.Tx, cmd rules.PlanCmd) error {
	for _, login := range cmd.Team {
		acc, ok, err := tx.Account(ctx, login)
		if err != nil {
			return err
		}
		if !ok || acc.Office != cmd.Office {
			return fault.New(fault.Invalid, "campaign.team", "login", login, "office", cmd.Office).On("team")
		}
	}
	return nil
}

// Revise changes the plan.
func (m *Campaigns) Revise(ctx context.Context, actor Actor, campaign string, cmd rules.PlanCmd, seen id.Change) error {
	return m.onCampaign(ctx, actor, campaign, seen, func(tx *store.Tx, c *rules.Campaign) (change.Change, error) {
		cmd.Office = c.Office
		if err := known(ctx, tx, cmd); err != nil {
			return change.Change{}, err
		}
		return c.Revise(cmd)
	})
}

// Move brings it into another state.
func (m *Campaigns) Move(ctx context.Context, actor Actor, campaign string, to rules.State, seen id.Change) error {
	return m.onCampaign(ctx, actor, campaign, seen, func(tx *store.Tx, c *rules.Campaign) (change.Change, error) {
		counts, err := tx.CountTurns(ctx, []string{campaign})
		if err != nil {
			return change.Change{}, err
		}
		waiting := 0
		for _, n := range counts {
			if s := rules.Stage(n.Stage); s == rules.Waiting || s == rules.Called {
				waiting += int(n.N)
			}
		}
		return c.Move(to, waiting)
	})
}

func (m *Campaigns) onCampaign(ctx context.Context, actor Actor, campaign string, seen id.Change, decide func(*store.Tx, *rules.Campaign) (change.Change, error)) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		c, past, err := m.campaign(ctx, tx, actor, authz.Campaign, campaign)
		if err == nil {
			err = unmoved(past, seen)
		}
		if err != nil {
			return err
		}
		ch, err := decide(tx, &c)
		if err != nil || len(ch.Sets) == 0 {
			return err
		}
		return m.commit(ctx, tx, actor, c.Office, past, ch)
	})
}

// Line is a campaign in a list, and how many turns it has in each stage.
type Line struct {
	ID, Office, City, Venue string
	Country                 string // "" for that of the office
	State                   rules.State
	Days                    []rules.Day
	Services                []rules.Service
	Turns                   map[rules.Stage]int
}

func lineOf(row store.CampaignRow) (l Line, err error) {
	l = Line{ID: row.ID, Office: row.Office, City: row.City, Venue: row.Venue, State: rules.State(row.State), Turns: map[rules.Stage]int{}}
	var b body
	if err := json.Unmarshal([]byte(row.Body), &b); err != nil {
		return l, err
	}
	l.Country = b.Country
	for _, text := range b.Days {
		d, err := rules.ParseDay(text)
		if err != nil {
			return l, err
		}
		l.Days = append(l.Days, d)
	}
	for _, s := range b.Services {
		l.Services = append(l.Services, rules.Service(s))
	}
	return l, nil
}

const mostListed = 400

// Year lists the campaigns of a year that the actor may see, the earliest first, and what
// they come to together.
func (m *Campaigns) Year(ctx context.Context, actor Actor, year int) (out []Line, sum rules.Tally, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Attend)
	if !ok {
		return nil, sum, authz.Check(actor, authz.Attend, actor.Office)
	}
	return out, sum, m.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Campaigns(ctx, scope.Office, strconv.Itoa(year), mostListed)
		if err != nil {
			return err
		}
		var all []rules.Counted
		for _, row := range rows {
			l, err := lineOf(row)
			if err != nil {
				return err
			}
			turns, err := counted(ctx, tx, row.ID)
			if err != nil {
				return err
			}
			for _, t := range turns {
				l.Turns[t.Stage]++
			}
			all = append(all, turns...)
			out = append(out, l)
		}
		sum = rules.Count(all)
		return nil
	})
}

// Standing lists the campaigns that are not closed and that the actor may see, the earliest
// first, without their turns. Who may see none gets none.
func (m *Campaigns) Standing(ctx context.Context, actor Actor) (out []Line, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Attend)
	if !ok {
		return nil, nil
	}
	return out, m.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.CampaignsIn(ctx, []string{string(rules.Planned), string(rules.Open), string(rules.UnderWay)})
		for _, row := range rows {
			if scope.Office != "" && row.Office != scope.Office {
				continue
			}
			l, err := lineOf(row)
			if err != nil {
				return err
			}
			out = append(out, l)
		}
		return err
	})
}

func counted(ctx context.Context, tx *store.Tx, campaign string) (out []rules.Counted, err error) {
	rows, err := tx.Turns(ctx, campaign)
	for _, t := range rows {
		out = append(out, rules.Counted{ID: t.ID, Person: t.Person, Basis: rules.Basis(t.Basis), Stage: rules.Stage(t.Stage), Acts: rules.ActsOf(t.Acts),
			Why: rules.Why(t.Why), Offer: rules.Offer(t.Offer)})
	}
	return out, err
}

// Page is a campaign with what it has come to.
type Page struct {
	Campaign rules.Campaign
	Changes  []change.Change // oldest first
	Tally    rules.Tally
	Ranges   []store.NumberRange // registry numbers that were set aside for it, at the hub
	Stock    number.Stock        // of this node
	MayPlan  bool
}

// Open reads one.
func (m *Campaigns) Open(ctx context.Context, actor Actor, campaign string) (*Page, error) {
	p := &Page{}
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.Campaign, p.Changes, err = m.campaign(ctx, tx, actor, authz.Attend, campaign); err != nil {
			return err
		}
		turns, err := counted(ctx, tx, campaign)
		if err != nil {
			return err
		}
		p.Tally = rules.Count(turns)
		if p.Ranges, err = tx.NumberRangesFor(ctx, campaign); err != nil {
			return err
		}
		p.Stock, err = number.StockOf(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.MayPlan = authz.May(actor, authz.Campaign, p.Campaign.Office)
	return p, nil
}
