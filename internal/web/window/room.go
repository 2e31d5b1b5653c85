// Package window holds the screens of the window: registering somebody who stands in front
// of the officer, from the document in the scanner to the certificate in the hand.
package window

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
		{Pattern: "GET /registrar", Do: s.registerPage},
		{Pattern: "POST /registrar", Do: s.register},
		{Pattern: "POST /registrar/parecidos", Unkept: true, Do: s.look},
		{Pattern: "POST /registrar/actualizar", Do: s.welcome},
		{Pattern: "GET /persona/{id}/inscrita", Do: s.registeredPage},
	}
}
