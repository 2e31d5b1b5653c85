package api

import (
	"net/http"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
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
