package ui_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"quipu/internal/i18n"
	"quipu/internal/web/static"
	"quipu/internal/web/webtest"
)

// TestKeys presses the keys that the page of shortcuts promises.
func TestKeys(t *testing.T) {
	set := parse(t, screens())
	sent := make(chan string, 4)
	mux := http.NewServeMux()
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, r *http.Request) {
		page := demo(i18n.Spanish)
		page.Back.Href = "/back"
		if err := set.Render(w, r, http.StatusOK, "sink.html", page); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /registrar", func(w http.ResponseWriter, r *http.Request) {
		sent <- r.FormValue("maternal")
		w.WriteHeader(http.StatusNoContent)
	})
	for _, path := range []string{"/back", "/acto", "/atajos"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(path)) })
	}
	srv := httptest.NewServer(mux)
	defer srv.Close()
	ctx := webtest.Browser(t)

	open := func() { webtest.Open(t, ctx, srv.URL+"/form", 1280, 900) }
	press := func(keys string) { t.Helper(); webtest.Press(t, ctx, keys) }
	is := func(js, want string) {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
		if err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", js, got, err, want)
		}
	}
	arrives := func(path string) { t.Helper(); webtest.Arrive(t, ctx, path) }

	open()
	is(`document.activeElement.className`, "govuk-error-summary")
	press("/")
	is(`document.activeElement.id`, "q")
	is(`document.activeElement.value`, "")
	press(kb.Escape)
	is(`document.activeElement.tagName`, "BODY")
	press(kb.Escape)
	arrives("/back")

	open()
	press("1")
	arrives("/acto")

	open()
	press("?")
	arrives("/atajos")

	open()
	if err := chromedp.Do(ctx, chromedp.Focus("#paternal")); err != nil {
		t.Fatal(err)
	}
	press(kb.Enter)
	is(`document.activeElement.id`, "maternal")
	press("Mamani/1?")
	webtest.PressCtrl(t, ctx, kb.Enter)
	select {
	case got := <-sent:
		if got != "Mamani/1?" {
			t.Errorf("the form sent %q", got)
		}
	case <-time.After(10 * time.Second):
		t.Error("Ctrl+Enter sends nothing")
	}
}
