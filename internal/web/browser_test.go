package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/app/account"
	"quipu/internal/doc"
	"quipu/internal/i18n"
	"quipu/internal/web/webtest"
)

// tab is a real browser with an officer in it.
type tab struct {
	*site
	ctx context.Context
}

func (b *tab) open(path string) { b.t.Helper(); webtest.Open(b.t, b.ctx, b.srv.URL+path, 1280, 900) }

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// say puts a text into the field with that name.
func (b *tab) say(name, text string) {
	b.t.Helper()
	b.js(`document.querySelector('[name="` + name + `"]').value = ` + strconv.Quote(text))
	b.js(`document.querySelector('[name="` + name + `"]').focus()`)
}

func (b *tab) press(selector string) {
	b.t.Helper()
	b.js(`document.querySelector(` + strconv.Quote(selector) + `).click()`)
}

func (b *tab) js(text string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](text))
}

// reads waits until the page says a text.
func (b *tab) reads(text string) {
	b.t.Helper()
	body := ""
	for range 200 {
		// The tab cannot answer while it changes pages; ask again.
		body, _ = chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
		if strings.Contains(body, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("no %q on the page %s:\n%s", text, b.path(), body)
}

func (b *tab) path() string {
	p, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// TestDayAtTheWindow is what an officer does, in a browser: search, open, correct, look at
// the history, register from a passport, import a list and take it back.
func TestDayAtTheWindow(t *testing.T) {
	s := newSite(t)
	b := &tab{s, webtest.Browser(t)}
	b.open("/idioma/es?volver=/")
	b.reads("Entra a Quipu")
	b.say("login", "marta")
	b.say("password", account.DemoPassword)
	b.press(`form[data-q-main] button`)
	b.reads("Busca a una persona")

	b.say("q", "Maria")
	b.press(`.q-search button`)
	b.reads("Por qué")
	path := s.someone("ESMAD")
	b.open(path)
	b.reads("Identidad")
	b.open(path + "/editar/identity")
	b.say("name_used", "Charito")
	b.say("note", "Así la llaman todos")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	b.reads("Los datos quedaron guardados")
	b.reads("Charito")
	b.press(`a[href$="/historia"]`)
	b.reads("Así la llaman todos")

	b.open("/registrar")
	zone, err := doc.MakeTD3(doc.Fields{Code: "P", Issuer: "PER", Number: "116099887", Nationality: "PER", Birth: "850930",
		Expiry: "320101", Sex: "M", Primary: "ZEVALLOS<TICONA", Secondary: "ABEL"})
	if err != nil {
		t.Fatal(err)
	}
	b.say("scan", zone)
	b.press(`button[value="read"]`)
	b.reads("Correcto")
	b.say("address.city", "Getafe")
	b.say("phone.number", "612345678")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	b.reads("Revisa antes de inscribir")
	webtest.PressCtrl(t, b.ctx, kb.Enter)
	b.reads("La persona quedó inscrita")
	b.reads("Zevallos Ticona, Abel")

	b.open("/importar")
	file := filepath.Join(t.TempDir(), "lista.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.SetUploadFiles(`#file`, []string{file}))
	b.press(`form[data-q-main] button`)
	b.reads("Vista previa de lista.csv")
	b.press(`button[value="import"]`)
	b.reads("La lista entró al registro")
	b.press(`summary`)
	b.press(`.govuk-button--warning`)
	b.reads("La importación se deshizo")
}

// signIn puts the session's cookie into the tab.
func (b *tab) signIn(login string) {
	b.t.Helper()
	b.open("/entrar")
	b.say("login", login)
	b.say("password", account.DemoPassword)
	b.press(`form[data-q-main] button`)
	webtest.Arrive(b.t, b.ctx, "/")
}

// sound looks at the page that is open, at both widths.
func (b *tab) sound(name string, lang i18n.Lang) {
	b.t.Helper()
	for _, width := range []int64{390, 1280} {
		b.run(chromedp.EmulateViewport(width, 900))
		for _, v := range webtest.Axe(b.t, b.ctx) {
			b.t.Errorf("%s at %d px: %v", name, width, v)
		}
		b.keep(name, lang, width)
	}
}

func (b *tab) shot(name string, lang i18n.Lang) {
	for _, width := range []int64{390, 1280} {
		b.run(chromedp.EmulateViewport(width, 900))
		b.keep(name, lang, width)
	}
}

func (b *tab) keep(name string, lang i18n.Lang, width int64) {
	if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" && lang == i18n.Spanish {
		webtest.Screenshot(b.t, b.ctx, filepath.Join(dir, name+"-"+map[int64]string{390: "390", 1280: "1280"}[width]+".png"))
	}
}
