// Package review holds the screens about two entries that may be one person: the queue, a
// pair side by side, the merge and its undoing, and the figures of the work.
package review

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

// home is the address of the room, which the menu has.
const home = "/revision"

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /revision", Do: s.queuePage},
		{Pattern: "GET /revision/siguiente", Do: s.nextPage},
		{Pattern: "GET /revision/cifras", Do: s.figuresPage},
		{Pattern: "GET /revision/cifras.csv", Do: s.figuresFile},
		{Pattern: "GET /revision/{pair}", Do: s.pairPage},
		{Pattern: "POST /revision/{pair}", Do: s.decide},
		{Pattern: "GET /revision/union/{merge}", Do: s.mergePage},
		{Pattern: "POST /revision/union/{merge}", Do: s.part},
		{Pattern: "GET /persona/{id}/duplicados", Do: s.ofPerson},
	}
}
