package node

import (
	"context"
	"encoding/json"
	"strconv"

	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/store"
)

// A node that was put back from a copy may have written more after it, and its hub may have
// that. Until the hub has said up to which number, and everything up to there has come back,
// the node writes nothing: it would give numbers again that stand for something else.
const (
	restoredName = "node.restored" // setting: the last number that the hub has, -1 for not known yet
	restoredSaid = "node.restored.said"
)

// ActionRestore is what a register says in its log when it was put back from a copy.
const ActionRestore = "restore"

// MarkRestored makes the register wait for its hub. said is the change that will say so in
// the log when it need not wait any longer.
func MarkRestored(ctx context.Context, tx *store.Tx, said change.Change) error {
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if err := tx.PutSetting(ctx, restoredSaid, string(text)); err != nil {
		return err
	}
	return tx.PutSetting(ctx, restoredName, "-1")
}

func (n *Node) isRestored(ctx context.Context) (yes bool, err error) {
	err = n.DB.View(ctx, func(tx *store.Tx) error {
		text, err := tx.Setting(ctx, restoredName)
		yes = text != ""
		return err
	})
	return yes, err
}

// Waits is a fault while the register waits for its hub.
func (n *Node) Waits(ctx context.Context, tx *store.Tx) error {
	if !n.restored {
		return nil
	}
	text, err := tx.Setting(ctx, restoredName)
	if err == nil && text != "" {
		err = fault.New(fault.Unavailable, "node.catching_up", "node", string(n.name))
	}
	return err
}

// HubHas notes up to which of the register's own changes the hub has them.
func (n *Node) HubHas(ctx context.Context, tx *store.Tx, last int64) error {
	if n.Waits(ctx, tx) == nil {
		return nil
	}
	return tx.PutSetting(ctx, restoredName, strconv.FormatInt(last, 10))
}

// CaughtUp ends the waiting when everything has come back that the hub has; done says that
// it has just ended.
func (n *Node) CaughtUp(ctx context.Context, tx *store.Tx) (done bool, err error) {
	if n.Waits(ctx, tx) == nil {
		return false, nil
	}
	text, err := tx.Setting(ctx, restoredName)
	if err != nil {
		return false, err
	}
	has, err := strconv.ParseInt(text, 10, 64)
	if err != nil || has < 0 {
		return false, err
	}
	last, err := tx.LastN(ctx, n.name)
	if err != nil || last < has {
		return false, err
	}
	text, err = tx.Setting(ctx, restoredSaid)
	if err != nil {
		return false, err
	}
	var said change.Change
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		return false, err
	}
	if err := tx.PutSetting(ctx, restoredName, ""); err != nil {
		return false, err
	}
	past, err := tx.Changes(ctx, said.Entity)
	if err != nil {
		return false, err
	}
	rec := change.Fold(past) // it may have been put back before
	for i := range said.Sets {
		said.Sets[i].Base = rec.Version(said.Sets[i].Field)
	}
	st, err := n.Stamper(ctx, tx, Actor{Login: "system", Purpose: "registry"})
	if err != nil {
		return false, err
	}
	st.Stamp(&said)
	return true, tx.Append(ctx, []change.Change{said})
}
