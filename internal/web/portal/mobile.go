package portal

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/ui"
)

// mobilePath is the page of mobile consulates, and calendarName what the files below it are called.
const (
	mobilePath   = Prefix + "consulados-moviles"
	calendarName = "calendario.ics"
)

type mobileScreen struct {
	ui.Page
	Days      int // ahead
	Choices   []ui.Option
	Chosen    string // a country, "" for all
	Countries []mobileCountry
	Calendar  string // address of the file with all that is shown
	Acts      []mobileAct
}

type mobileCountry struct {
	Name   string
	Cities []mobileCity
}

type mobileCity struct {
	Name   string
	Visits []mobileVisit
}

// mobileVisit is one campaign: where and when, and what is done there.
type mobileVisit struct {
	Venue, Office, Calendar string
	Days                    []string
	Acts                    []mobileAct
}

// mobileAct is what is done, and what to bring for it.
type mobileAct struct{ Code, Name, Bring string }

// mobile shows when an office comes to which city, the countries and cities in the order of
// the alphabet.
func (s *Site) mobile(v *visit) error {
	all, err := s.App.Campaigns.Announced(v.Context())
	if err != nil {
		return err
	}
	page := &mobileScreen{Page: s.frame(v, i18n.T(v.lang, "portal.mobile.title")), Days: app.DaysAhead, Calendar: mobilePath + "/" + calendarName}
	page.Path = mobilePath
	page.Chosen = chosen(v, all)
	page.Choices = choices(v.lang, all, page.Chosen)
	if page.Chosen != "" {
		page.Calendar += "?pais=" + page.Chosen
		page.Path += "?pais=" + page.Chosen
	}
	acts := map[campaign.Service]bool{}
	for _, l := range within(all, page.Chosen) {
		page.add(v.lang, l)
		for _, a := range l.Services {
			acts[a] = true
		}
	}
	for _, a := range campaign.Services {
		if acts[a] {
			page.Acts = append(page.Acts, act(v.lang, a))
		}
	}
	page.sort()
	return s.set.Render(v.w, v.Request, http.StatusOK, "mobile.html", page)
}

// chosen is the country that was asked for, "" for one where no office comes.
func chosen(v *visit, all []app.Line) string {
	asked := strings.ToUpper(v.URL.Query().Get("pais"))
	if slices.ContainsFunc(all, func(l app.Line) bool { return l.Country == asked }) {
		return asked
	}
	return ""
}

func within(all []app.Line, country string) (out []app.Line) {
	for _, l := range all {
		if country == "" || l.Country == country {
			out = append(out, l)
		}
	}
	return out
}

// choices are the countries where an office comes; none when there is but one.
func choices(lang i18n.Lang, all []app.Line, chosen string) []ui.Option {
	out := []ui.Option{{Value: "todos", Label: i18n.T(lang, "portal.mobile.everywhere"), Checked: chosen == ""}}
	for _, l := range all {
		if !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == l.Country }) {
			out = append(out, ui.Option{Value: l.Country, Label: country(lang, l.Country), Checked: l.Country == chosen})
		}
	}
	if len(out) < 3 {
		return nil
	}
	slices.SortFunc(out[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

func country(lang i18n.Lang, iso string) string { return code.List("country").Label(iso, string(lang)) }

func act(lang i18n.Lang, a campaign.Service) mobileAct {
	return mobileAct{string(a), i18n.T(lang, "campaign.service."+string(a)), i18n.T(lang, "portal.mobile.bring."+string(a))}
}

// add puts a campaign under its country and city.
func (p *mobileScreen) add(lang i18n.Lang, l app.Line) {
	name := country(lang, l.Country)
	i := slices.IndexFunc(p.Countries, func(c mobileCountry) bool { return c.Name == name })
	if i < 0 {
		p.Countries = append(p.Countries, mobileCountry{Name: name})
		i = len(p.Countries) - 1
	}
	c := &p.Countries[i]
	j := slices.IndexFunc(c.Cities, func(m mobileCity) bool { return strings.EqualFold(m.Name, l.City) })
	if j < 0 {
		c.Cities = append(c.Cities, mobileCity{Name: l.City})
		j = len(c.Cities) - 1
	}
	o, _ := place.Network().Office(l.Office)
	visit := mobileVisit{Venue: l.Venue, Office: o.Name(string(lang)), Calendar: mobilePath + "/" + l.ID + "/" + calendarName}
	for _, d := range l.Days {
		visit.Days = append(visit.Days, i18n.T(lang, "portal.mobile.day", "date", weekday(lang, d.Date), "from", campaign.Clock(d.From), "to", campaign.Clock(d.To)))
	}
	for _, a := range l.Services {
		visit.Acts = append(visit.Acts, act(lang, a))
	}
	c.Cities[j].Visits = append(c.Cities[j].Visits, visit)
}

// weekday is a day with its name: people plan by it.
func weekday(lang i18n.Lang, d civil.Date) string {
	n := (int(time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Weekday())+6)%7 + 1
	return i18n.T(lang, "access.day."+strconv.Itoa(n)) + " " + i18n.Date(lang, d.String())
}

func (p *mobileScreen) sort() {
	slices.SortFunc(p.Countries, func(a, b mobileCountry) int { return strings.Compare(a.Name, b.Name) })
	for _, c := range p.Countries {
		slices.SortFunc(c.Cities, func(a, b mobileCity) int { return strings.Compare(a.Name, b.Name) })
	}
}

// mobileCalendar gives what the page shows as a file for calendars.
func (s *Site) mobileCalendar(v *visit) error {
	all, err := s.App.Campaigns.Announced(v.Context())
	if err != nil {
		return err
	}
	return s.sendCalendar(v, within(all, chosen(v, all)))
}

// visitCalendar gives the days of one campaign.
func (s *Site) visitCalendar(v *visit) error {
	all, err := s.App.Campaigns.Announced(v.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l app.Line) bool { return l.ID != v.PathValue("campaign") })
	if len(all) == 0 {
		return fault.New(fault.NotFound, "not_found")
	}
	return s.sendCalendar(v, all)
}

func (s *Site) sendCalendar(v *visit, all []app.Line) error {
	ui.SendFile(v.w, v.Request, calendar(v.lang, all, s.App.Now()), "quipu-consulados-moviles.ics", "text/calendar; charset=utf-8")
	return nil
}
