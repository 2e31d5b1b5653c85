package exchange

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app/number"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// nodeLog is a node's log on one transaction; see sync.NodeLog. What it is given to append it
// holds until finish, which writes it in one go, and the tables after it.
type nodeLog struct {
	ctx      context.Context
	x        *Exchange
	tx       *store.Tx
	at       int64 // the node's clock, microseconds
	appended []store.Pulled
	touched  map[string]bool
	back     map[string]bool // entities that come and may have been forgotten before
	forget   []sync.Forget
	erased   []change.Change // erasures of the node's own that finish is to append
	apart    *bool           // whether there is something that took the place of what the hub lost; nil for not looked
}

var _ sync.NodeLog = (*nodeLog)(nil)

func (l *nodeLog) State() (sync.NodeState, error) {
	s, ok, err := l.tx.SyncState(l.ctx)
	if err == nil && !ok {
		err = errNoNode()
	}
	if err != nil {
		return sync.NodeState{}, err
	}
	out := sync.NodeState{Node: l.x.Name(), Pushed: s.Sent, Chain: hashOf(s.Chain), Cursor: sync.Cursor{After: s.Cursor, Filling: s.Within},
		Backs: int(s.Backs), Now: s.HubNow}
	if out.Scopes, err = readScopes(s.Scopes); err != nil {
		return out, err
	}
	if s.Refusal != "" {
		if err := json.Unmarshal([]byte(s.Refusal), &out.Trouble); err != nil {
			return out, err
		}
	}
	compare, err := l.tx.Setting(l.ctx, compareName)
	if err == nil && compare != "" {
		err = json.Unmarshal([]byte(compare), &out.Compare)
	}
	if err != nil {
		return out, err
	}
	mark, err := l.mark()
	if err != nil {
		return out, err
	}
	out.Ahead, out.Back = mark.Ahead, mark.Back
	heads, err := l.tx.HubHeads(l.ctx)
	for _, h := range heads {
		if h.Note != "" {
			out.Head = sync.Head(h.Note)
		}
		if h.Mark {
			out.Known = append(out.Known, sync.Mark{Size: h.Size, Root: h.Root})
		}
	}
	return out, err
}

func (l *nodeLog) SaveState(n sync.NodeState) error {
	if n.Heard {
		if err := l.x.HubHas(l.ctx, l.tx, n.Has); err != nil {
			return err
		}
	}
	s, ok, err := l.tx.SyncState(l.ctx)
	if err != nil || !ok {
		return err
	}
	s.Sent, s.Chain, s.Cursor, s.Within, s.Backs, s.HubNow = n.Pushed, n.Chain[:], n.Cursor.After, n.Cursor.Filling, int64(n.Backs), n.Now
	if s.Scopes, err = writeScopes(n.Scopes); err != nil {
		return err
	}
	s.Refusal = ""
	if n.Trouble.Key != "" {
		text, err := json.Marshal(n.Trouble)
		if err != nil {
			return err
		}
		s.Refusal, s.RefusedAt = string(text), l.at
	}
	if err := l.tx.PutSyncState(l.ctx, s); err != nil {
		return err
	}
	if err := l.saveCompare(n.Compare); err != nil {
		return err
	}
	if err := l.saveMark(hubMark{n.Ahead, n.Back}); err != nil {
		return err
	}
	return l.saveHeads(n)
}

// compareName is the setting that says what a node has yet to compare with its hub.
const compareName = "sync.compare"

func (l *nodeLog) saveCompare(c *sync.Compared) error {
	was, err := l.tx.Setting(l.ctx, compareName)
	if err != nil || c == nil && was == "" {
		return err
	}
	text := ""
	if c != nil {
		b, err := json.Marshal(c)
		if err != nil {
			return err
		}
		text = string(b)
	}
	return l.tx.PutSetting(l.ctx, compareName, text)
}

// hubMark is what a node remembers of its hub besides its place; see sync.NodeState.
type hubMark struct {
	Ahead int64 `json:"ahead,omitempty"`
	Back  int64 `json:"back,omitempty"`
}

// markName is the setting that keeps it.
const markName = "sync.mark"

func (l *nodeLog) mark() (m hubMark, err error) {
	text, err := l.tx.Setting(l.ctx, markName)
	if err != nil || text == "" {
		return m, err
	}
	return m, json.Unmarshal([]byte(text), &m)
}

func (l *nodeLog) saveMark(m hubMark) error {
	was, err := l.mark()
	if err != nil || was == m {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return l.tx.PutSetting(l.ctx, markName, string(text))
}

// saveHeads keeps the marks, and the newest note, which may be none of them.
func (l *nodeLog) saveHeads(n sync.NodeState) error {
	bySize := map[int64]store.HubHead{}
	for _, m := range n.Known {
		bySize[m.Size] = store.HubHead{Size: m.Size, Root: m.Root, Mark: true}
	}
	if len(n.Head) > 0 {
		m, err := l.OpenHead(n.Head)
		if err != nil {
			return err
		}
		h, known := bySize[m.Size]
		if !known {
			h = store.HubHead{Size: m.Size, Root: m.Root}
		}
		h.Note = string(n.Head)
		bySize[m.Size] = h
	}
	heads := make([]store.HubHead, 0, len(bySize))
	for _, size := range slices.Sorted(maps.Keys(bySize)) {
		heads = append(heads, bySize[size])
	}
	return l.tx.KeepHubHeads(l.ctx, heads)
}

func (l *nodeLog) OpenHead(h sync.Head) (sync.Mark, error) {
	s, ok, err := l.tx.SyncState(l.ctx)
	if err != nil || !ok {
		return sync.Mark{}, err
	}
	c, err := audit.Verify(h, s.HeadKey)
	return sync.Mark{Size: c.Size, Root: c.Root}, err
}

func (l *nodeLog) Last() (int64, error) { return l.tx.LastN(l.ctx, l.x.Name()) }

func (l *nodeLog) Own(after int64, limit int) (out [][]byte, err error) {
	return out, l.tx.Written(l.ctx, l.x.Name(), after, limit, func(e store.Entry) error {
		out = append(out, e.Body)
		return nil
	})
}

func (l *nodeLog) OwnLeaves(after int64, limit int) ([]tlog.Hash, error) {
	return leavesOf(l.ctx, l.tx, l.x.Name(), after, limit)
}

func (l *nodeLog) Named(ids []id.Change) (map[id.Change][]byte, error) {
	found, err := l.tx.Named(l.ctx, ids)
	out := make(map[id.Change][]byte, len(found))
	for c, e := range found {
		out[c] = e.Body
	}
	return out, err
}

func (l *nodeLog) Held(ids []id.Change) (map[id.Change]sync.Held, error) {
	found, err := l.tx.Named(l.ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Change]sync.Held, len(found))
	for name, e := range found {
		c, err := change.Decode(e.Body)
		if err != nil {
			return nil, err
		}
		out[name] = sync.Held{Seq: e.Hub, Leaf: audit.Leaf(&c, e.Body), Gone: c.Gone != ""}
	}
	return out, nil
}

func (l *nodeLog) Append(e sync.Entry, c *change.Change) error {
	l.appended = append(l.appended, store.Pulled{Hub: e.Seq, Received: e.Received, Change: *c, Body: e.Body})
	l.touch(c.Entity.String())
	return l.mayBeApart(e.ID)
}

// mayBeApart looks again at what the hub says of a change of the node's own that comes, or gets its
// place, after it was said.
func (l *nodeLog) mayBeApart(c id.Change) error {
	if c.Node != l.x.Name() {
		return nil
	}
	if l.apart == nil {
		some, err := l.tx.Setting(l.ctx, replacedName)
		if err != nil {
			return err
		}
		l.apart = new(some != "")
	}
	if *l.apart {
		l.touched[change.Ref{Kind: KindApart, ID: c.String()}.String()] = true
	}
	return nil
}

func (l *nodeLog) touch(entity string) { l.touched[entity], l.back[entity] = true, true }

// Number moves nothing within a fold when the changes are the node's own: what was on top in
// their order stays on top of what the hub had placed before. After the hub went back they may
// come before what others have still to offer.
func (l *nodeLog) Number(entries []sync.Entry) error {
	back, err := l.lost()
	if err != nil {
		return err
	}
	var moved []id.Change
	for _, e := range entries {
		if err := l.tx.Place(l.ctx, e.ID, e.Seq, e.Received); err != nil {
			return err
		}
		if err := l.mayBeApart(e.ID); err != nil {
			return err
		}
		if back || e.ID.Node != l.x.Name() {
			moved = append(moved, e.ID)
		}
	}
	have, err := l.tx.Named(l.ctx, moved)
	for _, e := range have {
		l.touched[e.Entity] = true
	}
	return err
}

func (l *nodeLog) Replace(c id.Change, body []byte) error {
	what, err := change.Decode(body)
	if err != nil {
		return err
	}
	l.touch(what.Entity.String())
	return l.tx.PutBack(l.ctx, c, body)
}

func (l *nodeLog) Unnumber(after int64) error {
	entities, err := l.tx.Displace(l.ctx, after)
	for _, e := range entities {
		l.touched[e] = true
	}
	if err != nil {
		return err
	}
	return l.tx.PutSetting(l.ctx, orphansName, "yes")
}

// orphansName is the setting that says that there may be changes that the hub lost and that have no
// place again: others', or own ones whose values are forgotten.
const orphansName = "sync.orphans"

// lost reports whether there may be such changes; they are not looked for otherwise.
func (l *nodeLog) lost() (bool, error) {
	some, err := l.tx.Setting(l.ctx, orphansName)
	return some != "", err
}

func (l *nodeLog) Orphans(limit int) (out []change.Ref, err error) {
	some, err := l.lost()
	if err != nil || !some {
		return nil, err
	}
	met := map[string]bool{}
	err = l.tx.Orphans(l.ctx, l.x.Name(), func(e store.Entry) error {
		c, err := change.Decode(e.Body)
		if err == nil && !change.Emptied(&c) && !met[e.Entity] && len(out) < limit {
			met[e.Entity] = true
			out = append(out, refOf(e.Entity))
		}
		return err
	})
	return out, err
}

func (l *nodeLog) Unplaced(refs []change.Ref) (out []sync.Unplaced, err error) {
	some, err := l.lost()
	if err != nil || !some {
		return nil, err
	}
	return out, l.tx.UnplacedOf(l.ctx, l.x.Name(), names(refs), func(e store.Entry, own int64) error {
		out = append(out, sync.Unplaced{ID: e.ID, Entity: refOf(e.Entity), Own: own})
		return nil
	})
}

// noOrphans stops looking for them once there is none: also none of which only the name is here,
// for what its office writes now is to wait for it.
func (l *nodeLog) noOrphans() error {
	some, err := l.lost()
	if err != nil || !some {
		return err
	}
	left, err := l.tx.AnyOrphan(l.ctx, l.x.Name())
	if err != nil || left {
		return err
	}
	if bare, err := l.Bare(0, math.MaxInt64); err != nil || len(bare) > 0 {
		return err
	}
	return l.tx.PutSetting(l.ctx, orphansName, "")
}

func (l *nodeLog) Holdings(after string, limit int) ([]sync.Holding, error) {
	found, err := l.tx.Holdings(l.ctx, after, limit)
	if err != nil {
		return nil, err
	}
	refs := make([]string, len(found))
	for i, h := range found {
		refs[i] = h.Entity
	}
	gone, err := l.tx.ForgetsOf(l.ctx, "", refs)
	out := make([]sync.Holding, len(found))
	for i, h := range found {
		if out[i] = (sync.Holding{Entity: refOf(h.Entity), Changes: h.Placed}); gone[h.Entity].Done > 0 {
			out[i].Changes = 0
		}
	}
	return out, err
}

func (l *nodeLog) Pending(refs []change.Ref) (map[change.Ref]bool, error) {
	waiting, err := l.tx.WaitingOf(l.ctx, l.x.Name(), names(refs))
	out := make(map[change.Ref]bool, len(waiting))
	for e := range waiting {
		out[refOf(e)] = true
	}
	return out, err
}

func (l *nodeLog) Forget(f sync.Forget) error {
	l.forget = append(l.forget, f)
	return nil
}

func (l *nodeLog) Forgotten(limit int) (out []sync.Forget, err error) {
	rows, err := l.tx.Forgets(l.ctx, "", "", false, true, limit)
	for _, r := range rows {
		out = append(out, sync.Forget{Entity: refOf(r.Entity), At: r.Asked})
	}
	return out, err
}

func (l *nodeLog) Confirmed(fs []sync.Forget) error {
	refs := make([]string, len(fs))
	for i, f := range fs {
		refs[i] = f.Entity.String()
	}
	have, err := l.tx.ForgetsOf(l.ctx, "", refs)
	if err != nil {
		return err
	}
	var rows []store.Forget
	for _, f := range fs {
		if r, ok := have[f.Entity.String()]; ok && r.Asked == f.At {
			r.Told = l.at
			rows = append(rows, r)
		}
	}
	return l.tx.PutForgets(l.ctx, rows)
}

func (l *nodeLog) Keys(refs []change.Ref) ([]sync.Key, error) { return l.x.keysOf(l.ctx, l.tx, refs) }

func (l *nodeLog) PutKeys(keys []sync.Key) error { return l.x.putKeys(l.ctx, l.tx, keys) }

func (l *nodeLog) Ranges() ([]sync.NumberRange, error) {
	own, err := l.tx.NumberRanges(l.ctx, "")
	return number.RunsOf(own), err
}

func (l *nodeLog) PutRanges(ranges []sync.NumberRange) error {
	return number.Accept(l.ctx, l.tx, ranges, l.at)
}

// finish writes what was appended, carries out what is to be forgotten and writes the tables.
func (l *nodeLog) finish() error {
	if err := l.tx.AppendPulled(l.ctx, l.appended); err != nil {
		return err
	}
	if err := l.sayErased(); err != nil {
		return err
	}
	for _, f := range l.forget {
		delete(l.touched, f.Entity.String())
		delete(l.back, f.Entity.String())
	}
	if err := l.x.Project(l.ctx, l.tx, slices.Sorted(maps.Keys(l.touched))); err != nil {
		return err
	}
	back := slices.Sorted(maps.Keys(l.back))
	if err := l.returns(back); err != nil {
		return err
	}
	if err := l.tx.DropForgets(l.ctx, "", back); err != nil {
		return err
	}
	if err := l.forgets(); err != nil {
		return err
	}
	return l.noOrphans()
}

// returns says what is still away of entities that come back. A register that was put back from a
// copy writes nothing yet.
func (l *nodeLog) returns(back []string) error {
	some, err := l.lost()
	if err != nil || !some || l.x.Waits(l.ctx, l.tx) != nil {
		return err
	}
	return l.x.sayLeft(l.ctx, l.tx, back)
}

// forgets forgets what the hub said. A register that was put back from a copy writes nothing
// until it has caught up, so that it forgets when it has.
func (l *nodeLog) forgets() error {
	done, err := l.x.CaughtUp(l.ctx, l.tx)
	if err != nil {
		return err
	}
	if l.x.Waits(l.ctx, l.tx) != nil {
		rows := make([]store.Forget, len(l.forget))
		for i, f := range l.forget {
			rows[i] = store.Forget{Entity: f.Entity.String(), Asked: f.At}
		}
		return l.tx.PutForgets(l.ctx, rows)
	}
	if done {
		open, err := l.tx.Forgets(l.ctx, "", "", true, false, 1<<30)
		if err != nil {
			return err
		}
		for _, f := range open {
			if !slices.ContainsFunc(l.forget, func(have sync.Forget) bool { return have.Entity.String() == f.Entity }) {
				l.forget = append(l.forget, sync.Forget{Entity: refOf(f.Entity), At: f.Asked})
			}
		}
	}
	return l.x.forgetAll(l.ctx, l.tx, l.forget, l.at)
}
