package campaign

import (
	"net/http"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type codeScreen struct {
	ui.Page
	ID, Label string
	Made      *desk.NewCode // a code that was just made
}

// mayCode reports whether the officer may let a laptop travel with a campaign: he has the
// right over the computers of its office, and this is not itself a computer of a hub.
func (s *Room) mayCode(v *desk.Visit, c *campaign.Campaign) bool {
	return !s.App.Joined() && c.State != campaign.Closed && authz.May(v.Actor, authz.Nodes, c.Office)
}

// codePage offers to make a code with which a laptop enrols for the campaign.
func (s *Room) codePage(v *desk.Visit) error {
	page, err := s.codeScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "travelcode.html", page)
}

func (s *Room) codeScreen(v *desk.Visit) (*codeScreen, error) {
	p, err := s.App.Campaigns.Open(v.Context(), v.Actor, v.PathValue("campaign"))
	if err != nil {
		return nil, err
	}
	if err := authz.Check(v.Actor, authz.Nodes, p.Campaign.Office); err != nil {
		return nil, err
	}
	if s.App.Joined() {
		return nil, fault.New(fault.Conflict, "courier.not_hub")
	}
	page := &codeScreen{Page: s.Frame(v, v.Words.T("campaign.code.title", "city", p.Campaign.City), home), ID: p.Campaign.Entity.ID}
	page.Back.Href, page.Narrow = home+"/"+page.ID, true
	return page, nil
}

// makeCode makes one. It is shown in the answer to the form, and nowhere after.
func (s *Room) makeCode(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, err := s.codeScreen(v)
	if err != nil {
		return err
	}
	label := strings.TrimSpace(v.PostFormValue("label"))
	made, err := s.App.TravelCode(v.Context(), v.Actor, page.ID, label)
	if err != nil {
		if !desk.Mendable(err) {
			return err
		}
		page.Fail(err)
		page.Label = label
		return s.Show(v, ui.StatusOf(err), "travelcode.html", page)
	}
	if page.Made, err = v.Words.NewCode(&made); err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "travelcode.html", page)
}
