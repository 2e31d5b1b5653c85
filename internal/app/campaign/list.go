package campaign

import (
	"context"
	"slices"

	"quipu/internal/authz"
	rules "quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// Turn is a turn in a list, with the person's row when there is one, and the visitor's name
// when there is none.
type Turn struct {
	store.TurnRow
	Person  PersonRow
	Visitor string
}

// List is who was taken along and has not come yet, by their times, at most limit after the
// first skip; total counts all of them, and c is the campaign. Every person shown is logged.
func (m *Campaigns) List(ctx context.Context, actor Actor, campaign string, skip, limit int) (c rules.Campaign, out []Turn, total int, err error) {
	err = m.DB.View(ctx, func(tx *store.Tx) error {
		if c, _, err = m.campaign(ctx, tx, actor, authz.Attend, campaign); err != nil {
			return err
		}
		rows, err := tx.TurnsIn(ctx, campaign, string(rules.Listed), mostTaken)
		if err != nil {
			return err
		}
		total = len(rows)
		rows = rows[min(skip, total):min(skip+limit, total)]
		out, err = m.turns(ctx, tx, rows)
		return err
	})
	if err != nil {
		return c, nil, 0, err
	}
	return c, out, total, m.LogReads(ctx, actor, shown("campaign_list", out)...)
}

func shown(action string, turns []Turn) (reads []store.Read) {
	for _, t := range turns {
		if t.Person.ID != "" {
			reads = append(reads, store.Read{Action: action, Person: t.Person.ID, Detail: "ordinary"})
		}
	}
	return reads
}

// turns puts the people to turns.
func (m *Campaigns) turns(ctx context.Context, tx *store.Tx, rows []store.TurnRow) (out []Turn, err error) {
	var ids []string
	for _, r := range rows {
		if r.Person != "" {
			ids = append(ids, r.Person)
		}
	}
	who, err := people(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		t := Turn{TurnRow: r, Person: who[r.Person]}
		if r.Person == "" {
			past, err := m.load(ctx, tx, ref(rules.KindTurn, r.ID))
			if err != nil {
				return nil, err
			}
			u := rules.LoadTurn(past)
			t.Visitor = u.Visitor
		}
		out = append(out, t)
	}
	return out, nil
}

// mostTaken bounds the list of a campaign.
const mostTaken = 20_000

// Search says who should be looked for.
type Search struct {
	City   string
	Seen   civil.Date // nobody wrote in the entry at a window since this day; unknown for anybody
	Expiry bool       // only who has a document to renew
}

// Found is somebody who may be taken along, and why.
type Found struct {
	PersonRow
	Basis    rules.Basis
	Renewals []registry.Renewal
	Last     civil.Date // when somebody last wrote in the entry at a window
}

// mostFound bounds one search.
const mostFound = 300

// Find looks for people of the campaign's office in a city: who was not seen for long, whose
// documents end. Who is on the list is left out. Every person shown is logged.
func (m *Campaigns) Find(ctx context.Context, actor Actor, campaign string, s Search) (out []Found, more bool, err error) {
	err = m.DB.View(ctx, func(tx *store.Tx) error {
		c, _, err := m.campaign(ctx, tx, actor, authz.Campaign, campaign)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.ReadDetail, c.Office); err != nil {
			return err
		}
		out, more, err = m.find(ctx, tx, &c, s)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	reads := []store.Read{{Action: "search", Detail: s.City}}
	for _, f := range out {
		reads = append(reads, store.Read{Action: "campaign_list", Person: f.ID, Detail: "detail"})
	}
	return out, more, m.LogReads(ctx, actor, reads...)
}

func (m *Campaigns) find(ctx context.Context, tx *store.Tx, c *rules.Campaign, s Search) (out []Found, more bool, err error) {
	if name.Fold(s.City) == "" {
		return nil, false, fault.New(fault.Invalid, "campaign.words_missing").On("where")
	}
	cities, err := tx.Cities(ctx, c.Office)
	if err != nil {
		return nil, false, err
	}
	slices.Sort(cities)
	on, err := taken(ctx, tx, c.Entity.ID)
	if err != nil {
		return nil, false, err
	}
	const page = 500
	for _, city := range cities {
		if name.Fold(city) != name.Fold(s.City) {
			continue
		}
		for after := int64(0); ; {
			rows, err := tx.PeopleIn(ctx, c.Office, city, after, page)
			if err != nil {
				return nil, false, err
			}
			found, err := m.fitting(ctx, tx, c, s, rows, on)
			if err != nil {
				return nil, false, err
			}
			if out = append(out, found...); len(out) > mostFound {
				return out[:mostFound], true, nil
			}
			if len(rows) < page {
				break
			}
			after = rows[len(rows)-1].Row
		}
	}
	return out, false, nil
}

// taken is who has a turn in a campaign.
func taken(ctx context.Context, tx *store.Tx, campaign string) (map[string]bool, error) {
	rows, err := tx.Turns(ctx, campaign)
	on := make(map[string]bool, len(rows))
	for _, t := range rows {
		on[t.Person] = true
	}
	return on, err
}

func (m *Campaigns) fitting(ctx context.Context, tx *store.Tx, c *rules.Campaign, s Search, rows []PersonRow, on map[string]bool) (out []Found, err error) {
	var refs []string
	for _, p := range rows {
		if !on[p.ID] {
			refs = append(refs, ref(change.Person, p.ID).String())
		}
	}
	changes, err := tx.ChangesOf(ctx, refs)
	if err != nil {
		return nil, err
	}
	for _, p := range rows {
		past := changes[ref(change.Person, p.ID).String()]
		if on[p.ID] || len(past) == 0 {
			continue
		}
		cur := registry.Load(past)
		if registry.VitalOf(&cur).Status == registry.Dead {
			continue
		}
		f := Found{PersonRow: p, Renewals: registry.Renewals(&cur, c.Last()), Last: seenAt(past), Basis: rules.Chosen}
		unseen := s.Seen.Known() && (!f.Last.Known() || f.Last.Before(s.Seen))
		switch {
		case s.Expiry && len(f.Renewals) == 0, s.Seen.Known() && !unseen:
			continue
		case len(f.Renewals) > 0:
			f.Basis = rules.Expiring
		case unseen:
			f.Basis = rules.NoVisit
		}
		out = append(out, f)
	}
	return out, nil
}

// seenAt is the day of the last change that no list brought.
func seenAt(past []change.Change) civil.Date {
	for _, c := range slices.Backward(past) {
		if c.Batch == "" {
			return civil.FromTime(c.At.Time())
		}
	}
	return civil.Date{}
}

// Take puts people on the list, each at the earliest time with room when timed says so; who
// is on it already is left. It says how many were put there, and how many got no time.
func (m *Campaigns) Take(ctx context.Context, actor Actor, campaign string, who map[string]rules.Basis, timed bool) (n, untimed int, err error) {
	return n, untimed, m.DB.Update(ctx, func(tx *store.Tx) error {
		c, _, err := m.campaign(ctx, tx, actor, authz.Campaign, campaign)
		if err != nil {
			return err
		}
		fresh, err := m.fresh(ctx, tx, &c, who)
		if err != nil {
			return err
		}
		slots := make([]rules.Slot, len(fresh))
		if timed {
			rooms, err := timesTaken(ctx, tx, campaign)
			if err != nil {
				return err
			}
			untimed = len(fresh) - copy(slots, c.Give(rooms, len(fresh), rules.SlotAt(m.stamp(c.Office))))
		}
		changes := make([]change.Change, len(fresh))
		for i, p := range fresh {
			if changes[i], err = c.Take(p, who[p], slots[i]); err != nil {
				return err
			}
			changes[i].Entity = ref(rules.KindTurn, string(m.NewID()))
		}
		n = len(fresh)
		return m.commit(ctx, tx, actor, c.Office, nil, changes...)
	})
}

// fresh are those of the people, by their ids, who have no turn yet and are of the office.
func (m *Campaigns) fresh(ctx context.Context, tx *store.Tx, c *rules.Campaign, who map[string]rules.Basis) (out []string, err error) {
	on, err := taken(ctx, tx, c.Entity.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for p := range who {
		ids = append(ids, p)
	}
	rows, err := people(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for p := range who {
		row, ok := rows[p]
		if !ok {
			return nil, fault.New(fault.NotFound, "app.not_found", "what", "person", "which", p)
		}
		if row.Office != c.Office {
			return nil, fault.New(fault.Invalid, "campaign.elsewhere", "number", row.Number, "office", authz.Place(row.Office))
		}
		if !on[p] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	if len(on)+len(out) > mostTaken {
		return nil, fault.New(fault.Invalid, "campaign.full", "most", mostTaken)
	}
	return out, nil
}

func timesTaken(ctx context.Context, tx *store.Tx, campaign string) (map[rules.Slot]int, error) {
	rows, err := tx.Turns(ctx, campaign)
	out := map[rules.Slot]int{}
	for _, t := range rows {
		if s, ok := rules.ParseSlot(t.Slot); ok {
			out[s]++
		}
	}
	return out, err
}

// TakeNumber puts who has a registry number on the list: somebody who asked for a time.
func (m *Campaigns) TakeNumber(ctx context.Context, actor Actor, campaign, number string, timed bool) (n, untimed int, err error) {
	var p PersonRow
	err = m.DB.View(ctx, func(tx *store.Tx) (err error) {
		p, err = byNumber(ctx, tx, number)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return m.Take(ctx, actor, campaign, map[string]rules.Basis{p.ID: rules.Asked}, timed)
}

// Away is who could not be served, the last first. Every person shown is logged.
func (m *Campaigns) Away(ctx context.Context, actor Actor, campaign string) (out []Turn, err error) {
	err = m.DB.View(ctx, func(tx *store.Tx) error {
		if _, _, err := m.campaign(ctx, tx, actor, authz.Attend, campaign); err != nil {
			return err
		}
		rows, err := tx.TurnsIn(ctx, campaign, string(rules.Away), 100)
		if err != nil {
			return err
		}
		out, err = m.turns(ctx, tx, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, m.LogReads(ctx, actor, shown("campaign_list", out)...)
}
