package exchange_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"quipu/internal/app"
	"quipu/internal/app/backup"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
	"quipu/internal/sync"
)

// copied is a backup of a register, with what opens it.
type copied struct {
	file bytes.Buffer
	key  *age.X25519Identity
}

func (w *world) copy(a *app.App) *copied {
	w.t.Helper()
	key, err := age.GenerateX25519Identity()
	w.do(err)
	c := &copied{key: key}
	_, err = backup.Write(ctx, a.Node, operator(""), &c.file, backup.Job{To: []age.Recipient{key.Recipient()}, Keys: true})
	w.do(err)
	return c
}

// back puts a register back from a copy, in another folder, and opens it: on SQLite, or on
// PostgreSQL when it had that.
func (w *world) back(c *copied, postgres bool) *app.App {
	w.t.Helper()
	return w.backInto(c, map[bool]string{true: node.Postgres, false: node.SQLite}[postgres])
}

// backInto puts it back into an engine.
func (w *world) backInto(c *copied, engine string) *app.App {
	w.t.Helper()
	order := backup.Order{With: []age.Identity{c.key}, Dir: filepath.Join(w.t.TempDir(), "back"), Engine: engine}
	switch engine {
	case node.Postgres:
		order.URL = pgtest.URL(w.t)
	case node.Encrypted:
		order.Passphrase = "tres nudos en un cordel"
	}
	r, err := app.Restore(ctx, operator(""), bytes.NewReader(c.file.Bytes()), order, nil)
	w.do(err)
	if len(r.Findings)+len(r.Drift) > 0 {
		w.t.Fatalf("put back with %+v, %+v", r.Findings, r.Drift)
	}
	a, err := app.Open(ctx, order.Dir, app.Options{Now: w.clock, Passphrase: order.Passphrase})
	w.do(err)
	w.t.Cleanup(func() { a.Close() }) //nolint:errcheck // the test is over
	return a
}

// mend brings nodes level with a hub that lacks what it once had: it says so, and they send it
// again.
func (w *world) mend() {
	w.t.Helper()
	for range 4 {
		for name := range w.nodes {
			for {
				r := w.push(name)
				if r == nil {
					break
				}
				if r.Key == sync.RefusedBack || r.Key == sync.RefusedBare || r.Key == sync.RefusedEarly {
					break // it has still to hear of it, or others have still to offer theirs, or to tell what they hold
				}
				if r.Key != sync.RefusedGap {
					w.t.Fatalf("%s was refused: %v", name, *r)
				}
			}
			if r := w.pull(name); r != nil {
				w.t.Fatalf("%s was refused: %v", name, *r)
			}
		}
	}
}

// number is the registry number of a person.
func number(t *testing.T, a *app.App, person string) string { return value(t, a, person, "number") }

// TestANodePutBack: a node whose disk broke, and which was put back from an older copy, gets
// from the hub what it had sent after it, forgets what it was to forget, and gives no number
// again. Until then it writes nothing.
func TestANodePutBack(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN")
		mad := w.nodes["ESMAD-1"]
		stays := w.register(mad, "ESMAD", "Rosa", "Quispe")
		moves := w.register(mad, "ESMAD", "Juana", "Condori")
		w.level()
		c := w.copy(mad)
		waits := w.register(mad, "ESMAD", "Pilar", "Huamán") // in no copy, but sent
		w.edit(mad, stays, "given_names", "Rosa María")
		w.level()
		w.move(moves, "ESBCN")
		w.level()
		lost := w.register(mad, "ESMAD", "Teresa", "Flores") // neither copied nor sent
		numbers := map[string]bool{number(t, mad, stays): true, number(t, mad, waits): true, number(t, mad, lost): true}
		w.do(mad.Close())

		mad = w.back(c, false)
		w.nodes["ESMAD-1"] = mad
		if mad.Name() != "ESMAD-1" {
			t.Fatalf("it is called %s", mad.Name())
		}
		_, err := mad.Edit(ctx, operator("ESMAD"), stays, []registry.Input{text("motive", "work")}, "")
		if !fault.Is(err, "node.catching_up") {
			t.Fatalf("before it has asked the hub it saved: %v", err)
		}
		w.level()
		if got := value(t, mad, waits, "given_names") + ", " + value(t, mad, stays, "given_names"); got != "Pilar, Rosa María" {
			t.Errorf("the hub brought back %q", got)
		}
		if got := value(t, mad, moves, "given_names"); got != "none" {
			t.Errorf("who moved away is %q", got)
		}
		if got := value(t, mad, lost, "given_names"); got != "none" {
			t.Errorf("who was lost with the disk is %q", got)
		}
		fresh := w.register(mad, "ESMAD", "Lucía", "Ramos")
		if numbers[number(t, mad, fresh)] {
			t.Errorf("the number %s was given again", number(t, mad, fresh))
		}
		w.level()
		if got := value(t, w.hub, fresh, "given_names"); got != "Lucía" {
			t.Errorf("the hub has %q", got)
		}
		// Put back a second time: that it was is nothing that anybody has to decide.
		c = w.copy(mad)
		w.do(mad.Close())
		mad = w.back(c, false)
		w.nodes["ESMAD-1"] = mad
		w.level()
		if got := w.reasons(); len(got) > 0 {
			t.Errorf("the hub keeps for a decision %v", got)
		}
		w.sound()
	})
}

// TestAHubPutBack: a hub that was put back from an older copy gets from its nodes what they had
// sent after it, and what it had written itself is not mistaken for something else.
func TestAHubPutBack(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN")
		mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
		early := w.register(mad, "ESMAD", "Rosa", "Quispe")
		w.level()
		c := w.copy(w.hub)
		after := w.register(mad, "ESMAD", "Pilar", "Huamán")
		w.edit(mad, early, "given_names", "Rosa María")
		other := w.register(bcn, "ESBCN", "Juana", "Condori")
		w.level()
		w.do(w.hub.Close())

		w.hub = w.back(c, postgres)
		if w.hub.Name() == "LIMA" {
			t.Fatal("a hub that was put back kept its name")
		}
		if got := value(t, w.hub, after, "given_names"); got != "none" {
			t.Fatalf("the copy is not older: %q", got)
		}
		pending := w.register(mad, "ESMAD", "Teresa", "Flores")
		w.mend()
		w.level()
		for person, want := range map[string]string{early: "Rosa María", after: "Pilar", other: "Juana", pending: "Teresa"} {
			if got := value(t, w.hub, person, "given_names"); got != want {
				t.Errorf("the hub has %q, not %s", got, want)
			}
		}
		s, err := mad.Status(ctx)
		w.do(err)
		if s.State.Backs != 1 || s.Pending != 0 {
			t.Errorf("the node noticed it %d times, %d changes wait", s.State.Backs, s.Pending)
		}
		w.sound()
	})
}

// TestOthersGoOnWithoutALaptop: after the hub was put back from a copy an office waits for what a
// laptop under way has still to offer, until an officer says that it goes on without it. What the
// laptop offers when it is back stands beside that, and nothing is lost.
func TestOthersGoOnWithoutALaptop(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad, lap := w.nodes["ESMAD-1"], w.join("ESMAD-L1", "ESMAD")
	p := w.register(mad, "ESMAD", "Rosa", "Quispe")
	w.level()
	c := w.copy(w.hub)
	w.edit(lap, p, "motive", "work")
	w.level()
	w.edit(mad, p, "motive", "study")
	w.do(w.hub.Close())
	w.hub = w.back(c, false)
	delete(w.nodes, "ESMAD-L1") // it is on its way, and has no line
	early := func() *sync.Refusal {
		for range 6 {
			if r := w.push("ESMAD-1"); r == nil || r.Key == sync.RefusedEarly {
				return r
			}
			w.pull("ESMAD-1")
		}
		t.Fatal("it comes to no end")
		return nil
	}
	if r := early(); r == nil {
		t.Fatal("the office did not wait")
	}
	laptop := func() courier.Peer {
		peers, err := w.hub.Courier.Peers(ctx, operator(""))
		w.do(err)
		return peers[slices.IndexFunc(peers, func(p courier.Peer) bool { return p.Name == "ESMAD-L1" })]
	}
	if got := laptop(); !slices.Equal(got.WaitedFor, []string{"ESMAD-1"}) || !got.Unawaited.IsZero() {
		t.Errorf("for the laptop wait %v since %v", got.WaitedFor, got.Unawaited)
	}
	if err := w.hub.Courier.GoOn(ctx, officer(authz.Head, "ARBUE"), "ESMAD-L1", "está en el Pirineo"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another office decided: %v", err)
	}
	if err := w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", " "); !fault.Is(err, "courier.why") {
		t.Errorf("without a reason: %v", err)
	}
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "está en el Pirineo"))
	if r := early(); r != nil {
		t.Fatalf("the office still waits: %+v", r)
	}
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		said, err := tx.Changes(ctx, change.Ref{Kind: "node", ID: "ESMAD-L1"})
		last := change.Fold(said)
		if last.Text("why") != "está en el Pirineo" || laptop().Unawaited.IsZero() {
			t.Errorf("the log says %q", last.Text("why"))
		}
		return err
	}))
	w.nodes["ESMAD-L1"] = lap
	w.mend()
	w.level()
	if !laptop().Unawaited.IsZero() {
		t.Error("it has offered what it had, and is not waited for again")
	}
	for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-L1": lap} {
		open, _, err := a.OpenConflicts(ctx, officer(authz.Head, "ESMAD"))
		if err != nil || len(open) != 1 || value(t, a, p, "motive") != "work" {
			t.Errorf("at %s stands %q, and waits %+v, %v", name, value(t, a, p, "motive"), open, err)
		}
	}
	w.sound()
}

// TestWhatTheHubLostHidesNothing: a person came to an office, and the hub is put back to before
// that. The office forgets her, and has her again once her old office has offered that she moved.
// What the hub had said of her is lost: it leaves no empty value above what there is.
func TestWhatTheHubLostHidesNothing(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN")
		mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
		w.do(w.hub.Exchange.Grant(ctx, operator(""), "ESBCN-1", "ESMAD"))
		p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
		w.level()
		c := w.copy(w.hub)
		w.edit(bcn, p, "given_names", "Rosa María")
		_, err := bcn.Transfer(ctx, operator("ESBCN"), p, registry.TransferCmd{ToOffice: "ESMAD", Kind: "resident", Channel: "window"})
		w.do(err)
		w.level()
		w.edit(w.hub, p, "given_names", "Rosa Elena")
		w.edit(w.hub, p, "motive", "study")
		w.level()
		if got := value(t, mad, p, "given_names"); got != "Rosa Elena" {
			t.Fatalf("she came to Madrid as %q", got)
		}
		w.do(w.hub.Close())
		w.hub = w.back(c, postgres)
		delete(w.nodes, "ESBCN-1")
		w.mend()
		if got := value(t, mad, p, "given_names"); got != "none" {
			t.Fatalf("the hub does not know that she moved, and Madrid has %q", got)
		}
		w.sound()
		w.nodes["ESBCN-1"] = bcn
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
			if got := value(t, a, p, "given_names") + ", " + value(t, a, p, "motive"); got != "Rosa María, " {
				t.Errorf("%s has %q", name, got)
			}
		}
		w.sound()
		w.edit(mad, p, "given_names", "Rosa Luz")
		w.level()
		if got := value(t, w.hub, p, "given_names"); got != "Rosa Luz" {
			t.Errorf("the hub has %q", got)
		}
		if open, _, err := w.hub.OpenConflicts(ctx, officer(authz.Head, "ESMAD")); err != nil || len(open) != 0 {
			t.Errorf("to be decided: %+v, %v", open, err)
		}
	})
}

// again puts the hub back from a copy.
func (w *world) again(c *copied, postgres bool) {
	w.t.Helper()
	w.do(w.hub.Close())
	w.hub = w.back(c, postgres)
}

// TestWhatAnOfficeForgotComesBack: a person was registered after the copy, moved to another office
// and was forgotten where she was. Her old office can offer only that there were changes; the new
// one tells the hub what it holds, sealed values included, and she is whole everywhere.
func TestWhatAnOfficeForgotComesBack(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN")
		mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
		c := w.copy(w.hub)
		p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
		w.edit(bcn, p, "motive", "work")
		w.level()
		w.do(w.hub.Exchange.Grant(ctx, operator(""), "ESBCN-1", "ESMAD"))
		w.level()
		_, err := bcn.Transfer(ctx, operator("ESBCN"), p, registry.TransferCmd{ToOffice: "ESMAD", Kind: "resident", Channel: "window"})
		w.do(err)
		w.level()
		w.do(w.hub.Exchange.TakeAway(ctx, operator(""), "ESBCN-1", "ESMAD"))
		w.level()
		if got := value(t, bcn, p, "given_names"); got != "none" {
			t.Fatalf("Barcelona has not forgotten: %q", got)
		}
		w.again(c, postgres)
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
			if got := value(t, a, p, "given_names") + ", " + value(t, a, p, "motive") + ", " + value(t, a, p, "safe_hours"); got != "Rosa, work, de 10 a 12" {
				t.Errorf("%s has %q", name, got)
			}
		}
		if got := value(t, bcn, p, "given_names"); got != "none" {
			t.Errorf("Barcelona has %q again", got)
		}
		w.sound()
	})
}

// TestWhoMayHoldItIsWaitedFor: the office that may hold what another forgot is away. The other waits
// for it by name, until an officer says that it goes on without it; then only the change comes.
func TestWhoMayHoldItIsWaitedFor(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ESBCN")
	bcn := w.nodes["ESBCN-1"]
	c := w.copy(w.hub)
	p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
	w.level()
	w.move(p, "ESMAD")
	w.level()
	w.again(c, false)
	delete(w.nodes, "ESMAD-1")
	tries := func() *sync.Refusal {
		for range 6 {
			if r := w.push("ESBCN-1"); r == nil || r.Key == sync.RefusedBare {
				return r
			}
			w.pull("ESBCN-1")
		}
		t.Fatal("it comes to no end")
		return nil
	}
	if r := tries(); r == nil || !slices.Contains(r.Args, "ESMAD-1") {
		t.Fatalf("the office did not wait: %+v", r)
	}
	peers, err := w.hub.Courier.Peers(ctx, operator(""))
	w.do(err)
	if i := slices.IndexFunc(peers, func(p courier.Peer) bool { return p.Name == "ESMAD-1" }); !slices.Equal(peers[i].WaitedFor, []string{"ESBCN-1"}) {
		t.Errorf("for Madrid wait %v", peers[i].WaitedFor)
	}
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-1", "se quemó"))
	if r := tries(); r != nil {
		t.Fatalf("the office still waits: %+v", r)
	}
	if raw := w.bodies(w.hub, p); raw == "" || strings.Contains(raw, "Quispe") {
		t.Errorf("the hub has %q", raw)
	}
	w.sound()
}

// TestWhatIsFoundTravelsByHand: what an office holds of a list that another computer read in, and
// that the hub lost, fits no single batch; on a stick it comes once.
func TestWhatIsFoundTravelsByHand(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad, other := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
	c := w.copy(w.hub)
	const people = 600
	w.list(other, "ESMAD", people, 3)
	w.level()
	w.again(c, false)
	for range 3 {
		w.pull("ESMAD-1")
	}
	found, batches, told := map[string]bool{}, 0, false
	w.do(mad.Batches(ctx, "test", func(b sync.Batch) error {
		for _, body := range b.Found {
			if found[string(body)] {
				t.Fatal("a change was told twice")
			}
			found[string(body)] = true
		}
		if batches++; batches > 50 {
			t.Fatal("it comes to no end")
		}
		told = b.Told
		return nil
	}))
	if len(found) < people || !told {
		t.Errorf("%d changes were told in %d batches, all of them: %v", len(found), batches, told)
	}
	w.mend()
	w.level()
	w.sound()
}
