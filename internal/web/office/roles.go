package office

import (
	"net/http"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type rolesScreen struct {
	ui.Page
	Tabs  []ui.Link
	Table ui.Table
}

// rolesPage prints the table of rights: what each role may do, how far, and for what. It
// holds nobody's data, and every officer may read it.
func (s *Room) rolesPage(v *desk.Visit) error {
	w := words{v.Words}
	page := &rolesScreen{Page: s.Frame(v, w.T("roles.title"), "/codigos"), Tabs: w.refTabs("/roles")}
	page.Table = ui.Table{Caption: w.T("roles.caption"), Head: []ui.Column{{Text: w.T("roles.action")}, {Text: w.T("roles.purposes")}}}
	for _, r := range authz.Roles {
		if authz.Known(r) {
			page.Table.Head = append(page.Table.Head, ui.Column{Text: w.Code("role", string(r))})
		}
	}
	for _, act := range authz.Actions {
		purposes := authz.PurposesOf(act)
		for i, p := range purposes {
			purposes[i] = w.Code("purpose", p)
		}
		row := []ui.Cell{{Text: w.Or("authz.action."+string(act), string(act))}, {Text: strings.Join(purposes, ", ")}}
		for _, r := range authz.Roles {
			if authz.Known(r) {
				row = append(row, ui.Cell{Text: w.T([]string{"roles.none", "roles.own", "roles.world"}[authz.Grants(r, act)])})
			}
		}
		page.Table.Rows = append(page.Table.Rows, row)
	}
	return s.Show(v, http.StatusOK, "roles.html", page)
}
