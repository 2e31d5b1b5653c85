package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"quipu/internal/web/linetest"
	"quipu/internal/web/uitest"
	"quipu/internal/web/webtest"
)

// What a page may take over 64 kbit/s and 800 ms to and fro: two requests and perhaps a
// connection, and the bytes. The first visit brings styles and script as well.
const (
	headers    = 2 << 10 // of the answers to two requests
	pageBytes  = uitest.Budget + headers
	pageTime   = 4.5 // seconds
	firstBytes = uitest.Budget + 40<<10 + 2*headers
	firstTime  = 12.0
)

// TestSlowLine works at the end of a satellite link, in a browser: to sign in, search, open
// somebody, register. What counts is how often something must go to and fro, and how much.
func TestSlowLine(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a slow line")
	}
	g := newOffice(t)
	fill(t, g.app)
	person := g.someone("ESMAD")
	line := linetest.To(t, g.srv.Listener.Addr().String())
	s := *g.site
	s.srv = &httptest.Server{URL: line.URL}
	b := &tab{&s, webtest.Browser(t)}

	taken := func(what string, bytes int, seconds float64, requests int) {
		t.Helper()
		n := line.Taken()
		t.Logf("%s: %d requests, %d connections, %d bytes, %.1f s", what, n.Requests, n.Connections, n.Bytes, n.Seconds())
		if n.Requests == 0 || n.Requests > requests || n.Bytes > bytes || n.Seconds() > seconds {
			t.Errorf("%s takes %d requests, %d bytes, %.1f s", what, n.Requests, n.Bytes, n.Seconds())
		}
	}
	b.open("/idioma/es?volver=/entrar")
	b.reads("Entra a Quipu")
	taken("the first visit, choosing the language", firstBytes, firstTime, 5)
	b.signInAgain("window")
	b.reads("Busca a una persona")
	taken("signing in", pageBytes, pageTime, 2)
	b.say("q", "Maria")
	b.press(`.q-search button`)
	b.reads("Por qué")
	taken("searching", pageBytes, pageTime, 2)
	b.open(person)
	b.reads("Identidad")
	taken("a person", pageBytes, pageTime, 2)
	b.open("/registrar")
	b.reads("Apellido")
	taken("registering", pageBytes, pageTime, 2)
	b.open(person + "/editar/identity")
	b.reads("En qué se basa")
	taken("a form", pageBytes, pageTime, 2)
	testCut(t, b, line, person)
}

// testCut: the line breaks when the form is there and the answer is not. What the browser
// sends again acts no second time.
func testCut(t *testing.T, b *tab, line *linetest.Line, person string) {
	b.say("name_used", "Chayo")
	line.CutAnswer()
	b.press(`form[data-q-main] [data-q-submit]`)
	again := 0
	for !strings.HasPrefix(b.at(), line.URL+person) || strings.HasSuffix(b.at(), "/identity") {
		if strings.HasPrefix(b.at(), "chrome-error:") && again < 3 {
			again++
			if _, err := chromedp.Call(b.ctx, cdpage.Reload, cdpage.ReloadParams{}); err != nil { // as F5 does
				t.Fatal(err)
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.reads("Ya estaba hecho")
	b.reads("Chayo")
	if n := b.changes(person); n != 1 {
		t.Errorf("the form that was cut off and sent again made %d changes", n)
	}
}

// at is the address of the tab; empty while it changes pages.
func (b *tab) at() string {
	at, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.href"))
	return at
}
