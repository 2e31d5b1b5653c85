package sync

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
)

// Scope is a part of the register that goes to some nodes: Everybody, the code of an
// office, or "campaign/" and an id.
type Scope string

// Everybody is the scope of what every node needs: offices, districts, code lists.
const Everybody Scope = "*"

// Stays reports whether changes of a kind of entity go to the hub and to nobody else: they
// are filed nowhere, and the node that wrote them keeps them. Of the kind "held" is what the hub
// keeps apart.
func Stays(k change.Kind) bool {
	return k == "reads" || k == "node" || k == "held" || k == change.Forgetting
}

// Filing is a line of the hub's index of changes by scope.
type Filing struct {
	Scope  Scope
	Enters bool // the entity was not in the scope before the change
}

// File says under which scopes a change is filed: those that its entity was in before it
// and those that it is in after it, sorted. So whoever loses the entity sees the change
// that takes it away.
func File(before, after []Scope) []Filing {
	all := slices.Concat(before, after)
	slices.Sort(all)
	var out []Filing
	for _, s := range slices.Compact(all) {
		out = append(out, Filing{s, !slices.Contains(before, s)})
	}
	return out
}

// Grant is a scope that a node has, or had.
type Grant struct {
	Scope Scope
	Since int64 // size of the hub's log when it was granted
	Until int64 // and when it was taken away; 0 while it stands
}

// Peer is what the hub knows of a node.
type Peer struct {
	Node    id.Node
	Revoked bool
	// Unawaited: an officer has decided that nobody waits for what the node has still to offer
	// since the hub was restored. It holds until the hub has more of its changes.
	Unawaited bool
	Grants    []Grant
	Last      int64     // the last of its changes that the hub has
	Chain     tlog.Hash // its chain there
	// What it last said, for the list of nodes.
	Program string
	Schema  int
	Clock   int64 // its clock when it pushed
	Seen    int64 // the hub's clock then
	Cursor  Cursor
}

// granted are the scopes of those grants that are as asked, sorted.
func (p *Peer) granted(as func(Grant) bool) (out []Scope) {
	for _, g := range p.Grants {
		if as(g) {
			out = append(out, g.Scope)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Scopes are those that stand, sorted.
func (p *Peer) Scopes() []Scope { return p.granted(func(g Grant) bool { return g.Until == 0 }) }

// active are the standing scopes that a node at c holds whole: whose members it has got.
func (p *Peer) active(c Cursor) []Scope {
	return p.granted(func(g Grant) bool {
		return g.Until == 0 && (g.Since < c.After || g.Since == c.After && c.Filling == Filled)
	})
}

// watched are the scopes that stand, whether a node at c has their members or not, and those
// taken away later than it knows. What is urgent may have come to it with one of its scopes,
// gone on into another of these ahead of the order, and leave that one now.
func (p *Peer) watched(c Cursor) []Scope {
	return p.granted(func(g Grant) bool {
		return g.Until == 0 || g.Until > c.After || g.Until == c.After && c.Filling != Filled
	})
}

// stop is the next place after c where a scope was granted or taken away, 0 when there is none.
func (p *Peer) stop(c Cursor) (at int64) {
	for _, g := range p.Grants {
		for _, s := range []int64{g.Since, g.Until} {
			if s > c.After && (at == 0 || s < at) {
				at = s
			}
		}
	}
	return at
}

// Filling reports whether a node has yet to be sent some of who was in a scope when it was granted to
// it: Cursor says nothing of how many these are.
func (p *Peer) Filling() bool {
	granted, _ := p.turn(p.Cursor.After)
	return len(granted) > 0 && p.Cursor.Filling != Filled
}

// turn are the scopes granted and those taken away at one place.
func (p *Peer) turn(at int64) (granted, taken []Scope) {
	for _, g := range p.Grants {
		switch {
		case g.Until == 0 && g.Since == at:
			granted = append(granted, g.Scope)
		case g.Until != 0 && g.Until == at:
			taken = append(taken, g.Scope)
		}
	}
	return granted, taken
}
