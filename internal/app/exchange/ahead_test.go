package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// TestADismissedOfficerIsBarredFirst: a node that has a long way to go hears with its first
// answer that an officer was dismissed, and the officer's session is over.
func TestADismissedOfficerIsBarredFirst(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		mad := w.nodes["ESMAD-1"]
		p := w.register(mad, "ESMAD", "Rosa", "Quispe")
		_, err := w.hub.InviteAccount(ctx, operator(""), account.NewAccount{Login: "eva", Name: "Eva", Role: authz.Window, Office: "ESMAD", Lang: "es"})
		w.do(err)
		w.level()
		w.do(mad.DB.Update(ctx, func(tx *store.Tx) error {
			return tx.PutSession(ctx, store.Session{Token: "s", Login: "eva", Data: []byte("x"), Expires: 1 << 60})
		}))
		for i := range 12 {
			w.edit(w.hub, p, "birth_place", fmt.Sprint("Cusco ", i))
		}
		w.do(w.hub.EditUser(ctx, operator(""), "eva", account.UserEdit{Name: "Eva", Role: authz.Window, Office: "ESMAD", Lang: "es"}))
		ask, err := mad.NextAsk(ctx)
		w.do(err)
		a, _, err := w.hub.Pull(ctx, "ESMAD-1", ask, sync.Limit{Rows: 3})
		w.do(err)
		if !a.More || a.To.After >= a.Ahead {
			t.Fatalf("the answer leads to %+v of %d, more %v: there was nothing to overtake", a.To, a.Ahead, a.More)
		}
		w.do(mad.TakeAnswer(ctx, a))
		w.do(mad.DB.View(ctx, func(tx *store.Tx) error {
			acc, _, err := tx.Account(ctx, "eva")
			_, _, there, err2 := tx.Session(ctx, "s", 1)
			if acc.State != "closed" || there {
				t.Errorf("after the first answer the account is %q, the session there: %v", acc.State, there)
			}
			if err2 != nil {
				return err2
			}
			return err
		}))
		if got := value(t, mad, p, "birth_place"); got == "Cusco 11" {
			t.Errorf("the node is level already")
		}
		if again, err := mad.NextAsk(ctx); err != nil || again.Ahead != a.Ahead {
			t.Errorf("it asks again for what it has: %d of %d, %v", again.Ahead, a.Ahead, err)
		}
		w.level()
		if got := value(t, mad, p, "birth_place"); got != "Cusco 11" {
			t.Errorf("at last the node says %q", got)
		}
		w.sound()
	})
}

// TestBacklogIsTold: the hub knows what a node has yet to send, and since when by its own clock.
func TestBacklogIsTold(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		mad := w.nodes["ESMAD-1"]
		w.level()
		told := func() (int64, time.Time) {
			t.Helper()
			peers, err := w.hub.Courier.Peers(ctx, operator(""))
			w.do(err)
			for _, p := range peers {
				if p.Name == "ESMAD-1" {
					return p.Unsent, p.Oldest
				}
			}
			t.Fatal("no such node")
			return 0, time.Time{}
		}
		if n, _ := told(); n != 0 {
			t.Fatalf("%d wait before anything was written", n)
		}
		p := w.register(mad, "ESMAD", "Rosa", "Quispe")
		first := w.now
		w.now = w.now.Add(time.Hour)
		w.edit(mad, p, "motive", "work")
		ask, err := mad.NextAsk(ctx)
		w.do(err)
		_, _, err = w.hub.Pull(ctx, id.Node("ESMAD-1"), ask, sync.Limit{})
		w.do(err)
		if n, oldest := told(); n < 2 || oldest.Sub(first).Abs() > time.Second {
			t.Errorf("the hub says %d, the oldest of %v and not of %v", n, oldest, first)
		}
		w.push("ESMAD-1")
		if n, oldest := told(); n != 0 || !oldest.IsZero() {
			t.Errorf("after it has sent all the hub says %d, %v", n, oldest)
		}
	})
}
