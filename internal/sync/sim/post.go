package sim

import (
	"slices"

	"quipu/internal/change"
	protocol "quipu/internal/sync"
)

// push and pull send what the rules say is next.
func (w *world) push(m *machine) {
	var b protocol.Batch
	ok := w.at(m, func() (err error) {
		b, _, err = protocol.NextBatch(m.disk, protocol.Hello{Program: "sim", Clock: w.now + m.clock, Wants: m.disk.wants}, w.wild.batch)
		return err
	})
	if ok {
		w.send(letter{m: m, toHub: true, what: &b})
	}
}

func (w *world) pull(m *machine) {
	var a protocol.Ask
	ok := w.at(m, func() (err error) { a, err = protocol.NextAsk(m.disk); return err })
	if ok {
		w.send(letter{m: m, toHub: true, what: &a})
	}
}

// send puts a letter under way: one in five is lost, one in six comes twice.
func (w *world) send(l letter) {
	w.stats.Messages++
	if w.wild.coded {
		l = w.encode(l)
	}
	if w.calm {
		w.under = append(w.under, l)
		return
	}
	if w.chance(5) {
		w.stats.Lost++
		return
	}
	w.under = append(w.under, l)
	switch {
	case w.chance(6):
		w.under = append(w.under, l)
	case w.chance(4): // somebody keeps a copy for days
		w.late = append(w.late, l)
	}
	if len(w.under) > 60 { // nobody keeps them for ever
		w.under = slices.Delete(w.under, 0, 1)
	}
}

func (w *world) encode(l letter) letter {
	var err error
	if l.coded, err = l.what.(interface{ Encode() ([]byte, error) }).Encode(); err != nil {
		w.violate("a message cannot be written: %v", err)
	}
	return l
}

func (w *world) decode(l letter) any {
	if l.coded == nil {
		return l.what
	}
	var out any
	var err error
	switch l.what.(type) {
	case *protocol.Batch:
		out, err = decoded(protocol.DecodeBatch, l.coded)
	case *protocol.Receipt:
		out, err = decoded(protocol.DecodeReceipt, l.coded)
	case *protocol.Ask:
		out, err = decoded(protocol.DecodeAsk, l.coded)
	case *protocol.Answer:
		out, err = decoded(protocol.DecodeAnswer, l.coded)
	}
	if err != nil {
		w.violate("a message cannot be read: %v", err)
	}
	return out
}

func decoded[T any](decode func([]byte) (T, error), coded []byte) (*T, error) {
	x, err := decode(coded)
	return &x, err
}

// deliver hands over any one letter, in calm weather the oldest.
func (w *world) deliver() {
	if n := len(w.late); n > 0 && (w.calm || w.chance(10)) {
		i := w.rng.IntN(n)
		w.under = append([]letter{w.late[i]}, w.under...)
		w.late = slices.Delete(w.late, i, i+1)
	}
	if len(w.under) == 0 {
		return
	}
	i := 0
	if !w.calm {
		i = w.rng.IntN(len(w.under))
	}
	l := w.under[i]
	w.under = slices.Delete(w.under, i, i+1)
	if l.m.cut {
		w.stats.Lost++
		return
	}
	switch x := w.decode(l).(type) {
	case *protocol.Batch:
		w.takeBatch(l.m, x)
	case *protocol.Receipt:
		w.say("%s takes receipt: last %d, refusal %v", l.m.label, x.Last, x.Refusal)
		if w.at(l.m, func() error { return protocol.TakeReceipt(l.m.disk, *x) }) && x.Refusal == nil {
			l.m.waits = false
		}
		w.reads(l.m, nil)
	case *protocol.Ask:
		w.makeAnswer(l.m, x)
	case *protocol.Answer:
		w.takeAnswer(l, x)
	}
}

func (w *world) takeBatch(m *machine, b *protocol.Batch) {
	var r protocol.Receipt
	if !w.atHub(func() (err error) { r, err = protocol.TakeBatch(w.hub, *b, w.now); return err }) {
		return
	}
	w.say("hub takes %d changes of %s from %d: last %d, refusal %v, size %d", len(b.Bodies), m.label, b.First, r.Last, r.Refusal, len(w.hub.rows))
	if r.Refusal != nil && !w.mayRefuse(m, r.Refusal.Key) {
		w.violate("I0: the hub refuses a batch of %s: %s %v", m.label, r.Refusal.Key, r.Refusal.Args)
	}
	for _, body := range b.Bodies {
		if c, err := change.Decode(body); err == nil && c.Entity.Kind == change.Erasure {
			w.noteErased(w.hub.changes(c.Entity)) // with what the hub says of two
		}
	}
	mine := w.hub.by[b.Node]
	for i := max(0, len(mine)-len(b.Bodies)-1); i < len(mine); i++ {
		if c := w.hub.rows[mine[i]-1].c.ID; c.N != int64(i)+1 {
			w.violate("I2: %s is the change number %d of its node at the hub", c, i+1)
		}
	}
	w.hub.fuse = -1
	w.allotted(m, r.Ranges)
	r.Head, _ = w.hub.Head()
	w.send(letter{m: m, what: &r})
}

// mayRefuse says whether what happened to a machine explains a refusal.
func (w *world) mayRefuse(m *machine, key string) bool {
	switch key {
	case protocol.RefusedRevoked:
		return m.ended
	case protocol.RefusedGap:
		return w.restored || m.copied
	case protocol.RefusedCloned:
		return m.copied
	case protocol.RefusedBack:
		return w.restored
	case protocol.RefusedEarly, protocol.RefusedBare:
		w.stats.Early++
		return w.restored
	}
	return false
}

func (w *world) makeAnswer(m *machine, a *protocol.Ask) {
	var out protocol.Answer
	if !w.atHub(func() (err error) { out, err = protocol.MakeAnswer(w.hub, *a, w.wild.limit); return err }) {
		return
	}
	w.private(m, &out)
	if out.Refusal != nil && !m.ended {
		w.violate("I0: the hub refuses to answer %s: %s", m.label, out.Refusal.Key)
	}
	l := letter{m: m, what: &out, made: int64(len(w.hub.rows)), hub: w.hub, last: a.Last, compares: a.Compare != nil}
	p := w.hub.peers[m.disk.state.Node]
	l.whole = wholeOf(&p, a.Cursor)
	for _, g := range p.Grants { // what is taken away of the node itself goes in the hub's order
		if g.Until == 0 || g.Until > a.Cursor.After {
			l.may = append(l.may, g.Scope)
		}
	}
	w.allotted(m, out.Ranges)
	w.send(l)
}

func (w *world) takeAnswer(l letter, a *protocol.Answer) {
	m := l.m
	w.say("%s takes answer %v..%v of %d, forgets %d, back %v, compared %v", m.label, a.From, a.To, len(a.Entries), len(a.Forget), a.Back, a.Compared)
	was := m.disk.state.Backs
	if bugCursor && !a.Back && a.Refusal == nil && a.From == m.disk.state.Cursor {
		early := func() error {
			s, err := m.disk.State()
			s.Cursor = a.To
			if err != nil {
				return err
			}
			return m.disk.SaveState(s)
		}
		if !w.at(m, early) {
			return
		}
		a.From = a.To
	}
	had, own := m.forgotten(), len(m.disk.own)
	if !w.at(m, func() error { return protocol.TakeAnswer(m.disk, *a) }) {
		return
	}
	for _, r := range m.disk.own[own:] { // what it says of two erasures
		w.say("%s says %s of %s", m.label, r.c.ID, r.c.Entity)
		w.noteErased([]change.Change{r.c})
	}
	if m.disk.state.Backs > was {
		w.wentBeyond(had)
	}
	w.stats.Forgets += len(a.Forget)
	w.stats.Backs += m.disk.state.Backs - was
	var touched []change.Ref
	for _, e := range a.Entries {
		if r := m.disk.by[e.ID]; r != nil {
			touched = append(touched, r.c.Entity)
			if !w.tainted[r.c.Entity] && e.Body != nil && valued(&r.c) && m.told[r.c.Entity] > l.made {
				w.violate("I5: at %s %s is back, which it was told to forget", m.label, e.ID)
			}
		}
	}
	for _, f := range a.Forget {
		if m.disk.forgot[f.Entity] {
			m.told[f.Entity] = max(m.told[f.Entity], f.At)
			if l.hub != w.hub { // said by the hub that is no more; what was pending is told anew
				w.tainted[f.Entity] = true
			}
		}
	}
	w.reads(m, touched)
	w.dismissed(&l, a)
}

// wholeOf are the scopes that stand and of which a node that asks from there holds all members.
func wholeOf(p *protocol.Peer, c protocol.Cursor) (out []protocol.Scope) {
	for _, g := range p.Grants {
		if g.Until == 0 && (g.Since < c.After || g.Since == c.After && c.Filling == protocol.Filled) {
			out = append(out, g.Scope)
		}
	}
	return out
}

// settle ends the bad weather: everything under way arrives, and then everybody pushes and
// pulls until nothing moves any more. That must come soon.
func (w *world) settle() {
	w.calm = true
	for _, m := range w.machines {
		m.cut = false
	}
	for len(w.under) > 0 {
		w.deliver()
	}
	for range 400 {
		before := w.stamp()
		for _, m := range w.machines {
			w.push(m)
			w.drain()
			w.pull(m)
			w.drain()
		}
		if w.broken != nil || w.stamp() == before {
			return
		}
	}
	w.violate("I0: no rest after 400 rounds")
}

func (w *world) drain() {
	for len(w.under) > 0 && w.broken == nil {
		w.deliver()
	}
}

// stamp is what changes as long as there is anything to do.
type stamp struct {
	rows, gone, moved, told int64
	cursors                 [16]protocol.Cursor
	compare                 string
}

func (w *world) stamp() (s stamp) {
	s.rows, s.gone, s.told = int64(len(w.hub.rows)), int64(len(w.hub.gone)), int64(len(w.hub.found))
	for i, m := range w.machines {
		if m.ended {
			continue
		}
		s.moved += m.disk.state.Pushed + int64(len(m.disk.rows)) + int64(m.disk.state.Backs)
		s.cursors[i] = m.disk.state.Cursor
		for _, r := range m.disk.rows {
			if r.kept {
				s.told++
			}
		}
		if c := m.disk.state.Compare; c != nil {
			s.compare += m.label + c.After
		}
	}
	return s
}
