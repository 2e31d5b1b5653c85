package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app/node"
	"quipu/internal/app/number"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/store"
)

// State is how a check came out.
type State string

// The states, from good to bad. Fail means that the register must not go on like this.
const (
	Fine State = "ok"
	Warn State = "warn"
	Fail State = "fail"
)

// Check is the outcome of one check: the message in the catalogue is
// "doctor.<Name>.<Said>", filled with Args; what to do about it is in that message.
type Check struct {
	Name  string
	State State
	Said  string
	Args  []any
	Err   error // what lies beneath, for a person when it is a fault
}

// Checkup asks an open register what is wrong with it. last is how many of the newest
// changes are compared with the tree of the log; interval how often a checkpoint is due.
func (a *App) Checkup(ctx context.Context, actor Actor, last int64, interval time.Duration) ([]Check, error) {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return nil, err
	}
	p, err := a.pulse(ctx)
	if err != nil {
		return nil, err
	}
	return []Check{
		a.checkDatabase(ctx), a.checkSchema(ctx), a.checkSealKey(ctx), a.checkLogKey(&p), a.checkClock(&p),
		a.checkCheckpoint(ctx, &p, interval), a.checkChanges(ctx, &p, last), a.checkZones(), a.checkNumbers(ctx), a.checkExchange(ctx), a.checkScrub(ctx),
	}, nil
}

func failed(name string, err error) Check {
	return Check{Name: name, State: Fail, Said: "error", Err: err}
}

func (a *App) checkDatabase(ctx context.Context) Check {
	found, err := a.DB.Check(ctx)
	switch {
	case err != nil:
		return failed("database", err)
	case len(found) > 0:
		return Check{Name: "database", State: Fail, Said: "damaged", Args: []any{"count", len(found), "first", strings.TrimSpace(found[0])}}
	}
	bytes, err := a.DB.Size(ctx)
	if err != nil {
		return failed("database", err)
	}
	return Check{Name: "database", State: Fine, Said: "ok", Args: []any{"engine", a.Engine(), "mebibytes", bytes >> 20}}
}

func (a *App) checkSchema(ctx context.Context) (c Check) {
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		n, err := tx.Schema(ctx)
		c = Check{Name: "schema", State: Fine, Said: "ok", Args: []any{"schema", n}}
		return err
	})
	if err != nil {
		return failed("schema", err)
	}
	return c
}

// checkSealKey opens a few sealed keys: a master key of another register opens none.
func (a *App) checkSealKey(ctx context.Context) Check {
	var sample []store.WrappedKey
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		sample, err = tx.SealedSample(ctx, 5)
		return err
	})
	for i := 0; i < len(sample) && err == nil; i++ {
		_, err = a.Master.OpenDataKey(sample[i].Person, node.SealedTier, sample[i].Wrapped)
	}
	switch {
	case fault.Is(err, "seal.wrong_master"):
		return Check{Name: "seal_key", State: Fail, Said: "other", Err: err}
	case err != nil:
		return failed("seal_key", err)
	}
	return Check{Name: "seal_key", State: Fine, Said: "ok", Args: []any{"opened", len(sample)}}
}

func (a *App) checkLogKey(p *pulse) Check {
	if err := a.signed(&p.head); err != nil {
		return Check{Name: "log_key", State: Fail, Said: "other", Err: err}
	}
	return Check{Name: "log_key", State: Fine, Said: "ok", Args: []any{"name", a.Signer.Name()}}
}

func (a *App) checkClock(p *pulse) Check {
	if p.newest.After(a.Now().Add(clockSlack)) {
		return Check{Name: "clock", State: Fail, Said: "back", Args: []any{"now", minute(a.Now()), "newest", minute(p.newest)}}
	}
	return Check{Name: "clock", State: Fine, Said: "ok", Args: []any{"now", minute(a.Now())}}
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }

// checkCheckpoint expects one within three times the interval, once there is something
// new to keep.
func (a *App) checkCheckpoint(ctx context.Context, p *pulse, interval time.Duration) Check {
	var kept []store.Checkpoint
	var begun time.Time
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		if kept, err = tx.Checkpoints(ctx); err == nil && len(kept) == 0 && p.head.Size > 0 {
			begun, err = beginning(ctx, tx)
		}
		return err
	})
	switch {
	case err != nil:
		return failed("checkpoint", err)
	case len(kept) > 0 && kept[len(kept)-1].Size == p.head.Size, p.head.Size == 0:
		return Check{Name: "checkpoint", State: Fine, Said: "ok", Args: []any{"changes", p.head.Size}}
	case len(kept) == 0 && !begun.After(a.Now()) && a.Now().Sub(begun) <= 3*interval:
		return Check{Name: "checkpoint", State: Fine, Said: "young", Args: []any{"changes", p.head.Size}}
	case len(kept) == 0:
		return Check{Name: "checkpoint", State: Warn, Said: "none", Args: []any{"changes", p.head.Size}}
	}
	last := kept[len(kept)-1]
	c := Check{Name: "checkpoint", State: Fine, Said: "ok", Args: []any{"changes", last.Size}}
	if at := time.UnixMicro(last.At); a.Now().Sub(at) > 3*interval {
		c.State, c.Said, c.Args = Warn, "old", []any{"at", minute(at), "behind", p.head.Size - last.Size}
	}
	return c
}

// beginning is since when a register is here: since a node was enrolled, else since its first
// change. What a node got is older than itself.
func beginning(ctx context.Context, tx *store.Tx) (at time.Time, err error) {
	state, node, err := tx.SyncState(ctx)
	if err != nil || node {
		return time.UnixMicro(state.Enrolled), err
	}
	err = tx.Log(ctx, 0, 1, func(e store.Entry) error {
		at = time.UnixMicro(e.At)
		return nil
	})
	return at, err
}

var errLeaf = errors.New("app: a change is not the one that was logged")

// checkChanges compares the newest changes with the leaves of the tree: a quick look, not
// the proof that VerifyLog gives.
func (a *App) checkChanges(ctx context.Context, p *pulse, last int64) Check {
	first := max(0, p.head.Size-last)
	next := first // place of the leaf, from 0
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		var entries []store.Entry
		err := tx.Log(ctx, first, int(p.head.Size-first), func(e store.Entry) error {
			entries = append(entries, e)
			return nil
		})
		leaf := leaves(ctx, tx, p)
		for i := 0; i < len(entries) && err == nil; i++ {
			if err = matches(&entries[i], next, leaf); err == nil {
				next++
			}
		}
		return err
	})
	if err == nil && next != p.head.Size || errors.Is(err, errLeaf) {
		return Check{Name: "changes", State: Fail, Said: "altered", Args: []any{"place", next + 1}, Err: err}
	}
	if err != nil {
		return failed("changes", err)
	}
	return Check{Name: "changes", State: Fine, Said: "ok", Args: []any{"count", next - first}}
}

func matches(e *store.Entry, at int64, leaf func(int64) (tlog.Hash, error)) error {
	want, err := leaf(at)
	if err != nil {
		return err
	}
	c, err := change.Decode(e.Body)
	if err != nil || e.Seq != at+1 || audit.Leaf(&c, e.Body) != want || c.Entity.String() != e.Entity && store.HeldApart(c.ID).String() != e.Entity {
		return errLeaf
	}
	return nil
}

// leaves returns a function that finds the hash that was logged at a place, from the full
// tiles or from the edge.
func leaves(ctx context.Context, tx *store.Tx, p *pulse) func(at int64) (tlog.Hash, error) {
	const width = audit.TileBytes / tlog.HashSize
	held := int64(-1)
	var tile []byte
	return func(at int64) (h tlog.Hash, err error) {
		index, i := at/width, at%width
		if index == p.head.Size/width {
			if lowest := p.head.Edge.Levels; len(lowest) > 0 && i < int64(len(lowest[0])) {
				return lowest[0][i], nil
			}
			return h, errLeaf
		}
		if index != held {
			if tile, err = tx.Tile(ctx, 0, index); err != nil {
				return h, err
			}
			held = index
		}
		if len(tile) != audit.TileBytes {
			return h, errLeaf
		}
		return tlog.Hash(tile[i*tlog.HashSize:][:tlog.HashSize]), nil
	}
}

func (a *App) checkZones() Check {
	zones := map[string]bool{}
	for _, o := range place.Network().Offices() {
		zones[o.Zone] = true
		if _, err := o.Location(); err != nil {
			return Check{Name: "zones", State: Fail, Said: "missing", Args: []any{"zone", o.Zone}}
		}
	}
	return Check{Name: "zones", State: Fine, Said: "ok", Args: []any{"count", len(zones)}}
}

// checkNumbers looks whether a node has registry numbers for some days.
func (a *App) checkNumbers(ctx context.Context) Check {
	var s number.Stock
	err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
		s, err = number.StockOf(ctx, tx)
		return err
	})
	switch {
	case err != nil:
		return failed("numbers", err)
	case !s.Bound:
		return Check{Name: "numbers", State: Fine, Said: "own"}
	case s.Left == 0:
		return Check{Name: "numbers", State: Fail, Said: "none"}
	case s.Few():
		return Check{Name: "numbers", State: Warn, Said: "few", Args: []any{"left", s.Left}}
	}
	return Check{Name: "numbers", State: Fine, Said: "ok", Args: []any{"left", s.Left}}
}

// checkScrub asks whether the files of the database still hold what was erased or forgotten.
func (a *App) checkScrub(ctx context.Context) Check {
	owed, err := a.ScrubOwed(ctx)
	switch {
	case err != nil:
		return failed("scrub", err)
	case owed.IsZero():
		return Check{Name: "scrub", State: Fine, Said: "ok"}
	}
	c := Check{Name: "scrub", State: Fine, Said: "soon", Args: []any{"since", minute(owed)}}
	if a.Now().Sub(owed) > late+time.Hour {
		c.State, c.Said = Warn, "owed"
	}
	return c
}

// late is after how long without an answer of the hub somebody should look.
const late = 24 * time.Hour

// checkExchange asks how a node stands with its hub, and the hub with its nodes.
func (a *App) checkExchange(ctx context.Context) Check {
	s, err := a.Exchange.Status(ctx)
	if err != nil {
		return failed("exchange", err)
	}
	c := Check{Name: "exchange", State: Fine, Said: "alone"}
	switch s.Role {
	case "hub":
		return a.checkNodes(ctx)
	case "node":
		c.Said, c.Args = "level", []any{"hub", s.State.Hub, "pending", s.Pending}
		heard := time.UnixMicro(max(s.State.Answered, s.State.Enrolled))
		switch {
		case s.Refusal.Key != "":
			c.State, c.Said = Fail, "refused"
		case s.Restored:
			c.State, c.Said = Warn, "restored"
		case a.Now().Sub(heard) > late:
			c.State, c.Said = Warn, "late"
			c.Args = append(c.Args, "day", heard.UTC().Format(time.DateOnly))
		case s.State.Trouble != "":
			c.State, c.Said = Warn, "trouble"
		}
	}
	return c
}

func (a *App) checkNodes(ctx context.Context) Check {
	all, err := a.Courier.Peers(ctx, node.Operator("doctor", ""))
	if err != nil {
		return failed("exchange", err)
	}
	c := Check{Name: "exchange", State: Fine, Said: "hub"}
	active := 0
	for _, p := range all {
		if p.State != store.PeerActive {
			continue
		}
		if active++; p.Refused.Key != "" && c.State == Fine {
			c.State, c.Said, c.Args = Warn, "hub_refuses", []any{"node", p.Name}
		}
	}
	if c.State == Fine {
		c.Args = []any{"nodes", active}
	}
	missing, err := a.Missing(ctx, node.Operator("doctor", ""))
	if err != nil {
		return failed("exchange", err)
	}
	for _, m := range missing {
		if m.Gone && m.Changes > m.Kept {
			return Check{Name: "exchange", State: Warn, Said: "missing", Args: []any{"node", m.Author, "changes", m.Changes}}
		}
	}
	return c
}
