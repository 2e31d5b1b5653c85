// Package exchange holds the screens of an office that works with and without a link: how it
// stands with the hub, what two officers wrote apart and who decides, and at the hub which
// nodes there are.
package exchange

import (
	"embed"

	"quipu/internal/authz"
	"quipu/internal/web/desk"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct {
	*desk.Desk
	taken *takings
}

// New makes the room.
func New(d *desk.Desk) *Room {
	s := &Room{d, newTakings()}
	if err := d.App.SweepScratch(stickEnd); err != nil {
		d.Log.Error("files that waited are not gone", "err", err)
	}
	return s
}

// conflicts is the address of the list of conflicts.
const conflicts = "/conflictos"

// apart is the address of what the hub keeps apart.
const apart = "/apartados"

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET " + desk.LinkPath, Do: s.statePage},
		{Pattern: "POST " + desk.LinkPath, Unkept: true, Time: desk.LongWork, Do: s.act},
		{Pattern: "GET " + sticks, Do: s.mayNodes(s.bringPage)},
		{Pattern: "POST " + sticks, Unkept: true, Bytes: MaxStick + overhead, Time: stickTime, Do: s.Guard(authz.Nodes, s.bring)},
		{Pattern: "GET " + sticks + "/{stick}", Do: s.mayNodes(s.stickPage)},
		{Pattern: "GET /nodos", Do: s.Guard(authz.Nodes, s.nodesPage)},
		{Pattern: "POST /nodos", Unkept: true, Do: s.Guard(authz.Nodes, s.makeCode)},
		{Pattern: "GET /nodos/{node}", Do: s.Guard(authz.Nodes, s.nodePage)},
		{Pattern: "POST /nodos/{node}", Unkept: true, Do: s.Guard(authz.Nodes, s.change)},
		{Pattern: "POST /nodos/{node}/archivo", Unkept: true, Time: desk.LongWork, Do: s.Guard(authz.Nodes, s.giveNode)},
		{Pattern: "GET /nodos/{node}/perdido", Do: s.Guard(authz.Nodes, s.missingPage)},
		{Pattern: "POST /nodos/{node}/perdido", Unkept: true, Time: desk.LongWork, Do: s.Guard(authz.Nodes, s.takeIn)},
		{Pattern: "GET /conflictos", Do: s.conflictsPage},
		{Pattern: "GET /conflictos/{id}/{conflict}", Do: s.conflictPage},
		{Pattern: "POST /conflictos/{id}/{conflict}", Do: s.decide},
		{Pattern: "GET /conflictos/{kind}/{matter}/{conflict}", Do: s.casePage},
		{Pattern: "POST /conflictos/{kind}/{matter}/{conflict}", Do: s.decideCase},
		{Pattern: "GET /apartados/{held}", Do: s.apartPage},
		{Pattern: "POST /apartados/{held}", Do: s.decideApart},
	}
}

// words are the desk's, and those of this room.
type words struct{ desk.Words }
