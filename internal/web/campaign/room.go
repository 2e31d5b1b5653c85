// Package campaign holds the screens of mobile consulates: the calendar, one campaign's
// plan, whose entries are taken along, the queue on the day, and the closing sheet.
package campaign

import (
	"embed"

	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct{ *desk.Desk }

// New makes the room.
func New(d *desk.Desk) *Room { return &Room{d} }

// home is the address of the room, which the menu has.
const home = "/campanas"

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /campanas", Do: s.calendarPage},
		{Pattern: "GET /campanas/nueva", Do: s.newPage},
		{Pattern: "POST /campanas/nueva", Do: s.plan},
		{Pattern: "GET /campanas/{campaign}", Do: s.planPage},
		{Pattern: "POST /campanas/{campaign}", Do: s.onPlan},
		{Pattern: "GET /campanas/{campaign}/lista", Do: s.listPage},
		{Pattern: "POST /campanas/{campaign}/lista", Do: s.onList},
		{Pattern: "GET /campanas/{campaign}/jornada", Do: s.boardPage},
		{Pattern: "POST /campanas/{campaign}/jornada", Do: s.onBoard},
		{Pattern: "GET /campanas/{campaign}/turnos/{turn}", Do: s.turnPage},
		{Pattern: "POST /campanas/{campaign}/turnos/{turn}", Do: s.onTurn},
		{Pattern: "GET /campanas/{campaign}/cierre", Do: s.closingPage},
		{Pattern: "POST /campanas/{campaign}/cierre", Do: s.onClosing},
		{Pattern: "GET /campanas/{campaign}/codigo", Do: s.codePage},
		{Pattern: "POST /campanas/{campaign}/codigo", Unkept: true, Do: s.makeCode},
		{Pattern: "GET /nodos/{node}/fichas", Do: s.heldPage},
		{Pattern: "POST /nodos/{node}/fichas", Unkept: true, Time: desk.LongWork, Do: s.listHeld},
	}
}

// tabs are the pages of one campaign.
func (w words) tabs(v *desk.Visit) (out []ui.Link) {
	at := home + "/" + v.PathValue("campaign")
	for _, t := range []struct{ key, path string }{{"campaign.tab.plan", ""}, {"campaign.tab.list", "/lista"}, {"campaign.tab.day", "/jornada"}, {"campaign.tab.closing", "/cierre"}} {
		out = append(out, ui.Link{Text: w.T(t.key), Href: at + t.path, Current: v.URL.Path == at+t.path})
	}
	return out
}

// stays reports whether an error is shown on the page that was sent, and not instead of it.
func stays(err error) bool {
	return desk.Mendable(err) && !fault.Is(err, "campaign.moved")
}
