// Package courier takes what offices and the hub have for each other from one to the other:
// it says who may (enrolment by a code that is good once, revocation), runs a node's rounds
// over the network, answers as the hub, and writes and reads the files that travel by hand.
// What is in the messages, and what comes of them, is package exchange's.
package courier

import (
	"context"
	"encoding/json"
	"fmt"
	gosync "sync"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/seal"
	"quipu/internal/store"
)

// Courier is what one register says to others.
type Courier struct {
	*node.Node

	exchange Exchange

	mu   gosync.Mutex
	keys map[string]known // of nodes, by the id of their keys: neither ever changes
}

type known struct {
	name   string
	public seal.Public
}

// New makes the courier of a register.
func New(n *node.Node, x Exchange) *Courier {
	return &Courier{Node: n, exchange: x, keys: map[string]known{}}
}

// NodeKind is the kind of entity that a node is in the log: who enrolled it, who revoked it.
const NodeKind change.Kind = "node"

// note writes into the log what was done with a node.
func (c *Courier) note(ctx context.Context, tx *store.Tx, actor authz.Actor, name, action, reason string, sets ...string) error {
	st, err := c.Stamper(ctx, tx, actor)
	if err != nil {
		return err
	}
	ch := change.Change{Entity: change.Ref{Kind: NodeKind, ID: name}, Action: action, Note: reason}
	old, err := tx.Changes(ctx, ch.Entity)
	if err != nil {
		return err
	}
	var was change.Record
	for i := range old {
		was.Apply(&old[i])
	}
	for i := 0; i+1 < len(sets); i += 2 {
		if sets[i+1] != "" {
			ch.Sets = append(ch.Sets, change.Set{Field: sets[i], Value: change.Text(sets[i+1]), Base: was.Fields[sets[i]].Version})
		}
	}
	st.Stamp(&ch)
	return tx.Append(ctx, []change.Change{ch})
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

func text(v any) string { return fmt.Sprint(v) }
