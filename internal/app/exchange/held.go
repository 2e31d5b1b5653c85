package exchange

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// heldBy calls f with pages of the entities that a node may hold: what was in one of its
// scopes while the node had the scope, besides what it confirmed that it forgot and has not
// been sent again since. What lies beyond its cursor counts as far as an answer went: it may have
// been on its way when the node was last heard of. What came later never left the hub for it.
func (x *Exchange) heldBy(ctx context.Context, tx *store.Tx, p store.Peer, f func(entities []string) error) error {
	peer, err := peerOf(p)
	if err != nil {
		return err
	}
	var scopes []string
	for _, g := range peer.Grants {
		scopes = append(scopes, string(g.Scope))
	}
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	until, err := x.toldUntil(ctx, tx, p.Name)
	if err != nil {
		return err
	}
	for after := ""; ; {
		const page = 500
		entities, err := tx.FiledUntil(ctx, scopes, until, after, page)
		if err != nil || len(entities) == 0 {
			return err
		}
		after = entities[len(entities)-1]
		had, err := everIn(ctx, tx, &peer, entities, until)
		if err != nil {
			return err
		}
		held, err := stillHeld(ctx, tx, &peer, had)
		if err == nil {
			err = f(held)
		}
		if err != nil {
			return err
		}
	}
}

// everIn keeps those that were in a scope of the node while it had that scope. What left a
// scope before the node got it, and what came into it after it was taken away or after told, the
// end of the last answer, never went out.
func everIn(ctx context.Context, tx *store.Tx, peer *sync.Peer, entities []string, told int64) (out []string, err error) {
	in := make(map[string]bool, len(entities))
	for _, g := range peer.Grants {
		until := g.Until
		if until == 0 {
			until = 1 << 62
		}
		until = min(until, told)
		spans, err := tx.FiledSpans(ctx, string(g.Scope), entities)
		if err != nil {
			return nil, err
		}
		standing, err := tx.Standing(ctx, entities, []string{string(g.Scope)})
		if err != nil {
			return nil, err
		}
		for e, s := range spans {
			_, stands := standing[e]
			in[e] = in[e] || s.First <= until && (stands || s.Last > g.Since)
		}
	}
	for _, e := range entities {
		if in[e] {
			out = append(out, e)
		}
	}
	return out, nil
}

// stillHeld leaves out what the node confirmed that it forgot and has not come back since.
func stillHeld(ctx context.Context, tx *store.Tx, peer *sync.Peer, entities []string) (out []string, err error) {
	forgot, err := tx.ForgetsOf(ctx, string(peer.Node), entities)
	if err != nil {
		return nil, err
	}
	since, err := tx.Standing(ctx, entities, texts(peer.Scopes()))
	for _, e := range entities {
		f, gone := forgot[e]
		at, in := since[e]
		if !gone || in && at > f.Asked {
			out = append(out, e)
		}
	}
	return out, err
}

// Holding is what a computer may hold, for who must say whom it concerns when it is lost.
type Holding struct {
	Count    int // how many people
	Peer     store.Peer
	Scopes   []string          // those that it has or had
	People   []store.PersonRow // in the order of their numbers
	Accounts []string          // logins whose accounts went along; their passwords did not
	Turns    int               // visitors and turns of campaigns
	PurgedAt int64             // when it said that it had forgotten the last of them; 0 while it holds some
}

// Held lists exactly whom a computer may hold: for the list of those who are told of a breach.
// The actor needs a right over nodes or over breaches of its office, and to read people there.
// Every person shown is logged.
func (x *Exchange) Held(ctx context.Context, actor authz.Actor, name string) (*Holding, error) {
	h, err := x.holding(ctx, actor, name)
	if err == nil {
		err = authz.Check(actor, authz.Read, h.Peer.Office)
	}
	if err != nil {
		return nil, err
	}
	reads := []store.Read{{Action: "node_held", Detail: name}}
	for _, p := range h.People {
		reads = append(reads, store.Read{Action: "node_held", Person: p.ID, Detail: name})
	}
	return h, x.LogReads(ctx, actor, reads...)
}

// HeldCount is Held without the people: how many they are, and whether the computer holds
// anybody still. It shows nobody.
func (x *Exchange) HeldCount(ctx context.Context, actor authz.Actor, name string) (*Holding, error) {
	h, err := x.holding(ctx, actor, name)
	if err != nil {
		return nil, err
	}
	h.People = nil
	return h, nil
}

func (x *Exchange) holding(ctx context.Context, actor authz.Actor, name string) (*Holding, error) {
	h := &Holding{}
	return h, x.DB.View(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.Peer(ctx, name)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "courier.no_node", "name", name)
		}
		if err == nil && !authz.May(actor, authz.Breach, p.Office) {
			err = authz.Check(actor, authz.Nodes, p.Office)
		}
		if err != nil {
			return err
		}
		h.Peer = p
		return x.fillHolding(ctx, tx, h)
	})
}

func (x *Exchange) fillHolding(ctx context.Context, tx *store.Tx, h *Holding) error {
	grants, err := readGrants(h.Peer.Scopes)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if s := string(g.Scope); g.Scope != sync.Everybody && !slices.Contains(h.Scopes, s) {
			h.Scopes = append(h.Scopes, s)
		}
	}
	err = x.heldBy(ctx, tx, h.Peer, func(entities []string) error {
		_, ids := byKind(entities)
		rows, err := tx.PeopleByID(ctx, ids[change.Person])
		h.People = append(h.People, rows...)
		h.Accounts = append(h.Accounts, ids[change.User]...)
		h.Turns += len(ids["turn"])
		return err
	})
	if err != nil {
		return err
	}
	h.Count = len(h.People)
	slices.SortFunc(h.People, func(a, b store.PersonRow) int { return strings.Compare(a.Number, b.Number) })
	if len(h.People)+h.Turns == 0 {
		h.PurgedAt, err = tx.LastForgotten(ctx, h.Peer.Name)
	}
	return err
}

// CountHeld counts whom a computer may hold, and says when it confirmed that it holds nobody
// any more; 0 while it does.
func (x *Exchange) countHeld(ctx context.Context, tx *store.Tx, p store.Peer) (people int, purged int64, err error) {
	turns := 0
	err = x.heldBy(ctx, tx, p, func(entities []string) error {
		_, ids := byKind(entities)
		people += len(ids[change.Person])
		turns += len(ids["turn"])
		return nil
	})
	if err == nil && people+turns == 0 {
		purged, err = tx.LastForgotten(ctx, p.Name)
	}
	return people, purged, err
}
