package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
	"quipu/internal/web/webtest"
)

// tabs is how many pages are looked at together.
const tabs = 2

// sentPath is where the answers to forms are shown again, so that a browser can look at them.
const sentPath = "/-sent/"

// shelf shows pages that were answers to forms.
type shelf struct {
	mu    sync.Mutex
	pages []page
}

func (s *shelf) put(p page) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = append(s.pages, p)
	return fmt.Sprint(sentPath, len(s.pages)-1)
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var n int
	fmt.Sscanf(r.URL.Path, sentPath+"%d", &n) //nolint:errcheck // 0 then
	s.mu.Lock()
	defer s.mu.Unlock()
	ui.Headers(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(s.pages[n].text))
}

// look is one view in one language.
type look struct {
	view
	lang i18n.Lang
}

func (l look) String() string {
	return fmt.Sprintf("%s for %s in %s (%s)", l.route, l.role, l.lang, l.path+l.query)
}

// TestEveryScreen looks at every screen in a browser, in both languages: axe at the width of a
// telephone and of a desk, the Tab key, a window of 320 pixels, wide spacing, requests. With
// QUIPU_SCREENSHOTS it leaves pictures in that folder.
func TestEveryScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at some hundred pages")
	}
	w := newWalk(t)
	shown := &shelf{}
	inner := w.srv.Config.Handler
	all := http.NewServeMux()
	all.Handle("/", inner)
	all.Handle(sentPath, shown)
	w.srv.Config.Handler = all
	var looks []look
	views := w.pages()
	for _, v := range append(slices.Clone(views), w.empty()...) {
		looks = append(looks, look{view: v, lang: i18n.Spanish})
		if v.main {
			looks = append(looks, look{view: v, lang: i18n.English})
		}
	}
	w.helped(t, views)
	browser := webtest.Browser(t)
	w.look(t, browser, shown, looks)
	if len(looks) < 100 {
		t.Errorf("there are only %d pages", len(looks))
	}
	looks = nil
	for _, v := range append(w.states(), w.answers(views)...) {
		for _, lang := range i18n.Langs {
			looks = append(looks, look{view: v, lang: lang})
		}
	}
	if len(looks) < 40 {
		t.Errorf("only %d answers are pages", len(looks))
	}
	w.look(t, browser, shown, looks)
}

// helped: each screen has help of its own, in the same place, and the page of help has it too.
func (w *walk) helped(t *testing.T, views []view) {
	t.Helper()
	all := w.in[roleNobody].get(desk.HelpPath).text
	for _, v := range views {
		if !v.main || !strings.HasPrefix(v.route, "GET ") || v.route == "GET "+desk.HelpPath || v.route == "GET /retomar/{token}" {
			continue
		}
		near := desk.Topics(v.route)
		near = near[:min(len(near), map[bool]int{true: 2, false: 1}[strings.HasSuffix(v.route, "}") && v.route != "GET /{$}"])]
		m := regexp.MustCompile(`<main[^>]*>\s*<details class="q-help">.*?href="/ayuda#([a-z-]+)"`).FindStringSubmatch(v.text)
		if m == nil || !slices.Contains(near, m[1]) {
			t.Errorf("%s has no help of its own: add \"help.%s\" and \"help.%s.title\" to internal/i18n/catalog/help.es.toml and help.en.toml", v.route, near[len(near)-1], near[len(near)-1])
		} else if !strings.Contains(all, `id="`+m[1]+`"`) {
			t.Errorf("the page of help has no %q", m[1])
		}
	}
}

// look shares the looks among the tabs.
func (w *walk) look(t *testing.T, browser context.Context, shown *shelf, looks []look) {
	t.Helper()
	next := make(chan look, len(looks))
	for _, l := range looks {
		next <- l
	}
	close(next)
	t.Run("look", func(t *testing.T) {
		for i := range tabs {
			t.Run(fmt.Sprint("tab ", i), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
				defer cancel()
				webtest.Open(t, ctx, w.srv.URL+"/atajos", 1280, 900) // styles and script, once
				for l := range next {
					at := l.by.srv.URL + l.path + l.query
					if l.sent != nil {
						at = w.srv.URL + shown.put(l.sent[l.lang])
					}
					l.carry(t, ctx)
					l.inspect(t, ctx, at)
				}
			})
		}
	})
}

// carry gives the tab the session of the view's officer, and the language.
func (l look) carry(t *testing.T, ctx context.Context) {
	t.Helper()
	u, err := url.Parse(l.by.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(l.by.c.Jar.Cookies(u), &http.Cookie{Name: "quipu-lang", Value: string(l.lang)}) {
		if c.Name == "quipu-lang" && c.Value != string(l.lang) {
			continue
		}
		p := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: u.String()}
		if _, err := chromedp.Call(ctx, network.SetCookie, p); err != nil {
			t.Fatal(err)
		}
	}
}

// inspect opens a page and reports what is wrong with it.
func (l look) inspect(t *testing.T, ctx context.Context, at string) {
	t.Helper()
	webtest.Open(t, ctx, at, 1280, 900)
	if line := webtest.OnTheLine(t, ctx); l.sent == nil && !l.other && line.Requests > 2 {
		t.Errorf("%v takes %d requests", l, line.Requests)
	}
	wrong := func(width int, found ...string) {
		for _, f := range found {
			t.Errorf("%v at %d px: %s", l, width, f)
		}
	}
	axe := func(width int) {
		for _, v := range webtest.Axe(t, ctx) {
			wrong(width, v.String())
		}
		l.keep(t, ctx, width)
	}
	axe(1280)
	wrong(1280, webtest.Named(t, ctx)...)
	if l.lang == i18n.Spanish { // the keys do not depend on the words
		wrong(1280, webtest.Keyboard(t, ctx)...)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 900)); err != nil {
		t.Fatal(err)
	}
	axe(390)
	wrong(390, webtest.Wider(t, ctx)...)
	wrong(320, webtest.Reflow(t, ctx)...)
}

// keep writes a picture of the page as it is, of those in Spanish.
func (l look) keep(t *testing.T, ctx context.Context, width int) {
	if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" && l.lang == i18n.Spanish {
		name := strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "", " ", "", "$", "", "?", "-", ".", "").Replace(l.route), "-")
		webtest.Screenshot(t, ctx, filepath.Join(dir, fmt.Sprintf("%s-%s-%d.png", name, l.role, width)))
	}
}
