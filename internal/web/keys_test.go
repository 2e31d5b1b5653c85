package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/web/webtest"
)

// focused is the address or the name of what has the focus.
func (b *tab) focused() string {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(e => e.getAttribute("href") || e.name || e.tagName)(document.activeElement)`))
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

// leaveBox waits until the box for the search has the focus, and leaves it.
func (b *tab) leaveBox() {
	b.t.Helper()
	for range 100 {
		if b.focused() == "q" {
			webtest.Press(b.t, b.ctx, kb.Escape)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("the box for the search does not get the focus")
}

// tabTo presses Tab until something has the focus.
func (b *tab) tabTo(what string) {
	b.t.Helper()
	for range 80 {
		if b.focused() == what {
			return
		}
		webtest.Press(b.t, b.ctx, kb.Tab)
	}
	b.t.Fatalf("Tab does not come to %s on %s", what, b.path())
}

// keyOf is the key that the page shows beside a way.
func (b *tab) keyOf(href string) string {
	b.t.Helper()
	key, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`(e => e ? e.querySelector("kbd").innerText : "")(document.querySelector('a[href="`+href+`"][data-q-key]'))`))
	if err != nil || key == "" {
		b.t.Fatalf("no key is shown for %s (%v)", href, err)
	}
	return key
}

// TestKeysAlone searches for a person, opens it, confirms and closes the registration and goes
// back, without a mouse: the keys are those that the pages show.
func TestKeysAlone(t *testing.T) {
	g := newOffice(t)
	path := g.somebody(t, "Yesenia")
	b := g.newTab(t, webtest.Browser(t), "window")
	b.leaveBox()
	webtest.Press(t, b.ctx, "/Yesenia"+kb.Enter)
	b.reads("Por qué")
	b.tabTo(path)
	webtest.Press(t, b.ctx, kb.Enter)
	webtest.Arrive(t, b.ctx, path)
	webtest.Press(t, b.ctx, b.keyOf(path+"/confirmar"))
	webtest.Arrive(t, b.ctx, path+"/confirmar")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	webtest.Arrive(t, b.ctx, path)
	b.reads("confirmada")
	webtest.Press(t, b.ctx, b.keyOf(path+"/cerrar"))
	webtest.Arrive(t, b.ctx, path+"/cerrar")
	b.tabTo("reason")
	webtest.Press(t, b.ctx, "Retor") // the browser goes to the choice that begins so
	b.tabTo("note")
	webtest.Press(t, b.ctx, "Vuelve en junio")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	webtest.Arrive(t, b.ctx, path)
	b.reads("quedó cerrada")
	if p := g.as("window").get(path + "/historia"); !strings.Contains(p.text, "Vuelve en junio") {
		t.Error("what was typed is not in the history")
	}
	webtest.Press(t, b.ctx, kb.Escape)
	webtest.Arrive(t, b.ctx, "/")
}

// TestKeysOff: the keys of one character can be turned off (WCAG 2.1.4); the others stay.
func TestKeysOff(t *testing.T) {
	g := newOffice(t)
	b := g.newTab(t, webtest.Browser(t), "window")
	b.open("/atajos")
	b.press(`main form button`)
	b.reads("están apagadas en este navegador")
	webtest.Press(t, b.ctx, "/")
	if at := b.focused(); at == "q" {
		t.Error("the key still goes to the search")
	}
	webtest.Press(t, b.ctx, kb.Escape)
	webtest.Arrive(t, b.ctx, "/")
	b.leaveBox()
	webtest.Press(t, b.ctx, "?")
	if at := b.path(); at != "/" {
		t.Errorf("the key leads to %s", at)
	}
	b.open("/atajos")
	b.press(`main form button`)
	b.reads("actúan cuando no estás escribiendo")
	b.open("/")
	b.leaveBox()
	webtest.Press(t, b.ctx, "?")
	webtest.Arrive(t, b.ctx, "/atajos")
}
