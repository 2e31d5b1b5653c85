// Package oversight holds the screens of whoever answers for an office or for the register:
// how the office's day goes, who looked at whom, who may do what.
package oversight

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
		{Pattern: "GET /jefatura", Do: s.dayPage},
		{Pattern: "GET /accesos", Do: s.accessesPage},
		{Pattern: "POST /accesos", Do: s.findAccesses},
		{Pattern: "POST /accesos/vistas", Do: s.seeAccesses},
		{Pattern: "POST /accesos/csv", Heavy: true, Time: desk.LongWork, Do: s.exportAccesses},
	}
}
