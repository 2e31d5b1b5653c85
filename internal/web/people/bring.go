package people

import (
	"net/http"
	"time"

	"quipu/internal/app/courier"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// bringScreen asks whether the registration of a person of another office shall come to this
// one. The person is not here: what is shown comes from the hub.
type bringScreen struct {
	ui.Page
	Action, Text, Note string
	Rows               []ui.Row
}

func (s *Room) bringPage(v *desk.Visit) error {
	page, err := s.bringScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "bring.html", page)
}

func (s *Room) bringScreen(v *desk.Visit) (*bringScreen, error) {
	person := v.PathValue("id")
	if !s.App.Joined() {
		return nil, fault.New(fault.NotFound, "app.not_found", "what", "person", "which", person)
	}
	if err := authz.Check(v.Actor, authz.Transfer, v.Actor.Office); err != nil {
		return nil, err
	}
	found, err := s.App.Courier.AskHub(v.Context(), s.Program, s.Hubs, v.Actor, person, 1)
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "app.not_found", "what", "person", "which", person)
	}
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &bringScreen{Page: s.Frame(v, w.T("bring.title", "name", farName(found[0])), "/"), Action: "/persona/" + person + "/traer",
		Text: w.T("bring.text", "from", w.Office(found[0].Office), "to", w.Office(v.Actor.Office)), Rows: w.farFacts(found[0])}
	page.Back.Href, page.Narrow = "/", true
	return page, nil
}

func (w words) farFacts(h courier.Hit) []ui.Row {
	birth := ""
	if h.Birth != "" {
		birth = i18n.Date(w.Lang, h.Birth)
	}
	return []ui.Row{{Key: w.T("officer.col.name"), Value: farName(h)}, {Key: w.T("officer.col.number"), Value: h.Number},
		{Key: w.T("officer.col.birth"), Value: birth}, {Key: w.T("officer.col.office"), Value: w.Office(h.Office)}, {Key: w.T("officer.col.city"), Value: h.City}}
}

// bringTime is how long a browser waits for a person's whole history.
const bringTime = 75 * time.Second

// bring has the hub move the registration, and shows the person when she is here.
func (s *Room) bring(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	person := v.PathValue("id")
	if !s.App.Joined() {
		return fault.New(fault.NotFound, "app.not_found", "what", "person", "which", person)
	}
	if err := s.App.Courier.BringHere(v.Context(), s.Program, s.Hubs, v.Actor, person, v.PostFormValue("note")); err != nil {
		return err
	}
	return s.Done(v, "/persona/"+person, v.Words.T("bring.done"))
}
