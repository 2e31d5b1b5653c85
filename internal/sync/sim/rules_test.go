package sim

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/change"
	"quipu/internal/id"
	protocol "quipu/internal/sync"
)

// quiet is a world in calm weather with one office that is level with its hub.
func quiet(t *testing.T) (*world, *machine) {
	t.Helper()
	w := newWorld(1)
	w.calm, w.wild.limit, w.wild.batch, w.wild.coded = true, protocol.Limit{}, 0, false
	return w, w.machines[0]
}

// answer is what the hub says to an ask, without anything on the way.
func (w *world) answer(t *testing.T, a protocol.Ask) (out protocol.Answer) {
	t.Helper()
	if !w.atHub(func() (err error) { out, err = protocol.MakeAnswer(w.hub, a, protocol.Limit{}); return err }) {
		t.Fatal(w.broken)
	}
	return out
}

func ask(t *testing.T, m *machine) protocol.Ask {
	t.Helper()
	a, err := protocol.NextAsk(m.disk)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) level(t *testing.T) {
	t.Helper()
	if w.settle(); w.broken != nil {
		t.Fatal(w.broken)
	}
}

func TestIdleWindowKeepsWhatWasFilled(t *testing.T) {
	w, m := quiet(t)
	w.grant(m, "campaign/C9")
	w.level(t)
	at := m.disk.state.Cursor
	if want := (protocol.Cursor{After: int64(len(w.hub.rows)), Filling: protocol.Filled}); at != want {
		t.Fatalf("stands at %v, want %v", at, want)
	}
	if a := w.answer(t, ask(t, m)); a.To != at || a.More {
		t.Errorf("with nothing new the answer leads to %v, more %v", a.To, a.More)
	}
}

func TestAnswerOfAHubThatIsNoMoreIsNotTaken(t *testing.T) {
	w, m := quiet(t)
	w.create(m)
	w.level(t)
	w.spare = w.hub.backup()
	first := ask(t, m)
	w.officeChange()
	w.officeChange()
	late := w.answer(t, first)
	w.restoreHub()
	w.officeChange()
	w.level(t)
	if m.disk.state.Backs != 0 {
		t.Fatal("the node had seen nothing of what the hub lost, and went back")
	}
	m.disk.state.Cursor = first.Cursor // as if it had come back there
	err := m.disk.transact(-1, nil, func() error { return protocol.TakeAnswer(m.disk, late) })
	if !errors.Is(err, protocol.ErrStale) {
		t.Errorf("the answer from before was taken: %v", err)
	}
}

func TestHubThatWentBackIsNoticed(t *testing.T) {
	w, m := quiet(t)
	w.create(m)
	w.level(t)
	w.spare = w.hub.backup()
	w.create(m)
	w.level(t)
	w.restoreHub()
	w.level(t)
	if m.disk.state.Backs != 1 {
		t.Errorf("noticed %d times", m.disk.state.Backs)
	}
	w.check()
	if w.broken != nil || len(w.hub.by[m.disk.state.Node]) != 2 {
		t.Errorf("%v; the hub has %d of 2 changes", w.broken, len(w.hub.by[m.disk.state.Node]))
	}
}

func TestAnswerOfBeforeASaveLeavesItsValues(t *testing.T) {
	w, m := quiet(t)
	before := ask(t, m)
	w.create(m)
	ref := w.people[len(w.people)-1]
	r := fold(m.disk.view(ref))
	c := change.Change{Entity: ref}
	w.put(&c, &r, "office", change.Text("NOWHERE"))
	w.save(m, c)
	w.push(m)
	w.drain()
	if n := len(w.hub.by[m.disk.state.Node]); n != 2 {
		t.Fatalf("the hub has %d changes", n)
	}
	a := w.answer(t, before)
	err := m.disk.transact(-1, nil, func() error { return protocol.TakeAnswer(m.disk, a) })
	if !errors.Is(err, protocol.ErrStale) {
		t.Errorf("an answer that lacks what was saved since was taken: %v", err)
	}
	if r := fold(m.disk.view(ref)); r.Text("given") == "" {
		t.Error("values of a pending change are gone")
	}
	w.level(t)
	if !m.disk.forgot[ref] {
		t.Error("the person left the office's scopes and was not forgotten")
	}
}

func TestCloneIsRefusedAndKeepsWhatItSaved(t *testing.T) {
	w, m := quiet(t)
	w.create(m)
	w.level(t)
	m.spare = m.disk.backup()
	w.create(m)
	w.level(t)
	w.clone(m)
	c := w.machines[len(w.machines)-1]
	c.waits = false // or it would register nobody, and there were nothing to lose
	w.create(c)
	w.level(t)
	if key := c.disk.state.Trouble.Key; key != protocol.RefusedCloned {
		t.Errorf("the clone hears %q", key)
	}
	if got := c.disk.own[len(c.disk.own)-1]; got.seq != 0 || got.c.Gone != "" {
		t.Errorf("what the clone saved is at place %d, gone %q", got.seq, got.c.Gone)
	}
	if key := m.disk.state.Trouble.Key; key != "" {
		t.Errorf("the first machine hears %q", key)
	}
}

// alter lets the ministry give a field of an account another value.
func (w *world) alter(t *testing.T, ref change.Ref, field, value string) {
	t.Helper()
	r := fold(w.hub.changes(ref))
	c := change.Change{Entity: ref}
	w.put(&c, &r, field, change.Text(value))
	if !w.hubSave(c) {
		t.Fatal(w.broken)
	}
}

// takeAway takes a scope away from a machine's node.
func (w *world) takeAway(t *testing.T, m *machine, s protocol.Scope) {
	t.Helper()
	name := m.disk.state.Node
	if !w.hubSave(change.Change{Entity: change.Ref{Kind: "node", ID: string(name)}, Sets: []change.Set{{Field: "scope"}}}) {
		t.Fatal(w.broken)
	}
	p := w.hub.peers[name]
	p.Grants = slices.Clone(p.Grants)
	i := slices.IndexFunc(p.Grants, func(g protocol.Grant) bool { return g.Scope == s })
	p.Grants[i].Until = int64(len(w.hub.rows))
	w.hub.peers[name] = p
}

// account is a new account of a machine's office, with the whole world level.
func (w *world) account(t *testing.T, m *machine) change.Ref {
	t.Helper()
	w.hire(m)
	w.level(t)
	ref := w.accounts[len(w.accounts)-1]
	if !m.opens(ref) {
		t.Fatalf("%s does not let %s in", m.label, ref)
	}
	return ref
}

// TestAccountThatGoesOnIntoAScopeUnderWay: an officer moves from the node's office into one that
// was granted to it and is not filled yet, and the account comes ahead of the order; what happens to it
// there must come ahead as well, whether that grant still stands or not.
func TestAccountThatGoesOnIntoAScopeUnderWay(t *testing.T) {
	for what, taken := range map[string]bool{"stands": false, "taken away": true} {
		t.Run(what, func(t *testing.T) {
			w, m := quiet(t)
			ref := w.account(t, m)
			w.grant(m, "GRANTED")
			w.grant(m, "OTHER") // the answers stop here before they come to what follows
			w.alter(t, ref, "office", "GRANTED")
			take := func() {
				t.Helper()
				a := w.answer(t, ask(t, m))
				if err := m.disk.transact(-1, nil, func() error { return protocol.TakeAnswer(m.disk, a) }); err != nil {
					t.Fatal(err)
				}
			}
			if take(); !m.opens(ref) || m.disk.state.Cursor.Filling == protocol.Filled {
				t.Fatalf("at %v the account did not come ahead", m.disk.state.Cursor)
			}
			if taken {
				w.takeAway(t, m, "GRANTED")
			}
			w.alter(t, ref, "office", "ELSEWHERE")
			if take(); m.opens(ref) {
				t.Error("who left all of the node's offices may still work there")
			}
			w.level(t)
			if w.check(); w.broken != nil {
				t.Error(w.broken)
			}
		})
	}
}

// TestForgottenAheadOfItsWindow: an own change of an account has its place ahead of its window;
// then a window tells that the account left a scope, and it comes back with one that was granted later.
func TestForgottenAheadOfItsWindow(t *testing.T) {
	w, m := quiet(t)
	ref := w.account(t, m)
	w.grant(m, "SECOND")
	w.alter(t, ref, "office", "SECOND")
	w.level(t)
	w.takeAway(t, m, m.office)
	w.alter(t, ref, "office", string(m.office))
	w.grant(m, m.office)
	r := fold(m.disk.view(ref))
	c := change.Change{Entity: ref}
	w.put(&c, &r, "role", change.Text("deputy"))
	w.save(m, c)
	w.level(t)
	if w.check(); w.broken != nil {
		t.Error(w.broken)
	}
	if r := fold(m.disk.view(ref)); r.Text("role") != "deputy" {
		t.Errorf("the role at the node is %q", r.Text("role"))
	}
}

// TestNothingComesAheadWhileANodeCompares: after the hub went back a node says how many changes it
// holds of each entity. Beside what it compares with, no change may have a place.
func TestNothingComesAheadWhileANodeCompares(t *testing.T) {
	w, m := quiet(t)
	ref := w.account(t, m)
	w.grant(m, "GRANTED")
	w.level(t)
	m.disk.state.Cursor.Filling = "" // the pages of what was granted come before the comparison
	m.disk.state.Compare = &protocol.Compared{}
	w.alter(t, ref, "state", "closed")
	for m.disk.state.Compare != nil {
		a := w.answer(t, ask(t, m))
		for _, e := range a.Entries {
			if e.Seq > m.disk.state.Cursor.After {
				t.Fatalf("from %v, while it compares after %q, came what stands at %d", a.From, m.disk.state.Compare.After, e.Seq)
			}
		}
		if err := m.disk.transact(-1, nil, func() error { return protocol.TakeAnswer(m.disk, a) }); err != nil {
			t.Fatal(err)
		}
	}
	if a := w.answer(t, ask(t, m)); len(a.Entries) == 0 {
		t.Error("the closed account does not come with the first answer after that")
	}
	w.level(t)
	if w.check(); w.broken != nil || m.opens(ref) {
		t.Errorf("%v; the closed account opens: %v", w.broken, m.opens(ref))
	}
}

// TestOthersGoOnWithoutOne: after the hub went back an office waits for a computer whose change it
// had seen; an officer lets it go on, and nothing is overwritten when the other is back.
func TestOthersGoOnWithoutOne(t *testing.T) {
	w, m := quiet(t)
	other := w.join("SECOND", m.office)
	w.grant(other, protocol.Everybody)
	w.grant(other, m.office)
	w.create(m)
	w.level(t)
	w.spare = w.hub.backup()
	edit := func(m *machine, to string) {
		ref := w.people[len(w.people)-1]
		r := fold(m.disk.view(ref))
		c := change.Change{Entity: ref}
		w.put(&c, &r, "given", change.Text(to))
		w.save(m, c)
	}
	edit(other, "by the other")
	w.level(t)
	edit(m, "upon the other's")
	w.restoreHub()
	other.cut = true
	round := func() string {
		for range 5 {
			w.push(m)
			w.drain()
			w.pull(m)
			w.drain()
		}
		return m.disk.state.Trouble.Key
	}
	if got := round(); got != protocol.RefusedEarly {
		t.Fatalf("it hears %q, and does not wait", got)
	}
	p := w.hub.peers["SECOND"]
	p.Unawaited = true
	w.hub.peers["SECOND"] = p
	if got := round(); got != "" || len(w.hub.by[m.disk.state.Node]) != 2 {
		t.Fatalf("it hears %q, and the hub has %d of its 2 changes", got, len(w.hub.by[m.disk.state.Node]))
	}
	w.level(t)
	cs := w.hub.changes(w.people[len(w.people)-1])
	if err := accounted(cs); err != nil || len(cs) != 3 || w.hub.peers["SECOND"].Unawaited {
		t.Errorf("%v; %d changes of the person; not waited for: %v", err, len(cs), w.hub.peers["SECOND"].Unawaited)
	}
	if r := fold(cs); r.Text("given") != "by the other" || len(r.Contested) != 1 {
		t.Errorf("%q is in force, %d wait", r.Text("given"), len(r.Contested))
	}
}

// TestWhatItsAuthorForgotComesBack: a person moves, her old office forgets her, and the hub is put
// back to before all that. What the old office wrote comes back from the new one.
func TestWhatItsAuthorForgotComesBack(t *testing.T) {
	w, m := quiet(t)
	other := w.join("SECOND", "ELSEWHERE")
	w.grant(other, protocol.Everybody)
	w.grant(other, other.office)
	w.level(t)
	w.spare = w.hub.backup()
	w.create(m)
	ref := w.people[len(w.people)-1]
	set := func(field, to string) {
		r := fold(m.disk.view(ref))
		c := change.Change{Entity: ref}
		w.put(&c, &r, field, change.Text(to))
		w.save(m, c)
	}
	set("given", "given later")
	set("office", string(other.office))
	w.level(t)
	if !m.disk.forgot[ref] {
		t.Fatal("the old office has not forgotten her")
	}
	w.restoreHub()
	other.cut = true
	for range 4 {
		for _, o := range w.machines {
			w.push(o)
			w.drain()
			w.pull(o)
			w.drain()
		}
	}
	if got := m.disk.state.Trouble; got.Key != protocol.RefusedBare || !slices.Contains(got.Args, "SECOND") || len(w.hub.of[ref]) != 0 {
		t.Fatalf("it hears %v, and the hub has %d changes of her", got, len(w.hub.of[ref]))
	}
	other.cut = false
	w.level(t)
	if w.check(); w.broken != nil {
		t.Fatal(w.broken)
	}
	for name, cs := range map[string][]change.Change{"the hub": w.hub.changes(ref), "the new office": other.disk.view(ref)} {
		if r := fold(cs); len(cs) != 3 || r.Text("given") != "given later" || r.Text("office") != string(other.office) {
			t.Errorf("%s has %d changes, %q of %q", name, len(cs), r.Text("given"), r.Text("office"))
		}
	}
	for _, told := range w.hub.found {
		for _, f := range told {
			if f.Body != nil {
				t.Error("the hub still keeps aside what it has")
			}
		}
	}
}

// TestWhatWasErasedIsNotKept: of a change that the hub lost and knows to be erased it keeps only what
// is left, when a node tells what it was; another change under its name is none of that erasure's.
func TestWhatWasErasedIsNotKept(t *testing.T) {
	ref := change.Ref{Kind: change.Person, ID: "P"}
	made := func(node id.Node, n int64, of change.Ref, sets ...change.Set) protocol.Incoming {
		c := change.Change{ID: id.Change{Node: node, N: n}, Entity: of, Action: "edit", Schema: change.Schema, Sets: sets}
		body := change.Encode(&c)
		return protocol.Incoming{Body: body, Leaf: tlog.RecordHash(body), Change: c}
	}
	whole, other := made("SECOND", 1, ref, change.Set{Field: "given", Value: change.Text("Rosa")}), made("SECOND", 1, ref, change.Set{Field: "given", Value: change.Text("Luz")})
	gone, _ := change.Redact(&whole.Change, whole.Leaf.String(), func(int, *change.Set) bool { return true })
	left := change.Encode(&gone)
	said := change.Erase(ref.ID, []change.Erased{{Change: whole.Change.ID, Was: whole.Leaf.String(), Is: tlog.RecordHash(left).String()}})
	h := newHub("LIMA")
	h.peers["FIRST"], h.peers["SECOND"] = protocol.Peer{Node: "FIRST"}, protocol.Peer{Node: "SECOND"}
	if err := h.Append(1, []protocol.Incoming{made("BEFORE", 1, ref), made("LIMA", 1, ref), made("THIRD", 1, said.Entity, said.Sets...)}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body []byte
		kept int
	}{"whole": {whole.Body, 0}, "what is left": {left, 1}, "another": {other.Body, 1}} {
		delete(h.found, whole.Change.ID)
		r, err := protocol.TakeBatch(h, protocol.Batch{Version: 1, Node: "FIRST", First: 1, Found: [][]byte{c.body}}, epoch)
		if err != nil || r.Refusal != nil || len(r.Found) != 1 || len(h.found[whole.Change.ID]) != c.kept {
			t.Errorf("%s: %v, %v; %d said to be kept, %d are", name, err, r.Refusal, len(r.Found), len(h.found[whole.Change.ID]))
		}
	}
}
