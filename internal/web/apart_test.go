package web_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/sync"
	"quipu/internal/web/webtest"
)

// sender makes the register of the test a hub and joins a node to it; round brings them level.
func (g *gate) sender() (n *app.App, round func()) {
	g.t.Helper()
	ctx, op := g.t.Context(), node.Operator("test", "ESMAD")
	must := func(err error) {
		g.t.Helper()
		if err != nil {
			g.t.Fatal(err)
		}
	}
	must(g.app.BecomeHub(ctx, op))
	must(g.app.AddPeer(ctx, op, exchange.NewPeer{Name: "ESMAD-9", Kind: "office", Office: "ESMAD", Key: "k", Scopes: []string{"ESMAD"}}))
	n, err := app.Open(ctx, filepath.Join(g.t.TempDir(), "node"), app.Options{Create: true, Node: "ESMAD-9", Now: g.app.Now, Joins: true})
	must(err)
	g.t.Cleanup(func() { n.Close() })
	must(n.BecomeNode(ctx, op, exchange.Hub{Name: string(g.app.Name()), Address: "https://hub", Key: "k", HeadKey: g.app.Signer.PublicKey()}))
	return n, func() {
		g.t.Helper()
		for range 3 {
			b, _, err := n.NextBatch(ctx, "test", 0)
			must(err)
			r, err := g.app.Push(ctx, "ESMAD-9", b)
			must(err)
			must(n.TakeReceipt(ctx, r))
			for more := true; more; {
				ask, err := n.NextAsk(ctx)
				must(err)
				a, _, err := g.app.Pull(ctx, "ESMAD-9", ask, sync.Limit{})
				must(err)
				must(n.TakeAnswer(ctx, a))
				more = a.More
			}
		}
	}
}

// TestKeptApartByKeys: what the hub keeps apart is listed, opened, let in and sent back by the
// keys, and the node knows why.
func TestKeptApartByKeys(t *testing.T) {
	g := newOffice(t)
	one, _, _ := g.double("Brígida", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	n, round := g.sender()
	round()
	var held []id.Change
	for _, set := range []change.Set{{Field: "motive", Value: change.Text("Z9")}, {Field: "civil_status", Value: change.Text("married")}} {
		err := n.DB.Update(t.Context(), func(tx *store.Tx) error {
			office := "ESMAD"
			if len(held) > 0 {
				office = "USPAT"
			}
			st, err := n.Stamper(t.Context(), tx, node.Operator("test", office))
			if err != nil {
				return err
			}
			c := change.Change{Entity: change.Ref{Kind: change.Person, ID: one}, Action: "edit", Sets: []change.Set{set}}
			st.Stamp(&c)
			held = append(held, c.ID)
			return tx.Append(t.Context(), []change.Change{c})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	round()
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/conflictos")
	b.reads("se guardó aparte")
	b.sound("conflictos-con-apartados", i18n.Spanish)
	b.press(`a[href="/apartados/` + held[0].String() + `"]`)
	b.reads("No pasa")
	b.reads("Z9")
	b.sound("apartado-por-reglas", i18n.Spanish)
	webtest.Press(t, b.ctx, "2")
	b.reads("Escribe el motivo")
	b.sound("apartado-sin-motivo", i18n.Spanish)
	b.tabTo("note_back")
	webtest.Press(t, b.ctx, "Ese código no existe"+kb.Enter)
	b.reads("La oficina verá el motivo")
	b.open("/apartados/" + held[1].String())
	b.reads("una oficina que no es la suya")
	b.sound("apartado-por-oficina", i18n.Spanish)
	b.tabTo("note_let")
	webtest.Press(t, b.ctx, "Lo confirmó la oficina"+kb.Enter)
	b.reads("Entró como un cambio tuyo")
	b.reads("Se devolvió")
	b.open("/apartados/" + held[0].String())
	b.reads("Ese código no existe")
	b.sound("apartado-devuelto", i18n.Spanish)
	round()
	if got := g.folded(one); got.Text("civil_status") != "married" || got.Text("motive") != "" {
		t.Errorf("%q, %q", got.Text("civil_status"), got.Text("motive"))
	}
	at, err := n.Apart(t.Context(), node.Operator("test", "ESMAD"), held[0].String())
	if err != nil || at.State != exchange.ApartSentBack || !strings.Contains(at.Words, "no existe") {
		t.Errorf("the node says %+v, %v", at, err)
	}
}
