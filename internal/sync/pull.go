package sync

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
)

// Limit bounds an answer. An entity is never cut in two, so one that is larger comes alone.
type Limit struct {
	Bytes int // of bodies; 0 means AnswerBytes
	Rows  int // of the index that are looked at; 0 means AnswerRows
}

// What an answer holds at most when the caller says nothing.
const (
	AnswerBytes = 4 << 20
	AnswerRows  = 4000
)

// answering is an answer in the making.
type answering struct {
	log    HubLog
	ask    Ask
	peer   Peer
	limit  Limit
	active []Scope // scopes that stand and that the node holds whole
	size   int64
	bytes  int
	in     map[change.Ref]bool // entities of which the node may have all
	of     map[change.Ref]bool // entities of the bodies among Entries
	erased []id.Change         // what erasures among Entries name
	Answer
}

// MakeAnswer gives a node what its scopes hold after its cursor. It changes nothing at the
// hub. A refusal is in the answer; an error is the hub's own trouble.
func MakeAnswer(log HubLog, ask Ask, limit Limit) (Answer, error) {
	p, ok, err := log.Peer(ask.Node)
	if err != nil {
		return Answer{}, err
	}
	m := &answering{log: log, ask: ask, peer: p, limit: limit, in: map[change.Ref]bool{}, of: map[change.Ref]bool{}}
	m.Answer = Answer{Version: Version, Node: ask.Node, From: ask.Cursor, Seen: newest(ask.Known), To: ask.Cursor, Last: ask.Last}
	if m.Refusal = admit(p, ok, ask.Version); m.Refusal != nil {
		return m.Answer, nil
	}
	m.limit = Limit{cmp.Or(limit.Bytes, AnswerBytes), cmp.Or(limit.Rows, AnswerRows)}
	m.Scopes, m.active = p.Scopes(), p.active(ask.Cursor)
	if m.size, err = log.Size(); err != nil {
		return Answer{}, err
	}
	if m.Head, err = log.Head(); err != nil {
		return Answer{}, err
	}
	if err := m.fill(); err != nil {
		return Answer{}, err
	}
	if err := m.ahead(); err != nil {
		return Answer{}, err
	}
	if err := m.finish(); err != nil {
		return Answer{}, err
	}
	m.More = m.To.After < m.size || m.turns(m.To) || m.Back || m.Compared != nil
	m.Ranges, err = log.Ranges(ask.Node, nil)
	return m.Answer, err
}

// turns reports whether there are pages of a granted or lost scope to send at c.
func (m *answering) turns(c Cursor) bool {
	granted, taken := m.peer.turn(c.After)
	return c.Filling != Filled && len(granted)+len(taken) > 0
}

func (m *answering) fill() error {
	back, err := m.wentBack()
	if err != nil || back {
		return err
	}
	if m.turns(m.ask.Cursor) {
		return m.page()
	}
	if m.ask.Compare != nil {
		return m.compare()
	}
	until := m.size
	if stop := m.peer.stop(m.ask.Cursor); stop > 0 {
		until = min(until, stop)
	}
	if err := m.orphans(); err != nil {
		return err
	}
	return m.window(until)
}

// orphans tells the node to forget what it holds from before the hub went back, once the hub
// has heard of it again and it is not the node's. What it has not heard of stays.
func (m *answering) orphans() error {
	if len(m.ask.Orphans) == 0 {
		return nil
	}
	since, err := m.log.Standing(m.ask.Orphans, m.active)
	if err != nil {
		return err
	}
	for _, ref := range m.ask.Orphans {
		if _, in := since[ref]; in || Stays(ref.Kind) {
			continue
		}
		es, err := m.log.Changes([]change.Ref{ref}, 0, m.size)
		if err != nil {
			return err
		}
		if len(es) > 0 {
			m.forget(ref)
		}
	}
	return nil
}

// wentBack looks for the newest head that both know.
func (m *answering) wentBack() (bool, error) {
	common := int64(0)
	for i, k := range slices.Backward(m.ask.Known) {
		if k.Size > m.size || k.Size < 0 {
			continue
		}
		root, err := m.log.RootAt(k.Size)
		if err != nil {
			return false, err
		}
		if root == k.Root {
			if i == len(m.ask.Known)-1 && m.ask.Cursor.After <= k.Size {
				return false, nil
			}
			common = k.Size
			break
		}
	}
	if len(m.ask.Known) == 0 && m.ask.Cursor.After == 0 {
		return false, nil
	}
	m.Back = true
	if common < m.ask.Cursor.After {
		m.To = Cursor{After: common}
	}
	return true, nil
}

// window answers with what was filed after the cursor, up to a place or as far as an answer goes.
func (m *answering) window(until int64) error {
	after := m.ask.Cursor.After
	rows, err := m.log.Filed(m.active, after, until, m.limit.Rows+1)
	if err != nil {
		return err
	}
	if len(rows) > m.limit.Rows {
		// The last place may be cut in two. It is the first one as well when it is of so many
		// entities, and then all of them come.
		last := rows[len(rows)-1].Seq
		if until = last - 1; rows[0].Seq == last {
			until = last
			rows, err = m.log.Filed(m.active, after, until, math.MaxInt)
		}
		if err != nil {
			return err
		}
	}
	told := len(m.Forget)
	for {
		rows = slices.DeleteFunc(rows, func(f Filed) bool { return f.Seq > until })
		fits, err := m.between(rows, until)
		if err != nil || fits {
			return err
		}
		until = half(rows, after, until)
		m.Entries, m.Forget, m.Own, m.bytes, m.erased = nil, m.Forget[:told], tlog.Hash{}, 0, nil
		clear(m.of)
	}
}

// half is a place before until with about half of the rows.
func half(rows []Filed, after, until int64) int64 {
	if len(rows) > 0 {
		if mid := rows[(len(rows)-1)/2].Seq; mid < until {
			return mid
		}
	}
	return after + max(1, (until-after)/2)
}

// between fills the answer from the cursor up to a place. It reports false, and is to be
// called with less, when it became too large and less is possible.
func (m *answering) between(rows []Filed, until int64) (bool, error) {
	after := m.ask.Cursor.After
	own, err := m.log.Own(m.ask.Node, after, until)
	if err != nil {
		return false, err
	}
	mine, err := decodeAll(own)
	if err != nil {
		return false, err
	}
	met, wrote := map[change.Ref]bool{}, map[change.Ref]bool{}
	var erased []id.Change
	for _, f := range rows {
		met[f.Entity] = true
	}
	for i := range mine {
		if ref := mine[i].Entity; !Stays(ref.Kind) {
			met[ref], wrote[ref] = true, true
		}
		for _, x := range change.ErasedBy(&mine[i]) { // their Forget waited for the erasure
			erased = append(erased, x.Change)
		}
	}
	if err := m.subjects(erased, met); err != nil {
		return false, err
	}
	refs := sortedRefs(met)
	since, err := m.log.Standing(refs, m.active)
	if err != nil {
		return false, err
	}
	var whole, part []change.Ref
	for _, ref := range refs {
		switch at, in := since[ref]; {
		case !in && !bugLeak:
			m.forget(ref)
		case at > until && !wrote[ref]: // it left and came again: it comes whole with that place
		case at > after: // and with the node's own changes what they rest on
			whole = append(whole, ref)
		default:
			part = append(part, ref)
		}
	}
	if err := m.changes(whole, 0, until); err != nil {
		return false, err
	}
	if err := m.changes(part, after, until); err != nil {
		return false, err
	}
	m.echo(own, mine, since)
	if err := m.stripped(); err != nil {
		return false, err
	}
	if m.bytes > m.limit.Bytes && until > after+1 {
		return false, nil
	}
	if until > after { // else it keeps Filling as well
		m.To = Cursor{After: until}
	}
	return true, nil
}

// subjects adds the entities that erasures of the node's own took values of.
func (m *answering) subjects(erased []id.Change, met map[change.Ref]bool) error {
	if len(erased) == 0 {
		return nil
	}
	es, err := m.log.Named(erased)
	if err != nil {
		return err
	}
	cs, err := decodeAll(es)
	for i := range cs {
		met[cs[i].Entity] = true
	}
	return err
}

// changes adds changes of entities; the node's own after the cursor are left to echo.
func (m *answering) changes(refs []change.Ref, after, until int64) error {
	if len(refs) == 0 {
		return nil
	}
	es, err := m.log.Changes(refs, after, until)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		m.in[ref] = true
	}
	for _, e := range es {
		if e.ID.Node != m.ask.Node || e.Seq <= m.ask.Cursor.After {
			m.add(e)
		}
	}
	return nil
}

// forget tells the node to forget an entity. An erasure stays: it says nothing of anybody,
// and it explains what is left of the changes that it names.
func (m *answering) forget(ref change.Ref) {
	if ref.Kind != change.Erasure {
		m.Forget = append(m.Forget, Forget{ref, m.size})
	}
}

func (m *answering) add(e Entry) {
	m.Entries = append(m.Entries, e)
	m.bytes += len(e.Body) + 40
	if e.Body == nil {
		return
	}
	if c, err := change.Decode(e.Body); err == nil {
		m.of[c.Entity] = true
		for _, x := range change.ErasedBy(&c) {
			m.erased = append(m.erased, x.Change)
		}
	}
}

// stripped adds, for each erasure in the answer, the changes that it names as they are now.
func (m *answering) stripped() error {
	if len(m.erased) == 0 {
		return nil
	}
	es, err := m.log.Named(m.erased)
	if err != nil {
		return err
	}
	cs, err := decodeAll(es)
	if err != nil {
		return err
	}
	var refs []change.Ref
	for i := range cs {
		refs = append(refs, cs[i].Entity)
	}
	standing, err := m.log.Standing(refs, m.active)
	if err != nil {
		return err
	}
	for i, e := range es {
		if at, in := standing[cs[i].Entity]; in && at <= m.ask.Cursor.After && e.Seq <= m.ask.Cursor.After {
			m.add(e)
		}
	}
	return nil
}

// echo adds the node's own changes of the window: without a body when it holds them. One
// that it lacks, since it was restored from a backup, comes whole; of what is not in its
// scopes any more without the values.
// What is urgent may have got its place ahead of its window, and a Forget between the two
// waited for it no more: the body comes, too; and that of what it had to forget and the hub has.
func (m *answering) echo(own []Entry, mine []change.Change, since map[change.Ref]int64) {
	for i, e := range own {
		leaf := audit.Leaf(&mine[i], e.Body)
		_, in := since[mine[i].Entity]
		switch holds := e.ID.N <= m.ask.Last; {
		case holds && in && mine[i].Gone != "": // perhaps by an erasure that the node has not seen
		case holds && in && (Urgent(mine[i].Entity.Kind) || slices.Contains(m.ask.Bare, e.ID.N)):
		case holds:
			e.Body = nil
			m.Own = Link(m.Own, leaf)
		case !in && !Stays(mine[i].Entity.Kind): // what it said of itself it may have again
			c, _ := change.Redact(&mine[i], leaf.String(), func(int, *change.Set) bool { return true })
			e.Body = change.Encode(&c)
		}
		m.add(e)
	}
}

// page answers with some of the members of scopes that were granted or taken away where the
// node stands.
func (m *answering) page() error {
	c := m.ask.Cursor
	granted, taken := m.peer.turn(c.After)
	in, err := m.log.Members(granted, c.Filling, m.limit.Rows)
	if err != nil {
		return err
	}
	out, err := m.log.Past(taken, c.After, c.Filling, m.limit.Rows)
	if err != nil {
		return err
	}
	met := map[change.Ref]bool{}
	for _, ref := range append(in, out...) {
		met[ref] = true
	}
	refs := sortedRefs(met)
	last := len(in) < m.limit.Rows && len(out) < m.limit.Rows
	if !last {
		refs = refs[:min(len(refs), m.limit.Rows)]
	}
	since, err := m.log.Standing(refs, append(granted, m.active...))
	if err != nil {
		return err
	}
	for i, ref := range refs {
		switch at, in := since[ref]; {
		case !in:
			m.forget(ref)
		case at <= c.After:
			if err := m.changes([]change.Ref{ref}, 0, c.After); err != nil {
				return err
			}
		}
		m.To.Filling = ref.String()
		if m.bytes > m.limit.Bytes && i+1 < len(refs) {
			return nil
		}
	}
	if last {
		m.To.Filling = Filled
	}
	return nil
}

// finish puts the entries in order, each once, and adds the keys.
func (m *answering) finish() error {
	slices.SortFunc(m.Entries, func(a, b Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	m.Entries = slices.CompactFunc(m.Entries, func(a, b Entry) bool { return a.Seq == b.Seq })
	maps.DeleteFunc(m.of, func(ref change.Ref, _ bool) bool { return !m.in[ref] })
	if len(m.of) == 0 {
		return nil
	}
	keys, err := m.log.Keys(sortedRefs(m.of))
	m.Keys = keys
	return err
}

func sortedRefs[V any](m map[change.Ref]V) []change.Ref {
	return slices.SortedFunc(maps.Keys(m), func(a, b change.Ref) int { return cmp.Compare(a.String(), b.String()) })
}

func decodeAll(es []Entry) ([]change.Change, error) {
	out := make([]change.Change, len(es))
	var err error
	for i, e := range es {
		if out[i], err = change.Decode(e.Body); err != nil {
			return nil, err
		}
	}
	return out, nil
}
