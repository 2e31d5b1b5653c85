package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"quipu/internal/i18n"
	"quipu/internal/web/webtest"
)

// TestTenGigabytesInBrowser: an officer chooses the wrong file, and reads why it is not taken.
func TestTenGigabytesInBrowser(t *testing.T) {
	p := newPair(t)
	b := p.hub.newTab(t, webtest.Browser(t), "marta")
	for _, c := range []struct {
		size  int64
		reads string
	}{{10 << 30, "pasa de 2 GB"}, {1 << 30, "no es un envío de Quipu"}} {
		name := filepath.Join(t.TempDir(), "peliculas.quipu")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(c.size); err != nil { // with holes: it takes no room
			t.Skipf("the disk has no files with holes: %v", err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		b.open("/nodos")
		b.reads("El archivo que trajo")
		b.run(chromedp.SetUploadFiles(`#file`, []string{name}))
		b.press(`form[action="/sincronizacion/archivo"] button`)
		b.reads(c.reads)
	}
	b.sound("memoria-rechazada", i18n.Spanish)
}
