// Package rights holds the screens about people's rights over their own data: their
// requests, own data handed out, incidents, requests of others, and what is kept no longer.
package rights

import (
	"embed"

	"quipu/internal/web/desk"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct{ *desk.Desk }

// New makes the room.
func New(d *desk.Desk) *Room { return &Room{d} }

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /datos", Do: s.inboxPage(false)},
		{Pattern: "GET /datos/respondidas", Do: s.inboxPage(true)},
		{Pattern: "GET /datos/solicitudes/{request}", Do: s.requestPage},
		{Pattern: "POST /datos/solicitudes/{request}", Do: s.onRequest},
		{Pattern: "GET /persona/{id}/derechos", Do: s.personPage},
		{Pattern: "POST /persona/{id}/derechos", Do: s.openRequest},
		{Pattern: "POST /persona/{id}/derechos/datos", Time: desk.LongWork, Do: s.handOut},
		{Pattern: "GET /datos/incidentes", Do: s.breachesPage},
		{Pattern: "GET /datos/incidente-nuevo", Do: s.newBreachPage},
		{Pattern: "POST /datos/incidente-nuevo", Do: s.newBreach},
		{Pattern: "GET /datos/incidentes/{breach}", Do: s.breachPage},
		{Pattern: "POST /datos/incidentes/{breach}", Do: s.onBreach},
		{Pattern: "GET /datos/terceros", Do: s.othersPage},
		{Pattern: "GET /datos/tercero-nuevo", Do: s.newOtherPage},
		{Pattern: "POST /datos/tercero-nuevo", Do: s.newOther},
		{Pattern: "GET /datos/terceros/{disclosure}", Do: s.otherPage},
		{Pattern: "POST /datos/terceros/{disclosure}", Do: s.onOther},
		{Pattern: "GET /datos/plazos", Do: s.termsPage},
		{Pattern: "POST /datos/plazos", Time: desk.LongWork, Do: s.lookOrPropose},
		{Pattern: "GET /datos/plazos/{proposal}", Do: s.proposalPage},
		{Pattern: "POST /datos/plazos/{proposal}", Time: desk.LongWork, Do: s.onProposal},
	}
}

// home is the address of the room, which the menu has.
const home = "/datos"
