package campaign

import (
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// PlanCmd is what is planned.
type PlanCmd struct {
	Office, City, Venue, Note string
	Country                   string // of the city; "" for that of the office
	Days                      []Day
	Services                  []Service
	Capacity                  int
	Team, Laptops             []string
	Numbers                   int
	Announced                 bool
	Ends                      civil.Date // unknown for GraceDays after the last day
}

const (
	// GraceDays is how many days after the last one a laptop still opens the entries that it
	// took along: for the way back and what was left to be typed.
	GraceDays    = 7
	mostCapacity = 20_000
	mostNumbers  = 50_000
)

// Plan makes a campaign.
func Plan(cmd PlanCmd, today civil.Date) (change.Change, error) {
	c := &Campaign{State: Planned}
	ch, err := c.describe("plan", cmd)
	if err == nil && cmd.Days[0].Date.Before(today) {
		err = fault.New(fault.Invalid, "campaign.past").On("first")
	}
	if err == nil {
		ch.Sets = append(ch.Sets, change.Set{Field: "state", Value: change.Text(string(Planned))})
	}
	return ch, err
}

// Revise changes the plan of a campaign that is not closed. The office stays.
func (c *Campaign) Revise(cmd PlanCmd) (change.Change, error) {
	if err := c.standing(); err != nil {
		return change.Change{}, err
	}
	cmd.Office = c.Office
	return c.describe("revise", cmd)
}

func (c *Campaign) describe(action string, cmd PlanCmd) (change.Change, error) {
	var none change.Change
	city, err := words("city", cmd.City, true)
	if err != nil {
		return none, err
	}
	venue, err := words("venue", cmd.Venue, true)
	if err != nil {
		return none, err
	}
	note, err := words("note", cmd.Note, false)
	if err != nil {
		return none, err
	}
	if err := cmd.check(); err != nil {
		return none, err
	}
	var days, services []string
	for _, d := range cmd.Days {
		days = append(days, d.String())
	}
	for _, s := range cmd.Services {
		services = append(services, string(s))
	}
	ends := cmd.Ends
	if !ends.Full() {
		ends = cmd.Days[len(cmd.Days)-1].Date.AddDays(GraceDays)
	}
	return c.Write(action, "office", cmd.Office, "city", city, "venue", venue, "country", cmd.Country, "note", note, "days", strings.Join(days, "\n"),
		"services", strings.Join(services, " "), "capacity", strconv.Itoa(cmd.Capacity), "team", list(cmd.Team), "laptops", list(cmd.Laptops),
		"numbers", strconv.Itoa(cmd.Numbers), "announced", map[bool]string{true: "yes"}[cmd.Announced], "ends", ends.String()), nil
}

func (cmd *PlanCmd) check() error {
	bad := func(key, field string, args ...any) error { return fault.New(fault.Invalid, key, args...).On(field) }
	switch {
	case len(cmd.Days) == 0:
		return bad("campaign.date", "first")
	case !slices.IsSortedFunc(cmd.Days, func(a, b Day) int { return civil.Compare(a.Date, b.Date) }):
		return bad("campaign.days", "first", "most", mostDays)
	case len(cmd.Services) == 0:
		return bad("campaign.services", "services")
	case cmd.Capacity < 1 || cmd.Capacity > mostCapacity:
		return bad("campaign.capacity", "capacity", "most", mostCapacity)
	case cmd.Numbers < 0 || cmd.Numbers > mostNumbers:
		return bad("campaign.numbers", "numbers", "most", mostNumbers)
	case cmd.Ends.Full() && cmd.Ends.Before(cmd.Days[len(cmd.Days)-1].Date):
		return bad("campaign.ends", "ends")
	}
	if cmd.Country != "" {
		if !code.List("country").Has(cmd.Country) {
			return bad("campaign.country", "country")
		}
	}
	for _, s := range cmd.Services {
		if !slices.Contains(Services, s) {
			return bad("campaign.services", "services")
		}
	}
	for _, l := range cmd.Laptops {
		if !id.Node(l).Valid() {
			return bad("campaign.laptop", "laptops", "name", l)
		}
	}
	return nil
}

// list is names as they are kept: sorted, once each.
func list(names []string) string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), " ")
}

func (c *Campaign) standing() error {
	switch {
	case c.Head.IsZero():
		return fault.New(fault.NotFound, "campaign.none")
	case c.State == Closed:
		return fault.New(fault.Conflict, "campaign.closed")
	}
	return nil
}

// Move brings a campaign into its next state, or from under way back to open when it was
// begun by mistake. waiting is how many people wait in the queue: nobody is forgotten there.
func (c *Campaign) Move(to State, waiting int) (change.Change, error) {
	if err := c.standing(); err != nil {
		return change.Change{}, err
	}
	next := map[State][]State{Planned: {Open, UnderWay}, Open: {Planned, UnderWay}, UnderWay: {Open, Closed}}
	if !slices.Contains(next[c.State], to) {
		return change.Change{}, fault.New(fault.Conflict, "campaign.move")
	}
	if waiting > 0 && c.State == UnderWay {
		return change.Change{}, fault.New(fault.Conflict, "campaign.waiting", "count", waiting)
	}
	return c.Write(string(to), "state", string(to)), nil
}

// Expired reports whether a laptop must not open the entries of the campaign any more.
func (c *Campaign) Expired(today civil.Date) bool { return c.Ends.Full() && c.Ends.Before(today) }
