package webtest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestAxeFinds proves that the instrument can fail: a page with known faults.
func TestAxeFinds(t *testing.T) {
	ctx := Browser(t)
	Open(t, ctx, serve(t, `<!DOCTYPE html><html><title>x</title><body><main><h1>x</h1><img src="y.png">
		<p style="color:#999;background:#fff">faint</p>
		<button style="width:9px;height:9px;padding:0">a</button><button style="width:9px;height:9px;padding:0">b</button></main></body></html>`), 800, 600)
	var ids []string
	for _, v := range Axe(t, ctx) {
		ids = append(ids, v.ID)
	}
	for _, want := range []string{"html-has-lang", "image-alt", "color-contrast", "target-size"} {
		if !strings.Contains(strings.Join(ids, " "), want) {
			t.Errorf("axe did not find %s; it found %v", want, ids)
		}
	}
}

func serve(t *testing.T, page string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(page))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestChecksFind plants each fault that axe does not look for, and a page without any.
func TestChecksFind(t *testing.T) {
	ctx := Browser(t)
	head := `<!DOCTYPE html><html lang="es"><meta name="viewport" content="width=device-width"><title>x</title><style>*:focus{outline:3px solid red}</style><body>`
	tab := func(page string) []string { Open(t, ctx, serve(t, head+page), 800, 600); return Keyboard(t, ctx) }
	narrow := func(page string) []string { Open(t, ctx, serve(t, head+page), 800, 600); return Reflow(t, ctx) }
	sound := `<a href="#a">a</a> <form><input name="n"><input type="date" name="d"><input type="datetime-local" name="dt"><input type="radio" name="r"><input type="radio" name="r"><select name="s"><option>1</select>
		<details><summary>more</summary><input name="hidden"></details><button>go</button></form><p style="overflow:auto">text</p>`
	called := func(page string) []string { Open(t, ctx, serve(t, head+page), 800, 600); return Named(t, ctx) }
	for _, c := range []struct {
		name string
		look func(string) []string
		page string
		want string
	}{
		{"sound", tab, sound, ""}, {"sound", narrow, sound, ""}, {"sound", called, `<button aria-label="Borrar la ficha">Borrar <kbd>1</kbd></button>`, ""},
		{"other name", called, `<button aria-label="Eliminar">Borrar</button>`, "called “Eliminar”"}, {"pointing", called, `<a href="#a" title="x">a</a>`, "only pointing"},
		{"order", tab, `<a href="#a" tabindex="-1" id="y">a</a><a href="#b" id="x">b</a><script>x.onkeydown=e=>{e.preventDefault();y.focus()}</script>`, "Tab goes back from a#x “b” to a#y"},
		{"no focus", tab, `<style>a:focus{outline:none}</style><a href="#a">a</a>`, "cannot be seen"},
		{"under a bar", tab, `<div style="position:fixed;inset:0;background:#fff">over</div><a href="#a">a</a>`, "is hidden"},
		{"not reached", tab, `<a href="#a" id="x">a</a><a href="#b">b</a><script>x.onkeydown=e=>{if(e.key=="Tab"){e.preventDefault();document.body.tabIndex=-1;document.body.focus()}}</script>`, "Tab does not reach a “b”"},
		{"trap", tab, `<a href="#a" id="x">a</a><a href="#b">b</a><script>x.onkeydown=e=>e.preventDefault()</script>`, "Tab does not leave a#x"},
		{"wide", narrow, `<p style="width:400px">wide</p>`, "wider than the window: p “wide”"},
		{"cut", narrow, `<div style="overflow:hidden;height:20px;width:90px">two lines of text</div>`, "cut off"},
	} {
		got := strings.Join(c.look(c.page), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestOnTheLine(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a.css" {
			w.Header().Set("Cache-Control", "max-age=1000")
			w.Header().Set("Content-Type", "text/css")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!DOCTYPE html><link rel="stylesheet" href="/a.css"><link rel="icon" href="data:,">` + strings.Repeat("x", 1000)))
	}))
	defer srv.Close()
	ctx := Browser(t)
	for i, want := range []int{2, 1} {
		Open(t, ctx, srv.URL+"/", 800, 600)
		if l := OnTheLine(t, ctx); l.Requests != want || l.Bytes < 1000 || l.Bytes > 3000 {
			t.Errorf("visit %d took %+v", i+1, l)
		}
	}
}
