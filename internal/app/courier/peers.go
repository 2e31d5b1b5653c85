package courier

import (
	"context"
	"slices"
	"strings"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/id"
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
	Filling                   bool          // it has yet to receive some of who was in its scopes when it was granted them
	Unsent                    int64         // how many changes it had yet to send when it last asked
	Oldest                    time.Time     // when the first of those was made, by the hub's clock
	People                    int64         // how many people are in its scopes now
	Refused                   sync.Refusal  // why the last message was not taken; Key "" when it was
	Enrolled, Ended           time.Time
	EnrolledBy, EndedBy, Note string
	WaitedFor                 []string         // nodes whose changes wait for what this one has to offer since the hub was restored
	AskedFor                  []string         // those of them that had to forget what this one may hold the values of
	Unawaited                 time.Time        // since when they need not wait; zero while they do
	Missing                   exchange.Missing // what the hub lost of it and others hold; no changes for nothing
	Later                     int64            // how many of its changes say something that this program does not know; 0 once it knows
}

// Lost reports whether the computer is in other hands.
func (p Peer) Lost() bool { return p.State == store.PeerLost }

// Peers lists the nodes that the actor has a right over, by name.
func (c *Courier) Peers(ctx context.Context, actor authz.Actor) (out []Peer, err error) {
	rows, err := c.exchange.Peers(ctx, actor)
	if err != nil {
		return nil, err
	}
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		size, err := tx.Size(ctx)
		if err != nil {
			return err
		}
		people := map[string]int64{}
		for i := range rows {
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
	if err != nil {
		return nil, err
	}
	missing, err := c.exchange.Missing(ctx, actor)
	for i := range out {
		if at := slices.IndexFunc(missing, func(m exchange.Missing) bool { return string(m.Author) == out[i].Name }); at >= 0 {
			out[i].Missing = missing[at]
		}
		for j := range out {
			if r := out[j].Refused; (r.Key == sync.RefusedEarly || r.Key == sync.RefusedBare) && slices.Contains(r.Args, out[i].Name) && out[j].State == store.PeerActive {
				out[i].WaitedFor = append(out[i].WaitedFor, out[j].Name)
				if r.Key == sync.RefusedBare {
					out[i].AskedFor = append(out[i].AskedFor, out[j].Name)
				}
			}
		}
	}
	return out, err
}

func peerOf(r *store.Peer, size int64) Peer {
	p := Peer{Name: r.Name, Kind: r.Kind, Label: r.Label, Office: r.Office, State: r.State, Key: r.Seal, Scopes: exchange.ScopesNow(*r), Version: r.Version,
		Seen: stampOf(r.Seen), Drift: time.Duration(r.Drift) * time.Microsecond, Received: r.LastN, Behind: max(0, size-r.Cursor), Filling: exchange.Filling(*r),
		Refused: refusalOf(r.Refused), Enrolled: stampOf(r.Made), EnrolledBy: r.MadeBy, Ended: stampOf(r.Ended), EndedBy: r.EndedBy, Note: r.Note}
	if p.State != store.PeerActive {
		p.Behind = 0
	}
	if r.Schema > change.Schema || r.Codes > code.Edition {
		p.Later = r.Later
	}
	p.Unawaited = stampOf(r.Unawaited)
	if p.Unsent = r.Backlog; r.Oldest > 0 {
		p.Oldest = stampOf(r.Oldest - r.Drift)
	}
	return p
}

// refusalOf reads a refusal as the table of peers keeps it: key, then names and values.
func refusalOf(text string) sync.Refusal {
	parts := strings.Split(text, "\n")
	return sync.Refusal{Key: parts[0], Args: parts[1:]}
}

// GoOn lets the others go on without what a node has still to offer since the hub was restored.
// The actor needs a reason, and the right over nodes of its office.
func (c *Courier) GoOn(ctx context.Context, actor authz.Actor, name, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return fault.New(fault.Invalid, "courier.why").On("why")
	}
	return c.exchange.GoOn(ctx, actor, id.Node(name), why)
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
	err = c.DB.View(ctx, func(tx *store.Tx) error {
		row, ok, err := tx.Peer(ctx, name)
		switch {
		case err != nil:
			return err
		case !ok:
			return fault.New(fault.NotFound, "courier.no_node", "name", name)
		case row.State != store.PeerActive:
			return fault.New(fault.Conflict, "courier.ended", "name", name, "day", stampOf(row.Ended).Format(time.DateOnly))
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if err := c.exchange.Revoke(ctx, actor, id.Node(name), lost, reason); err != nil {
		return out, err
	}
	return out, c.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropEnrolCodes(ctx, name); err != nil {
			return err
		}
		row, _, err := tx.Peer(ctx, name)
		if err != nil {
			return err
		}
		size, err := tx.Size(ctx)
		out = peerOf(&row, size)
		return err
	})
}
