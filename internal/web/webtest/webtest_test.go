package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAxeFinds proves that the instrument can fail: a page with known faults.
func TestAxeFinds(t *testing.T) {
	page := `<!DOCTYPE html><html><title>x</title><body><main><h1>x</h1><img src="y.png">
		<p style="color:#999;background:#fff">faint</p></main></body></html>`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(page))
	}))
	defer srv.Close()
	ctx := Browser(t)
	Open(t, ctx, srv.URL, 800, 600)
	var ids []string
	for _, v := range Axe(t, ctx) {
		ids = append(ids, v.ID)
	}
	for _, want := range []string{"html-has-lang", "image-alt", "color-contrast"} {
		if !strings.Contains(strings.Join(ids, " "), want) {
			t.Errorf("axe did not find %s; it found %v", want, ids)
		}
	}
}
