package courier

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// Peer is a node as the hub's people see it. Times are zero for never.
type Peer struct {
	Name, Kind, Label, Office string
	State                     string // one of store.Peer*
	Key                       string // id of its keys
	Scopes                    []string
	Version                   string // of its program
	Seen                      time.Time
	Drift                     time.Duration // its clock against the hub's
	Received                  int64         // how many of its changes are here
	Behind                    int64         // how much of the log it has yet to look at
	People                    int64         // how many people are in its scopes now
	Refused                   sync.Refusal  // why the last message was not taken; Key "" when it was
	Enrolled, Ended           time.Time
	EnrolledBy, EndedBy, Note string
}

// Peers lists the nodes that the actor has a right over, by name.
func (c *Courier) Peers(ctx context.Context, actor authz.Actor) (out []Peer, err error) {
	scope, ok := authz.ScopeOf(actor, authz.Nodes)
	if !ok {
		return nil, authz.Check(actor, authz.Nodes, actor.Office)
	}
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Peers(ctx)
		if err != nil {
			return err
		}
		size, err := tx.Size(ctx)
		if err != nil {
			return err
		}
		people := map[string]int64{}
		for i := range rows {
			if !scope.Holds(rows[i].Office) {
				continue
			}
			p := peerOf(&rows[i], size)
			for _, s := range p.Scopes {
				if _, ok := people[s]; !ok {
					if people[s], err = tx.CountMembers(ctx, s, "person"); err != nil {
						return err
					}
				}
				p.People += people[s]
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

func peerOf(r *store.Peer, size int64) Peer {
	p := Peer{Name: r.Name, Kind: r.Kind, Label: r.Label, Office: r.Office, State: r.State, Key: r.Seal, Scopes: standing(r.Scopes), Version: r.Version,
		Seen: stampOf(r.Seen), Drift: time.Duration(r.Drift) * time.Microsecond, Received: r.LastN, Behind: max(0, size-r.Cursor),
		Refused: refusalOf(r.Refused), Enrolled: stampOf(r.Made), EnrolledBy: r.MadeBy, Ended: stampOf(r.Ended), EndedBy: r.EndedBy, Note: r.Note}
	if p.State != store.PeerActive {
		p.Behind = 0
	}
	return p
}

// refusalOf reads what faultText wrote.
func refusalOf(text string) (r sync.Refusal) {
	if json.Unmarshal([]byte(text), &r) != nil {
		return sync.Refusal{}
	}
	return r
}

// Revoke ends a node: from now on nothing of it is taken and nothing is given to it, and what
// it had from the log is known. lost says that the computer is in other hands. A code that
// was made for that name and not used is good no more. The actor needs a reason, and the
// right over nodes of its office.
func (c *Courier) Revoke(ctx context.Context, actor authz.Actor, name, reason string, lost bool) (out Peer, err error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return out, fault.New(fault.Invalid, "courier.reason").On("reason")
	}
	err = c.DB.Update(ctx, func(tx *store.Tx) error {
		row, ok, err := tx.Peer(ctx, name)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "courier.no_node", "name", name)
		}
		if err := authz.Check(actor, authz.Nodes, row.Office); err != nil {
			return err
		}
		if row.State != store.PeerActive {
			return fault.New(fault.Conflict, "courier.ended", "name", name, "day", stampOf(row.Ended).Format(time.DateOnly))
		}
		row.State, row.Ended, row.EndedBy, row.Note = store.PeerRevoked, micros(c.Now()), actor.Login, reason
		if lost {
			row.State = store.PeerLost
		}
		if err := tx.PutPeer(ctx, row); err != nil {
			return err
		}
		if err := tx.DropEnrolCodes(ctx, name); err != nil {
			return err
		}
		size, err := tx.Size(ctx)
		if err != nil {
			return err
		}
		out = peerOf(&row, size)
		return c.note(ctx, tx, actor, name, "node_revoke", reason, "state", row.State)
	})
	return out, err
}
