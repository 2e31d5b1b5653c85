package web_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/web"
	"quipu/internal/web/ui"
)

// typing is a form about somebody's telephone that an officer has filled in.
func typing(b *browser, path string) (to string, form url.Values) {
	to = path + "/editar/contact"
	form = b.get(to).form(to)
	form.Set("phone/new.number", "612 345 678")
	form.Set("note", `Lo dijo "su hija" <por teléfono>`)
	return to, form
}

// newOffice is a gate whose sessions end after half an hour without work.
func newOffice(t *testing.T) *gate {
	t.Helper()
	return newGateWith(t, true, func(_ *gate, o *web.Options) { o.Idle = 30 * time.Minute })
}

func (b *browser) signIn(login string) page {
	b.t.Helper()
	return b.post("/entrar", "login", login, "password", account.DemoPassword)
}

// TestTypingOutlivesTheSession: however a session ended, what its officer sends afterwards
// waits for them, and nothing is done before they say so.
func TestTypingOutlivesTheSession(t *testing.T) {
	g := newOffice(t)
	for name, end := range map[string]func(*browser){
		"idle": func(*browser) { g.later(31 * time.Minute) },
		"revoked": func(*browser) {
			if err := g.app.EndSessions(t.Context(), node.Operator("test", "ESMAD"), "window", ""); err != nil {
				t.Fatal(err)
			}
		},
		"signed out in another tab": func(b *browser) { b.post("/salir") },
	} {
		t.Run(name, func(t *testing.T) {
			b := g.as("window")
			path, _ := b.newcomer("Olga")
			to, form := typing(b, path)
			end(b)
			p := b.send(to, form)
			if p.path != "/entrar" {
				t.Fatalf("without a session the form leads to %s", p.path)
			}
			p.has(t, "mientras escribías", "solo para ti")
			p = b.signIn("window")
			if !strings.HasPrefix(p.path, "/retomar/") {
				t.Fatalf("after signing in at %s (%d)", p.path, p.status)
			}
			p.has(t, "aquí está lo que tenías", `action="`+to+`"`)
			again := p.form(to)
			for _, name := range []string{"phone/new.number", "q-once"} {
				if again.Get(name) != form.Get(name) {
					t.Errorf("%s is %q, was %q", name, again.Get(name), form.Get(name))
				}
			}
			p.has(t, form.Get("note"))
			if q := b.get(path); strings.Contains(q.text, "+34612345678") {
				t.Error("the form was sent by itself")
			}
			again.Set("note", form.Get("note"))
			b.send(to, again).has(t, "quedaron guardados", "+34612345678")
			if q := b.get(p.path); q.status != http.StatusNotFound {
				t.Errorf("what was sent still waits: %d", q.status)
			}
			b.get("/retomar").has(t, "No te espera")
		})
	}
}

func TestTypingIsForNobodyElse(t *testing.T) {
	g := newOffice(t)
	b := g.as("window")
	path, _ := b.newcomer("Olga")
	to, form := typing(b, path)
	g.later(31 * time.Minute)
	b.send(to, form)
	if p := b.signIn("head"); p.path != "/" || strings.Contains(p.text, "su hija") {
		t.Errorf("another officer comes to %s", p.path)
	}
	mine := g.browser().signIn("window")
	if !strings.HasPrefix(mine.path, "/retomar/") {
		t.Fatalf("at another computer the officer comes to %s", mine.path)
	}
	if p := b.get(mine.path); p.status != http.StatusNotFound || strings.Contains(p.text, "su hija") {
		t.Errorf("another officer opens what was typed: %d", p.status)
	}
	if p := b.post(mine.path); p.status != http.StatusNotFound {
		t.Errorf("another officer deletes what was typed: %d", p.status)
	}
	dir := filepath.Join(g.app.Dir(), "uploads")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files wait (%v)", len(files), err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil || bytes.Contains(raw, []byte("su hija")) || strings.Contains(files[0].Name(), "window") {
		t.Errorf("the file %s tells (%v)", files[0].Name(), err)
	}
	g.later(app.KeptLife)
	if p := g.browser().signIn("window"); p.path != "/" {
		t.Errorf("after hours the form still waits: %s", p.path)
	}
}

// TestNotKept: files, passwords and too much are not kept, and the officer is told.
func TestNotKept(t *testing.T) {
	g := newOffice(t)
	b := g.as("supervisor")
	path, _ := b.newcomer("Olga")
	g.later(31 * time.Minute)
	b.upload("lista.csv", "ESMAD", list).has(t, "no se pudo guardar")
	if p := b.signIn("supervisor"); p.path != "/importar" {
		t.Errorf("back at %s", p.path)
	}
	g.later(31 * time.Minute)
	b.post(path+"/editar/contact", "note", strings.Repeat("x", app.KeptBytes)).has(t, "no se pudo guardar")
	if p := b.signIn("supervisor"); p.path != path+"/editar/contact" {
		t.Errorf("back at %s", p.path)
	}
	g.later(31 * time.Minute)
	b.post("/mi-cuenta/clave", "old", "una clave secreta", "password", "otra clave secreta").has(t, "Tu sesión terminó")
	if p := b.signIn("supervisor"); p.path != "/mi-cuenta" {
		t.Errorf("back at %s", p.path)
	}
	stranger := g.browser()
	if p := stranger.post(path+"/editar/contact", "note", "de nadie"); strings.Contains(p.text, "sesión terminó") {
		t.Error("a stranger is told of a session")
	}
	if files, err := os.ReadDir(filepath.Join(g.app.Dir(), "uploads")); err != nil && !os.IsNotExist(err) || len(files) > 0 {
		t.Errorf("%d files are kept (%v)", len(files), err)
	}
}

// TestManyKept: an officer's forms are bounded in number, and several wait in a list.
func TestManyKept(t *testing.T) {
	g := newOffice(t)
	b := g.as("window")
	path, _ := b.newcomer("Olga")
	g.later(31 * time.Minute)
	for range 15 {
		b.post(path+"/cerrar", "note", "Vuelve en junio")
	}
	p := b.signIn("window")
	if p.path != "/retomar" || strings.Count(p.text, "Formulario enviado el") != 12 {
		t.Fatalf("%d forms wait at %s", strings.Count(p.text, "Formulario enviado el"), p.path)
	}
	one := regexp.MustCompile(`/retomar/[^"]+`).FindString(p.text)
	b.get(one).has(t, "Vuelve en junio")
	b.post(one).has(t, "se borró")
	if n := strings.Count(b.get("/retomar").text, "Formulario enviado el"); n != 11 {
		t.Errorf("%d forms wait", n)
	}
}

func TestBackToThePage(t *testing.T) {
	g := newOffice(t)
	b := g.as("window")
	path, _ := b.newcomer("Olga")
	g.later(31 * time.Minute)
	b.get(path+"?dia=2020-05-01").has(t, "seguirás donde estabas")
	if p := b.signIn("window"); p.path != path {
		t.Errorf("back at %s", p.path)
	} else {
		p.has(t, "1 de mayo de 2020")
	}
	g.later(31 * time.Minute)
	b.get(path)
	if p := b.signIn("head"); p.path != "/" {
		t.Errorf("another officer is led to %s", p.path)
	}
}

// TestRefusedTypingIsKept: whatever became of the person meanwhile, the officer is told and
// finds again what was typed.
func TestRefusedTypingIsKept(t *testing.T) {
	g := newOffice(t)
	window, head := g.as("window"), g.as("head")
	path, _ := window.newcomer("Olga")
	form := window.get(path + "/cerrar").form(path + "/cerrar")
	form.Set("reason", "returned")
	form.Set("note", "Se despidió en ventanilla")
	head.post(path+"/cerrar", "reason", "moved", "note", "Escribió desde Lima").has(t, "quedó cerrada")
	p := window.send(path+"/cerrar", form)
	if p.status != http.StatusConflict {
		t.Fatalf("closing what is closed gives %d", p.status)
	}
	p.has(t, "Lo que escribiste está guardado")
	at := regexp.MustCompile(`/retomar/[^"]+`).FindString(p.text)
	window.get(at).has(t, "Se despidió en ventanilla", `value="returned" selected`)
	if q := g.browser().signIn("window"); q.path != "/" {
		t.Errorf("what was refused leads the log-in to %s", q.path)
	}
	// An act that is sent twice acts once, also when the program started anew between.
	closed, _ := window.newcomer("Delia")
	form = window.get(closed + "/cerrar").form(closed + "/cerrar")
	form.Set("reason", "returned")
	window.send(closed+"/cerrar", form).has(t, "quedó cerrada")
	window.send(closed+"/cerrar", form).has(t, "Ya estaba hecho", "quedó cerrada")
	h, err := web.New(g.app, web.Options{Demo: true, Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	g.srv.Config.Handler = h // what a restart leaves: the register
	window.send(closed+"/cerrar", form).has(t, "Ya estaba hecho", "quedó cerrada")
	form.Set("note", "otra cosa")
	if p := window.send(closed+"/cerrar", form); p.status != http.StatusConflict {
		t.Errorf("another form gives %d", p.status)
	}
}

// TestTypingThatCannotBeKept: where nothing can be put aside, as on a full disk, the page of the
// fault holds the form itself, which is sent again as it was.
func TestTypingThatCannotBeKept(t *testing.T) {
	g := newOffice(t)
	window, head := g.as("window"), g.as("head")
	path, _ := window.newcomer("Olga")
	form := window.get(path + "/cerrar").form(path + "/cerrar")
	form.Set("reason", "returned")
	form.Set("note", "Se despidió <en> ventanilla")
	head.post(path+"/cerrar", "reason", "moved", "note", "Escribió desde Lima").has(t, "quedó cerrada")
	uploads := filepath.Join(g.app.Dir(), "uploads")
	if err := errors.Join(os.RemoveAll(uploads), os.WriteFile(uploads, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	p := window.send(path+"/cerrar", form)
	p.has(t, "sigue en esta página", "Enviarlo otra vez")
	if got := p.form(path + "/cerrar"); got.Get("note") != form.Get("note") || got.Get("reason") != "returned" || got.Get(ui.Token) != form.Get(ui.Token) {
		t.Errorf("the page holds %v", got)
	}
}

// TestTwiceAtOnce sends one form many times at the same moment.
func TestTwiceAtOnce(t *testing.T) {
	g := newOffice(t)
	b := g.as("window")
	path, _ := b.newcomer("Olga")
	to, form := typing(b, path)
	u, _ := url.Parse(g.srv.URL)
	cookies := b.c.Jar.Cookies(u)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			req := httptest.NewRequest(http.MethodPost, to, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, c := range cookies {
				req.AddCookie(c)
			}
			w := httptest.NewRecorder()
			g.srv.Config.Handler.ServeHTTP(w, req)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != path {
				t.Errorf("the answer is %d to %s", w.Code, w.Header().Get("Location"))
			}
		})
	}
	all.Wait()
	if n := strings.Count(b.get(path+"/historia").text, "Cambio de datos"); n != 1 {
		t.Errorf("the form acted %d times", n)
	}
}

// TestPutAside: what is not kept when it is sent is not put aside either.
func TestPutAside(t *testing.T) {
	g := newOffice(t)
	b := g.as("window")
	path, _ := b.newcomer("Olga")
	put := func(action string) string {
		t.Helper()
		return b.post("/apartar?accion="+url.QueryEscape(action), "note", "tres nudos").text
	}
	if at := put(path + "/cerrar"); !strings.HasPrefix(at, "/retomar/") {
		t.Errorf("a form is put aside at %q", at)
	} else {
		b.get(at).has(t, "tres nudos")
	}
	for _, action := range []string{"/mi-cuenta/clave", "/entrar", "/finalidad", "//evil.example/", "https://evil.example/x", "/nada", ""} {
		if at := put(action); at != "" {
			t.Errorf("a form to %q is put aside at %q", action, at)
		}
	}
	if p := g.browser().post("/apartar?accion="+path+"/cerrar", "note", "x"); p.path != "/entrar" {
		t.Errorf("nobody puts aside at %s", p.path)
	}
}
