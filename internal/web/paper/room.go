// Package paper holds the screens about what an office hands out on paper: certificates and
// the consular card. The page of a paper is its accessible original; the PDF is a copy of it
// for printing.
package paper

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

// Routes lists the addresses of the room. The first POST issues a paper: whoever has a
// person in front of them may send it from any page, with kind=registration.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /persona/{id}/constancias", Do: s.papersPage},
		{Pattern: "POST /persona/{id}/constancias", Do: s.issue},
		{Pattern: "GET /persona/{id}/constancias/{serial}", Do: s.originalPage},
		{Pattern: "GET /persona/{id}/constancias/{serial}/pdf", Do: s.pdf},
		{Pattern: "POST /persona/{id}/constancias/{serial}/anular", Do: s.revoke},
	}
}
