package web_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/web/webtest"
)

// loses makes the register a hub that was put back from a copy: it lost what a laptop, and it itself
// before, had written of a person, one value of it against the rules.
func (s *site) loses(person string) {
	s.t.Helper()
	ctx, now := s.t.Context(), s.app.Now().UnixMicro()
	if err := s.app.BecomeHub(ctx, node.Operator("test", "")); err != nil {
		s.t.Fatal(err)
	}
	lost := func(author id.Node, n int64, field, text string) store.Found {
		c := change.Change{ID: id.Change{Node: author, N: n}, Entity: change.Ref{Kind: change.Person, ID: person}, Action: "edit", At: change.Stamp{Micros: now}, Author: "luz",
			Office: "ESMAD", Purpose: "registry", Schema: 1, Sets: []change.Set{{Field: field, Value: change.Text(text)}}}
		return store.Found{Change: c.ID, Entity: c.Entity.String(), Body: change.Encode(&c), From: "ESMAD-N1", At: now}
	}
	err := s.app.DB.Update(ctx, func(tx *store.Tx) error {
		p := store.Peer{Name: "ESMAD-L1", Kind: "laptop", Label: "El portátil azul", Office: "ESMAD", State: store.PeerActive, Verify: "-", Seal: "3f1a", Scopes: "[]", Made: now, MadeBy: "head"}
		if err := tx.PutPeer(ctx, p); err != nil {
			return err
		}
		return tx.PutFound(ctx, []store.Found{lost("ESMAD-L1", 8, "birth_place", "Ayacucho"), lost("ESMAD-L1", 9, "civil_status", "perhaps"), lost("LIMA-OLD", 3, "motive", "work")})
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestMissing: what the hub lost of a laptop is seen on its page, and once nobody waits for the laptop
// an officer takes it in, with the keyboard and in both languages; what the rules refuse stays out.
func TestMissing(t *testing.T) {
	g := newOffice(t)
	one, _, _ := g.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	g.loses(one)
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/nodos")
	b.reads("La sede central perdió: 2 cambios perdidos")
	b.open("/nodos/ESMAD-L1")
	b.reads("2 cambios perdidos de 1 ficha")
	b.reads("Se espera que lo vuelva a enviar")
	b.sound("nodo-perdido-espera", i18n.Spanish)
	b.open("/nodos/ESMAD-L1/perdido")
	b.reads("Todavía se espera a este equipo")
	b.sound("perdido-espera", i18n.Spanish)
	if p := g.as("head").post("/nodos/ESMAD-L1/perdido", "note", "se quemó en Vigo"); p.status != http.StatusConflict {
		t.Errorf("it was taken in while it is waited for: %d", p.status)
	}
	b.open("/nodos/ESMAD-L1")
	b.tabTo("why")
	webtest.Press(t, b.ctx, "Se quemó en Vigo"+kb.Enter)
	b.reads("Los demás siguen sin El portátil azul")
	b.press(`a[href="/nodos/ESMAD-L1/perdido"]`)
	b.reads("ESMAD-N1")
	b.sound("perdido", i18n.Spanish)
	b.open("/idioma/en?volver=/nodos/ESMAD-L1/perdido")
	b.reads("Take in what was lost")
	b.sound("perdido", i18n.English)
	b.open("/idioma/es?volver=/nodos/ESMAD-L1/perdido")
	b.tabTo("note")
	webtest.Press(t, b.ctx, kb.Enter)
	b.reads("Escribe")
	b.tabTo("note")
	webtest.Press(t, b.ctx, "Se quemó en Vigo"+kb.Enter)
	b.reads("Entró 1 cambio.")
	b.reads("1 se quedó fuera")
	b.reads("1 cambio perdido de 1 ficha")
	b.open("/nodos/ESMAD-L1/perdido")
	b.reads("Las reglas del registro no lo admiten")
	b.sound("perdido-fuera", i18n.Spanish)
	if got := g.as("window").get("/nodos/ESMAD-L1/perdido"); got.status != http.StatusForbidden {
		t.Errorf("the window gets %d", got.status)
	}
	if got := g.as("head").get("/nodos/LIMA-OLD/perdido"); got.status != http.StatusNotFound {
		t.Errorf("what the hub itself wrote is shown to an office: %d", got.status)
	}
	if got := g.as("head").get("/nodos/ESMAD-L7/perdido"); got.status != http.StatusNotFound {
		t.Errorf("of a computer that there is not: %d", got.status)
	}
}
