package people

import (
	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// far asks the hub about people of other offices when this is a node with a link, and says
// what the results do not know when it is one without.
func (s *Room) far(v *desk.Visit, page *searchScreen, text string, here []app.Hit) {
	w := words{v.Words}
	near, linked := s.Near(v)
	if !linked {
		page.Near = near
		return
	}
	found, err := s.App.Courier.AskHub(v.Context(), s.Program, s.Hubs, v.Actor, text, maxHits)
	if err != nil {
		s.Log.Warn("a search at the hub", "err", err)
		page.Near = w.T("exchange.search.failed")
		return
	}
	page.Far = w.far(found, here, authz.May(v.Actor, authz.Transfer, v.Actor.Office))
	if len(page.Far.Rows) > 0 {
		page.Results.Empty = w.T("exchange.search.nobody_here")
	}
}

// far is the table of people whom the hub found and this office has not got.
// Whoever may, brings one here.
func (w words) far(found []courier.Hit, here []app.Hit, bring bool) ui.Table {
	known := map[string]bool{}
	for i := range here {
		known[here[i].ID] = true
	}
	t := ui.Table{Caption: w.T("exchange.search.world")}
	t.Head = w.Heads("officer.col.name", "officer.col.number", "officer.col.birth", "officer.col.office", "officer.col.city")
	for _, h := range found {
		if known[h.ID] {
			continue
		}
		name := ui.Cell{Text: farName(h)}
		if bring && h.Vital != "deceased" {
			name.Href = "/persona/" + h.ID + "/traer"
		}
		if h.Vital == "deceased" {
			name.Tag = ui.Tag{Text: w.T("officer.tag.deceased"), Colour: "grey"}
		}
		birth := ""
		if h.Birth != "" {
			birth = i18n.Date(w.Lang, h.Birth)
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: h.Number}, {Text: birth}, {Text: w.Office(h.Office)}, {Text: h.City}})
	}
	t.Empty = w.T("exchange.search.none")
	return t
}

func farName(h courier.Hit) string {
	if h.Name == "" {
		return h.Number
	}
	return h.Name
}
