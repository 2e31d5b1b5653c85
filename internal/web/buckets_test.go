package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/web/ui"
)

func TestBuckets(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := newBuckets(3, time.Second)
	b.now = func() time.Time { return now }
	for i := range 3 {
		if !b.take("10.0.0.1:5") {
			t.Fatalf("try %d was refused", i+1)
		}
	}
	if b.take("10.0.0.1:99") {
		t.Error("a fourth try of the same host, from another port, was let through")
	}
	if !b.take("10.0.0.2:5") {
		t.Error("another host was refused")
	}
	for i, addr := range []string{"[2001:db8:1:2::1]:5", "[2001:db8:1:2:aaaa::9]:7", "[2001:db8:1:2::3]:5"} {
		if !b.take(addr) {
			t.Errorf("try %d of a network was refused", i+1)
		}
	}
	if b.take("[2001:db8:1:2::4]:5") || !b.take("[2001:db8:1:3::1]:5") {
		t.Error("a network of IPv6 is not counted as one")
	}
	if !b.take("browser 1") || !b.take("browser 2") || !b.take("[::ffff:10.0.0.3]:5") {
		t.Error("what was never there is refused")
	}
	now = now.Add(time.Second)
	if !b.take("10.0.0.1:5") || b.take("10.0.0.1:5") {
		t.Error("after a second there is one try, and one only")
	}
}

func TestSecureCookie(t *testing.T) {
	a, err := app.Open(t.Context(), t.TempDir(), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	acc := account.DemoAccounts[0]
	acc.Password = account.DemoPassword
	if err := a.CreateAccount(t.Context(), node.Operator("test", acc.Office), acc); err != nil {
		t.Fatal(err)
	}
	h, err := New(a, Options{Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/entrar", strings.NewReader("login=rosa&password="+strings.ReplaceAll(account.DemoPassword, " ", "+")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if all := w.Header().Values("Set-Cookie"); len(all) != 1 {
		t.Errorf("before the second step the cookies are %q", all)
	}
	c := w.Header().Get("Set-Cookie")
	for _, want := range []string{"__Host-quipu=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(c, want) {
			t.Errorf("the cookie %q has no %s", c, want)
		}
	}
	token := strings.TrimPrefix(strings.Split(c, ";")[0], "__Host-quipu=")
	if _, _, ok, err := a.Session(t.Context(), token); ok || err != nil {
		t.Error("the register keeps the token itself")
	}
	if _, _, ok, err := a.Session(t.Context(), hashed(token)); !ok || err != nil {
		t.Error("the session is not kept under the token's hash")
	}
}

// TestBrowserCookie looks at what a browser keeps once an officer has signed in with it.
func TestBrowserCookie(t *testing.T) {
	a, err := app.Open(t.Context(), t.TempDir(), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	acc := account.DemoAccounts[0]
	acc.Password = account.DemoPassword
	if err := a.CreateAccount(t.Context(), node.Operator("test", acc.Office), acc); err != nil {
		t.Fatal(err)
	}
	h, err := New(a, Options{Secure: true, Demo: true, DemoLogins: []DemoLogin{{Login: acc.Login}}})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/entrar", strings.NewReader("login=rosa&password="+strings.ReplaceAll(account.DemoPassword, " ", "+")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name != "__Host-quipu-browser" {
			continue
		}
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 {
			t.Errorf("it is kept as %s", c.Raw)
		}
		if known, err := a.KnowsBrowser(t.Context(), c.Value); !known || err != nil {
			t.Errorf("the register does not know it: %v", err)
		}
		return
	}
	t.Errorf("there is none among %q", w.Header().Values("Set-Cookie"))
}

func TestPanicIsAnswered(t *testing.T) {
	set, err := ui.Parse()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := &shell{set: set, log: slog.New(slog.NewTextHandler(&log, nil))}
	w := httptest.NewRecorder()
	s.logged(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("Quispe") })).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	ref := regexp.MustCompile(`ref=(\w{8})`).FindStringSubmatch(log.String())
	if w.Code != http.StatusInternalServerError || ref == nil || !strings.Contains(w.Body.String(), ref[1]) {
		t.Errorf("status %d, reference %v", w.Code, ref)
	}
	if strings.Contains(w.Body.String()+log.String(), "Quispe") {
		t.Error("the panic's value shows")
	}
}

// TestPace: an officer who opens pages faster than a hand does waits; another does not.
func TestPace(t *testing.T) {
	a, err := app.Open(t.Context(), t.TempDir(), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	demo := []DemoLogin{}
	for _, acc := range account.DemoAccounts[:2] {
		acc.Password = account.DemoPassword
		if err := a.CreateAccount(t.Context(), node.Operator("test", acc.Office), acc); err != nil {
			t.Fatal(err)
		}
		demo = append(demo, DemoLogin{Login: acc.Login})
	}
	h, err := New(a, Options{Demo: true, DemoLogins: demo, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	in := func(login string) string {
		w := ask(http.MethodPost, "/entrar", "login="+login+"&password="+strings.ReplaceAll(account.DemoPassword, " ", "+"), "")
		for _, c := range w.Result().Cookies() {
			if c.Name == "quipu" {
				return c.Name + "=" + c.Value
			}
		}
		t.Fatalf("%s gets no session: %d", login, w.Code)
		return ""
	}
	fast, slow := in(demo[0].Login), in(demo[1].Login)
	pages, refused := 0, (*httptest.ResponseRecorder)(nil)
	for range 4 * officerBurst {
		if w := ask(http.MethodGet, "/oficinas/ESMAD", "", fast); w.Code != http.StatusOK {
			refused = w
			break
		}
		pages++
	}
	if refused == nil || refused.Code != http.StatusServiceUnavailable || refused.Header().Get("Retry-After") == "" || pages < officerBurst {
		t.Errorf("after %d pages: %v", pages, refused)
	}
	if w := ask(http.MethodGet, "/oficinas/ESMAD", "", slow); w.Code != http.StatusOK {
		t.Errorf("another officer gets %d", w.Code)
	}
}
