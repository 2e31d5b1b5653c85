package exchange_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/apptest"
	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// TestOnlyWhatWasForgottenIsEmpty: a row without values that the node does not say it has
// forgotten is altered, and so is what is left of a person when somebody writes into it.
func TestOnlyWhatWasForgottenIsEmpty(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	n := w.nodes["ESMAD-1"]
	gone, stays := w.register(n, "ESMAD", "Rosa", "Quispe"), w.register(n, "ESMAD", "Ana", "Huamán")
	w.level()
	w.move(gone, "ARBUE")
	w.level()
	w.sound()
	for person, gone := range map[string]func(int, *change.Set) bool{stays: func(int, *change.Set) bool { return true }, gone: nil} {
		undo := w.tamper(n, person, gone)
		report, err := n.VerifyLog(ctx, operator(""), nil, nil)
		w.do(err)
		if len(report.Findings) != 1 || report.Findings[0].Kind != audit.Altered {
			t.Errorf("%s: findings %+v", person, report.Findings)
		}
		undo()
	}
	w.sound()
}

// tamper takes values out of a person's first change, or, when take is nil, writes a word into
// it; undo puts the row back.
func (w *world) tamper(a *app.App, person string, take func(int, *change.Set) bool) (undo func()) {
	w.t.Helper()
	var name id.Change
	var was []byte
	w.do(a.DB.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.Entries(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil {
			return err
		}
		name, was = rows[0].ID, rows[0].Body
		c, err := change.Decode(was)
		if err != nil {
			return err
		}
		if take != nil {
			c, _ = change.Redact(&c, audit.Leaf(&c, was).String(), take)
		} else {
			c.Author = "nobody"
		}
		return tx.Redact(ctx, name, change.Encode(&c))
	}))
	return func() { w.do(a.DB.Update(ctx, func(tx *store.Tx) error { return tx.Redact(ctx, name, was) })) }
}

// TestAHubFromAnOlderCopy: the nodes notice, what they hold is pending again and is offered
// again, and in the end the hub has what it had lost.
func TestAHubFromAnOlderCopy(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	madrid := w.nodes["ESMAD-1"]
	p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
	w.level()
	dir := w.hub.Dir()
	w.do(w.hub.Close())
	older := filepath.Join(t.TempDir(), "older")
	apptest.CopyRegister(t, dir, older)
	w.hub = w.open(dir, "LIMA", "", "", false)
	w.edit(madrid, p, "motive", "work")
	lost := w.register(madrid, "ESMAD", "Ana", "Huamán")
	other := w.register(w.nodes["ARBUE-1"], "ARBUE", "Luz", "Rojas")
	w.level()
	if got := value(t, w.hub, lost, "given_names"); got != "Ana" {
		t.Fatalf("the hub reads %q", got)
	}
	w.do(w.hub.Close())
	w.do(os.RemoveAll(dir))
	apptest.CopyRegister(t, older, dir)
	w.hub = w.open(dir, "LIMA", "", "", false)
	if got := value(t, w.hub, lost, "given_names"); got != "none" {
		t.Fatalf("the older copy reads %q", got)
	}
	w.register(w.hub, "ESMAD", "Sol", "Nueva") // the hub goes on as if nothing had happened
	for range 3 {
		for _, name := range []string{"ESMAD-1", "ARBUE-1"} {
			w.push(name)
			w.pull(name)
		}
	}
	w.level()
	for _, a := range []*app.App{w.hub, madrid} {
		if got := value(t, a, lost, "given_names") + " " + value(t, a, p, "motive"); got != "Ana work" {
			t.Errorf("in the end %s reads %q", a.Name(), got)
		}
	}
	if got := value(t, w.hub, other, "given_names"); got != "Luz" {
		t.Errorf("of Buenos Aires the hub reads %q", got)
	}
	s, err := madrid.Exchange.Status(ctx)
	if err != nil || s.State.Backs != 1 || s.Pending != 0 {
		t.Errorf("the node stands at %+v, %v", s, err)
	}
	w.sound()
}

// TestAClonedDisk: two computers that write under one name are told apart, and nothing of the
// honest part is lost.
func TestAClonedDisk(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	n := w.nodes["ESMAD-1"]
	p := w.register(n, "ESMAD", "Rosa", "Quispe")
	w.level()
	dir := n.Dir()
	w.do(n.Close())
	clone := filepath.Join(t.TempDir(), "clone")
	apptest.CopyRegister(t, dir, clone)
	n = w.open(dir, "ESMAD-1", "", "", true)
	w.nodes["ESMAD-1"] = n
	other := w.open(clone, "ESMAD-1", "", "", true)
	w.edit(n, p, "motive", "work")
	w.level()
	w.edit(other, p, "motive", "study")
	w.nodes["ESMAD-1"] = other
	if r := w.push("ESMAD-1"); r == nil || r.Key != sync.RefusedCloned {
		t.Errorf("the second computer was answered %v", r)
	}
	if got := value(t, w.hub, p, "motive"); got != "work" {
		t.Errorf("the hub reads %q", got)
	}
	w.nodes["ESMAD-1"] = n
	w.sound()
}

// TestARegisterWithPeopleIsNoNode: what was written before would have no place.
func TestARegisterWithPeopleIsNoNode(t *testing.T) {
	w := newWorld(t, false)
	a := w.open(filepath.Join(t.TempDir(), "alone"), "ALONE", "", "", false)
	err := a.BecomeNode(ctx, operator("ESMAD"), hubOf(w))
	if !fault.Is(err, "sync.not_empty") {
		t.Errorf("a register with offices of its own was enrolled: %v", err)
	}
	if _, _, err := a.NextBatch(ctx, "test", 0); !fault.Is(err, "sync.no_node") {
		t.Errorf("a register that stands alone has a batch: %v", err)
	}
	n := w.join("ESMAD-1", "ESMAD")
	if err := n.BecomeHub(ctx, operator("")); !fault.Is(err, "sync.node_no_hub") {
		t.Errorf("a node became a hub: %v", err)
	}
	ask, err := n.NextAsk(ctx)
	w.do(err)
	if _, _, err := w.hub.Pull(ctx, "ESMAD-2", ask, sync.Limit{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("one node asked as another: %v", err)
	}
	a1, _, err := w.hub.Pull(ctx, "ESMAD-1", ask, sync.Limit{})
	w.do(err)
	a1.From.After++
	if err := n.TakeAnswer(ctx, a1); !errors.Is(err, sync.ErrStale) {
		t.Errorf("an answer to another question was taken: %v", err)
	}
}

// TestAPhotographTravels: a file goes where an entity names it and nowhere else, and goes with
// the entity.
func TestAPhotographTravels(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ARBUE")
	madrid, aires := w.nodes["ESMAD-1"], w.nodes["ARBUE-1"]
	p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
	var file bytes.Buffer
	w.do(jpeg.Encode(&file, image.NewRGBA(image.Rect(0, 0, 300, 400)), nil))
	_, err := madrid.SetPhoto(ctx, officer(authz.Window, "ESMAD"), p, file.Bytes())
	w.do(err)
	hash := value(t, madrid, p, "photo")
	w.level()
	if wanted, err := w.hub.Wanted(ctx, 9); err != nil || len(wanted) != 1 || wanted[0] != hash {
		t.Fatalf("the hub wants %v, %v", wanted, err)
	}
	w.carry(hash, madrid, w.hub)
	w.move(p, "ARBUE")
	if _, _, err := w.hub.File(ctx, "ARBUE-1", "00"); !fault.Is(err, "sync.blob_none") {
		t.Errorf("a file that nobody names: %v", err)
	}
	w.level()
	if _, _, err := w.hub.File(ctx, "ESMAD-1", hash); !fault.Is(err, "sync.blob_none") {
		t.Errorf("the office that she left still gets her photograph: %v", err)
	}
	w.do(madrid.DB.View(ctx, func(tx *store.Tx) error {
		if _, _, there, err := tx.Attachment(ctx, hash); err != nil || there {
			t.Errorf("the office that she left still has her photograph: %v", err)
		}
		return nil
	}))
	if wanted, err := aires.Wanted(ctx, 9); err != nil || len(wanted) != 1 {
		t.Fatalf("the other office wants %v, %v", wanted, err)
	}
	media, data, err := w.hub.File(ctx, "ARBUE-1", hash)
	w.do(err)
	w.do(aires.KeepFile(ctx, hash, media, data))
	if wanted, err := aires.Wanted(ctx, 9); err != nil || len(wanted) != 0 {
		t.Errorf("it still wants %v, %v", wanted, err)
	}
	w.erase(w.hub, p, "section:profile photo")
	w.level()
	for _, a := range []*app.App{w.hub, aires} {
		wanted, err := a.Wanted(ctx, 9)
		_, _, err2 := a.Photo(ctx, officer(authz.Head, "ARBUE"), p)
		if err != nil || len(wanted) != 0 || fault.KindOf(err2) != fault.NotFound {
			t.Errorf("after it was erased %s wants %v, %v, and shows %v", a.Name(), wanted, err, err2)
		}
	}
	w.do(aires.KeepFile(ctx, "ff", media, data)) // nobody names it
	w.do(aires.DB.View(ctx, func(tx *store.Tx) error {
		if _, _, there, err := tx.Attachment(ctx, "ff"); err != nil || there {
			t.Errorf("a file that nobody names was kept: %v", err)
		}
		return nil
	}))
}

// erase erases something of a person at a register, because she asked for it.
func (w *world) erase(a *app.App, person, what string) {
	w.t.Helper()
	head, chief := officer(authz.Privacy, ""), officer(authz.Privacy, "")
	chief.Login = "jefa"
	q, err := a.OpenRequest(ctx, head, rights.RequestCmd{Kind: rights.Cancellation, Person: person, Channel: "window", Wants: "que me borren", Received: civil.FromTime(w.now)})
	w.do(err)
	proposal, err := a.ProposeErasure(ctx, head, q, what, "lo pidió")
	w.do(err)
	n, err := a.ApproveProposal(ctx, chief, proposal, id.Change{})
	w.do(err)
	if n != 1 {
		w.t.Fatalf("erased of %d people", n)
	}
}

// carry takes a file from a node to the hub.
func (w *world) carry(hash string, from, to *app.App) {
	w.t.Helper()
	w.do(from.DB.View(ctx, func(tx *store.Tx) error {
		media, data, there, err := tx.Attachment(ctx, hash)
		if err != nil || !there {
			w.t.Fatalf("the node has no file %s: %v", hash, err)
		}
		return to.KeepFile(ctx, hash, media, data)
	}))
}
