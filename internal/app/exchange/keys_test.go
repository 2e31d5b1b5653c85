package exchange_test

import (
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/survey/study"
)

// keysAt are the wrapped keys that a register has of an entity.
func (w *world) keysAt(a *app.App, entity string) (keys []store.SealedKey) {
	w.t.Helper()
	w.do(a.DB.View(ctx, func(tx *store.Tx) (err error) {
		keys, err = tx.SealedKeysOf(ctx, entity)
		return err
	}))
	return keys
}

func (w *world) putKey(a *app.App, k store.SealedKey) {
	w.t.Helper()
	w.do(a.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutSealedKeys(ctx, []store.SealedKey{k}) }))
}

// TestAKeyOpensForNobodyWithoutTheRight: keys are a register's and no reader's. A key that came with a
// message lets its register open a value, and whoever has not the right to the value sees none of it,
// at the hub as at the office. A key of a tier that this release has not is opened by nothing and
// stops no message.
func TestAKeyOpensForNobodyWithoutTheRight(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		madrid := w.nodes["ESMAD-1"]
		two := w.join("ESMAD-2", "ESMAD")
		p := w.register(madrid, "ESMAD", "Rosa", "Quispe")
		w.edit(madrid, p, "safe_hours", "de noche")
		for _, a := range []*app.App{w.hub, madrid} { // as a later release would make it, for its own eyes
			key, wrapped := a.Master.NewDataKey(p, "T4")
			w.putKey(a, store.SealedKey{Entity: p, Tier: int(registry.T3) + 1, ID: key.ID(), Wrapped: wrapped})
			if opened, err := a.Master.OpenDataKey(p, node.SealedTier, wrapped); err == nil {
				t.Fatalf("a key of another tier was opened as %v", opened)
			}
		}
		w.level()
		for _, a := range []*app.App{w.hub, madrid, two} {
			may, mayNot := officer(authz.Head, "ESMAD"), officer(authz.Window, "ESMAD")
			if got := shown(w, a, may, p); got != "de noche" {
				t.Errorf("%s: who has the right reads %q", a.Name(), got)
			}
			if got := shown(w, a, mayNot, p); got != "" {
				t.Errorf("%s: who has not the right reads %q", a.Name(), got)
			}
		}
		if keys := w.keysAt(two, p); len(keys) != 1 || keys[0].Tier != int(registry.T3) {
			t.Errorf("what travelled: %+v", keys)
		}
	})
}

// shown is what somebody is shown of safe_hours, "" where nothing is.
func shown(w *world, a *app.App, who app.Actor, person string) string {
	w.t.Helper()
	page, err := a.Person(ctx, who, person, time.Time{})
	w.do(err)
	return page.Person.Text("safe_hours")
}

// TestADestroyedLinkStaysSo: a computer that still has the key of a link, since it was put back from a
// copy or means no good, brings it back to nobody.
func TestADestroyedLinkStaysSo(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		madrid := w.nodes["ESMAD-1"]
		ana := w.register(madrid, "ESMAD", "Ana", "Quispe")
		w.level()
		stat := officer(authz.Statistician, "PELIM")
		sv := w.survey(stat, study.Probability, sheets, "ESMAD")
		cases, err := w.hub.Surveys.Draw(ctx, stat, sv, `{"seed":1}`, []study.Drawn{{Stratum: "ESMAD", Probability: 0.5, Order: 1, Office: "ESMAD", Person: ana}}, nil)
		w.do(err)
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
		w.level()
		var link string
		w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.SurveysByID(ctx, []string{sv})
			link = rows[0].Link
			return err
		}))
		had := w.keysAt(madrid, link)
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Closed, id.Change{}))
		w.do(w.hub.Surveys.DestroyLink(ctx, stat, sv))
		w.level()

		if len(had) != 1 || len(w.keysAt(madrid, link)) != 0 || len(w.keysAt(w.hub, link)) != 0 {
			t.Fatalf("the office had %d keys", len(had))
		}
		key, err := madrid.Master.OpenDataKey(link, node.SealedTier, had[0].Wrapped)
		w.do(err)
		w.smuggle(madrid, "ESMAD", change.Change{Entity: change.Ref{Kind: study.KindLink, ID: link}, Action: "tie",
			Sets: []change.Set{{Field: "note", Value: change.Text(key.Seal("note", "again"))}}})
		w.putKey(madrid, had[0])
		w.level()
		if keys := w.keysAt(w.hub, link); len(keys) != 0 {
			t.Errorf("the hub took %d keys of a link that was destroyed", len(keys))
		}
		page, err := w.hub.Surveys.Case(ctx, officer(authz.Operator, "ESMAD"), cases[0])
		w.do(err)
		if page.Case.Person != "" || page.Person != nil {
			t.Errorf("the case can be traced to %q again", page.Case.Person)
		}
	})
}
