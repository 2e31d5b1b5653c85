package web_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/courier"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/sync/synchttp"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// far is the office of Madrid as a node of a hub, where somebody of Paterson is registered.
type far struct {
	*gate
	asked atomic.Int64 // searches that reached the hub
	cut   atomic.Bool  // nothing reaches it
}

// joined is a node of the office of Madrid, level with its hub, where the passwords of the demo are good.
func joined(t *testing.T, hub *app.App, url, label string) *app.App {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	code, err := hub.Courier.MakeCode(ctx, node.Operator("test", ""), courier.Ask{Office: "ESMAD", Label: label})
	must(err)
	dir := filepath.Join(t.TempDir(), "post")
	_, err = courier.Join(ctx, courier.Joining{Dir: dir, Hubs: []string{url}, Code: code.Text, Program: "test"})
	must(err)
	post, err := app.Open(ctx, dir, app.Options{})
	must(err)
	t.Cleanup(func() { post.Close() })
	link, err := post.Courier.Link(ctx, "test", nil)
	must(err)
	for range 2 {
		_, err = link.Round(ctx, 0, nil)
		must(err)
	}
	must(post.DemoPasswords(ctx))
	return post
}

func newFar(t *testing.T) *far {
	t.Helper()
	f, ctx := &far{}, t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hub, err := app.Open(ctx, filepath.Join(t.TempDir(), "hub"), app.Options{Create: true, Node: "LIMA"})
	must(err)
	t.Cleanup(func() { hub.Close() })
	must(hub.BecomeHub(ctx, node.Operator("test", "")))
	must(hub.CreateAccount(ctx, node.Operator("test", "ESMAD"), account.NewAccount{Login: "marta", Name: "Marta", Office: "ESMAD", Role: authz.Head, Lang: "es", Password: account.DemoPassword}))
	text := func(field, value string) registry.Input {
		return registry.Input{Field: field, Value: change.Text(value)}
	}
	_, err = hub.Register(ctx, node.Operator("test", "USPAT"), registry.RegisterCmd{Office: "USPAT", Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Mamani"), text("given_names", "Hermelinda"), text("birth_date", "1968-04-07"), text("sex", "F"),
		text("nationality_basis", "birth_in_country"), text("residence_country", "US"),
		{Field: "document/", Value: change.Group("type", "dni", "number", "10117410", "issuer", "PER", "verification", "seen_original")}}}, false)
	must(err)
	inner := synchttp.NewServer(ctx, hub.Courier, slog.New(slog.DiscardHandler), time.Now).Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "search") {
			f.asked.Add(1)
		}
		if f.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	post := joined(t, hub, srv.URL, "")
	s := &site{t: t, app: post, log: &logged{}, in: map[string][]*http.Cookie{}}
	h, err := web.New(post, web.Options{Demo: true, DemoLogins: []web.DemoLogin{{Login: "marta", Name: "marta", Password: account.DemoPassword}}, Unpaced: true, Program: "test", Log: slog.New(slog.NewJSONHandler(s.log, nil))})
	must(err)
	s.srv = httptest.NewServer(h)
	t.Cleanup(s.srv.Close)
	f.gate = &gate{site: s}
	return f
}

// TestWindowAsksTheWorld: typing at the window asks no other office, and the page says so; a key,
// the button or Enter twice does, and what the hub found is shown; without a script, too.
func TestWindowAsksTheWorld(t *testing.T) {
	f := newFar(t)
	b := f.newTab(t, webtest.Browser(t), "marta")
	b.open("/registrar")
	b.reads("Se miró solo la lista de esta oficina, al día con Lima hasta")
	b.sound("registrar-nodo", i18n.Spanish)
	b.say("surname_paternal", "Quispe")
	b.say("given_names", "Hermelinda")
	b.reads("A las demás oficinas no se les preguntó")
	time.Sleep(800 * time.Millisecond) // the pause of typing, and an answer
	if n := f.asked.Load(); n != 0 {
		t.Fatalf("typing asked the hub %d times", n)
	}
	webtest.PressAlt(t, b.ctx, "o")
	b.reads("En otras oficinas hay 1 persona")
	b.reads("Hermelinda")
	b.reads("Traer su inscripción")
	b.sound("registrar-mundo", i18n.Spanish)
	if n := f.asked.Load(); n != 1 {
		t.Errorf("the key asked the hub %d times", n)
	}
	b.open("/registrar")
	b.js(`document.querySelector('[name="scan"]').focus()`)
	webtest.Press(t, b.ctx, "10117410"+kb.Enter)
	b.reads("no se les preguntó")
	time.Sleep(800 * time.Millisecond)
	if n := f.asked.Load(); n != 1 {
		t.Fatalf("Enter once asked the hub: %d", n)
	}
	webtest.Press(t, b.ctx, kb.Enter)
	b.reads("En otras oficinas hay 1 persona")
	b.open("/registrar")
	b.press(`[data-q-world]`)
	b.reads("Escribe un número de documento")

	plain := f.as("marta")
	p := plain.fill(plain.get("/registrar"), "/registrar", "do", "world", "surname_paternal", "Quispe", "given_names", "Hermelinda")
	p.has(t, "En otras oficinas hay 1 persona", "/traer", `value="Quispe"`)
	f.cut.Store(true)
	p = plain.fill(plain.get("/registrar"), "/registrar", "do", "world", "surname_paternal", "Quispe", "given_names", "Hermelinda")
	p.has(t, "Lima no respondió", `value="Quispe"`)
}

// TestLinkButtons: the key 1 tries the link at once and says what came of it, and the stick is
// given as a file.
func TestLinkButtons(t *testing.T) {
	f := newFar(t)
	b := f.newTab(t, webtest.Browser(t), "marta")
	b.open("/sincronizacion")
	b.reads("En línea")
	webtest.Press(t, b.ctx, "1")
	b.reads(i18n.T(i18n.Spanish, "exchange.retried"))
	f.cut.Store(true)
	b.press(`button[value="retry"]`)
	b.reads(i18n.T(i18n.Spanish, "exchange.retry.failed"))
	b.sound("sincronizacion-falla", i18n.Spanish)

	// A click makes a download; what comes is asked for as the browser does.
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(async () => {
		const form = document.querySelector('button[value="export"]').form, body = new URLSearchParams(new FormData(form));
		body.set("do", "export");
		const r = await fetch(form.action, {method: "POST", body: body});
		return r.status + " " + r.headers.get("Content-Disposition") + " " + (await r.arrayBuffer()).byteLength;
	})()`, chromedp.EvalAwaitPromise))
	var status, size int
	var name string
	if _, err2 := fmt.Sscanf(strings.ReplaceAll(got, "; ", ";"), "%d %s %d", &status, &name, &size); err != nil || err2 != nil || status != 200 || size < 100 || !strings.Contains(name, ".quipu") {
		t.Errorf("the stick came as %q, %v, %v", got, err, err2)
	}
}

// TestBrought: a search that asked the hub says so and sends nobody to "the search"; who was
// brought here has a history that says what was written in Lima and on whose clock, and the
// words that this office wrote are told as its own.
func TestBrought(t *testing.T) {
	f := newFar(t)
	b := f.as("marta")
	p := b.post("/buscar", "q", "Hermelinda")
	p.has(t, "Nadie de esta oficina coincide", "Quispe", "Se preguntó también a Lima")
	if n := strings.Count(p.text, ">En otras oficinas<"); n != 1 || strings.Contains(p.text, "usa la búsqueda") {
		t.Errorf("the heading stands %d times in %s", n, p.text)
	}
	_, rest, _ := strings.Cut(p.text, `href="/persona/`)
	person, _, _ := strings.Cut(rest, "/")
	b.post("/persona/"+person+"/traer", "note", "Vive en Madrid desde mayo")
	p = b.get("/persona/" + person)
	p.has(t, "Nota de entrega: Vive en Madrid desde mayo", "Nota de Consulado General del Perú en Madrid: «Vive en Madrid desde mayo»")
	if strings.Contains(p.text, "Nota de Consulado General del Perú en Paterson") {
		t.Error("what Madrid wrote is told as the word of Paterson")
	}
	b.get("/persona/"+person+"/historia").has(t, "guardado en Lima", "(aquí ", "(nº ")
}
