package web_test

import (
	"strings"
	"testing"

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
	webtest.Press(t, b.ctx, kb.Escape) // out of the box that has the focus
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
