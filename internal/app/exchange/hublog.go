package exchange

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app/number"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// hubLog is the hub's log on one transaction; see sync.HubLog. finish writes the tables.
type hubLog struct {
	ctx  context.Context
	x    *Exchange
	tx   *store.Tx
	peer sync.Peer  // whose batch is taken
	row  store.Peer // the same as the table has it
	at   int64      // the hub's clock, microseconds
	keys []sync.Key // of the batch
	// Of the changes of the batch of which this program does not know everything: how many, and the
	// newest schema and edition of the code lists.
	later   int64
	schema  int
	codes   string
	touched map[string]bool
	offered []id.Change                // changes of which less is kept than was told
	bare    []change.Erased            // changes that came without the values that their author had to forget
	others  []change.Change            // changes that are not those that were taken in under their names
	erased  map[string][]change.Erased // what is left of changes under several erasures, and of what took the place of others, by the id of the entity
}

var _ sync.HubLog = (*hubLog)(nil)

func (l *hubLog) Peer(name id.Node) (sync.Peer, bool, error) {
	p, ok, err := l.tx.Peer(l.ctx, string(name))
	if err != nil || !ok {
		return sync.Peer{}, false, err
	}
	out, err := peerOf(p)
	if l.peer.Node == "" { // the first that is asked for is whose message it is
		l.row, l.peer = p, out
	}
	return out, true, err
}

func (l *hubLog) SavePeer(p sync.Peer) error {
	was, ok, err := l.tx.Peer(l.ctx, string(p.Node))
	if err != nil || !ok {
		return err
	}
	if was.Backlog = max(0, was.Backlog-max(0, p.Last-was.LastN)); was.Backlog == 0 {
		was.Oldest = 0
	}
	if p.Last > was.LastN {
		was.Unawaited = 0
		size, err := l.tx.Size(l.ctx)
		if err == nil { // what it wrote itself is on it, whatever it was answered
			err = noteTold(l.ctx, l.tx, string(p.Node), size+p.Last-was.LastN)
		}
		if err != nil {
			return err
		}
	}
	was.Later, was.Codes = was.Later+l.later, max(was.Codes, l.codes)
	was.LastN, was.Chain, was.Cursor, was.Within = p.Last, p.Chain[:], p.Cursor.After, p.Cursor.Filling
	was.Version, was.Schema, was.Seen, was.Drift, was.Refused = p.Program, int64(max(p.Schema, l.schema)), p.Seen, p.Clock-p.Seen, ""
	return l.tx.PutPeer(l.ctx, was)
}

func (l *hubLog) Size() (int64, error) { return l.tx.Size(l.ctx) }

func (l *hubLog) Head() (sync.Head, error) {
	h, err := l.tx.Head(l.ctx)
	return sync.Head(h.Note), err
}

func (l *hubLog) RootAt(size int64) (tlog.Hash, error) {
	h, err := l.tx.Head(l.ctx)
	if err != nil {
		return tlog.Hash{}, err
	}
	log := audit.Log{Edge: &h.Edge, Tile: func(level int, index int64) ([]byte, error) { return l.tx.Tile(l.ctx, level, index) }}
	return log.RootAt(size)
}

func (l *hubLog) Leaves(name id.Node, first int64, limit int) (out []tlog.Hash, err error) {
	return leavesOf(l.ctx, l.tx, name, first-1, limit)
}

// leavesOf are the leaves of the changes of a node after a number.
func leavesOf(ctx context.Context, tx *store.Tx, name id.Node, after int64, limit int) (out []tlog.Hash, err error) {
	if limit <= 0 {
		return nil, nil
	}
	return out, tx.Written(ctx, name, after, limit, func(e store.Entry) error {
		leaf, err := sync.Leaf(e.Body)
		out = append(out, leaf)
		return err
	})
}

func (l *hubLog) Append(now int64, in []sync.Incoming) error {
	pushed := make([]store.Pulled, len(in))
	var apart []store.ContestedRow
	exam := l.x.examiner(l.ctx, l.tx)
	if err := exam.bring(l.keys); err != nil {
		return err
	}
	names := make([]id.Change, len(in))
	for i := range in {
		names[i] = in[i].Change.ID
	}
	came, err := l.x.replacements(l.ctx, l.tx, names)
	if err != nil {
		return err
	}
	for i := range in {
		c := &in[i].Change
		pushed[i] = store.Pulled{Received: now, Change: *c, Body: in[i].Body}
		if r, ok := came[c.ID]; ok {
			if err := l.came(&pushed[i], in[i].Leaf.String(), r); err != nil {
				return err
			}
			continue
		}
		why, err := exam.mayNot(&l.peer, l.row.Office, &in[i])
		if err != nil {
			return err
		}
		if why != "" {
			pushed[i].Apart = true
			apart = append(apart, store.ContestedRow{Entity: store.HeldApart(c.ID).String(), Change: c.ID, Reason: why, Office: l.row.Office})
			continue
		}
		if later(&in[i]) {
			l.later, l.schema, l.codes = l.later+1, max(l.schema, c.Schema), max(l.codes, c.Codes)
		}
		l.touched[c.Entity.String()] = true
		if c.Gone != "" && in[i].Bare {
			l.bare = append(l.bare, audit.Erased(c, in[i].Body, in[i].Body))
		}
		exam.coming[c.Entity] = append(exam.coming[c.Entity], *c)
	}
	if err := l.tx.AppendReceived(l.ctx, pushed); err != nil || len(apart) == 0 {
		return err
	}
	return l.x.hold(l.ctx, l.tx, apart)
}

func (l *hubLog) Strip(said change.Erased, body []byte) error {
	c := said.Change
	now, err := change.Decode(body)
	if err != nil {
		return err
	}
	if err := l.stripFound(said); err != nil {
		return err
	}
	if err := l.eraseTaken(said, body); err != nil {
		return err
	}
	have, err := l.tx.Named(l.ctx, []id.Change{c})
	if err != nil {
		return err
	}
	e, ok := have[c]
	if !ok {
		return l.keepLeft(c, body)
	}
	if e.Entity == store.HeldApart(c).String() && bare(e.Body) { // what took its place has the values
		return nil
	}
	was, err := sync.Leaf(e.Body)
	if err != nil {
		return err
	}
	is, err := sync.Leaf(body)
	if err != nil || was != is { // another change than the erasure speaks of: it keeps its values
		return err
	}
	l.touched[e.Entity] = true
	if began, err := l.Began(); err != nil {
		return err
	} else if began > 1 && change.Emptied(&now) { // a hub that was restored: its author may have forgotten more than was erased
		l.bare = append(l.bare, audit.Erased(&now, body, body))
	}
	return l.tx.Redact(l.ctx, c, body)
}

func (l *hubLog) PutKeys(keys []sync.Key) error { return l.x.putKeys(l.ctx, l.tx, keys) }

func (l *hubLog) Forgotten(name id.Node, what []sync.Forget) error {
	rows := make([]store.Forget, len(what))
	for i, f := range what {
		rows[i] = store.Forget{Peer: string(name), Entity: f.Entity.String(), Asked: f.At, Done: l.at, Told: l.at}
	}
	p, ok, err := l.tx.Peer(l.ctx, string(name))
	if err != nil || !ok {
		return err
	}
	p.Forgotten += int64(len(what))
	if err := l.tx.PutPeer(l.ctx, p); err != nil {
		return err
	}
	return l.tx.PutForgets(l.ctx, rows)
}

// Left notes how far the node has come with its registry numbers, and gives it more when that
// is little. A laptop that travels gets those that were set aside for its campaign.
func (l *hubLog) Left(name id.Node, left []sync.NumberRange, wants int64) error {
	given, err := l.tx.NumberRanges(l.ctx, string(name))
	if err != nil {
		return err
	}
	to, ask := number.Holder{Node: string(name)}, sync.StockOf(left, max(wants, sync.UsualNumbers))
	if p, ok, err := l.Peer(name); err != nil {
		return err
	} else if ok {
		c, err := campaignOf(l.ctx, l.tx, p.Scopes())
		if err != nil {
			return err
		}
		if !c.Head.IsZero() {
			to.Campaign = c.Entity.ID
			if wants <= sync.UsualNumbers { // it has not run short
				ask.Wants = int64(max(c.Numbers, 1))
			}
		}
	}
	for _, r := range left {
		for _, g := range given {
			if g.First == r.First && g.Next < r.Next {
				g.Next = r.Next
				if err := l.tx.PutNumberRange(l.ctx, g); err != nil {
					return err
				}
			}
		}
	}
	_, err = number.Grant(l.ctx, l.tx, to, ask, l.at)
	return err
}

func (l *hubLog) Ranges(name id.Node, listed []sync.NumberRange) ([]sync.NumberRange, error) {
	given, err := l.tx.NumberRanges(l.ctx, string(name))
	return sync.Worth(number.RunsOf(given), listed), err
}

func (l *hubLog) Filed(scopes []sync.Scope, after, until int64, limit int) (out []sync.Filed, err error) {
	rows, err := l.tx.FiledAfter(l.ctx, texts(scopes), after, until, limit)
	for _, r := range rows {
		out = append(out, sync.Filed{Seq: r.Seq, Entity: refOf(r.Entity)})
	}
	return out, err
}

func (l *hubLog) Urgent(scopes []sync.Scope, after, until int64) ([]change.Ref, error) {
	found, err := l.tx.FiledOf(l.ctx, string(change.User), texts(scopes), after, until)
	return refsOf(found), err
}

func (l *hubLog) Standing(refs []change.Ref, scopes []sync.Scope) (map[change.Ref]int64, error) {
	since, err := l.tx.Standing(l.ctx, names(refs), texts(scopes))
	out := make(map[change.Ref]int64, len(since))
	for e, at := range since {
		out[refOf(e)] = at
	}
	return out, err
}

func (l *hubLog) Members(scopes []sync.Scope, after string, limit int) ([]change.Ref, error) {
	found, err := l.tx.Members(l.ctx, texts(scopes), after, limit)
	return refsOf(found), err
}

func (l *hubLog) Past(scopes []sync.Scope, until int64, after string, limit int) ([]change.Ref, error) {
	found, err := l.tx.FiledUntil(l.ctx, texts(scopes), until, after, limit)
	return refsOf(found), err
}

func (l *hubLog) Changes(refs []change.Ref, after, until int64) (out []sync.Entry, err error) {
	err = l.tx.Between(l.ctx, names(refs), after, until, collect(&out))
	slices.SortFunc(out, bySeq)
	return out, err
}

func (l *hubLog) Own(name id.Node, after, until int64) (out []sync.Entry, err error) {
	return out, l.tx.Sent(l.ctx, name, after, until, collect(&out))
}

func (l *hubLog) Named(ids []id.Change) (out []sync.Entry, err error) {
	found, err := l.tx.Named(l.ctx, ids)
	add := collect(&out)
	for _, e := range found {
		if err := add(e); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, bySeq)
	return out, err
}

func (l *hubLog) Keys(refs []change.Ref) ([]sync.Key, error) { return l.x.keysOf(l.ctx, l.tx, refs) }

// finish writes the tables of what was touched, once the batch is in the log.
func (l *hubLog) finish() error {
	if err := l.sayOther(); err != nil {
		return err
	}
	if err := l.sayErased(); err != nil {
		return err
	}
	touched := slices.Sorted(maps.Keys(l.touched))
	if err := l.x.Project(l.ctx, l.tx, touched); err != nil {
		return err
	}
	kinds, ids := byKind(touched)
	for _, kind := range kinds {
		if f := l.x.kinds[kind].Taken; f != nil {
			if err := f(l.ctx, l.tx, ids[kind]); err != nil {
				return err
			}
		}
	}
	if err := nameFound(l.ctx, l.tx, l.offered); err != nil || len(l.bare) == 0 {
		return err
	}
	return l.x.sayForgotten(l.ctx, l.tx, nil, l.bare...) // else the log looks altered
}

// collect gathers rows as entries. What the hub wrote itself it received when it wrote it.
func collect(out *[]sync.Entry) func(store.Entry) error {
	return func(e store.Entry) error {
		received := e.Received
		if received == 0 {
			received = e.At
		}
		*out = append(*out, sync.Entry{Seq: e.Seq, Received: received, ID: e.ID, Body: e.Body})
		return nil
	}
}

func bySeq(a, b sync.Entry) int { return cmp.Compare(a.Seq, b.Seq) }

func texts(scopes []sync.Scope) []string {
	out := make([]string, len(scopes))
	for i, s := range scopes {
		out[i] = string(s)
	}
	return out
}

func names(refs []change.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.String()
	}
	return out
}

// ofKind are entities of one kind, by Ref.String().
func ofKind(kind change.Kind, ids []string) []string {
	out := make([]string, len(ids))
	for i, e := range ids {
		out[i] = change.Ref{Kind: kind, ID: e}.String()
	}
	return out
}

func refOf(entity string) change.Ref {
	kind, name, _ := strings.Cut(entity, "/")
	return change.Ref{Kind: change.Kind(kind), ID: name}
}

func refsOf(entities []string) []change.Ref {
	out := make([]change.Ref, len(entities))
	for i, e := range entities {
		out[i] = refOf(e)
	}
	return out
}
