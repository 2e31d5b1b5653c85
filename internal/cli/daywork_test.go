package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/operation"
	"quipu/internal/web"
)

// planted are what the day below writes, asks for and sends. None of it may be in the
// technical log or in the measures.
var planted = []string{"Zevallos", "ZEVALLOS", "zevallos", "Ticona", "Herminia", "46107412", "612345678", "612 345 678", "Calle del Olmo",
	"herminia@example.org", "rosa", "Rosario", "nadie77", "olmos.csv", account.DemoPassword, "qp_", "SPYMETHOD"}

// denied are keys that no line of the log may have.
var denied = []string{"login", "user", "name", "person", "number", "document", "phone", "email", "address", "path", "url", "query", "body",
	"form", "cookie", "ip", "remote", "addr", "agent", "referer", "birth", "text", "office"}

type sharedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sharedBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sharedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// server is a whole server as `quipu serve` makes it.
type server struct {
	t    *testing.T
	app  *app.App
	url  string
	met  string
	c    *http.Client
	log  sharedBuffer
	stop func()
}

func startNode(t *testing.T) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	for _, acc := range []account.NewAccount{{Login: "rosa", Name: "Rosario", Office: "ESMAD", Role: authz.Head, Lang: "es", Password: account.DemoPassword}} {
		if err := a.CreateAccount(ctx, node.Operator("t", "ESMAD"), acc); err != nil {
			t.Fatal(err)
		}
	}
	n := &server{t: t, app: a}
	jar, _ := cookiejar.New(nil)
	n.c = &http.Client{Jar: jar}
	cfg := operation.Default()
	cfg.Addr, cfg.Metrics.Addr, cfg.Log.Level = "127.0.0.1:0", "127.0.0.1:0", "debug"
	m := operation.NewMeasures(a)
	log, _, err := operation.OpenLog(cfg.Log, &n.log, m)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(a, web.Options{Log: log, Demo: true, DemoLogins: []web.DemoLogin{{Login: "rosa"}}}) // no second step
	if err != nil {
		t.Fatal(err)
	}
	ready, end := make(chan bool), make(chan error)
	s := operation.Server{App: a, Config: cfg, Handler: withAPI(pages, a, log, cfg.API), Log: log, Measures: m, Ready: func(url, met string) {
		n.url, n.met = strings.TrimSuffix(url, "/"), met
		close(ready)
	}}
	go func() { end <- s.Run(ctx) }()
	<-ready
	n.stop = func() {
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
	}
	return n
}

func (n *server) do(method, path, kind, body string, header ...string) (status int, at, text string) {
	n.t.Helper()
	req, err := http.NewRequest(method, n.url+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := n.c.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return res.StatusCode, res.Request.URL.Path, string(b)
}

func (n *server) post(want int, path string, pairs ...string) (at, text string) {
	n.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	status, at, text := n.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
	if status != want {
		n.t.Errorf("POST %s gives %d, want %d", path, status, want)
	}
	return at, text
}

func (n *server) api(want int, token, method, path, body string) string {
	n.t.Helper()
	status, _, text := n.do(method, "/api/v1"+path, "application/json", body, "Authorization", "Bearer "+token, "Idempotency-Key", "k"+path)
	if status != want {
		n.t.Errorf("%s %s gives %d, want %d: %s", method, path, status, want, text)
	}
	return text
}

// day does what an office does, right and wrong; it returns the person's id.
func (n *server) day() string {
	n.t.Helper()
	n.post(http.StatusForbidden, "/entrar", "login", "nadie77", "password", "x")
	n.post(http.StatusOK, "/entrar", "login", "rosa", "password", account.DemoPassword)
	n.post(http.StatusOK, "/buscar", "q", "Zevallos Ticona")
	n.post(http.StatusOK, "/buscar", "q", "46107412")
	n.post(http.StatusUnprocessableEntity, "/registrar", "surname_paternal", "Zevallos", "phone.number", "12", "kind", "resident")
	at, _ := n.post(http.StatusOK, "/registrar", "surname_paternal", "Zevallos", "surname_maternal", "Ticona", "given_names", "Herminia",
		"document.type", "dni", "document.number", "46107412", "phone.number", "612 345 678", "email.address", "herminia@example.org",
		"address.lines", "Calle del Olmo 3", "no_papers", "1", "kind", "resident", "residence_country", "ES", "do", "save")
	person := strings.TrimSuffix(at, "/inscrita")
	for _, path := range []string{person, person + "/documentos", person + "/historia", person + "/accesos", "/Zevallos", "/persona/Zevallos",
		"/buscar?q=Zevallos", person + "/historia/Herminia"} {
		n.do("GET", path, "", "")
	}
	n.do("SPYMETHOD", "/Zevallos", "", "")
	n.do("POST", "/registrar", "application/x-www-form-urlencoded", "surname_paternal=%zzZevallos")
	n.do("POST", "/buscar", "text/Zevallos", "q=Zevallos")

	token, _, err := n.app.CreateToken(context.Background(), node.Operator("t", "ESMAD"),
		account.NewToken{Login: "rosa", Name: "Rosario", Scopes: []authz.Action{authz.Search, authz.Register, authz.Read}, Days: 1})
	if err != nil {
		n.t.Fatal(err)
	}
	n.api(http.StatusUnauthorized, "qp_Zevallos", "POST", "/search", `{"text":"Zevallos"}`)
	n.api(http.StatusOK, token, "POST", "/search", `{"text":"Zevallos"}`)
	n.api(http.StatusBadRequest, token, "POST", "/search", `{"text":"Zevallos"`)
	n.api(http.StatusBadRequest, token, "POST", "/search", `{"Zevallos":"Herminia"}`)
	n.api(http.StatusOK, token, "GET", "/persons/"+filepath.Base(person), "")
	n.upload("olmos.csv", "Apellido paterno;Nombres;DNI\nZevallos;Herminia;46107412\n;;\n")
	return filepath.Base(person)
}

func (n *server) upload(name, list string) {
	n.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("office", "ESMAD")
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		n.t.Fatal(err)
	}
	io.WriteString(f, list)
	w.Close()
	status, _, text := n.do("POST", "/importar", w.FormDataContentType(), body.String())
	run := regexp.MustCompile(`action="(/importar/[^"]+)"`).FindStringSubmatch(text)
	if status != http.StatusOK || run == nil {
		n.t.Fatalf("the list gives %d", status)
	}
	n.post(http.StatusOK, html.UnescapeString(run[1]), "do", "import", "mode", "good")
}

func TestDayLeavesNoNames(t *testing.T) {
	n := startNode(t)
	person := n.day()
	res, err := http.Get("http://" + n.met + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	measures, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	n.stop()
	log := n.log.String()
	for _, secret := range append(planted, person) {
		if i := strings.Index(log, secret); i >= 0 {
			t.Errorf("the log tells %q: …%s", secret, log[max(0, i-200):min(len(log), i+60)])
		}
		if strings.Contains(string(measures), secret) {
			t.Errorf("the measures tell %q", secret)
		}
	}
	seen := map[string]bool{}
	wrote := 0
	for line := range strings.Lines(log) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for key := range entry {
			seen[key] = true
			if slices.Contains(denied, key) {
				t.Errorf("a line has %q: %s", key, line)
			}
		}
		if c, ok := entry["change"].(string); ok && strings.HasPrefix(c, "TEST") {
			wrote++
		}
		if route, ok := entry["route"].(string); ok && entry["request"] == nil {
			t.Errorf("a request to %s has no id", route)
		}
	}
	for _, key := range []string{"request", "route", "status", "took", "method", "bytes", "change", "changes"} {
		if !seen[key] {
			t.Errorf("no line has %q", key)
		}
	}
	if wrote < 2 {
		t.Errorf("%d requests say which change they wrote", wrote)
	}
	for _, want := range []string{"quipu_registrations_total 1", "quipu_imports_total 1", "quipu_searches_total 3",
		`route="POST /registrar",status="303"`, `route="POST /api/v1/search"`} {
		if !strings.Contains(string(measures), want) {
			t.Errorf("the measures lack %s:\n%s", want, regexp.MustCompile(`(?m)^(#|go_|process_|.*_bucket).*\n`).ReplaceAllString(string(measures), ""))
		}
	}
}
