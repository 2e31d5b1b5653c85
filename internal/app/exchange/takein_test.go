package exchange_test

import (
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
)

// TestWhatTheMinistryLostIsTakenIn: what the hub itself wrote after the copy, and an office had pulled,
// is told by the office and taken in like that of a computer that is gone.
func TestWhatTheMinistryLostIsTakenIn(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN")
		p := w.register(w.nodes["ESMAD-1"], "ESMAD", "Rosa", "Quispe")
		w.level()
		w.edit(w.hub, p, "birth_place", "Puno")
		w.level()
		c := w.copy(w.hub)
		w.edit(w.hub, p, "motive", "work")
		w.edit(w.hub, p, "motive", "study")
		fresh := w.register(w.hub, "ESMAD", "Pilar", "Huamán")
		w.level()
		w.again(c, postgres)
		w.mend()
		got := w.missing()
		if len(got) != 1 || got[0].Author != "LIMA" || got[0].Known || !got[0].Gone || got[0].Changes != 3 || got[0].Entries != 2 {
			t.Fatalf("the hub says that it lacks %+v", got)
		}
		if none, err := w.hub.Missing(ctx, officer(authz.Head, "ESMAD")); err != nil || len(none) != 0 {
			t.Errorf("an office sees %+v, %v", none, err)
		}
		if _, err := w.hub.TakeIn(ctx, officer(authz.Head, "ESMAD"), exchange.TakeIn{Author: "LIMA", Words: "se quemó en Vigo"}); !fault.Is(err, "missing.not_yours") {
			t.Errorf("an office took it in: %v", err)
		}
		in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "LIMA", Words: "se quemó en Vigo"})
		if err != nil || in.Changes != 3 || in.Contested != 0 || len(in.Kept) != 0 {
			t.Fatalf("taken in was %+v, %v", in, err)
		}
		w.level()
		for _, name := range []string{"ESBCN-1"} { // it has nobody of ours
			if got := value(t, w.nodes[name], fresh, "given_names"); got != "none" {
				t.Errorf("%s has %q", name, got)
			}
			delete(w.nodes, name)
		}
		w.everywhere(p, "motive", "study")
		w.everywhere(p, "birth_place", "Puno")
		w.everywhere(fresh, "safe_hours", "de 10 a 12")
		if left := w.missing(); len(left) != 0 {
			t.Errorf("the hub still lacks %+v", left)
		}
		w.sound()
	})
}

// TestWhatStaysOut: of what the hub lost, what the rules of values refuse stays out with the reason and
// what rests on it; where somebody wrote since, an officer decides; the rest comes in.
func TestWhatStaysOut(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		mad, lap := w.nodes["ESMAD-1"], w.join("ESMAD-L1", "ESMAD")
		p := w.register(mad, "ESMAD", "Rosa", "Quispe")
		w.level()
		c := w.copy(w.hub)
		w.edit(lap, p, "motive", "work")
		w.edit(lap, p, "birth_place", "Cusco")
		w.level()
		w.again(c, postgres)
		delete(w.nodes, "ESMAD-L1")
		w.mend()
		w.edit(w.hub, p, "motive", "study")
		bad := func(n int64, value string, base id.Change) store.Found {
			c := change.Change{ID: id.Change{Node: "ESMAD-L1", N: n}, Entity: change.Ref{Kind: change.Person, ID: p}, Action: "edit", Author: "luz", Office: "ESMAD", Purpose: "registry", Schema: 1,
				Sets: []change.Set{{Field: "civil_status", Value: change.Text(value), Base: base}}}
			return store.Found{Change: c.ID, Entity: c.Entity.String(), Body: change.Encode(&c), From: "ESMAD-1", At: 1}
		}
		w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error {
			return tx.PutFound(ctx, []store.Found{bad(8, "perhaps", id.Change{}), bad(9, "married", id.Change{Node: "ESMAD-L1", N: 8})})
		}))
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
		for i := range 2 {
			in, err := w.hub.TakeIn(ctx, officer(authz.Head, "ESMAD"), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
			if err != nil || in.Changes != 2*(1-i) || in.Contested != 1-i || in.Kept[exchange.KeptValue] != 1 || in.Kept[exchange.KeptRests] != 1 || len(in.Kept) != 2 {
				t.Fatalf("taken in was %+v, %v", in, err)
			}
		}
		if m := w.missing(); len(m) != 1 || m[0].Changes != 2 || m[0].Kept != 2 {
			t.Errorf("out stays %+v", m)
		}
		_, lines, err := w.hub.MissingOf(ctx, operator(""), "ESMAD-L1", 99)
		if err != nil || len(lines) != 1 || lines[0].Kept != exchange.KeptValue {
			t.Errorf("out stays %+v, %v", lines, err)
		}
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
			open, _, err := a.OpenConflicts(ctx, officer(authz.Head, "ESMAD"))
			if err != nil || len(open) != 1 || open[0].Fields[0] != "motive" || value(t, a, p, "motive") != "study" || value(t, a, p, "birth_place") != "Cusco" {
				t.Errorf("at %s stands %q, and waits %+v, %v", name, value(t, a, p, "motive"), open, err)
			}
		}
		w.sound()
	})
}

// TestItWaitsForItsCause: what a laptop wrote upon what an office has still to offer waits for that.
func TestItWaitsForItsCause(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ESBCN")
	mad, lap, other := w.nodes["ESMAD-1"], w.join("ESMAD-L1", "ESMAD"), w.join("ESMAD-2", "ESMAD")
	p := w.register(mad, "ESMAD", "Rosa", "Quispe")
	w.level()
	c := w.copy(w.hub)
	w.edit(other, p, "motive", "work")
	w.level()
	w.edit(lap, p, "motive", "study")
	w.level()
	w.again(c, false)
	delete(w.nodes, "ESMAD-L1")
	delete(w.nodes, "ESMAD-2")
	w.mend()
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
	in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	if err != nil || in.Changes != 0 || in.Kept[exchange.KeptWaits] != 1 {
		t.Fatalf("taken in was %+v, %v", in, err)
	}
	w.nodes["ESMAD-2"] = other
	w.mend()
	w.level()
	in, err = w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	if err != nil || in.Changes != 1 || in.Contested != 0 {
		t.Fatalf("taken in was %+v, %v", in, err)
	}
	w.level()
	delete(w.nodes, "ESBCN-1")
	w.everywhere(p, "motive", "study")
	w.sound()
}

// TestTheAuthorSaysSomethingElse: what a laptop offers after it was taken in is not what the office had
// told. It is kept apart until somebody decides, everywhere, and nothing of it is lost.
func TestTheAuthorSaysSomethingElse(t *testing.T) {
	w, lap, known, _ := burnt(t, false)
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
	var of id.Change
	w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error { // an office whose program was altered told it
		var all []store.Found
		err := tx.MissingOf(ctx, "ESMAD-L1", func(f store.Found) error {
			if f.Entity == "person/"+known {
				f.Body = []byte(strings.Replace(string(f.Body), `"t":"study"`, `"t":"family"`, 1))
				all, of = append(all, f), f.Change
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.PutFound(ctx, all)
	}))
	delete(w.nodes, "ESMAD-1")
	_, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	w.do(err)
	w.nodes["ESMAD-L1"] = lap
	w.mend()
	w.level()
	for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-L1": lap} {
		page, err := a.Apart(ctx, operator("ESMAD"), of.String())
		if err != nil || page.Reason != exchange.ApartOther || page.State != "" || value(t, a, known, "motive") != "family" {
			t.Errorf("at %s stands %q, and apart is %+v, %v", name, value(t, a, known, "motive"), page, err)
		}
	}
	w.sound()
	if _, err := w.hub.LetIn(ctx, officer(authz.Head, "ESMAD"), of.String(), "así lo escribió"); err != nil {
		t.Errorf("it cannot be let in: %v", err)
	}
	w.level()
	w.sound()
}

// TestWhatIsErasedStaysErased: an erasure of which the hub hears after it took a lost change in takes the
// values out of what took its place; and what was erased before is not taken in.
func TestWhatIsErasedStaysErased(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		for _, first := range []bool{false, true} { // the hub hears of the erasure first
			w, lap, known, fresh := burnt(t, postgres)
			w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
			mad := w.nodes["ESMAD-1"]
			_, err := mad.CloseRegistration(ctx, officer(authz.Window, "ESMAD"), fresh, "asked_out", "")
			w.do(err)
			w.erase(mad, fresh, "person")
			if first {
				w.mend()
			}
			in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
			w.do(err)
			if in.Changes == 0 {
				t.Errorf("the hub had heard of the erasure: %v; taken in was %+v", first, in)
			}
			w.mend()
			w.nodes["ESMAD-L1"] = lap
			w.mend()
			w.level()
			for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-L1": lap} {
				if got := value(t, a, known, "motive"); got != "study" {
					t.Errorf("%s has %q", name, got)
				}
				w.do(a.DB.View(ctx, func(tx *store.Tx) error {
					return tx.Log(ctx, 0, 1<<20, func(e store.Entry) error {
						if strings.Contains(string(e.Body), "Huamán") {
							t.Errorf("the hub had heard of the erasure: %v; at %s %s still says %s", first, name, e.Entity, e.Body)
						}
						return nil
					})
				}))
			}
			w.sound()
		}
	})
}

// TestWhoWasTakenInMovesAway: what is left at an office of a lost change goes with the person.
func TestWhoWasTakenInMovesAway(t *testing.T) {
	w, _, _, fresh := burnt(t, false)
	bcn := w.join("ESBCN-1", "ESBCN")
	_, err := w.hub.Courier.Revoke(ctx, operator(""), "ESMAD-L1", "se quemó", true)
	w.do(err)
	_, err = w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	w.do(err)
	w.level()
	w.move(fresh, "ESBCN")
	w.level()
	if got := value(t, bcn, fresh, "motive") + ", " + value(t, w.nodes["ESMAD-1"], fresh, "motive"); got != "family, none" {
		t.Errorf("she is %q", got)
	}
	w.do(w.nodes["ESMAD-1"].DB.View(ctx, func(tx *store.Tx) error {
		return tx.Log(ctx, 0, 1<<20, func(e store.Entry) error {
			if strings.Contains(string(e.Body), "Huamán") {
				t.Errorf("Madrid still says %s", e.Body)
			}
			return nil
		})
	}))
	w.sound()
	w.move(fresh, "ESMAD")
	w.level()
	if got := value(t, w.nodes["ESMAD-1"], fresh, "motive"); got != "family" {
		t.Errorf("back in Madrid she is %q", got)
	}
	w.sound()
}

// TestTwoTellDifferentThings: of a change of which two computers hold another thing under one name nothing
// comes in until an officer says whose is taken; the rest does.
func TestTwoTellDifferentThings(t *testing.T) {
	w, _, known, _ := burnt(t, false)
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
	w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error {
		var lies []store.Found
		err := tx.MissingOf(ctx, "ESMAD-L1", func(f store.Found) error {
			if body := strings.Replace(string(f.Body), `"t":"study"`, `"t":"family"`, 1); body != string(f.Body) {
				f.Body, f.From = []byte(body), "ARBUE-1"
				lies = append(lies, f)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.PutFound(ctx, lies)
	}))
	in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	if err != nil || in.Changes != 3 || in.Kept[exchange.KeptDiffer] != 1 || value(t, w.hub, known, "motive") != "work" {
		t.Fatalf("taken in was %+v, %v", in, err)
	}
	in, err = w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "lo dijo Madrid", From: "ESMAD-1"})
	if err != nil || in.Changes != 1 || len(in.Kept) != 0 {
		t.Fatalf("taken in was %+v, %v", in, err)
	}
	w.level()
	w.everywhere(known, "motive", "study")
	if left := w.missing(); len(left) != 0 {
		t.Errorf("the hub still lacks %+v", left)
	}
	w.sound()
}

// TestNothingOfTheAnonymisedIsKept: what was told of a person after she was anonymised is not taken in,
// and is kept no longer once somebody tried.
func TestNothingOfTheAnonymisedIsKept(t *testing.T) {
	w, _, known, _ := burnt(t, false)
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
	var told []store.Found
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		return tx.MissingOf(ctx, "ESMAD-L1", func(f store.Found) error {
			if f.Entity == "person/"+known {
				told = append(told, f)
			}
			return nil
		})
	}))
	_, err := w.hub.CloseRegistration(ctx, officer(authz.Window, "ESMAD"), known, "asked_out", "")
	w.do(err)
	w.erase(w.hub, known, "person")
	w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutFound(ctx, told) }))
	in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	if err != nil || in.Changes != 2 || in.Kept[exchange.KeptErased] != len(told) || len(w.missing()) != 0 {
		t.Errorf("taken in was %+v, %v, and there is %+v", in, err, w.missing())
	}
	w.level()
	w.sound()
}

// TestAnErasureOfSomebodyGoneIsTakenIn: a computer erased a person of the copy, the hub was put back, and
// the computer never comes again. The hub has her values again; once the erasure is taken in they are
// nowhere, and the computer that turns up after all brings nothing back.
func TestAnErasureOfSomebodyGoneIsTakenIn(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		mad, other := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
		p := w.register(other, "ESMAD", "Pilar", "Huamán")
		w.level()
		c := w.copy(w.hub)
		_, err := mad.CloseRegistration(ctx, officer(authz.Window, "ESMAD"), p, "asked_out", "")
		w.do(err)
		w.erase(mad, p, "person")
		w.level()
		w.again(c, postgres)
		delete(w.nodes, "ESMAD-1")
		w.mend()
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-1", "se quemó"))
		w.mend()
		if raw := w.bodies(w.hub, p); !strings.Contains(raw, "Huamán") {
			t.Fatalf("the copy is not from before the erasure: %s", raw)
		}
		in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-1", Words: "se quemó en Vigo"})
		w.do(err)
		if in.Changes == 0 {
			t.Errorf("taken in was %+v", in)
		}
		if raw := w.bodies(w.hub, p); strings.Contains(raw, "Huamán") {
			t.Errorf("the erasure was taken in, and the hub still says %s", raw)
		}
		w.mend()
		w.level()
		w.nodes["ESMAD-1"] = mad
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-2": other} {
			if raw := w.bodies(a, p); strings.Contains(raw, "Huamán") {
				t.Errorf("%s still says %s", name, raw)
			}
		}
		w.sound()
	})
}

// TestAnErasureOfWhatWasTakenIn: of a change that was taken in as another one an office erased a part, and
// has only the name of it since. The part goes, and what took its place keeps the rest.
func TestAnErasureOfWhatWasTakenIn(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		for _, other := range []bool{false, true} { // the office that told had erased something else
			w := newWorld(t, postgres, "ESMAD")
			mad, second, lap := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD"), w.join("ESMAD-L1", "ESMAD")
			c := w.copy(w.hub)
			p, want := w.student(lap, "ESMAD"), `"Ida"600111222`
			w.push("ESMAD-L1")
			w.level("ESMAD-1", "ESMAD-2")
			w.erase(second, p, "section:profile")
			if other {
				w.erase(mad, p, "section:contact")
				want = `"Ida"`
			}
			w.again(c, postgres)
			delete(w.nodes, "ESMAD-L1")
			delete(w.nodes, "ESMAD-2")
			w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
			w.mend()
			in, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
			if err != nil || in.Changes != 1 {
				t.Fatalf("taken in was %+v, %v", in, err)
			}
			w.level()
			w.nodes["ESMAD-2"] = second
			w.mend()
			w.nodes["ESMAD-L1"] = lap
			w.mend()
			w.level()
			for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-2": second, "ESMAD-L1": lap} {
				if got := w.holds(a, p); got != want {
					t.Errorf("something else was erased: %v; %s holds %s", other, name, got)
				}
			}
			w.sound()
		}
	})
}

// TestAnErasureOfAnotherThanWasTakenIn: a computer says that it erased a change that was taken in as
// another one, and names another hash. What took its place stays.
func TestAnErasureOfAnotherThanWasTakenIn(t *testing.T) {
	w, _, known, _ := burnt(t, false)
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
	forged := change.Erase(known, nil)
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		return tx.MissingOf(ctx, "ESMAD-L1", func(f store.Found) error {
			forged.Sets = append(forged.Sets, change.Set{Field: f.Change.String(), Value: change.Group("was", "AAAA", "is", "BBBB")})
			return nil
		})
	}))
	_, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"})
	w.do(err)
	w.level()
	forged.Office = "ESMAD"
	if r := w.tells("ESMAD-1", nil, forged); r.Refusal != nil {
		t.Fatalf("it was refused, and proves nothing: %+v", r.Refusal)
	}
	if got := value(t, w.hub, known, "motive"); got != "study" {
		t.Errorf("the hub has %q", got)
	}
}

// TestAnErasureIsTakenInLater: a laptop erased a part of what it had written, and both are lost with it. One
// office tells what was there before, another one tells of the erasure when that has been taken in.
func TestAnErasureIsTakenInLater(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		mad, second, lap := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD"), w.join("ESMAD-L1", "ESMAD")
		c := w.copy(w.hub)
		p := w.student(lap, "ESMAD")
		w.push("ESMAD-L1")
		w.level("ESMAD-1", "ESMAD-2")
		w.erase(lap, p, "section:profile")
		w.push("ESMAD-L1")
		w.level("ESMAD-1")
		w.again(c, postgres)
		delete(w.nodes, "ESMAD-L1")
		delete(w.nodes, "ESMAD-1")
		w.mend()
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "se quemó"))
		order := exchange.TakeIn{Author: "ESMAD-L1", Words: "se quemó en Vigo"}
		_, err := w.hub.TakeIn(ctx, operator(""), order)
		w.do(err)
		w.nodes["ESMAD-1"] = mad
		w.mend()
		_, err = w.hub.TakeIn(ctx, operator(""), order)
		w.do(err)
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-2": second} {
			if got := w.holds(a, p); got != `"Ida"600111222` {
				t.Errorf("%s holds %s", name, got)
			}
		}
		w.sound()
	})
}
