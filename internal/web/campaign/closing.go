package campaign

import (
	"net/http"

	"quipu/internal/campaign"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type closingScreen struct {
	ui.Page
	ID, Seen string
	Tabs     []ui.Link
	State    ui.Tag
	Rows     []ui.Row
	Figures  []ui.Figure
	Acts     ui.Table
	Away     ui.Table
	Offers   ui.Table
	People   ui.Table // who could not be served
	Laptops  ui.Table // the computers that travelled, and whom they hold still
	MayClose bool
}

func (s *Room) closingPage(v *desk.Visit) error {
	page, err := s.closingScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "closing.html", page)
}

// closingScreen is what the campaign came to, as the ombudsman asks.
func (s *Room) closingScreen(v *desk.Visit) (*closingScreen, error) {
	at := v.PathValue("campaign")
	p, err := s.App.Campaigns.Open(v.Context(), v.Actor, at)
	if err != nil {
		return nil, err
	}
	away, err := s.App.Campaigns.Away(v.Context(), v.Actor, at)
	if err != nil {
		return nil, err
	}
	w, c, t := words{v.Words}, &p.Campaign, &p.Tally
	page := &closingScreen{Page: s.Frame(v, w.T("campaign.closing.title", "city", c.City), home), ID: at, Seen: c.Head.String(), Tabs: w.tabs(v), State: w.state(c.State),
		MayClose: p.MayPlan && c.State == campaign.UnderWay}
	page.Back.Href = home
	page.Rows = []ui.Row{{Key: w.T("campaign.where"), Value: c.City + ", " + c.Venue, Note: w.Office(c.Office)}, {Key: w.T("campaign.when"), Value: w.days(c.Days)}}
	page.Figures = []ui.Figure{{Value: w.Number(t.Served), Label: w.T("campaign.figure.served")}, {Value: w.Number(t.Total), Label: w.T("campaign.figure.acts")},
		{Value: w.Number(t.Away), Label: w.T("campaign.figure.away")}, {Value: w.Number(t.Absent), Label: w.T("campaign.figure.absent"), Note: w.TN("campaign.of_expected", t.Expected)},
		{Value: w.Number(t.Waiting), Label: w.T("campaign.figure.waiting")}}
	table := func(key, prefix string) ui.Table {
		return ui.Table{Caption: w.T(key), Empty: w.T(key + ".none"), Head: w.Heads(prefix, "#campaign.count")}
	}
	page.Acts = table("campaign.closing.acts", "campaign.acts")
	for _, x := range campaign.Services {
		addCount(w, &page.Acts, "campaign.service."+string(x), t.Acts[x])
	}
	page.Away = table("campaign.closing.why", "campaign.why")
	for _, x := range campaign.Whys {
		addCount(w, &page.Away, "campaign.why."+string(x), t.Why[x])
	}
	page.Offers = table("campaign.closing.offer", "campaign.offer")
	for _, x := range campaign.Offers {
		addCount(w, &page.Offers, "campaign.offer."+string(x), t.Offer[x])
	}
	page.People = ui.Table{Caption: w.T("campaign.closing.people"), Empty: w.T("campaign.closing.people.none"), Head: w.Heads("campaign.person", "campaign.why", "campaign.offer")}
	for i := range away {
		u := &away[i]
		page.People.Rows = append(page.People.Rows, []ui.Cell{{Text: w.who(u), Href: home + "/" + at + "/turnos/" + u.ID, Note: u.Person.Number},
			{Text: w.T("campaign.why." + u.Why)}, {Text: w.T("campaign.offer." + u.Offer)}})
	}
	page.Laptops, err = s.travellers(v, at)
	return page, err
}

func addCount(w words, t *ui.Table, key string, n int) {
	if n > 0 {
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.T(key)}, {Text: w.Number(n), Numeric: true}})
	}
}

func (s *Room) onClosing(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	at := v.PathValue("campaign")
	if err = s.App.Campaigns.Move(v.Context(), v.Actor, at, campaign.Closed, last); err == nil {
		return s.Done(v, home+"/"+at+"/cierre", v.Words.T("campaign.closed"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.closingScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "closing.html", page)
}
