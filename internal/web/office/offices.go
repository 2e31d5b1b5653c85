package office

import (
	"net/http"
	"strings"

	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/name"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type officesScreen struct {
	ui.Page
	Country, Text string
	Countries     []ui.Option
	Table         ui.Table
	Tabs          []ui.Link
}

// refTabs part the pages of what the register refers to.
func (w words) refTabs(current string) []ui.Link {
	return []ui.Link{{Text: w.T("officer.codes.title"), Href: "/codigos", Current: current == "/codigos"},
		{Text: w.T("officer.offices.title"), Href: "/oficinas", Current: current == "/oficinas"},
		{Text: w.T("roles.title"), Href: "/roles", Current: current == "/roles"}}
}

// officesPage lists the offices, of one country or of all.
func (s *Room) officesPage(v *desk.Visit) error {
	counts, err := s.App.Offices(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &officesScreen{Page: s.Frame(v, w.T("officer.offices.title"), "/codigos"), Tabs: w.refTabs("/oficinas"),
		Country: v.FormValue("pais"), Text: strings.TrimSpace(v.FormValue("q"))}
	page.Table = ui.Table{Caption: w.T("officer.offices.title"), Empty: w.T("officer.offices.none"),
		Head: []ui.Column{{Text: w.T("officer.col.office")}, {Text: w.T("officer.col.code")}, {Text: w.T("officer.col.country")},
			{Text: w.T("officer.col.category")}, {Text: w.T("officer.offices.people"), Numeric: true}}}
	seen := map[string]bool{}
	for _, o := range place.Network().Offices() {
		if !seen[o.Country] {
			seen[o.Country] = true
			page.Countries = append(page.Countries, ui.Option{Value: o.Country, Label: w.Code("country", o.Country)})
		}
		if page.Country != "" && o.Country != page.Country || !wanted(page.Text, o.Code, o.ES, o.EN, o.City) {
			continue
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: o.Name(string(w.Lang)), Href: "/oficinas/" + o.Code}, {Text: o.Code},
			{Text: w.Code("country", o.Country)}, {Text: w.Code("office_category", string(o.Category))},
			{Text: i18n.Number(w.Lang, counts[o.Code]), Numeric: true}})
	}
	desk.SortOptions(page.Countries)
	page.Table.Caption = w.TN("officer.offices.count", len(page.Table.Rows))
	return s.Show(v, http.StatusOK, "offices.html", page)
}

// wanted reports whether one of the texts has the words that were asked for.
func wanted(asked string, texts ...string) bool {
	key := name.Fold(asked)
	if key == "" {
		return true
	}
	for _, t := range texts {
		if strings.Contains(name.Fold(t), key) {
			return true
		}
	}
	return false
}

type officeScreen struct {
	ui.Page
	Rows      []ui.Row
	Districts ui.Table
	Reporting ui.Table
}

// officePage shows an office, its districts by date, and the posts that report to it.
func (s *Room) officePage(v *desk.Visit) error {
	counts, err := s.App.Offices(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	net, w := place.Network(), words{v.Words}
	o, ok := net.Office(v.PathValue("code"))
	if !ok {
		return s.Nowhere(v)
	}
	page := &officeScreen{Page: s.Frame(v, o.Name(string(w.Lang)), "/codigos")}
	page.Back.Href = "/oficinas"
	row := func(key, value string) {
		if value != "" {
			page.Rows = append(page.Rows, ui.Row{Key: w.T(key), Value: value})
		}
	}
	row("officer.col.code", o.Code)
	row("officer.col.category", w.Code("office_category", string(o.Category)))
	row("officer.col.city", o.City)
	row("officer.col.country", w.Code("country", o.Country))
	row("officer.offices.zone", o.Zone)
	row("officer.offices.people", i18n.Number(w.Lang, counts[o.Code]))
	if o.Parent != "" {
		row("officer.offices.parent", w.Office(o.Parent))
	}
	row("officer.offices.source", o.Source)
	page.Districts = ui.Table{Caption: w.T("officer.offices.districts"), Empty: w.T("officer.offices.nodistricts"),
		Head: []ui.Column{{Text: w.T("officer.col.code")}, {Text: w.T("officer.offices.territory")}, {Text: w.T("officer.offices.act")},
			{Text: w.T("officer.col.validity")}}}
	for _, d := range net.Districts(civil.Date{}) {
		if d.Office == o.Code {
			text := d.ES
			if w.Lang == i18n.English {
				text = d.EN
			}
			page.Districts.Rows = append(page.Districts.Rows, []ui.Cell{{Text: d.Code}, {Text: text}, {Text: d.ActText(string(w.Lang))},
				{Text: w.validity(d.Period)}})
		}
	}
	page.Reporting = ui.Table{Caption: w.T("officer.offices.reporting"), Head: []ui.Column{{Text: w.T("officer.col.office")}, {Text: w.T("officer.col.code")}}}
	for _, r := range net.Reporting(o.Code) {
		page.Reporting.Rows = append(page.Reporting.Rows, []ui.Cell{{Text: r.Name(string(w.Lang)), Href: "/oficinas/" + r.Code}, {Text: r.Code}})
	}
	return s.Show(v, http.StatusOK, "office.html", page)
}

// validity says from when to when something holds; an end that is not known is left out.
func (w words) validity(p civil.Period) string {
	var out []string
	if p.From.Known() {
		out = append(out, w.T("officer.prov.from", "date", p.From))
	}
	if p.To.Known() {
		out = append(out, w.T("officer.prov.to", "date", p.To))
	}
	return strings.Join(out, " ")
}
