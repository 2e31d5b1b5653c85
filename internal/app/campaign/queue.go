package campaign

import (
	"context"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/store"
)

// stamp is the moment on the office's clock: its days are the campaign's days.
func (m *Campaigns) stamp(office string) change.Stamp {
	return change.StampOf(m.Now().In(place.Clock(office)))
}

// Board is the day of a campaign: who is next, who is at a table, who was done last.
type Board struct {
	Campaign              rules.Campaign
	Now                   change.Stamp
	Next, Called, Latest  []Turn // Next in the order of calling
	Waiting, Coming, Free int    // in the queue; on the list for today and not here; places of today that are left
	Tally                 rules.Tally
}

// boardRows is how many of each list a board shows: a page that is opened all the time.
const boardRows = 25

// Board opens the day. That it was looked at is logged, with the campaign.
func (m *Campaigns) Board(ctx context.Context, actor Actor, campaign string) (*Board, error) {
	b := &Board{}
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if b.Campaign, _, err = m.campaign(ctx, tx, actor, authz.Attend, campaign); err != nil {
			return err
		}
		b.Now = m.stamp(b.Campaign.Office)
		all, err := counted(ctx, tx, campaign)
		if err != nil {
			return err
		}
		b.Tally = rules.Count(all)
		return m.fillBoard(ctx, tx, b)
	})
	if err != nil {
		return nil, err
	}
	return b, m.LogReads(ctx, actor, store.Read{Action: "campaign_day", Detail: b.Campaign.City + " " + campaign})
}

func (m *Campaigns) fillBoard(ctx context.Context, tx *store.Tx, b *Board) error {
	campaign, today := b.Campaign.Entity.ID, civil.FromTime(b.Now.Time()).String()
	waiting, err := inLine(ctx, tx, campaign, b.Now)
	if err != nil {
		return err
	}
	b.Waiting = len(waiting)
	next := waiting[:min(boardRows, len(waiting))]
	called, err := tx.TurnsIn(ctx, campaign, string(rules.Called), boardRows)
	if err != nil {
		return err
	}
	latest, err := tx.LatestTurns(ctx, campaign, 8)
	if err != nil {
		return err
	}
	for rows, to := range map[*[]store.TurnRow]*[]Turn{&next: &b.Next, &called: &b.Called, &latest: &b.Latest} {
		if *to, err = m.turns(ctx, tx, *rows); err != nil {
			return err
		}
	}
	listed, err := tx.TurnsIn(ctx, campaign, string(rules.Listed), mostTaken)
	for _, t := range listed {
		if s, ok := rules.ParseSlot(t.Slot); ok && s.Date.String() == today {
			b.Coming++
		}
	}
	if err != nil {
		return err
	}
	came, err := tx.CountTurnsOn(ctx, campaign, today)
	b.Free = max(0, b.Campaign.Capacity-int(came)-b.Coming)
	return err
}

// inLine are the turns of those who wait, in the order in which they are called now.
func inLine(ctx context.Context, tx *store.Tx, campaign string, now change.Stamp) ([]store.TurnRow, error) {
	waiting, err := tx.TurnsIn(ctx, campaign, string(rules.Waiting), mostTaken)
	byID, line := map[string]store.TurnRow{}, make([]rules.Wait, 0, len(waiting))
	for _, t := range waiting {
		byID[t.ID] = t
		w := rules.Wait{ID: t.ID, First: t.Ahead, Place: int(t.Place)}
		w.Slot, _ = rules.ParseSlot(t.Slot)
		w.Date, _ = civil.Parse(t.Day)
		line = append(line, w)
	}
	for i, w := range rules.Line(line, now) {
		waiting[i] = byID[w.ID]
	}
	return waiting, err
}

// TurnPage is one turn.
type TurnPage struct {
	Campaign rules.Campaign
	Turn     rules.Turn
	Person   PersonRow // zero for a visitor who is not in the register
	Changes  []change.Change
}

// Turn opens one; it is a look at the person.
func (m *Campaigns) Turn(ctx context.Context, actor Actor, campaign, turn string) (*TurnPage, error) {
	p := &TurnPage{}
	err := m.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.Campaign, _, err = m.campaign(ctx, tx, actor, authz.Attend, campaign); err != nil {
			return err
		}
		if p.Changes, err = m.load(ctx, tx, ref(rules.KindTurn, turn)); err != nil {
			return err
		}
		p.Turn = rules.LoadTurn(p.Changes)
		if p.Turn.Campaign != campaign {
			return fault.New(fault.NotFound, "campaign.no_turn")
		}
		who, err := people(ctx, tx, []string{p.Turn.Person})
		p.Person = who[p.Turn.Person]
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Person.ID == "" {
		return p, m.LogReads(ctx, actor, store.Read{Action: "campaign_day", Detail: p.Campaign.City + " " + campaign})
	}
	return p, m.LogReads(ctx, actor, store.Read{Action: "campaign_turn", Person: p.Person.ID, Detail: "ordinary"})
}

// onTurn is the frame of what happens to a turn. The last change that the officer saw
// keeps two tables from serving one person.
func (m *Campaigns) onTurn(ctx context.Context, actor Actor, campaign, turn string, seen id.Change,
	decide func(*store.Tx, *rules.Campaign, *rules.Turn, change.Stamp) (change.Change, error)) error {
	return m.DB.Update(ctx, func(tx *store.Tx) error {
		c, _, err := m.campaign(ctx, tx, actor, authz.Attend, campaign)
		if err != nil {
			return err
		}
		past, err := m.load(ctx, tx, ref(rules.KindTurn, turn))
		if err == nil {
			err = unmoved(past, seen)
		}
		if err != nil {
			return err
		}
		u := rules.LoadTurn(past)
		ch, err := decide(tx, &c, &u, m.stamp(c.Office))
		if err != nil || len(ch.Sets) == 0 {
			return err
		}
		return m.commit(ctx, tx, actor, c.Office, past, ch)
	})
}

// nextPlace is the next place in the queue of a day.
func nextPlace(ctx context.Context, tx *store.Tx, campaign string, now change.Stamp) (int, error) {
	last, err := tx.LastPlace(ctx, campaign, civil.FromTime(now.Time()).String())
	return int(last) + 1, err
}

// Arrive puts somebody of the list into the queue.
func (m *Campaigns) Arrive(ctx context.Context, actor Actor, campaign, turn string, first bool, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(tx *store.Tx, c *rules.Campaign, u *rules.Turn, now change.Stamp) (change.Change, error) {
		at, err := nextPlace(ctx, tx, campaign, now)
		if err != nil {
			return change.Change{}, err
		}
		return c.Arrive(u, at, first, now)
	})
}

// Walk puts somebody into the queue who was not on the list: of the register, or not. Of
// somebody who has a turn already the place is not given twice.
func (m *Campaigns) Walk(ctx context.Context, actor Actor, campaign string, a rules.Arrival) (turn string, err error) {
	return turn, m.DB.Update(ctx, func(tx *store.Tx) error {
		c, _, err := m.campaign(ctx, tx, actor, authz.Attend, campaign)
		if err == nil {
			err = c.Serving()
		}
		if err != nil {
			return err
		}
		if a.Person != "" {
			who, err := people(ctx, tx, []string{a.Person})
			if err != nil || who[a.Person].ID == "" {
				return node.NotFound(err, "person", a.Person)
			}
			if turn, err = m.turnOf(ctx, tx, campaign, a.Person); err != nil || turn != "" {
				return err
			}
		}
		turn, err = m.walkIn(ctx, tx, actor, &c, a)
		return err
	})
}

// walkIn gives the next place of today to somebody who has no turn.
func (m *Campaigns) walkIn(ctx context.Context, tx *store.Tx, actor Actor, c *rules.Campaign, a rules.Arrival) (turn string, err error) {
	now := m.stamp(c.Office)
	at, err := nextPlace(ctx, tx, c.Entity.ID, now)
	if err != nil {
		return "", err
	}
	ch, err := c.Walk(a, at, now)
	if err != nil {
		return "", err
	}
	turn = string(m.NewID())
	ch.Entity = ref(rules.KindTurn, turn)
	return turn, m.commit(ctx, tx, actor, c.Office, nil, ch)
}

// turnOf is the turn that a person has in a campaign, "" for none.
func (m *Campaigns) turnOf(ctx context.Context, tx *store.Tx, campaign, person string) (string, error) {
	rows, err := tx.TurnsOf(ctx, []string{person})
	for _, t := range rows {
		if t.Campaign == campaign {
			return t.ID, err
		}
	}
	return "", err
}

// Call takes somebody to a table.
func (m *Campaigns) Call(ctx context.Context, actor Actor, campaign, turn string, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(_ *store.Tx, c *rules.Campaign, u *rules.Turn, now change.Stamp) (change.Change, error) {
		return c.Call(u, now)
	})
}

// CallNext takes who is next to a table, "" when nobody waits. Two tables that ask at the
// same moment get two people.
func (m *Campaigns) CallNext(ctx context.Context, actor Actor, campaign string) (turn string, err error) {
	return turn, m.DB.Update(ctx, func(tx *store.Tx) error {
		c, _, err := m.campaign(ctx, tx, actor, authz.Attend, campaign)
		if err != nil {
			return err
		}
		now := m.stamp(c.Office)
		waiting, err := inLine(ctx, tx, campaign, now)
		if err != nil || len(waiting) == 0 {
			return err
		}
		turn = waiting[0].ID
		past, err := m.load(ctx, tx, ref(rules.KindTurn, turn))
		if err != nil {
			return err
		}
		u := rules.LoadTurn(past)
		ch, err := c.Call(&u, now)
		if err != nil {
			return err
		}
		return m.commit(ctx, tx, actor, c.Office, past, ch)
	})
}

// Serve ends a turn with what was done.
func (m *Campaigns) Serve(ctx context.Context, actor Actor, campaign, turn string, acts map[rules.Service]int, note string, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(_ *store.Tx, c *rules.Campaign, u *rules.Turn, now change.Stamp) (change.Change, error) {
		return c.Serve(u, acts, note, now)
	})
}

// TurnAway ends the turn of somebody who could not be served.
func (m *Campaigns) TurnAway(ctx context.Context, actor Actor, campaign, turn string, why rules.Why, offer rules.Offer, note string, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(_ *store.Tx, c *rules.Campaign, u *rules.Turn, now change.Stamp) (change.Change, error) {
		return c.TurnAway(u, why, offer, note, now)
	})
}

// Back puts somebody into the queue again.
func (m *Campaigns) Back(ctx context.Context, actor Actor, campaign, turn string, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(_ *store.Tx, c *rules.Campaign, u *rules.Turn, _ change.Stamp) (change.Change, error) {
		return c.Back(u)
	})
}

// Come puts whoever came into the queue: somebody of the list, of the register, or neither.
// Of somebody who waits already it returns the turn that he has.
func (m *Campaigns) Come(ctx context.Context, actor Actor, campaign string, a rules.Arrival) (rules.Turn, error) {
	turn, err := m.Walk(ctx, actor, campaign, a)
	if err != nil {
		return rules.Turn{}, err
	}
	p, err := m.Turn(ctx, actor, campaign, turn)
	if err == nil && p.Turn.Stage == rules.Listed {
		if err = m.Arrive(ctx, actor, campaign, turn, a.First, p.Turn.Head); err == nil {
			p, err = m.Turn(ctx, actor, campaign, turn)
		}
	}
	if err != nil {
		return rules.Turn{}, err
	}
	return p.Turn, nil
}

// Identify says which entry of the register is that of a visitor.
func (m *Campaigns) Identify(ctx context.Context, actor Actor, campaign, turn, number string, seen id.Change) error {
	return m.onTurn(ctx, actor, campaign, turn, seen, func(tx *store.Tx, c *rules.Campaign, u *rules.Turn, _ change.Stamp) (change.Change, error) {
		p, err := byNumber(ctx, tx, number)
		if err != nil {
			return change.Change{}, err
		}
		return c.Identify(u, p.ID)
	})
}

// byNumber is the entry with a registry number.
func byNumber(ctx context.Context, tx *store.Tx, text string) (PersonRow, error) {
	number, ok := id.ParseNumber(text)
	if !ok {
		return PersonRow{}, fault.New(fault.Invalid, "campaign.number").On("number")
	}
	p, ok, err := tx.PersonByNumber(ctx, number)
	if err == nil && !ok {
		err = fault.New(fault.Invalid, "campaign.no_number", "number", number).On("number")
	}
	return p, err
}
