// Package courier takes what offices and the hub have for each other from one to the other:
// it says who may (enrolment by a code that is good once, revocation), runs a node's rounds
// over the network, answers as the hub, and writes and reads the files that travel by hand.
// What is in the messages, and what comes of them, is package exchange's.
package courier

import (
	"encoding/json"
	gosync "sync"
	"time"

	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/sync/synchttp"
)

// Courier is what one register says to others.
type Courier struct {
	*node.Node

	exchange *exchange.Exchange
	saved    chan struct{} // something was saved here
	Find     Finder        // at the hub: who answers officers at nodes; nil for nobody
	Move     Mover         // at the hub: who moves registrations for them; nil for nobody

	line   *synchttp.Switch // of a demonstration; nil for the network as it is
	joined chan struct{}    // hears when the line is joined again

	mu   gosync.Mutex
	keys map[string]known // of nodes, by the id of their keys: neither ever changes
}

type known struct {
	name   string
	public seal.Public
}

// New makes the courier of a register.
func New(n *node.Node, x *exchange.Exchange) *Courier {
	c := &Courier{Node: n, exchange: x, keys: map[string]known{}}
	c.wakes()
	return c
}

// system is who acts when a node does.
func system(office string) authz.Actor {
	return authz.Actor{Login: "system", Role: authz.Operator, Office: office, Purpose: "registry"}
}

// strict reads JSON of a known form and no more than it.
func strict(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fault.New(fault.Invalid, "sync.message").Because(err)
	}
	return nil
}

func micros(t time.Time) int64 { return t.UnixMicro() }

func stampOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
