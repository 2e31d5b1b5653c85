package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"html"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/intake"
	"quipu/internal/synth"
	"quipu/internal/tabular"
	"quipu/internal/web"
	"quipu/internal/web/uitest"
)

const people = 120

// site is a whole server on a register of its own, with invented people.
type site struct {
	t   *testing.T
	app *app.App
	srv *httptest.Server
	log *logged
	in  map[string][]*http.Cookie // of officers who have signed in
}

// logged is the log of the server.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newSite(t *testing.T) *site {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, t.TempDir(), app.Options{Create: true, Node: "TEST"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	fill(t, a)
	for _, acc := range append(account.DemoAccounts, account.NewAccount{Login: "sara", Name: "Sara (estadística)", Office: "ESMAD", Role: authz.Statistician, Lang: "es"}) {
		acc.Password = account.DemoPassword
		if err := a.CreateAccount(ctx, node.Operator("test", acc.Office), acc); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{t: t, app: a, log: &logged{}, in: map[string][]*http.Cookie{}}
	var demo []web.DemoLogin
	for _, login := range []string{"rosa", "carlos", "amelia", "marta", "sara", "pilar"} {
		demo = append(demo, web.DemoLogin{Login: login, Name: login, Password: account.DemoPassword})
	}
	h, err := web.New(a, web.Options{Demo: true, Unpaced: true, Log: slog.New(slog.NewJSONHandler(s.log, nil)), DemoLogins: demo})
	if err != nil {
		t.Fatal(err)
	}
	s.srv = httptest.NewServer(h)
	t.Cleanup(s.srv.Close)
	return s
}

// fill imports invented people at two offices.
func fill(t *testing.T, a *app.App) {
	t.Helper()
	var list bytes.Buffer
	posts := []synth.Post{{Office: "ESMAD", City: "Madrid", Country: "ES", Weight: 3}, {Office: "USPAT", City: "Paterson", Country: "US", Weight: 1}}
	if _, err := synth.Generate(synth.Options{Persons: people, Seed: 7, Families: true, Posts: posts}, &list, io.Discard); err != nil {
		t.Fatal(err)
	}
	open := func() (*tabular.Reader, error) {
		return tabular.NewReader(bytes.NewReader(list.Bytes()), int64(list.Len()), tabular.Options{})
	}
	sample, err := app.SampleRows(open)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open()
	if err != nil {
		t.Fatal(err)
	}
	res, err := a.Import(context.Background(), node.Operator("test", "ESMAD"), app.ImportJob{Name: "inventada.csv", Office: "ESMAD", AnyOffice: true,
		Reader: r, Mapping: intake.Recognise(r.Info().Header, sample)})
	if err != nil || res.New < people*9/10 {
		t.Fatalf("imported %+v, %v", res, err)
	}
}

// browser is one officer's browser without scripts.
type browser struct {
	*site
	c *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s, &http.Client{Jar: jar}}
}

// as is a browser in which an officer has signed in. Nobody signs in twice: the tries at
// the log-in are counted.
func (s *site) as(login string) *browser {
	s.t.Helper()
	b := s.browser()
	u, err := url.Parse(s.srv.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.in[login] == nil {
		p := b.post("/entrar", "login", login, "password", account.DemoPassword)
		if p.status != http.StatusOK || p.path == "/entrar" {
			s.t.Fatalf("%s cannot sign in: %d at %s", login, p.status, p.path)
		}
		s.in[login] = b.c.Jar.Cookies(u)
	}
	b.c.Jar.SetCookies(u, s.in[login])
	return b
}

// page is an answer.
type page struct {
	status  int
	path    string
	text    string
	header  http.Header
	weight  int
	request *http.Request // the last one, after what it was led to
}

func (b *browser) get(path string) page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.srv.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) post(path string, pairs ...string) page {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.send(path, form)
}

func (b *browser) send(path string, form url.Values) page {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.srv.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b *browser) do(req *http.Request) page {
	b.t.Helper()
	res, err := b.c.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(text)
	w.Close()
	p := page{res.StatusCode, res.Request.URL.Path, string(text), res.Header, z.Len(), res.Request}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && p.weight > uitest.Budget {
		b.t.Errorf("%s weighs %d bytes compressed", p.path, p.weight)
	}
	for _, bad := range []string{"⟦", "ZgotmplZ", "!missing"} {
		if i := strings.Index(p.text, bad); i >= 0 {
			b.t.Errorf("%s shows %.80s", p.path, p.text[i:])
		}
	}
	return p
}

// has looks for texts in the page, as it is written and as it is read.
func (p page) has(t *testing.T, texts ...string) {
	t.Helper()
	read := html.UnescapeString(tags.ReplaceAllString(p.text, ""))
	for _, want := range texts {
		if !strings.Contains(p.text, want) && !strings.Contains(read, want) {
			t.Errorf("%s (%d) does not say %q", p.path, p.status, want)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

var personLink = regexp.MustCompile(`href="(/persona/[0-9A-Z]{26})"`)

// someone finds the path of a person who is registered at the office.
func (s *site) someone(office string) string {
	s.t.Helper()
	for path := range s.registeredAt(office) {
		return path
	}
	s.t.Fatal("nobody at " + office)
	return ""
}

// stranger is somebody of an office at whom no other test looks: a second look soon after the
// first is not marked.
func (s *site) stranger(office string) (path string) {
	s.t.Helper()
	for path = range s.registeredAt(office) {
	}
	if path == "" || path == s.someone(office) {
		s.t.Fatal("nobody at " + office + " is a stranger")
	}
	return path
}

// registeredAt are addresses of people of an office.
func (s *site) registeredAt(office string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, word := range []string{"Quispe", "Garcia", "Flores", "Mamani", "Rodriguez", "Sanchez", "Maria", "Jose", "Luis", "Ana"} {
			hits, err := s.app.Search(context.Background(), node.Operator("test", office), word, 100)
			if err != nil {
				s.t.Fatal(err)
			}
			for _, h := range hits {
				if h.Office == office && h.Birth != "" && h.SurnamePaternal != "" && !yield("/persona/"+h.ID) {
					return
				}
			}
		}
	}
}

var inputs = regexp.MustCompile(`<input[^>]*type="(hidden|text|tel|email)"[^>]*>`)
var attr = regexp.MustCompile(`(name|value|type)="([^"]*)"`)

// fields reads the inputs of a page as a browser would send them.
func (p page) fields() url.Values {
	form := url.Values{}
	for _, tag := range inputs.FindAllString(p.text, -1) {
		at := map[string]string{}
		for _, m := range attr.FindAllStringSubmatch(tag, -1) {
			at[m[1]] = html.UnescapeString(m[2])
		}
		if at["name"] != "" {
			form.Add(at["name"], at["value"])
		}
	}
	return form
}

// form reads the inputs of the one form that is sent to action.
func (p page) form(action string) url.Values {
	_, text, _ := strings.Cut(p.text, `<form action="`+action+`"`)
	text, _, _ = strings.Cut(text, "</form>")
	return page{text: text}.fields()
}
