package campaign

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	app "quipu/internal/app/campaign"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type calendarScreen struct {
	ui.Page
	Year, Before, After int
	MayPlan             bool
	Figures             []ui.Figure
	Months              []month
}

// month is the campaigns that begin in one month.
type month struct {
	Name  string
	Table ui.Table
}

// calendarPage is the campaigns of a year, month by month, and what they came to.
func (s *Room) calendarPage(v *desk.Visit) error {
	w := words{v.Words}
	page := &calendarScreen{Page: s.Frame(v, w.T("campaign.title"), home), Year: w.Today.Year}
	if y, err := strconv.Atoi(v.URL.Query().Get("anio")); err == nil && y > 1999 && y < 2200 {
		page.Year = y
	}
	page.Before, page.After = page.Year-1, page.Year+1
	all, sum, err := s.App.Campaigns.Year(v.Context(), v.Actor, page.Year)
	if err != nil {
		return err
	}
	page.MayPlan = authz.May(v.Actor, authz.Campaign, v.Actor.Office)
	if len(all) > 0 {
		page.Figures = []ui.Figure{{Value: w.Number(len(all)), Label: w.T("campaign.figure.campaigns")}, {Value: w.Number(sum.Served), Label: w.T("campaign.figure.served")},
			{Value: w.Number(sum.Total), Label: w.T("campaign.figure.acts")}, {Value: w.Number(sum.Away), Label: w.T("campaign.figure.away")}}
	}
	for _, l := range all {
		first := campaign.Day{}
		if len(l.Days) > 0 {
			first = l.Days[0]
		}
		title := i18n.Date(w.Lang, first.Date.String()[:min(7, len(first.Date.String()))])
		if n := len(page.Months); n == 0 || page.Months[n-1].Name != title {
			page.Months = append(page.Months, month{title, ui.Table{Caption: title, Head: w.Heads("campaign.where", "campaign.when", "#campaign.stage.listed", "#campaign.stage.served")}})
		}
		t := &page.Months[len(page.Months)-1].Table
		t.Rows = append(t.Rows, []ui.Cell{{Text: l.City, Href: home + "/" + l.ID, Note: l.Venue + " · " + w.Office(l.Office), Tag: w.state(l.State)}, {Text: w.days(l.Days)},
			{Text: w.Number(l.Turns[campaign.Listed]), Numeric: true}, {Text: w.Number(l.Turns[campaign.Served]), Numeric: true}})
	}
	return s.Show(v, http.StatusOK, "calendar.html", page)
}

// planForm is what the form says of a campaign.
type planForm struct {
	City, Venue, Note, From, To, Capacity, Numbers, Laptops string
	Countries                                               []ui.Option
	Announced                                               bool
	First, Last, Ends                                       ui.DateParts
	Services, Team                                          []ui.Option
}

type planScreen struct {
	ui.Page
	ID, Seen string
	Tabs     []ui.Link
	State    ui.Tag
	Rows     []ui.Row
	Moves    []ui.Button
	MayPlan  bool
	MayCode  bool
	F        planForm
	Events   []ui.Event
}

// planCmd reads the form.
func planCmd(v *desk.Visit) (cmd campaign.PlanCmd, err error) {
	get := v.PostFormValue
	cmd = campaign.PlanCmd{City: get("city"), Venue: get("venue"), Country: get("country"), Announced: get("announced") != "", Note: get("note"), Team: v.PostForm["team"],
		Laptops: strings.Fields(strings.ReplaceAll(get("laptops"), ",", " "))}
	for _, s := range v.PostForm["services"] {
		cmd.Services = append(cmd.Services, campaign.Service(s))
	}
	for field, to := range map[string]*int{"capacity": &cmd.Capacity, "numbers": &cmd.Numbers} {
		if *to, err = strconv.Atoi(strings.TrimSpace(get(field))); err != nil {
			return cmd, fault.New(fault.Invalid, "campaign.count").On(field)
		}
	}
	first, err := v.Day("first")
	if err != nil {
		return cmd, err
	}
	last, err := v.Day("last")
	if err != nil {
		return cmd, err
	}
	if !last.Known() {
		last = first
	}
	if cmd.Days, err = campaign.Span("first", first, last, get("from"), get("to")); err != nil {
		return cmd, err
	}
	cmd.Ends, err = v.Day("ends")
	return cmd, err
}

// form offers what can be chosen; services and team say what is chosen already.
func (s *Room) form(v *desk.Visit, services []campaign.Service, team []string, country string) (planForm, error) {
	w := words{v.Words}
	f := planForm{Services: desk.Choices(w.Words, "campaign.service.", campaign.Services), Countries: w.Options("country", []string{cmp.Or(country, s.country(v.Actor.Office))})}
	for i := range f.Services {
		for _, c := range services {
			f.Services[i].Checked = f.Services[i].Checked || f.Services[i].Value == string(c)
		}
	}
	users, err := s.App.Users(v.Context(), v.Actor)
	for _, u := range users {
		if !u.Active || u.Office != v.Actor.Office {
			continue
		}
		o := ui.Option{Value: u.Login, Label: u.Name + " (" + u.Login + ")"}
		for _, login := range team {
			o.Checked = o.Checked || login == u.Login
		}
		f.Team = append(f.Team, o)
	}
	return f, err
}

// country is that of an office.
func (s *Room) country(office string) string {
	o, _ := place.Network().Office(office)
	return o.Country
}

// typed is the form as it was sent.
func (s *Room) typed(v *desk.Visit) (planForm, error) {
	var services []campaign.Service
	for _, c := range v.PostForm["services"] {
		services = append(services, campaign.Service(c))
	}
	get := v.PostFormValue
	f, err := s.form(v, services, v.PostForm["team"], get("country"))
	f.Announced = get("announced") != ""
	f.City, f.Venue, f.Note, f.From, f.To, f.Capacity, f.Numbers, f.Laptops = get("city"), get("venue"), get("note"), get("from"), get("to"), get("capacity"), get("numbers"), get("laptops")
	f.First, f.Last, f.Ends = ui.FormDate(v.Request, "first"), ui.FormDate(v.Request, "last"), ui.FormDate(v.Request, "ends")
	return f, err
}

func (s *Room) newPage(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Campaign, v.Actor.Office); err != nil {
		return err
	}
	f, err := s.form(v, []campaign.Service{"registry", "dni", "passport"}, nil, "")
	if err != nil {
		return err
	}
	f.From, f.To, f.Capacity, f.Numbers = "09:00", "17:00", "100", "200"
	return s.showNew(v, http.StatusOK, f, nil)
}

func (s *Room) showNew(v *desk.Visit, status int, f planForm, problem error) error {
	page := &planScreen{Page: s.Frame(v, v.Words.T("campaign.new"), home), F: f}
	page.Back.Href, page.Narrow = home, true
	if problem != nil {
		page.Fail(problem)
	}
	return s.Show(v, status, "newcampaign.html", page)
}

func (s *Room) plan(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	cmd, err := planCmd(v)
	at := ""
	if err == nil {
		at, err = s.App.Campaigns.Plan(v.Context(), v.Actor, cmd)
	}
	if err == nil {
		return s.Done(v, home+"/"+at, v.Words.T("campaign.planned"))
	}
	if !stays(err) {
		return err
	}
	f, err2 := s.typed(v)
	if err2 != nil {
		return err2
	}
	return s.showNew(v, http.StatusUnprocessableEntity, f, err)
}

func (s *Room) planPage(v *desk.Visit) error {
	page, err := s.planScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "campaign.html", page)
}

func (s *Room) planScreen(v *desk.Visit) (*planScreen, error) {
	p, err := s.App.Campaigns.Open(v.Context(), v.Actor, v.PathValue("campaign"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, c := words{v.Words}, &p.Campaign
	page := &planScreen{Page: s.Frame(v, c.City, home), ID: c.Entity.ID, Seen: c.Head.String(), Tabs: w.tabs(v), State: w.state(c.State), Rows: w.planRows(p),
		MayPlan: p.MayPlan && c.State != campaign.Closed, Events: w.events(p.Changes)}
	page.Back.Href = home
	page.MayCode = s.mayCode(v, c)
	if page.MayPlan {
		for _, to := range map[campaign.State][]campaign.State{campaign.Planned: {campaign.Open, campaign.UnderWay}, campaign.Open: {campaign.UnderWay, campaign.Planned}, campaign.UnderWay: {campaign.Open}}[c.State] {
			kind := map[bool]string{true: "secondary"}[len(page.Moves) > 0 || c.State == campaign.UnderWay]
			page.Moves = append(page.Moves, ui.Button{Text: w.T("campaign.move." + string(to)), Name: "state", Value: string(to), Kind: kind})
		}
		if page.F, err = s.form(v, c.Services, c.Team, cmp.Or(c.Country, s.country(c.Office))); err != nil {
			return nil, err
		}
		f := &page.F
		f.Announced = c.Announced
		f.City, f.Venue, f.Note, f.Capacity, f.Numbers, f.Laptops = c.City, c.Venue, c.Note, strconv.Itoa(c.Capacity), strconv.Itoa(c.Numbers), strings.Join(c.Laptops, " ")
		f.From, f.To = campaign.Clock(c.Days[0].From), campaign.Clock(c.Days[0].To)
		f.First, f.Last, f.Ends = ui.PartsOf(c.First().String()), ui.PartsOf(c.Last().String()), ui.PartsOf(c.Ends.String())
	}
	return page, nil
}

// announced says whose campaign it is, and whether everybody may know of it.
func (w words) announced(c *campaign.Campaign) string {
	key := "campaign.announced.no"
	if c.Announced {
		key = "campaign.announced.yes"
	}
	return w.Office(c.Office) + " · " + w.T(key)
}

func (w words) planRows(p *app.Page) []ui.Row {
	c := &p.Campaign
	var team []string
	for _, login := range c.Team {
		team = append(team, w.Who(login))
	}
	numbers := w.Number(c.Numbers)
	for _, r := range p.Ranges {
		numbers += " · " + w.T("campaign.numbers.range", "n", w.Number(int(r.Len())), "laptop", r.Holder)
	}
	stock := ""
	if p.Stock.Bound {
		stock = w.TN("campaign.numbers.left", int(p.Stock.Left))
	}
	return []ui.Row{{Key: w.T("campaign.where"), Value: c.City + ", " + c.Venue, Note: w.announced(c)}, {Key: w.T("campaign.when"), Value: w.days(c.Days)},
		{Key: w.T("campaign.services"), Value: w.services(c.Services)}, {Key: w.T("campaign.capacity"), Value: w.TN("campaign.capacity.n", c.Capacity)},
		{Key: w.T("campaign.team"), Value: strings.Join(team, ", ")}, {Key: w.T("campaign.laptops"), Value: strings.Join(c.Laptops, ", ")},
		{Key: w.T("campaign.numbers"), Value: numbers, Note: stock}, {Key: w.T("campaign.expected"), Value: w.TN("campaign.people", p.Tally.Expected)},
		{Key: w.T("campaign.ends"), Value: i18n.Date(w.Lang, c.Ends.String()), Note: w.T("campaign.ends.note")},
		{Key: w.T("campaign.note"), Value: c.Note}}
}

func (s *Room) onPlan(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	at := v.PathValue("campaign")
	to := v.PostFormValue("state")
	if to != "" {
		err = s.App.Campaigns.Move(v.Context(), v.Actor, at, campaign.State(to), last)
	} else {
		var cmd campaign.PlanCmd
		if cmd, err = planCmd(v); err == nil {
			err = s.App.Campaigns.Revise(v.Context(), v.Actor, at, cmd, last)
		}
	}
	if err == nil {
		return s.Done(v, home+"/"+at, v.Words.T("campaign.done"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.planScreen(v)
	if err2 != nil {
		return err2
	}
	if page.Fail(err); to == "" {
		if page.F, err2 = s.typed(v); err2 != nil {
			return err2
		}
	}
	return s.Show(v, http.StatusUnprocessableEntity, "campaign.html", page)
}

// monthsBefore is the same day some months earlier, for the search for who was not seen.
func monthsBefore(d civil.Date, n int) civil.Date { return d.AddDays(-n * 365 / 12) }
