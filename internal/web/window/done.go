package window

import (
	"net/http"

	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type doneScreen struct {
	desk.PersonHead
	QR       string
	Once     string // for the certificate, so that a second press makes no second one
	Side     int
	Renewals []string
	Doubts   []ui.Row
}

// registeredPage tells the number and what is still missing, and leads to the certificate.
func (s *Room) registeredPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return err
	}
	w := v.Words
	page := &doneScreen{PersonHead: *head, Once: s.Once.Issue(), Renewals: w.Renewals(&p.Person)}
	page.Title, page.Narrow = w.T("officer.registered.title"), true
	page.Who.Actions, page.Back.Href = nil, ""
	if page.QR, page.Side, err = render.QRPath(page.Who.Number); err != nil {
		return err
	}
	for _, d := range registry.Doubts(&p.Person) {
		page.Doubts = append(page.Doubts, ui.Row{Key: w.Label(d.Field), Value: w.Doubt(d.Doubt)})
	}
	return s.Show(v, http.StatusOK, "registered.html", page)
}
