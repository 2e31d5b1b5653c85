package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app/conflict"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/web/webtest"
)

// rivals lets an office without a link write fields of a person that somebody here has
// written since it looked.
func (s *site) rivals(person string, far *conflicttest.Far, fields ...string) (ids []string) {
	s.t.Helper()
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	for i := 0; i+2 < len(fields); i += 3 {
		field := fields[i]
		cur := s.folded(person)
		seen := cur.Version(field)
		in := registry.Input{Field: field, Value: change.Text(fields[i+1]), Base: seen, Prov: change.Provenance{Source: "declared"}}
		if _, err := s.app.Edit(s.t.Context(), head, person, []registry.Input{in}, "lo dijo en ventanilla"); err != nil {
			s.t.Fatal(err)
		}
		c := far.Write(s.t, s.app.Node, person, s.app.Now().Add(-2*time.Hour), change.Set{Field: field, Value: change.Text(fields[i+2]), Base: seen,
			Prov: change.Provenance{Source: "document", Evidence: "DNI 40123457, visto el original"}})
		ids = append(ids, conflict.IDOf(c.ID, field))
	}
	return ids
}

func (s *site) folded(person string) (p registry.Person) {
	s.t.Helper()
	err := s.app.DB.View(s.t.Context(), func(tx *store.Tx) error {
		changes, err := tx.Changes(s.t.Context(), change.Ref{Kind: change.Person, ID: person})
		p = registry.Load(changes)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// TestConflict: both values are on the page of the person and on their own, a decision asks
// for its reason, and what was decided stays in the history as what never was in force.
func TestConflict(t *testing.T) {
	s := newOffice(t)
	one, _, _ := s.double("Rosa Elvira", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	far := &conflicttest.Far{Node: "LEJOS", Office: "USPAT", Login: "carlos"}
	at := "/conflictos/" + one + "/" + s.rivals(one, far, "surname_paternal", "Huamanny", "Huamani")[0]
	if p := s.folded(one); len(p.Contested) != 1 {
		t.Fatalf("%+v", p.Contested)
	}
	b := s.as("head")
	b.get("/conflictos").has(t, "1 valor espera tu decisión", at, "Rosa Elvira")
	b.get("/persona/"+one).has(t, "Otro valor espera una decisión: Huamani", at)
	p := b.get(at)
	p.has(t, "Primer apellido: dos valores", `<mark class="q-diff">`, "DNI 40123457, visto el original", "carlos", "LEJOS", "Se escribió sin verlo")
	refused := b.press(p, at, "do", "taken")
	if refused.has(t, "Escribe el motivo"); refused.status != http.StatusUnprocessableEntity {
		t.Errorf("no reason gives %d", refused.status)
	}
	if other := s.as("window"); other.get(at).status != http.StatusOK {
		t.Error("an officer of the office cannot open it")
	}
	done := b.press(p, at, "do", "taken", "note_taken", "así está en su DNI")
	done.has(t, "rige el otro valor", "Se puso el otro")
	b.get("/persona/"+one+"/historia/surname_paternal").has(t, "Huamani", "sigue vigente")
	b.get("/persona/"+one+"/historia").has(t, "Decisión sobre un conflicto", "así está en su DNI")
	late := b.get(at)
	if late.path != "/conflictos" {
		t.Errorf("a decided conflict leads to %s", late.path)
	}
	late.has(t, "ya está decidido")
	if got := s.folded(one); got.Text("surname_paternal") != "Huamani" || got.Version("surname_paternal") == (id.Change{}) {
		t.Errorf("%q stands", got.Text("surname_paternal"))
	}
}

// TestConflictsByKeys: three conflicts are decided with the keys 1, 2 and 3, without a mouse.
func TestConflictsByKeys(t *testing.T) {
	g := newOffice(t)
	one, _, _ := g.double("Brígida", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	far := &conflicttest.Far{Node: "LEJOS", Office: "USPAT", Login: "carlos"}
	g.rivals(one, far, "civil_status", "married", "divorced")
	g.rivals(one, far, "surname_maternal", "Condori", "Kondori")
	g.rivals(one, far, "birth_date", "1985-03-28", "1985-02-27")
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/persona/" + one)
	b.reads("Otro valor espera una decisión")
	b.sound("ficha-en-conflicto", i18n.Spanish)
	b.open("/conflictos")
	b.reads("3 valores esperan tu decisión")
	b.sound("conflictos", i18n.Spanish)
	webtest.Press(t, b.ctx, "1")
	decided := map[string]bool{}
	for range 3 {
		b.reads("dos valores")
		b.sound("conflicto", i18n.Spanish)
		at := b.path()
		if decided[at] {
			t.Fatalf("%s comes twice", at)
		}
		decided[at] = true
		switch len(decided) {
		case 1: // the key alone asks for the reason where one is needed; then Enter takes it
			webtest.Press(t, b.ctx, "1")
			b.reads("Escribe el motivo")
			b.sound("conflicto-sin-motivo", i18n.Spanish)
			b.tabTo("note_kept")
			webtest.Press(t, b.ctx, "Lo confirma su partida"+kb.Enter)
			b.reads("se queda el valor que regía")
		case 2:
			b.tabTo("note_taken")
			webtest.Press(t, b.ctx, "Está en el documento"+kb.Enter)
			b.reads("rige el otro valor")
		case 3:
			webtest.Press(t, b.ctx, "3")
			b.reads("Poner este valor")
			b.sound("conflicto-otro-valor", i18n.Spanish)
			b.tabTo("note_other")
			webtest.Press(t, b.ctx, "Ninguno de los dos"+kb.Enter)
			b.reads("No queda ninguno")
		}
	}
	b.sound("conflictos-decididos", i18n.Spanish)
	if p := g.folded(one); len(p.Contested) != 0 || len(p.Decisions()) != 3 {
		t.Errorf("waits: %+v, decided: %+v", p.Contested, p.Decisions())
	}
	if !strings.HasPrefix(b.path(), "/conflictos") {
		t.Errorf("it ends at %s", b.path())
	}
}

// TestCasesByKeys: conflicts of an account, a request and a campaign are decided with the keys 1,
// 2 and 3, one after the other, and by a click.
func TestCasesByKeys(t *testing.T) {
	g := newOffice(t)
	one, _, _ := g.double("Brígida", []string{"birth_date", "1985-03-27", "sex", "F"}, []string{"birth_date", "1951-01-28", "sex", "M"})
	far := &conflicttest.Far{Node: "LEJOS", Office: "ESMAD", Login: "carlos"}
	head := authz.Actor{Login: "head", Name: "head", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	request, err := g.app.OpenRequest(t.Context(), head, rights.RequestCmd{Kind: rights.Access, Person: one, Channel: "window", Received: g.app.Today()})
	if err != nil {
		t.Fatal(err)
	}
	plan := campaign.PlanCmd{Office: "ESMAD", City: "Sevilla", Venue: "Biblioteca Infanta Elena", Days: []campaign.Day{{Date: g.app.Today().AddDays(5), From: 540, To: 1020}},
		Services: []campaign.Service{"registry"}, Capacity: 100}
	camp, err := g.app.Campaigns.Plan(t.Context(), head, plan)
	if err != nil {
		t.Fatal(err)
	}
	tell := func(ref change.Ref, pairs ...string) {
		var sets []change.Set
		for i := 0; i < len(pairs); i += 2 {
			sets = append(sets, change.Set{Field: pairs[i], Value: change.Text(pairs[i+1]), Base: id.Change{Node: "LEJOS", N: 900}})
		}
		far.Tell(t, g.app.Node, g.app.Exchange.Project, ref, g.app.Now().Add(-time.Hour), "edit", sets...)
	}
	user, asked, travels := change.Ref{Kind: change.User, ID: "window"}, change.Ref{Kind: rights.KindRequest, ID: request}, change.Ref{Kind: campaign.KindCampaign, ID: camp}
	tell(user, "role", "statistician", "name", "Otro Nombre")
	tell(asked, "state", "in_progress")
	tell(travels, "venue", "Estadio", "capacity", "80")
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open("/conflictos")
	b.reads("Cuenta")
	b.sound("conflictos-de-otros", i18n.Spanish)
	webtest.Press(t, b.ctx, "1")
	decided := map[string]bool{}
	for range 3 {
		b.reads("dos valores")
		at := b.path()
		if decided[at] {
			t.Fatalf("%s comes twice", at)
		}
		decided[at] = true
		b.sound("conflicto-de-"+strings.Split(at, "/")[2], i18n.Spanish)
		switch {
		case strings.Contains(at, "/campaign/"):
			webtest.Press(t, b.ctx, "3")
			b.reads("Poner este valor")
			b.sound("conflicto-de-campana-otro", i18n.Spanish)
			b.tabTo("note_other")
			webtest.Press(t, b.ctx, "El local que vale es el estadio"+kb.Enter)
			b.reads("rige el valor que escribiste")
		case strings.Contains(at, "/request/"):
			b.tabTo("note_taken")
			webtest.Press(t, b.ctx, "Ya se trabaja en ella"+kb.Enter)
			b.reads("rige el otro valor")
		default:
			webtest.Press(t, b.ctx, "1")
			b.reads("Escribe el motivo")
			b.tabTo("note_kept")
			webtest.Press(t, b.ctx, "Sigue en ventanilla"+kb.Enter)
			b.reads("se queda el valor que regía")
		}
	}
	b.reads("No queda ninguno")
	for ref, want := range map[change.Ref]string{user: "role window", asked: "state in_progress", travels: "venue Estadio"} {
		field, text, _ := strings.Cut(want, " ")
		if got := g.foldedAs(ref); got.Text(field) != text || len(got.Contested) != 0 {
			t.Errorf("%s: %q stands, %+v waits", ref, got.Text(field), got.Contested)
		}
	}
}

func (s *site) foldedAs(ref change.Ref) (r change.Record) {
	s.t.Helper()
	err := s.app.DB.View(s.t.Context(), func(tx *store.Tx) error {
		changes, err := tx.Changes(s.t.Context(), ref)
		r = change.Fold(changes)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}
