package exchange_test

import (
	"maps"
	"slices"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// burnt is a world whose hub was put back from a copy, and whose laptop wrote after it and is away: it
// corrected a person of the copy twice, and registered another. An office holds that.
func burnt(t *testing.T, postgres bool) (w *world, lap *app.App, known, fresh string) {
	w = newWorld(t, postgres, "ESMAD")
	lap = w.join("ESMAD-L1", "ESMAD")
	known = w.register(w.nodes["ESMAD-1"], "ESMAD", "Rosa", "Quispe")
	w.level()
	c := w.copy(w.hub)
	w.edit(lap, known, "motive", "work")
	w.edit(lap, known, "motive", "study")
	fresh = w.register(lap, "ESMAD", "Pilar", "Huamán")
	w.edit(lap, fresh, "motive", "family")
	w.level()
	w.again(c, postgres)
	delete(w.nodes, "ESMAD-L1")
	w.mend()
	return w, lap, known, fresh
}

// everywhere checks that a field is the same at the hub and at every node, that nobody has anything to
// decide, and that no node looks for a place of anything.
func (w *world) everywhere(person, field, want string) {
	w.t.Helper()
	all := maps.Clone(w.nodes)
	all["LIMA"] = w.hub
	for name, a := range all {
		if got := value(w.t, a, person, field); got != want {
			w.t.Errorf("at %s %s is %q, not %q", name, field, got, want)
		}
		open, _, err := a.OpenConflicts(ctx, officer(authz.Head, "ESMAD"))
		if err != nil || len(open) != 0 {
			w.t.Errorf("at %s waits %+v, %v", name, open, err)
		}
		s, err := a.Exchange.Status(ctx)
		if err != nil || s.Pending != 0 || s.Unsent != 0 {
			w.t.Errorf("at %s %d changes wait, %v", name, s.Pending, err)
		}
		w.do(a.DB.View(ctx, func(tx *store.Tx) error {
			some, err := tx.AnyOrphan(ctx, a.Name())
			if some && name != "LIMA" {
				w.t.Errorf("%s still looks for what the hub lost", name)
			}
			return err
		}))
	}
}

func (w *world) missing() []exchange.Missing {
	w.t.Helper()
	out, err := w.hub.Missing(ctx, operator(""))
	w.do(err)
	return out
}

// TestWhatTheHubLostIsTakenIn: what a laptop that never comes back had sent after the copy is seen at
// the hub, and taken in once nobody waits for the laptop; the same stands everywhere then, once.
func TestWhatTheHubLostIsTakenIn(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w, _, known, fresh := burnt(t, postgres)
		got := w.missing()
		if len(got) != 1 || got[0].Author != "ESMAD-L1" || got[0].Changes != 4 || got[0].Entries != 2 || got[0].Gone || !slices.Equal(got[0].From, []string{"ESMAD-1"}) || got[0].Since == 0 {
			t.Fatalf("the hub says that it lacks %+v", got)
		}
		if none, err := w.hub.Missing(ctx, officer(authz.Head, "ARBUE")); err != nil || len(none) != 0 {
			t.Errorf("another office sees %+v, %v", none, err)
		}
		if _, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"}); !fault.Is(err, "missing.awaited") {
			t.Errorf("it was taken in while it is waited for: %v", err)
		}
		_, err := w.hub.Courier.Revoke(ctx, operator(""), "ESMAD-L1", "se quemó", false)
		w.do(err)
		if _, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: ""}); !fault.Is(err, "registry.settle_note") {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := w.hub.TakeIn(ctx, officer(authz.Head, "ARBUE"), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("another office took it in: %v", err)
		}
		if _, err := w.nodes["ESMAD-1"].TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"}); !fault.Is(err, "sync.no_hub") {
			t.Errorf("a node took it in: %v", err)
		}
		m, lines, err := w.hub.MissingOf(ctx, officer(authz.Head, "ESMAD"), "ESMAD-L1", 99)
		if err != nil || !m.Gone || len(lines) != 2 || !lines[0].Here || lines[1].Here || lines[1].Number != number(t, w.nodes["ESMAD-1"], fresh) || lines[1].Changes != 2 {
			t.Errorf("before it is taken in: %+v, %+v, %v", m, lines, err)
		}
		chief := officer(authz.Head, "ESMAD")
		in, err := w.hub.TakeIn(ctx, chief, exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
		if err != nil || in.Changes != 4 || in.Entries != 2 || in.Contested != 0 || len(in.Kept) != 0 {
			t.Fatalf("taken in was %+v, %v", in, err)
		}
		again, err := w.hub.TakeIn(ctx, chief, exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
		if err != nil || again.Changes != 0 || len(w.missing()) != 0 {
			t.Errorf("twice: %+v, %v, and there is %+v", again, err, w.missing())
		}
		w.level()
		w.everywhere(known, "motive", "study")
		w.everywhere(fresh, "motive", "family")
		w.everywhere(fresh, "safe_hours", "de 10 a 12")
		w.sound()
		w.saidIn(fresh, "ESMAD-L1", chief.Login)
		w.edit(w.nodes["ESMAD-1"], known, "motive", "work")
		w.level()
		w.everywhere(known, "motive", "work")
	})
}

// saidIn checks what is logged of a person who was taken in.
func (w *world) saidIn(person, author, officer string) {
	w.t.Helper()
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		said, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		for _, c := range said {
			at, err := id.ParseChange(c.Prov.Evidence)
			if err != nil || string(at.Node) != author || c.Author != officer || c.Note != "se quemó en Vigo" || c.Action == "register" && c.Office != "ESMAD" {
				w.t.Errorf("it is logged as %+v", c)
			}
		}
		return err
	}))
}

// TestTheAuthorTurnsUp: the laptop of which somebody said that it would not come back comes back, after
// the others went on without it and what it had written was taken in. Nothing is there twice, and nobody
// has anything to decide; nor when the hub is put back once more.
func TestTheAuthorTurnsUp(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w, lap, known, fresh := burnt(t, postgres)
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
		before := w.copy(w.hub)
		_, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
		w.do(err)
		w.level()
		w.edit(w.nodes["ESMAD-1"], known, "given_names", "Rosa María")
		w.level()
		w.nodes["ESMAD-L1"] = lap
		w.edit(lap, fresh, "birth_place", "Puno")
		w.mend()
		w.level()
		w.everywhere(known, "motive", "study")
		w.everywhere(known, "given_names", "Rosa María")
		w.everywhere(fresh, "motive", "family")
		w.everywhere(fresh, "birth_place", "Puno")
		if left := w.missing(); len(left) != 0 {
			t.Errorf("the hub still lacks %+v", left)
		}
		w.sound()
		w.again(before, postgres) // before it was taken in; the laptop has only the names of what it wrote
		w.mend()
		w.level()
		for _, m := range w.missing() {
			if _, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: m.Author, Words: "otra vez"}); err != nil {
				t.Fatal(err)
			}
		}
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": w.nodes["ESMAD-1"], "ESMAD-L1": lap} {
			if got := value(t, a, known, "motive") + ", " + value(t, a, fresh, "motive") + ", " + value(t, a, fresh, "given_names"); got != "study, family, Pilar" {
				t.Errorf("after the hub was put back again %s has %q", name, got)
			}
		}
		w.sound()
	})
}
