package exchange

import (
	"context"
	"slices"
	"strings"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// NewPeer is a node on its way in. Key is its public key as text, Scopes what it may have
// besides what everybody has; Kind is office, laptop or hub.
type NewPeer struct {
	Name                id.Node
	Kind, Label, Office string
	Key                 string
	Scopes              []string
}

// AddPeer lets a node in, at the hub.
func (x *Exchange) AddPeer(ctx context.Context, actor authz.Actor, p NewPeer) error {
	if err := authz.Check(actor, authz.Nodes, p.Office); err != nil {
		return err
	}
	return x.DB.Update(ctx, func(tx *store.Tx) error { return x.AddPeerIn(ctx, tx, actor, p) })
}

// AddPeerIn is AddPeer in a transaction of the caller's, who has asked for the right.
func (x *Exchange) AddPeerIn(ctx context.Context, tx *store.Tx, actor authz.Actor, p NewPeer) error {
	hub, err := IsHub(ctx, tx)
	if err == nil && !hub {
		err = fault.New(fault.Conflict, "sync.no_hub")
	}
	if err != nil {
		return err
	}
	_, known, err := tx.Peer(ctx, string(p.Name))
	if err != nil {
		return err
	}
	wrote, err := tx.LastN(ctx, p.Name)
	if err != nil {
		return err
	}
	if known || wrote > 0 || p.Name == x.Name() || !p.Name.Valid() {
		return fault.New(fault.Conflict, "sync.name_taken", "node", p.Name)
	}
	size, err := x.noteNode(ctx, tx, actor, string(p.Name), "enrol", "kind", p.Kind, "office", p.Office, "scopes", strings.Join(p.Scopes, " "))
	if err != nil {
		return err
	}
	grants := []sync.Grant{{Scope: sync.Everybody, Since: size}}
	for _, s := range p.Scopes {
		grants = append(grants, sync.Grant{Scope: sync.Scope(s), Since: size})
	}
	text, err := writeGrants(grants)
	if err != nil {
		return err
	}
	key := "" // a key that is none lets nobody in
	if public, err := seal.ParsePublic(p.Key); err == nil {
		key = public.ID()
	}
	return tx.PutPeer(ctx, store.Peer{Seal: key, Name: string(p.Name), Kind: p.Kind, Label: p.Label, Office: p.Office, State: store.PeerActive, Verify: p.Key,
		Scopes: text, Chain: make([]byte, 32), Made: x.Now().UnixMicro(), MadeBy: actor.Login})
}

// noteNode writes into the log what was decided about a node, and returns the length of the
// log after it.
func (x *Exchange) noteNode(ctx context.Context, tx *store.Tx, actor authz.Actor, node, action string, pairs ...string) (size int64, err error) {
	ref := change.Ref{Kind: kindNode, ID: node}
	past, err := tx.Changes(ctx, ref)
	if err != nil {
		return 0, err
	}
	rec := change.Fold(past)
	c := change.Change{Entity: ref, Action: action}
	for i := 0; i+1 < len(pairs); i += 2 {
		c.Sets = append(c.Sets, change.Set{Field: pairs[i], Value: change.Text(pairs[i+1]), Base: rec.Version(pairs[i])})
	}
	if actor.Purpose == "" {
		actor.Purpose = "registry"
	}
	st, err := x.Stamper(ctx, tx, actor)
	if err != nil {
		return 0, err
	}
	st.Stamp(&c)
	if err := tx.Append(ctx, []change.Change{c}); err != nil {
		return 0, err
	}
	return tx.Size(ctx)
}

// onPeer changes what the hub knows of a node.
func (x *Exchange) onPeer(ctx context.Context, actor authz.Actor, name id.Node, f func(tx *store.Tx, p *store.Peer) error) error {
	return x.DB.Update(ctx, func(tx *store.Tx) error {
		p, ok, err := tx.Peer(ctx, string(name))
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "courier.no_node", "name", name)
		}
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.Nodes, p.Office); err != nil {
			return err
		}
		if err := f(tx, &p); err != nil {
			return err
		}
		return tx.PutPeer(ctx, p)
	})
}

// Grant gives a node a scope; what is in it comes with its next answers.
func (x *Exchange) Grant(ctx context.Context, actor authz.Actor, name id.Node, scope string) error {
	return x.onPeer(ctx, actor, name, func(tx *store.Tx, p *store.Peer) error { return x.regrant(ctx, tx, actor, p, scope, true) })
}

// TakeAway takes a scope from a node; what is in no other of its scopes it forgets.
func (x *Exchange) TakeAway(ctx context.Context, actor authz.Actor, name id.Node, scope string) error {
	return x.onPeer(ctx, actor, name, func(tx *store.Tx, p *store.Peer) error { return x.regrant(ctx, tx, actor, p, scope, false) })
}

func (x *Exchange) regrant(ctx context.Context, tx *store.Tx, actor authz.Actor, p *store.Peer, scope string, give bool) error {
	grants, err := readGrants(p.Scopes)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(grants, func(g sync.Grant) bool { return string(g.Scope) == scope && g.Until == 0 })
	if give == (at >= 0) {
		return nil
	}
	action := map[bool]string{true: "grant", false: "withdraw"}[give]
	size, err := x.noteNode(ctx, tx, actor, p.Name, action, "scope/"+scope, map[bool]string{true: "yes"}[give])
	if err != nil {
		return err
	}
	if give {
		grants = append(grants, sync.Grant{Scope: sync.Scope(scope), Since: size})
	} else {
		grants[at].Until = size
	}
	p.Scopes, err = writeGrants(grants)
	return err
}

// Revoke ends what a node may do, at once and for good: it sends and fetches nothing any more.
// lost says that the computer is in other hands.
func (x *Exchange) Revoke(ctx context.Context, actor authz.Actor, name id.Node, lost bool, note string) error {
	return x.onPeer(ctx, actor, name, func(tx *store.Tx, p *store.Peer) error {
		state := map[bool]string{true: store.PeerLost, false: store.PeerRevoked}[lost]
		if p.State == store.PeerLost || p.State == state {
			return nil
		}
		if _, err := x.noteNode(ctx, tx, actor, p.Name, "revoke", "state", state); err != nil {
			return err
		}
		p.State, p.Ended, p.EndedBy, p.Note = state, x.Now().UnixMicro(), actor.Login, note
		if !lost {
			return nil
		}
		_, err := x.DraftBreach(ctx, tx, actor, *p)
		return err
	})
}

// GoOn lets the others go on without what a node has still to offer since the hub was restored.
// What rests on it comes first, and stands beside it once the node offers it: an officer decides
// then. It holds until the node has offered something again.
func (x *Exchange) GoOn(ctx context.Context, actor authz.Actor, name id.Node, why string) error {
	return x.onPeer(ctx, actor, name, func(tx *store.Tx, p *store.Peer) error {
		if p.State != store.PeerActive || p.Unawaited > 0 {
			return nil
		}
		p.Unawaited = x.Now().UnixMicro()
		_, err := x.noteNode(ctx, tx, actor, p.Name, "go_on", "unawaited", change.Stamp{Micros: p.Unawaited}.String(), "why", why)
		return err
	})
}

// Peers lists the nodes whose offices the actor may see.
func (x *Exchange) Peers(ctx context.Context, actor authz.Actor) (out []store.Peer, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Nodes)
	if !ok {
		return nil, authz.Check(actor, authz.Nodes, actor.Office)
	}
	err = x.DB.View(ctx, func(tx *store.Tx) error {
		out, err = tx.Peers(ctx)
		return err
	})
	return slices.DeleteFunc(out, func(p store.Peer) bool { return !scope.All && p.Office != scope.Office }), err
}
