package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// engines runs a test with a hub that is put back into the same engine and into another one.
func engines(t *testing.T, f func(t *testing.T, from, to string)) {
	for _, c := range [][2]string{{node.SQLite, node.SQLite}, {node.SQLite, node.Postgres}, {node.Postgres, node.Postgres}, {node.Postgres, node.SQLite}, {node.SQLite, node.Encrypted}} {
		t.Run(c[0]+" to "+c[1], func(t *testing.T) { f(t, c[0], c[1]) })
	}
}

// TestWhatAPurgedLaptopWroteComesBack: a laptop works at a campaign, the campaign is closed, it forgets
// everybody, and the hub is put back to before it left. The laptop holds no value of what it wrote; all
// of it comes back whole from the office, at the hub and at the office, and the laptop is purged again.
func TestWhatAPurgedLaptopWroteComesBack(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		j := set(t)
		c := j.copy(j.hub)
		lap := j.laptop.Campaigns
		j.do(lap.Move(ctx, j.head, j.campaign, campaign.UnderWay, id.Change{}))
		_, err := lap.Come(ctx, j.clerk, j.campaign, campaign.Arrival{Person: j.listed[0]})
		j.do(err)
		fresh := j.register(j.laptop, "ESMAD", "Ida", "Nueva")
		fresher := j.register(j.laptop, "ESMAD", "Lía", "Nueva")
		for range 3 {
			turn, err := lap.CallNext(ctx, j.clerk, j.campaign)
			j.do(err)
			j.do(lap.Serve(ctx, j.clerk, j.campaign, turn, map[campaign.Service]int{"dni": 2}, "", id.Change{}))
		}
		late := j.edit(j.laptop, j.clerk, j.listed[1])
		numbers := number(t, j.laptop, fresh) + number(t, j.laptop, fresher)
		j.do(lap.Move(ctx, j.head, j.campaign, campaign.Closed, id.Change{}))
		j.level()
		j.level()
		j.wants("after the campaign", j.people(j.laptop), nil)
		if all := j.bodies(j.laptop, fresh); all == "" || strings.Contains(all, "Nueva") {
			t.Fatalf("the laptop was not purged, or knows not even that she was there: %q", all)
		}
		was := j.said()
		j.again(c, postgres)
		j.now = j.now.AddDate(0, 0, 1) // a new day: what was purged is purged again then
		j.mend()
		j.level()
		j.level()
		for name, a := range map[string]*app.App{"LIMA": j.hub, "ESMAD-1": j.office} {
			got := value(t, a, fresh, "given_names") + ", " + value(t, a, fresh, "safe_hours") + ", " + value(t, a, fresher, "given_names") + ", " + value(t, a, j.listed[1], "given_names")
			if got != "Ida, de 10 a 12, Lía, "+late {
				t.Errorf("%s has %q", name, got)
			}
			if got := number(t, a, fresh) + number(t, a, fresher); got != numbers {
				t.Errorf("the numbers are %s at %s, not %s", got, name, numbers)
			}
			p, err := a.Campaigns.Open(ctx, operator("ESMAD"), j.campaign)
			j.do(err)
			if p.Tally.Came != 3 || p.Tally.Served != 3 || p.Campaign.State != campaign.Closed {
				t.Errorf("at %s the campaign is %s and counts %+v", name, p.Campaign.State, p.Tally)
			}
		}
		if is := j.said(); !slices.Equal(was, is) {
			t.Errorf("of what the laptop said the hub has %d changes, not %d, or others", len(is), len(was))
		}
		j.wants("after the hub was put back", j.people(j.laptop), nil)
		if all := j.bodies(j.laptop, fresh); strings.Contains(all, "Nueva") {
			t.Error("the laptop has her again")
		}
		j.purged()
		j.sound()
	})
}

// said are the bodies at the hub of what the laptop wrote of people and of the campaign.
func (j *journey) said() (out []string) {
	j.t.Helper()
	j.do(j.hub.DB.View(ctx, func(tx *store.Tx) error {
		return tx.Written(ctx, "ESMAD-L1", 0, 10_000, func(e store.Entry) error {
			if kind, _, _ := strings.Cut(e.Entity, "/"); kind == "person" || kind == "campaign" || kind == "turn" {
				out = append(out, string(e.Body))
			}
			return nil
		})
	}))
	return out
}

// TestWhoMovesThroughAnErasure: a person is registered, moves to an office, has a part of her erased
// there and moves on to a third; the hub is put back to before all that. What was erased comes back
// nowhere, the rest is where she is and at the hub, and nowhere else.
func TestWhoMovesThroughAnErasure(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ESBCN", "ARBUE")
		c := w.copy(w.hub)
		p := w.register(w.nodes["ESBCN-1"], "ESBCN", "Rosa", "Quispe")
		w.edit(w.nodes["ESBCN-1"], p, "motive", "study")
		w.level()
		w.leaves(p, "ESBCN-1", "ESMAD")
		w.edit(w.nodes["ESMAD-1"], p, "given_names", "Rosa María")
		w.erase(w.nodes["ESMAD-1"], p, "section:profile")
		w.level()
		w.leaves(p, "ESMAD-1", "ARBUE")
		w.edit(w.nodes["ARBUE-1"], p, "given_names", "Rosa Luz")
		w.level()
		was := w.bodies(w.hub, p)
		w.again(c, postgres)
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ARBUE-1": w.nodes["ARBUE-1"]} {
			if got := value(t, a, p, "given_names") + ", " + value(t, a, p, "safe_hours") + ", " + value(t, a, p, "motive"); got != "Rosa Luz, de 10 a 12, " {
				t.Errorf("%s has %q", name, got)
			}
			if is := w.bodies(a, p); sorted(is) != sorted(was) {
				t.Errorf("%s has\n%s\nand the hub had\n%s", name, is, was)
			}
		}
		for _, name := range []string{"ESMAD-1", "ESBCN-1"} {
			if got := value(t, w.nodes[name], p, "given_names"); got != "none" || strings.Contains(w.bodies(w.nodes[name], p), "Quispe") {
				t.Errorf("%s, which she left, has %q", name, got)
			}
		}
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": w.nodes["ESMAD-1"], "ESBCN-1": w.nodes["ESBCN-1"], "ARBUE-1": w.nodes["ARBUE-1"]} {
			if strings.Contains(w.bodies(a, p), `"study"`) {
				t.Errorf("%s has what was erased", name)
			}
		}
		w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
			in, err := tx.ScopesOf(ctx, []string{"person/" + p, "erasure/" + p})
			for e, scopes := range in {
				if !slices.Equal(scopes, []string{"ARBUE"}) {
					t.Errorf("%s is filed under %v", e, scopes)
				}
			}
			if len(in) != 2 {
				t.Errorf("filed are %v", in)
			}
			return err
		}))
		w.sound()
	})
}

// TestWhoComesIntoAScopeWithAnErasure: somebody was registered for Madrid at another office, which forgot
// her at once, and Madrid erased a part of that very registration. The hub, put back, has of it only what
// the erasure left: she comes into Madrid's scope with that, and not before.
func TestWhoComesIntoAScopeWithAnErasure(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ARBUE")
		mad, aires := w.nodes["ESMAD-1"], w.nodes["ARBUE-1"]
		c := w.copy(w.hub)
		out, err := aires.Register(ctx, operator("ARBUE"), registry.RegisterCmd{Office: "ESMAD", Prov: change.Provenance{Source: "declared"},
			Inputs: []registry.Input{text("surname_paternal", "Nueva"), text("given_names", "Ida"), text("motive", "study"), text("safe_hours", "de 10 a 12")}}, true)
		w.do(err)
		w.level()
		if got := value(t, aires, out.Person, "given_names"); got != "none" {
			t.Fatalf("Buenos Aires has not forgotten: %q", got)
		}
		w.erase(mad, out.Person, "section:profile")
		w.level()
		w.again(c, postgres)
		w.most = 1 // so that the erasure comes alone
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad} {
			if got := value(t, a, out.Person, "given_names") + ", " + value(t, a, out.Person, "safe_hours") + ", " + value(t, a, out.Person, "motive"); got != "Ida, de 10 a 12, " {
				t.Errorf("%s has %q", name, got)
			}
			if strings.Contains(w.bodies(a, out.Person), `"study"`) {
				t.Errorf("%s has what was erased", name)
			}
		}
		w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
			person, erasure := "person/"+out.Person, "erasure/"+out.Person
			in, err := tx.ScopesOf(ctx, []string{person, erasure})
			if !slices.Equal(in[person], []string{"ESMAD"}) || !slices.Equal(in[erasure], []string{"ESMAD"}) {
				t.Errorf("filed are %v", in)
			}
			return err
		}))
		if s, err := mad.Status(ctx); err != nil || s.Pending != 0 {
			t.Errorf("in Madrid %d changes wait, %v", s.Pending, err)
		}
		if all := w.bodies(aires, out.Person); strings.Contains(all, "Nueva") {
			t.Error("Buenos Aires has her again")
		}
		w.sound()
	})
}

func sorted(bodies string) string {
	return strings.Join(slices.Sorted(strings.SplitSeq(bodies, "\n")), "\n")
}

// kepts are all rows of what a hub keeps of changes that it lost.
func (w *world) kepts(a *app.App) (out []store.Found) {
	w.t.Helper()
	w.do(a.DB.View(ctx, func(tx *store.Tx) error {
		for _, node := range []id.Node{"ESMAD-1", "ESBCN-1"} {
			var names []id.Change
			for n := range int64(60) {
				names = append(names, id.Change{Node: node, N: n + 1})
			}
			all, err := tx.FoundOf(ctx, names)
			if err != nil {
				return err
			}
			for _, c := range names {
				out = append(out, all[c]...)
			}
		}
		return nil
	}))
	return out
}

// TestAHubIsPutBackWithWhatItKeepsAside: the hub keeps what Madrid found of Barcelona's changes, and is
// copied then. Put back, into the same engine or the other one, it has the same rows, nobody is sent
// any of it, and Barcelona, which forgot, has it taken from there though Madrid is gone.
func TestAHubIsPutBackWithWhatItKeepsAside(t *testing.T) {
	engines(t, func(t *testing.T, from, to string) {
		w := newWorld(t, from == node.Postgres, "ESMAD", "ESBCN")
		mad, bcn := w.nodes["ESMAD-1"], w.nodes["ESBCN-1"]
		c := w.copy(w.hub)
		p := w.register(bcn, "ESBCN", "Rosa", "Quispe")
		w.edit(bcn, p, "motive", "work")
		w.level()
		w.leaves(p, "ESBCN-1", "ESMAD")
		w.again(c, from == node.Postgres)
		delete(w.nodes, "ESBCN-1")
		w.mend()
		was := w.kepts(w.hub)
		if len(was) < 3 || value(t, w.hub, p, "given_names") != "none" {
			t.Fatalf("the hub keeps %d changes, and shows %q", len(was), value(t, w.hub, p, "given_names"))
		}
		aside := w.copy(w.hub)
		for _, raw := range []string{"Quispe", "de 10 a 12"} {
			if strings.Contains(aside.file.String(), raw) {
				t.Errorf("the copy says %q to whoever has it", raw)
			}
		}
		w.do(w.hub.Close())
		w.hub = w.backInto(aside, to)
		if is := w.kepts(w.hub); !equal(was, is) {
			t.Errorf("put back it keeps\n%v, not\n%v", is, was)
		}
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-1", "se quemó"))
		w.nodes = map[string]*app.App{"ESBCN-1": bcn}
		w.mend()
		w.level()
		if got := value(t, w.hub, p, "given_names") + ", " + value(t, w.hub, p, "motive") + ", " + value(t, w.hub, p, "safe_hours"); got != "Rosa, work, de 10 a 12" {
			t.Errorf("the hub has %q", got)
		}
		if is := w.kepts(w.hub); len(is) > 0 {
			t.Errorf("it still keeps aside %v", is)
		}
		w.nodes["ESMAD-1"] = mad
		w.mend()
		w.level()
		if got := value(t, mad, p, "given_names"); got != "Rosa" {
			t.Errorf("Madrid, which was away, has %q", got)
		}
		w.sound()
	})
}

func equal(a, b []store.Found) bool {
	return slices.EqualFunc(a, b, func(a, b store.Found) bool {
		return a.Change == b.Change && a.Entity == b.Entity && string(a.Body) == string(b.Body) && string(a.Left) == string(b.Left) && a.From == b.From && a.At == b.At
	})
}
