// Package hublink says how a register stands with others: a node with its hub, the hub with
// its nodes. It reads what the exchange wrote down and changes nothing.
package hublink

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// Links are the use cases on one register.
type Links struct {
	*node.Node
	mu    sync.Mutex
	hub   Status // of a hub, for a few seconds: every page asks
	asked time.Time
}

// New makes them.
func New(n *node.Node) *Links { return &Links{Node: n} }

// Actor is who asks.
type Actor = authz.Actor

// Role is what a register is among others.
type Role string

// The roles.
const (
	Alone Role = ""     // it has no hub and is none
	Post  Role = "node" // it has a hub
	Hub   Role = "hub"  // it has nodes
)

// silence is how long after the last round of messages a link counts as lost. A round that
// waits for news ends within half a minute.
const silence = 2 * time.Minute

// Status is how a register stands. Times are zero for never.
type Status struct {
	Role      Role
	Linked    bool      // the last round came through, a moment ago
	Until     time.Time // everything written here before was received, by the hub's receipt
	Contact   time.Time // the last receipt of the hub
	Attempt   time.Time // the last try
	Unsent    int64     // changes written here that the hub has not said it received
	Oldest    time.Time // when the oldest of the unsent was written
	AtRisk    int64     // unsent changes that the hub does not take as they are
	Refusal   *fault.Error
	Drift     time.Duration // this computer's clock against the hub's, when Clocks says that both are known
	Clocks    bool
	Backs     int64    // how often the hub was found put back from an older copy
	Hubs      []string // addresses
	Nodes     int      // of a hub: those that may send and fetch
	Silent    int      // of those: without a sign of life for an hour
	Conflicts int64
	Travels   bool // a laptop that carries whom a campaign lists, and of its office nobody else
	Emptied   bool // a laptop that came back: the hub has it carry nobody any more
}

// lasting are the reasons for which the hub takes nothing until a person does something: the
// node's own changes are kept here, and nowhere else.
var lasting = []string{"sync.refused.unknown", "sync.refused.revoked", "sync.refused.body", "sync.refused.order", "sync.refused.cloned",
	"sync.refused.erasure", "sync.refused.key"}

// LinkStatus is how the register stands, for the strip on every page of an officer.
func (l *Links) LinkStatus(ctx context.Context, actor Actor) (s Status, err error) {
	err = l.DB.Look(ctx, func(tx *store.Tx) error {
		state, is, err := tx.SyncState(ctx)
		if err != nil {
			return err
		}
		if is {
			s, err = l.post(ctx, tx, &state)
		} else {
			s, err = l.asHub(ctx, tx)
		}
		if err != nil {
			return err
		}
		if scope, ok := authz.ScopeOf(actor, authz.Edit); ok {
			s.Conflicts, err = tx.CountContested(ctx, scope.Office)
		}
		return err
	})
	return s, err
}

func (l *Links) post(ctx context.Context, tx *store.Tx, state *store.SyncState) (s Status, err error) {
	s = Status{Role: Post, Contact: moment(state.Receipt), Attempt: moment(state.Attempt), Hubs: strings.Fields(state.Address),
		Backs: state.Backs, Refusal: fault.As(courier.Trouble(state.Refusal))}
	if s.Travels, s.Emptied, err = carries(state.Scopes); err != nil {
		return s, err
	}
	s.Emptied = s.Emptied && !s.Contact.IsZero()
	trouble := fault.As(courier.Trouble(state.Trouble))
	if s.Refusal == nil {
		s.Refusal = trouble
	}
	if s.Refusal == nil { // put back from a copy, it sends nothing either
		s.Refusal = fault.As(l.Waits(ctx, tx))
	}
	if heard := max(state.Receipt, state.Answered); state.HubNow > 0 && heard > 0 { // whichever message was the last
		s.Drift, s.Clocks = time.Duration(heard-state.HubNow)*time.Microsecond, true
	}
	s.Linked = trouble == nil && !s.Attempt.IsZero() && l.Now().Sub(s.Attempt) < silence
	var oldest int64
	if s.Unsent, oldest, err = tx.Unsent(ctx, l.Name(), state.Sent); err != nil {
		return s, err
	}
	s.Oldest, s.Until = moment(oldest), s.Contact
	if s.Unsent > 0 && !s.Until.IsZero() && s.Oldest.Before(s.Until) {
		s.Until = s.Oldest
	}
	if s.Refusal != nil && slices.Contains(lasting, s.Refusal.Key) {
		s.AtRisk = s.Unsent
	}
	return s, nil
}

// carries says of the scopes of a node whether they are of campaigns alone, and whether there are
// none but that of everybody.
func carries(scopes string) (travels, none bool, err error) {
	var all []string
	if scopes != "" {
		if err := json.Unmarshal([]byte(scopes), &all); err != nil {
			return false, false, err
		}
	}
	all = slices.DeleteFunc(all, func(s string) bool { return s == "*" })
	office := slices.ContainsFunc(all, func(s string) bool { return !strings.HasPrefix(s, "campaign/") })
	return len(all) > 0 && !office, len(all) == 0, nil
}

// asHub counts the nodes, at most every ten seconds.
func (l *Links) asHub(ctx context.Context, tx *store.Tx) (Status, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Now()
	if age := now.Sub(l.asked); !l.asked.IsZero() && age >= 0 && age < 10*time.Second {
		return l.hub, nil
	}
	peers, err := tx.Peers(ctx)
	if err != nil {
		return Status{}, err
	}
	l.hub, l.asked = Status{}, now
	for _, p := range peers {
		if p.State != store.PeerActive {
			continue
		}
		l.hub.Role = Hub
		l.hub.Nodes++
		if now.Sub(moment(p.Seen)) > time.Hour {
			l.hub.Silent++
		}
	}
	return l.hub, nil
}

// Unplaced counts the changes written here that no answer of the hub has covered yet.
func (l *Links) Unplaced(ctx context.Context) (n int64, err error) {
	return n, l.DB.Look(ctx, func(tx *store.Tx) error {
		n, _, err = tx.Pending(ctx, l.Name())
		return err
	})
}

// Waiting is one change that the hub has not covered yet.
type Waiting struct {
	Entry  store.Entry
	Sent   bool // the hub has said that it received it; its place is still to come
	Action string
	Author string
	Person *store.PersonRow // whom it is about, when it is about a person
	Kind   string           // of the entity
	Size   int              // of the body in bytes
}

// mostShown bounds the list of what waits; Unplaced counts all of it.
const mostShown = 200

// Waiting lists what waits to be sent or to be placed, the oldest first. People that are
// shown are logged as read.
func (l *Links) Waiting(ctx context.Context, actor Actor) (out []Waiting, err error) {
	if _, ok := authz.ScopeOf(actor, authz.Search); !ok {
		return nil, authz.Check(actor, authz.Search, actor.Office)
	}
	err = l.DB.View(ctx, func(tx *store.Tx) error {
		state, is, err := tx.SyncState(ctx)
		if err != nil || !is {
			return err
		}
		err = tx.Unplaced(ctx, l.Name(), mostShown, func(e store.Entry) error {
			w, err := waiting(e)
			w.Sent = e.ID.N <= state.Sent
			out = append(out, w)
			return err
		})
		if err != nil {
			return err
		}
		return named(ctx, tx, out)
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	reads, seen := []store.Read{{Action: "search", Detail: "waiting to be sent"}}, map[string]bool{}
	for _, w := range out {
		if w.Person != nil && !seen[w.Person.ID] {
			seen[w.Person.ID] = true
			reads = append(reads, store.Read{Action: "candidate", Person: w.Person.ID, Detail: "ordinary"})
		}
	}
	return out, l.LogReads(ctx, actor, reads...)
}

// Receipt says what the hub confirmed of a change.
type Receipt struct {
	Sent     bool  // the hub's signed receipt covers it
	Number   int64 // its place in the hub's log, 0 while unknown
	Received time.Time
	Here     bool // this register is the hub that received it
	Own      bool // it was written at the hub itself, which is another register
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros)
}
