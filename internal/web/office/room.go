// Package office holds the screens about the register as a whole: the network of offices,
// code lists, the log of changes.
package office

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

// words are the desk's, and those that only this room needs.
type words struct{ desk.Words }

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /oficinas", Do: s.officesPage},
		{Pattern: "GET /oficinas/{code}", Do: s.officePage},
		{Pattern: "GET /roles", Do: s.rolesPage},
		{Pattern: "GET /codigos", Do: s.codesPage},
		{Pattern: "GET /codigos/{list}", Do: s.codePage},
		{Pattern: "GET /auditoria", Do: s.auditPage},
		{Pattern: "POST /auditoria", Heavy: true, Time: desk.LongWork, Do: s.verify},
	}
}
