package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"quipu/internal/i18n"
	"quipu/internal/seal"
	"quipu/internal/store"
	"quipu/internal/web/webtest"
)

var shownCode = regexp.MustCompile(`data-code="([0-9A-Z-]+)"`)

// codeOf is the code that a page shows, and the scopes that its computer will have.
func (g *site) codeOf(t *testing.T, page string) (store.EnrolCode, string) {
	t.Helper()
	m := shownCode.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page shows no code")
	}
	code, err := seal.ParseEnrolCode(m[1])
	if err != nil {
		t.Fatal(err)
	}
	var kept store.EnrolCode
	err = g.app.DB.View(t.Context(), func(tx *store.Tx) error {
		var ok bool
		kept, ok, err = tx.EnrolCode(t.Context(), seal.HashOfSecret(code.Secret()))
		if !ok {
			t.Error("the register does not know the code")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept, m[1]
}

// TestTravelCode: who answers for a campaign makes the code of its laptop on the campaign's page
// or on that of the computers. It is shown once, in groups of four and as a QR.
func TestTravelCode(t *testing.T) {
	g := newOffice(t)
	head := g.as("head")
	at := head.journey()
	id := strings.TrimPrefix(at, "/campanas/")
	b := g.newTab(t, webtest.Browser(t), "head")
	b.open(at)
	b.press(`a[href="` + at + `/codigo"]`)
	b.reads("El código sirve una vez")
	b.sound("campana-codigo", i18n.Spanish)
	b.tabTo("label")
	webtest.Press(t, b.ctx, "El portátil rojo"+kb.Enter)
	b.reads("Código para ESMAD-L")
	b.reads("no se vuelve a mostrar")
	b.reads("--passphrase")
	b.sound("campana-codigo-hecho", i18n.Spanish)

	shown := head.post(at+"/codigo", "label", "Otro")
	kept, text := g.codeOf(t, shown.text)
	if kept.Kind != "laptop" || kept.Office != "ESMAD" || !strings.Contains(kept.Scopes, "campaign/"+id) || strings.Contains(kept.Scopes, `"ESMAD"`) {
		t.Errorf("the code is for %+v", kept)
	}
	if n := strings.Count(shown.text, "<span>"+text[:4]+"</span>"); n != 1 || !strings.Contains(shown.text, "<svg role=\"img\"") {
		t.Errorf("the first group stands there %d times, or the QR does not", n)
	}
	if p := head.get(at + "/codigo"); strings.Contains(p.text, text[:9]) || shownCode.MatchString(p.text) {
		t.Error("the code is shown again")
	}
	list := head.get("/nodos")
	list.has(t, "Va con una campaña", "Zaragoza, Centro cívico")
	kept, _ = g.codeOf(t, head.post("/nodos", "office", "ESMAD", "label", "Tercero", "campaign", id).text)
	if !strings.Contains(kept.Scopes, "campaign/"+id) || kept.Label != "Tercero" {
		t.Errorf("the code of the list is for %+v", kept)
	}
	for _, login := range []string{"window"} {
		w := g.as(login)
		if p := w.get(at + "/codigo"); p.status != http.StatusForbidden {
			t.Errorf("%s gets %d", login, p.status)
		}
		if p := w.post(at+"/codigo", "label", "x"); p.status != http.StatusForbidden || shownCode.MatchString(p.text) {
			t.Errorf("%s makes a code: %d", login, p.status)
		}
		if p := w.get(at); strings.Contains(p.text, at+"/codigo") {
			t.Errorf("%s is offered a code", login)
		}
	}
	head.fill(head.get(at), at, "state", "under_way")
	head.fill(head.get(at+"/cierre"), at+"/cierre", "do", "close")
	if p := head.post(at+"/codigo", "label", "x"); shownCode.MatchString(p.text) || p.status < 400 {
		t.Errorf("a closed campaign gives a code: %d", p.status)
	}
	if p := head.get(at); strings.Contains(p.text, at+"/codigo") {
		t.Error("a closed campaign offers a code")
	}
}
