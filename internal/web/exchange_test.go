package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/web/webtest"
)

// joins makes the register of a site look like that of a node of a hub, as its enrolment and
// its rounds leave it: all of what was written here is placed by the hub but the last changes,
// and of those the hub has received all but the last.
func (s *site) joins(unplaced, unsent int64, change func(*store.SyncState)) {
	s.t.Helper()
	now := s.app.Now()
	state := store.SyncState{Hub: "LIMA", Address: "https://quipu.example.org", Verify: "-", Seal: "-", HeadKey: "-", Scopes: "[]", Enrolled: now.Add(-24 * time.Hour).UnixMicro(),
		Attempt: now.UnixMicro(), Receipt: now.UnixMicro(), HubNow: now.Add(-90 * time.Second).UnixMicro()}
	err := s.app.DB.Update(s.t.Context(), func(tx *store.Tx) error {
		last, err := tx.LastN(s.t.Context(), s.app.Name())
		if err != nil {
			return err
		}
		state.Sent = last - unsent
		if _, err := tx.Displace(s.t.Context(), 0); err != nil {
			return err
		}
		for n := int64(1); n <= last-unplaced; n++ {
			if err := tx.Place(s.t.Context(), id.Change{Node: s.app.Name(), N: n}, n+1000, now.UnixMicro()); err != nil {
				return err
			}
		}
		change(&state)
		return tx.PutSyncState(s.t.Context(), state)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestStrip: every page says how the office stands, in words; a register alone says nothing.
func TestStrip(t *testing.T) {
	s := newOffice(t)
	one, _, _ := s.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	b := s.as("head")
	if p := b.get("/"); strings.Contains(p.text, "/sincronizacion") {
		t.Error("a register that stands alone has a strip")
	}
	b.get("/sincronizacion").has(t, "Este registro trabaja solo")
	s.joins(0, 0, func(*store.SyncState) {})
	b.get("/").has(t, "En línea · enviado a Lima hasta", "/sincronizacion")
	b.get("/persona/"+one+"/historia").has(t, "recibido en Lima", "(nº 1")
	hour := s.app.Now().Add(-3 * time.Hour)
	unreached := `{"Key":"sync.no_answer","Args":["address","quipu.example.org"]}`
	s.joins(3, 2, func(st *store.SyncState) {
		st.Receipt, st.HubNow, st.Trouble = hour.UnixMicro(), hour.Add(-90*time.Second).UnixMicro(), unreached
	})
	for _, path := range []string{"/", "/registrar", "/persona/" + one, "/mi-cuenta"} {
		b.get(path).has(t, "Sin enlace desde", "2 cambios guardados aquí, 0 en riesgo")
	}
	b.post("/buscar", "q", "Rosa Elvira").has(t, "Rosa Elvira", "Solo se buscó entre las personas de esta oficina", "no hay enlace con Lima desde")
	b.post("/registrar/parecidos", "surname_paternal", "Huamaní", "given_names", "Rosa Elvira").has(t, "Solo se buscó entre las personas de esta oficina")
	p := b.get("/sincronizacion")
	p.has(t, "Sin enlace desde", "Guardado aquí", "Recibido en Lima, espera su número", "quipu.example.org", "Adelantado")
	if n := strings.Count(p.text, "Guardado aquí"); n != 2 {
		t.Errorf("%d changes are kept here only, 2 are", n)
	}
	s.joins(2, 2, func(st *store.SyncState) {
		st.Refusal = `{"Key":"sync.refused.cloned","Args":["n","7"]}`
		st.Trouble = st.Refusal
	})
	b.get("/").has(t, "Lima no acepta los envíos de este equipo", "2 en riesgo")
	b.get("/sincronizacion").has(t, "el disco parece una copia")
	if p := s.as("window").get("/sincronizacion"); p.status != http.StatusOK {
		t.Errorf("the window gets %d", p.status)
	}
}

// TestLinkInBrowser looks at the screens of the link at both widths, with the keyboard.
func TestLinkInBrowser(t *testing.T) {
	g := newOffice(t)
	g.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	g.joins(4, 2, func(st *store.SyncState) {
		st.Receipt, st.Trouble = g.app.Now().Add(-3*time.Hour).UnixMicro(), `{"Key":"sync.no_answer","Args":["address","quipu.example.org"]}`
	})
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/")
	b.reads("Sin enlace desde")
	b.sound("inicio-sin-enlace", i18n.Spanish)
	b.open("/sincronizacion")
	b.reads("Lo que espera, lo más antiguo primero")
	b.sound("sincronizacion", i18n.Spanish)
}

// TestNodes: the list of computers, a code that is shown once, and a computer that was lost.
func TestNodes(t *testing.T) {
	g := newOffice(t)
	now := g.app.Now()
	err := g.app.DB.Update(t.Context(), func(tx *store.Tx) error {
		waits := store.Peer{Name: "ESMAD-N1", Kind: "office", Label: "La oficina", Office: "ESMAD", State: store.PeerActive, Verify: "-", Seal: "3f1b", Scopes: "[]", Schema: 99, Later: 4,
			Refused: "sync.refused.early\nn\n3\nnode\nESMAD-L1\non\n7", Seen: now.UnixMicro(), Made: now.UnixMicro(), MadeBy: "head"}
		if err := tx.PutPeer(t.Context(), waits); err != nil {
			return err
		}
		return tx.PutPeer(t.Context(), store.Peer{Name: "ESMAD-L1", Kind: "laptop", Label: "El portátil azul", Office: "ESMAD", State: store.PeerActive, Verify: "-", Seal: "3f1a", Scopes: "[]",
			Version: "0.9", Seen: now.Add(-time.Hour).UnixMicro(), Drift: (-95 * time.Second).Microseconds(), LastN: 12, Made: now.Add(-48 * time.Hour).UnixMicro(), MadeBy: "head"})
	})
	if err != nil {
		t.Fatal(err)
	}
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/sincronizacion")
	b.reads("2 equipos")
	b.press(`a[href="/nodos"]`)
	b.reads("El portátil azul")
	b.reads("Atrasado 1m35s")
	b.reads("4 cambios que este programa no entiende del todo")
	b.reads("Su último envío no se aceptó")
	b.sound("nodos", i18n.Spanish)
	b.tabTo("label")
	webtest.Press(t, b.ctx, "Servidor nuevo"+kb.Enter)
	b.reads("Código para ESMAD-N")
	b.reads("no se vuelve a mostrar")
	b.sound("nodos-codigo", i18n.Spanish)
	b.open("/nodos/ESMAD-L1")
	b.reads("Desde ahora no se toma ni se entrega nada")
	b.reads("ESMAD-N1 guarda cambios")
	b.sound("nodo", i18n.Spanish)
	b.tabTo("why")
	webtest.Press(t, b.ctx, kb.Enter)
	b.reads("Escribe por qué se sigue sin este equipo")
	b.tabTo("why")
	webtest.Press(t, b.ctx, "Está en el Pirineo hasta el lunes"+kb.Enter)
	b.reads("Los demás siguen sin El portátil azul")
	b.reads("por decisión de un oficial")
	b.sound("nodo-sin-esperar", i18n.Spanish)
	b.tabTo("reason")
	webtest.Press(t, b.ctx, kb.Enter)
	b.reads("Escribe por qué se da de baja")
	b.tabTo("reason")
	webtest.Press(t, b.ctx, "Lo robaron en el tren")
	b.tabTo("lost")
	webtest.Press(t, b.ctx, " "+kb.Enter)
	b.reads("abre un incidente")
	b.reads("Perdido")
	b.sound("nodo-perdido", i18n.Spanish)
	if p := g.as("window").get("/nodos"); p.status != http.StatusForbidden {
		t.Errorf("the window gets %d", p.status)
	}
}

// TestWhoMayHoldItIsNamed: a computer had to forget what the hub lost, and another one may hold it. Both
// screens, that of the computer and that of the hub, name the one that is waited for, in both
// languages; and the hub's does not say that nothing is lost by going on.
func TestWhoMayHoldItIsNamed(t *testing.T) {
	g := newOffice(t)
	b := g.newTab(t, webtest.Browser(t), "head")
	now := g.app.Now()
	err := g.app.DB.Update(t.Context(), func(tx *store.Tx) error {
		for name, refused := range map[string]string{"ESMAD-N1": "sync.refused.bare\nn\n7\nnode\nESMAD-L1", "ESMAD-N2": "sync.refused.early\nn\n3\nnode\nESMAD-L2\non\n7", "ESMAD-L1": "", "ESMAD-L2": ""} {
			p := store.Peer{Name: name, Kind: "office", Label: "Equipo " + name, Office: "ESMAD", State: store.PeerActive, Verify: "-", Seal: name, Scopes: "[]", Refused: refused,
				Seen: now.UnixMicro(), Made: now.UnixMicro(), MadeBy: "head"}
			if err := tx.PutPeer(t.Context(), p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	says := map[i18n.Lang][4]string{
		i18n.Spanish: {"perdió cambios que ESMAD-N1 tuvo que olvidar", "se pierde para todos", "Nada se pierde", "Tal vez los tiene ESMAD-L1"},
		i18n.English: {"lost changes that ESMAD-N1 has had to forget", "is lost to everybody", "Nothing is lost", "ESMAD-L1 may hold them"},
	}
	for _, lang := range []i18n.Lang{i18n.English, i18n.Spanish} {
		w := says[lang]
		b.open("/idioma/" + string(lang) + "?volver=/nodos/ESMAD-N1")
		b.reads(w[3])
		b.sound("nodo-espera-valores", lang)
		b.open("/nodos/ESMAD-L1")
		b.reads(w[0])
		b.reads(w[1])
		b.sound("nodo-tal-vez-los-tiene", lang)
		plain := g.as("head")
		plain.get("/idioma/" + string(lang) + "?volver=/")
		if p := plain.get("/nodos/ESMAD-L1"); strings.Contains(p.text, w[2]) {
			t.Errorf("in %s it promises that nothing is lost", lang)
		}
		plain.get("/nodos/ESMAD-L2").has(t, w[2], "ESMAD-N2")
	}
	g.joins(4, 2, func(st *store.SyncState) {
		st.Refusal = `{"Key":"sync.refused.bare","Args":["n","7","node","ESMAD-L1"]}`
		st.Trouble = st.Refusal
	})
	for _, lang := range []i18n.Lang{i18n.English, i18n.Spanish} {
		b.open("/idioma/" + string(lang) + "?volver=/sincronizacion")
		b.reads(says[lang][3])
		b.sound("sincronizacion-espera-valores", lang)
	}
}
