package api

import (
	"net/http"
	"strconv"

	app "quipu/internal/app/campaign"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/id"
	"quipu/internal/name"
)

// tallyBody is what one or many campaigns have come to.
type tallyBody struct {
	Expected int            `json:"expected"`
	Absent   int            `json:"absent"`
	Came     int            `json:"came"`
	Served   int            `json:"served"`
	Acts     map[string]int `json:"acts"`
	Total    int            `json:"total"`
	Away     int            `json:"away"`
	Why      map[string]int `json:"why"`
	Offer    map[string]int `json:"offer"`
	Waiting  int            `json:"waiting"`
}

func countsOf[T ~string](all map[T]int) map[string]int {
	out := make(map[string]int, len(all))
	for k, n := range all {
		out[string(k)] = n
	}
	return out
}

func tallyOf(t campaign.Tally) tallyBody {
	return tallyBody{t.Expected, t.Absent, t.Came, t.Served, countsOf(t.Acts), t.Total, t.Away, countsOf(t.Why), countsOf(t.Offer), t.Waiting}
}

type campaignLine struct {
	Campaign string         `json:"campaign"`
	Office   string         `json:"office"`
	City     string         `json:"city"`
	Venue    string         `json:"venue"`
	State    string         `json:"state"`
	Days     []string       `json:"days"`
	Services []string       `json:"services"`
	Turns    map[string]int `json:"turns"`
}

func daysOf(days []campaign.Day) []string {
	out := []string{}
	for _, d := range days {
		out = append(out, d.String())
	}
	return out
}

func servicesOf(all []campaign.Service) []string {
	out := []string{}
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

// campaigns lists those of a year with what they come to together.
func campaigns(c *call) (*reply, error) {
	year, err := c.number("year", 2000, 2100, int64(c.app().Today().Year))
	if err != nil {
		return nil, err
	}
	all, sum, err := c.app().Campaigns.Year(c.Context(), c.actor, int(year))
	if err != nil {
		return nil, err
	}
	out := []campaignLine{}
	for i := range all {
		l := &all[i]
		out = append(out, campaignLine{l.ID, l.Office, l.City, l.Venue, string(l.State), daysOf(l.Days), servicesOf(l.Services), countsOf(l.Turns)})
	}
	return ok(map[string]any{"year": year, "campaigns": out, "sum": tallyOf(sum)})
}

type campaignBody struct {
	Campaign  string    `json:"campaign"`
	Version   string    `json:"version"`
	Office    string    `json:"office"`
	City      string    `json:"city"`
	Venue     string    `json:"venue"`
	Note      string    `json:"note"`
	State     string    `json:"state"`
	Days      []string  `json:"days"`
	Services  []string  `json:"services"`
	Capacity  int       `json:"capacity"`
	Team      []string  `json:"team"`
	Laptops   []string  `json:"laptops"`
	Numbers   int       `json:"numbers"`
	Announced bool      `json:"announced"`
	Ends      string    `json:"ends"`
	Tally     tallyBody `json:"tally"`
	MayPlan   bool      `json:"may_plan"`
}

func campaignOf(p *app.Page) campaignBody {
	k := &p.Campaign
	return campaignBody{k.Entity.ID, k.Head.String(), k.Office, k.City, k.Venue, k.Note, string(k.State), daysOf(k.Days), servicesOf(k.Services), k.Capacity,
		filled(k.Team), filled(k.Laptops), k.Numbers, k.Announced, dateText(k.Ends), tallyOf(p.Tally), p.MayPlan}
}

func getCampaign(c *call) (*reply, error) {
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	p, err := c.app().Campaigns.Open(c.Context(), c.actor, e)
	if err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, headers: etag(p.Campaign.Head), body: campaignOf(p)}, nil
}

// planIn is what is planned.
type planIn struct {
	City      string   `json:"city" must:"yes" most:"500"`
	Venue     string   `json:"venue" must:"yes" most:"500"`
	Note      string   `json:"note" most:"500"`
	Days      []string `json:"days" must:"yes" most:"60"`
	Services  []string `json:"services" must:"yes" most:"20"`
	Capacity  int      `json:"capacity" must:"yes" range:"1-20000"`
	Team      []string `json:"team" most:"200"`
	Laptops   []string `json:"laptops" most:"200"`
	Numbers   int      `json:"numbers" range:"0-50000"`
	Announced bool     `json:"announced"`
}

func (in *planIn) read(office string) (cmd campaign.PlanCmd, err error) {
	cmd = campaign.PlanCmd{Office: office, City: in.City, Venue: in.Venue, Note: in.Note, Capacity: in.Capacity, Team: in.Team, Laptops: in.Laptops, Numbers: in.Numbers, Announced: in.Announced}
	for _, text := range in.Days {
		d, err := campaign.ParseDay(text)
		if err != nil {
			return cmd, err
		}
		cmd.Days = append(cmd.Days, d)
	}
	for _, s := range in.Services {
		cmd.Services = append(cmd.Services, campaign.Service(s))
	}
	return cmd, nil
}

// planCampaign plans one of the officer's office.
func planCampaign(c *call) (*reply, error) {
	var in planIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	cmd, err := in.read(c.actor.Office)
	if err != nil {
		return nil, err
	}
	made, err := c.app().Campaigns.Plan(c.Context(), c.actor, cmd)
	return begun("campaign", "/campaigns/", made, err)
}

// moveCampaign brings a campaign into its next state.
func moveCampaign(c *call) (*reply, error) {
	var in struct {
		State string `json:"state" must:"yes" most:"20"`
	}
	e, seen, err := c.decide(&in, "campaign")
	if err != nil {
		return nil, err
	}
	return done(c.app().Campaigns.Move(c.Context(), c.actor, e, campaign.State(in.State), seen))
}

// turnLine is somebody of a campaign's list or queue. Visitor is who is in no register.
type turnLine struct {
	Turn    string `json:"turn"`
	Person  string `json:"person"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Visitor string `json:"visitor"`
	Basis   string `json:"basis"`
	Slot    string `json:"slot"`
	Stage   string `json:"stage"`
	Day     string `json:"day"`
	Place   int    `json:"place"`
	First   bool   `json:"first"`
	Came    string `json:"came"`
}

// calledOf is the name as lists show it, "" for a visitor of no register.
func calledOf(p *app.PersonRow) string {
	return name.Name{Given: p.GivenNames, Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal}.Display()
}

func turnLines(all []app.Turn) []turnLine {
	out := []turnLine{}
	for i := range all {
		t := &all[i]
		l := turnLine{t.ID, t.Person.ID, t.Person.Number, calledOf(&t.Person), t.Visitor, t.Basis, t.Slot, t.Stage, t.Day, int(t.Place), t.Ahead, ""}
		if t.Came > 0 {
			l.Came = micros(t.Came)
		}
		out = append(out, l)
	}
	return out
}

// queue is the day of a campaign: who is next, who is at a table, who was done last.
func queue(c *call) (*reply, error) {
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	b, err := c.app().Campaigns.Board(c.Context(), c.actor, e)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"campaign": e, "now": b.Now.String(), "waiting": b.Waiting, "coming": b.Coming, "free": b.Free,
		"next": turnLines(b.Next), "called": turnLines(b.Called), "latest": turnLines(b.Latest), "tally": tallyOf(b.Tally)})
}

// listed is who was taken along and has not come, by their times.
func listed(c *call) (*reply, error) {
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	s, err := c.span("turns", 200, 50)
	if err != nil {
		return nil, err
	}
	skip, err := s.place(0)
	if err != nil {
		return nil, err
	}
	_, all, total, err := c.app().Campaigns.List(c.Context(), c.actor, e, int(skip), s.limit)
	if err != nil {
		return nil, err
	}
	next := ""
	if at := int(skip) + len(all); at < total && len(all) > 0 {
		next = strconv.Itoa(at)
	}
	return c.paged(s, map[string]any{"turns": turnLines(all), "all": total}, next)
}

// comes puts whoever came into the queue: of the list, of the register, or neither.
func comes(c *call) (*reply, error) {
	var in struct {
		Person  string `json:"person" most:"30"`
		Visitor string `json:"visitor" most:"500"`
		Contact string `json:"contact" most:"500"`
		First   bool   `json:"first"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.point = members(&in)
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	if in.Person != "" && !id.Entity(in.Person).Valid() {
		return nil, missing("person", in.Person)
	}
	u, err := c.app().Campaigns.Come(c.Context(), c.actor, e, campaign.Arrival{Person: in.Person, Visitor: in.Visitor, Contact: in.Contact, First: in.First})
	if err != nil {
		return nil, err
	}
	headers := etag(u.Head)
	headers["Location"] = Prefix + "/campaigns/" + e + "/turns/" + u.Entity.ID
	return &reply{status: http.StatusCreated, headers: headers, body: map[string]any{"turn": u.Entity.ID, "version": u.Head.String(), "stage": string(u.Stage), "place": u.Place}}, nil
}

// callNext takes who is next to a table; "" when nobody waits.
func callNext(c *call) (*reply, error) {
	if err := c.decode(&struct{}{}); err != nil {
		return nil, err
	}
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	turn, err := c.app().Campaigns.CallNext(c.Context(), c.actor, e)
	if err != nil {
		return nil, err
	}
	return ok(map[string]any{"turn": turn})
}

type turnBody struct {
	Turn     string         `json:"turn"`
	Version  string         `json:"version"`
	Campaign string         `json:"campaign"`
	Person   string         `json:"person"`
	Number   string         `json:"number"`
	Name     string         `json:"name"`
	Visitor  string         `json:"visitor"`
	Contact  string         `json:"contact"`
	Basis    string         `json:"basis"`
	Slot     string         `json:"slot"`
	Stage    string         `json:"stage"`
	Day      string         `json:"day"`
	Place    int            `json:"place"`
	First    bool           `json:"first"`
	Came     string         `json:"came"`
	Taken    string         `json:"taken"`
	Done     string         `json:"done"`
	Acts     map[string]int `json:"acts"`
	Why      string         `json:"why"`
	Offer    string         `json:"offer"`
	Note     string         `json:"note"`
	History  []eventBody    `json:"history"`
}

func getTurn(c *call) (*reply, error) {
	e, err := c.entity("campaign", "campaign")
	if err != nil {
		return nil, err
	}
	turn, err := c.entity("turn", "turn")
	if err != nil {
		return nil, err
	}
	p, err := c.app().Campaigns.Turn(c.Context(), c.actor, e, turn)
	if err != nil {
		return nil, err
	}
	u := &p.Turn
	b := turnBody{turn, u.Head.String(), e, p.Person.ID, p.Person.Number, calledOf(&p.Person), u.Visitor, u.Contact, string(u.Basis), u.Slot.String(), string(u.Stage), dateText(u.Date), u.Place, u.First,
		stampText(u.Came), stampText(u.Taken), stampText(u.Done), countsOf(u.Acts), string(u.Why), string(u.Offer), u.Note, events(p.Changes)}
	return &reply{status: http.StatusOK, headers: etag(u.Head), body: b}, nil
}

// onTurn makes an operation upon one turn, upon the version that was seen.
func onTurn[In any](do func(c *call, e, turn string, in *In, seen id.Change) error) func(*call) (*reply, error) {
	return func(c *call) (*reply, error) {
		var in In
		e, seen, err := c.decide(&in, "campaign")
		if err != nil {
			return nil, err
		}
		turn, err := c.entity("turn", "turn")
		if err != nil {
			return nil, err
		}
		return done(do(c, e, turn, &in, seen))
	}
}

// turnRoutes are the list and the queue of a campaign.
func turnRoutes() []route {
	type none struct{}
	type arriveIn struct {
		First bool `json:"first"`
	}
	type serveIn struct {
		Acts map[campaign.Service]int `json:"acts" must:"yes" most:"50"`
		Note string                   `json:"note" most:"500"`
	}
	type awayIn struct {
		Why   string `json:"why" must:"yes" most:"40"`
		Offer string `json:"offer" must:"yes" most:"40"`
		Note  string `json:"note" most:"500"`
	}
	type identifyIn struct {
		Number string `json:"number" must:"yes" most:"30"`
	}
	const at = "/campaigns/{campaign}/turns"
	return []route{
		{"GET", "/campaigns/{campaign}/queue", authz.Attend, anything, nil, queue},
		{"POST", "/campaigns/{campaign}/queue/next", authz.Attend, maybe, nil, callNext},
		{"GET", at, authz.Attend, anything, []string{"cursor", "limit"}, listed},
		{"POST", at, authz.Attend, aBody, nil, comes},
		{"GET", at + "/{turn}", authz.Attend, anything, nil, getTurn},
		{"POST", at + "/{turn}/arrive", authz.Attend, maybe, nil, onTurn(func(c *call, e, turn string, in *arriveIn, seen id.Change) error {
			return c.app().Campaigns.Arrive(c.Context(), c.actor, e, turn, in.First, seen)
		})},
		{"POST", at + "/{turn}/call", authz.Attend, maybe, nil, onTurn(func(c *call, e, turn string, _ *none, seen id.Change) error {
			return c.app().Campaigns.Call(c.Context(), c.actor, e, turn, seen)
		})},
		{"POST", at + "/{turn}/serve", authz.Attend, aBody, nil, onTurn(func(c *call, e, turn string, in *serveIn, seen id.Change) error {
			return c.app().Campaigns.Serve(c.Context(), c.actor, e, turn, in.Acts, in.Note, seen)
		})},
		{"POST", at + "/{turn}/turn-away", authz.Attend, aBody, nil, onTurn(func(c *call, e, turn string, in *awayIn, seen id.Change) error {
			return c.app().Campaigns.TurnAway(c.Context(), c.actor, e, turn, campaign.Why(in.Why), campaign.Offer(in.Offer), in.Note, seen)
		})},
		{"POST", at + "/{turn}/back", authz.Attend, maybe, nil, onTurn(func(c *call, e, turn string, _ *none, seen id.Change) error {
			return c.app().Campaigns.Back(c.Context(), c.actor, e, turn, seen)
		})},
		{"POST", at + "/{turn}/identify", authz.Attend, aBody, nil, onTurn(func(c *call, e, turn string, in *identifyIn, seen id.Change) error {
			return c.app().Campaigns.Identify(c.Context(), c.actor, e, turn, in.Number, seen)
		})},
	}
}
