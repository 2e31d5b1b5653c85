package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app/exchange"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/webtest"
)

// journey plans a campaign of Madrid that begins today, through the screens, and starts it.
func (b *browser) journey(pairs ...string) (at string) {
	b.t.Helper()
	day := b.app.Now().In(madrid(b.t))
	form := append([]string{"city", "Zaragoza", "venue", "Centro cívico, calle Inventada 1", "capacity", "40", "numbers", "200", "from", "09:00", "to", "17:00", "services", "dni",
		"first-day", fmt.Sprint(day.Day()), "first-month", fmt.Sprint(int(day.Month())), "first-year", fmt.Sprint(day.Year())}, pairs...)
	p := b.fill(b.get("/campanas/nueva"), "/campanas/nueva", form...)
	p.has(b.t, "La campaña quedó planificada", "Zaragoza", "DNI")
	return p.path
}

var turnPath = regexp.MustCompile(`/campanas/[0-9A-Z]{26}/turnos/[0-9A-Z]{26}`)

// TestCampaign: a head of post plans a mobile consulate and takes people along; the window
// serves its queue; somebody is turned away with a reason and an offer; the closing counts;
// and it closes when nobody waits. Without scripts.
func TestCampaign(t *testing.T) {
	s := newSite(t)
	head, rosa := s.as("marta"), s.as("rosa")
	if p := rosa.get("/campanas/nueva"); p.status != http.StatusForbidden {
		t.Errorf("a window clerk gets %d for planning", p.status)
	}
	bad := head.fill(head.get("/campanas/nueva"), "/campanas/nueva", "city", "", "venue", "Local", "first-day", "1", "first-month", "1", "first-year", "2020",
		"from", "09:00", "to", "17:00", "services", "dni")
	bad.has(t, "Falta este dato")
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.text, `value="Local"`) {
		t.Errorf("a plan without a city gives %d and forgets the venue", bad.status)
	}
	at := head.journey("team", "rosa")
	head.fill(head.get(at), at, "state", "open").has(t, "Abierta")
	revised := head.fill(head.get(at), at, "state", "", "city", "Teruel", "venue", "Local", "first-day", "3", "first-month", "9", "first-year", "2100", "capacity", "7",
		"numbers", "9", "from", "10:00", "to", "12:00", "services", "passport")
	revised.has(t, "Teruel", "10:00–12:00", "7 personas por día", "Se abrió")
	found := head.post(at+"/lista", "do", "find", "where", "MADRID", "months", "1")
	found.has(t, "personas encontradas", "nunca vino: llegó en una lista")
	ticked := regexp.MustCompile(`name="person" value="([^"]+)"`).FindAllStringSubmatch(found.text, 3)
	if len(ticked) < 3 {
		t.Fatal("nobody of the list is found")
	}
	for _, m := range ticked {
		head.post(at+"/lista", "do", "take", "person", m[1], "timed", "yes").has(t, "1 persona quedó en la lista")
	}
	head.post(at+"/lista", "do", "take", "person", ticked[0][1]).has(t, "0 personas quedaron en la lista")
	head.post(at+"/lista", "do", "take").has(t, "No marcaste a nadie")
	head.post(at+"/lista", "do", "number", "number", "12").has(t, "no es un número de registro")
	rosa.get(at+"/jornada").has(t, "La cola se atiende cuando la campaña está en marcha")
	head.fill(head.get(at), at, "state", "under_way").has(t, "En marcha")

	first, _, _ := strings.Cut(ticked[0][1], " ")
	number := registryNumber.FindString(rosa.get("/persona/" + first).text)
	rosa.post(at+"/jornada", "who", number).has(t, "Está en la cola con el turno 1")
	rosa.post(at+"/jornada", "who", number).has(t, "Está en la cola con el turno 1") // twice is once
	unknown := rosa.post(at+"/jornada", "who", "Xyzw Qqqq", "do", "came")
	unknown.has(t, "¿No está en el registro?")
	rosa.post(at+"/jornada", "do", "visitor", "visitor", "Ana Inventada", "contact", "+34600111222", "first", "yes").has(t, "con el turno 2")
	called := rosa.post(at+"/jornada", "do", "next")
	called.has(t, "Ana Inventada", "+34600111222", "Va primero", "Inscribir a esta persona")
	rosa.fill(called, called.path, "do", "away").has(t, "Elige una opción")
	rosa.fill(rosa.get(called.path), called.path, "do", "away", "why", "papers_missing", "offer", "office_time").has(t, "Quedó guardado", "No se pudo atender")
	if strings.Contains(s.log.String(), "Ana Inventada") {
		t.Error("the technical log names a visitor")
	}
	closing := head.fill(head.get(at+"/cierre"), at+"/cierre", "do", "close")
	closing.has(t, "Todavía hay 1 personas en la cola")
	one := rosa.post(at+"/jornada", "do", "next")
	stale := rosa.get(one.path)
	rosa.fill(one, one.path, "do", "serve", "act.dni", "1", "act.haircut", "1").has(t, "«haircut» no es un trámite que se cuente")
	rosa.fill(one, one.path, "do", "serve", "act.dni", "1", "act.legalisation", "2").has(t, "Quedó guardado")
	again := rosa.fill(stale, one.path, "do", "serve", "act.passport", "1")
	if again.status != http.StatusConflict {
		t.Errorf("a second table serves the same person: %d", again.status)
	}
	rosa.post(at+"/jornada", "do", "next").has(t, "No espera nadie")
	head.fill(head.get(at+"/cierre"), at+"/cierre", "do", "close").has(t, "La campaña quedó cerrada")
	sheet := head.get(at + "/cierre")
	sheet.has(t, "Cerrada", "Legalización", "Le faltaban papeles", "Hora en la oficina", "Ana Inventada", "de 3 que estaban en la lista")
	if p := rosa.post(at+"/jornada", "who", number); !strings.Contains(p.text, "La campaña está cerrada") {
		t.Error("a closed campaign serves")
	}
	if p := s.as("carlos").get(at); p.status != http.StatusForbidden {
		t.Errorf("another office opens the campaign: %d", p.status)
	}
	head.get("/campanas?anio=2100").has(t, "Personas atendidas", "Teruel")
}

// TestCampaignByKeys: the team's day with the keyboard alone: who came is typed, 1 calls, the
// counts are typed, Enter saves.
func TestCampaignByKeys(t *testing.T) {
	g := newOffice(t)
	at := g.as("head").journey()
	head := g.as("head")
	head.fill(head.get(at), at, "state", "under_way")
	head.post(at+"/jornada", "do", "visitor", "visitor", "Luz Inventada")
	b := g.newTab(t, webtest.Browser(t), "window")
	b.open(at + "/jornada")
	b.sound("jornada", i18n.Spanish)
	webtest.Press(t, b.ctx, "Rita Desconocida"+kb.Enter) // the cursor waits in the box
	b.reads("¿No está en el registro?")
	b.sound("nadie", i18n.Spanish)
	b.tabTo("contact")
	webtest.Press(t, b.ctx, "+34600999888")
	b.press(`button[value="visitor"]`)
	b.reads("Está en la cola con el turno 2")
	for b.focused() != "who" { // the cursor is in the box again; out of it
		time.Sleep(20 * time.Millisecond)
	}
	webtest.Press(t, b.ctx, kb.Escape)
	webtest.Press(t, b.ctx, "1")
	b.reads("Qué se hizo") // on the page of the turn alone
	b.reads("Luz Inventada")
	if !turnPath.MatchString(b.path()) {
		t.Fatalf("1 led to %s", b.path())
	}
	b.sound("turno", i18n.Spanish)
	b.tabTo("act.dni")
	webtest.Press(t, b.ctx, "1"+kb.Enter)
	b.reads("Quedó guardado")
	b.open(at + "/cierre")
	b.reads("Personas atendidas")
	b.sound("cierre", i18n.Spanish)
}

// TestHeld: the page of what a computer may hold counts without naming; who asks for the list
// gets it, on the page and as a file, and each entry notes it. When the computer has confirmed
// nothing it holds everybody of its scope.
func TestHeld(t *testing.T) {
	g := newOffice(t)
	path := g.somebody(t, "Fermina")
	op := node.Operator("test", "")
	if err := g.app.BecomeHub(t.Context(), op); err != nil {
		t.Fatal(err)
	}
	if err := g.app.AddPeer(t.Context(), op, exchange.NewPeer{Name: "ESMAD-L9", Kind: "laptop", Label: "El portátil verde", Office: "ESMAD", Key: "k", Scopes: []string{"ESMAD"}}); err != nil {
		t.Fatal(err)
	}
	at := "/nodos/ESMAD-L9/fichas"
	if p := g.as("window").get(at); p.status != http.StatusForbidden {
		t.Errorf("a window clerk gets %d", p.status)
	}
	head := g.as("head")
	p := head.get(at)
	p.has(t, "Fichas que puede llevar El portátil verde", "personas", "Ver quiénes son")
	if strings.Contains(p.text, "Fermina") {
		t.Error("the page names people before it is asked to")
	}
	head.fill(p, at, "do", "list").has(t, "Fermina", path)
	file := head.fill(p, at, "do", "csv")
	if !strings.HasPrefix(file.text, "Número de registro,") || !strings.Contains(file.text, "Fermina") {
		t.Errorf("the file begins with %.80q", file.text)
	}
	n := 0
	reads, err := g.app.Reads(t.Context(), authz.Actor{Role: authz.Auditor, Office: "ESMAD"}, 0, 500)
	for _, r := range reads {
		if r.Action == "node_held" && "/persona/"+r.Person == path {
			n++
		}
	}
	if err != nil || n != 2 {
		t.Errorf("the two lists are noted %d times, %v", n, err)
	}
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open(at)
	b.sound("fichas", i18n.Spanish)
}

// TestLongList: the list of a campaign goes forward and back by whole pages, and an address
// that somebody bent begins at the first.
func TestLongList(t *testing.T) {
	s := newSite(t)
	head := s.as("marta")
	at := head.journey()
	form := []string{"do", "take"}
	ticked := regexp.MustCompile(`name="person" value="([^"]+)"`).FindAllStringSubmatch(head.post(at+"/lista", "do", "find", "where", "MADRID", "months", "1").text, -1)
	if len(ticked) <= desk.EventsAPage {
		t.Fatalf("%d people make no second page", len(ticked))
	}
	for _, m := range ticked {
		form = append(form, "person", m[1])
	}
	head.post(at+"/lista", form...)
	next := regexp.MustCompile(`href="(/campanas/[^"]*desde=(\d+))"`).FindStringSubmatch(head.get(at + "/lista").text)
	if next == nil || next[2] != fmt.Sprint(desk.EventsAPage) {
		t.Fatalf("the second page is at %q", next)
	}
	if p := head.get(next[1]); !strings.Contains(p.text, `href="`+at+`/lista?desde=0"`) {
		t.Error("the second page does not lead back to the first")
	}
	head.get(at+"/lista?desde=-7").has(t, fmt.Sprintf("desde=%d", desk.EventsAPage))
}
