package operation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/fault"
)

func register(t *testing.T) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func TestDiscreet(t *testing.T) {
	var out bytes.Buffer
	log, _, err := OpenLog(Log{Level: "info"}, &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	secret := fault.New(fault.Invalid, "doc.number", "number", "10117410").Because(errors.New(`no "Quispe" at +34600111222, ñahui@example.org`))
	log.Info("request", "method", "QUISPE", "route", "GET /persona/{id}", "login", "rosa", "name", "Quispe", "path", "/persona/01ABC", "err", secret)
	log.With("document", "10117410").WithGroup("person").Error("api", "err", fmt.Errorf("row 10117410: %w", io.ErrUnexpectedEOF))
	got := out.String()
	for _, bad := range []string{"QUISPE", "Quispe", "10117410", "rosa", "01ABC", "600111", "ñahui", "example.org"} {
		if strings.Contains(got, bad) {
			t.Errorf("the log tells %q:\n%s", bad, got)
		}
	}
	for _, good := range []string{`"method":"other"`, "GET /persona/{id}", "doc.number", "unexpected EOF"} {
		if !strings.Contains(got, good) {
			t.Errorf("the log does not tell %q:\n%s", good, got)
		}
	}
	log.Debug("request", "method", "GET")
	if out.String() != got {
		t.Error("debug is logged at info")
	}
}

func TestServerLog(t *testing.T) {
	var out bytes.Buffer
	log, _, _ := OpenLog(Log{Level: "info"}, &out, nil)
	for _, line := range []string{"http: TLS handshake error from 203.0.113.9:4711: EOF", "http: panic serving 203.0.113.9:4711: Quispe Mamani"} {
		fmt.Fprintln(serverLog{log}, line)
	}
	got := out.String()
	if strings.Contains(got, "203.0") || strings.Contains(got, "Quispe") || !strings.Contains(got, "TLS handshake error") || !strings.Contains(got, "panic") {
		t.Error(got)
	}
}

func TestLogFileTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "quipu.log")
	l, err := openLogFile(path, 100, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		if _, err := fmt.Fprintf(l, "%02d %s\n", i, strings.Repeat("x", 36)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var all string
	for _, name := range []string{path + ".2", path + ".1", path} {
		text, err := os.ReadFile(name)
		if err != nil || len(text) > 100 || !strings.HasSuffix(string(text), "\n") {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
		for line := range strings.Lines(string(text)) {
			all += line[:2] + " "
		}
	}
	if all != "06 07 08 09 10 11 " {
		t.Errorf("kept %q", all)
	}
	if names, _ := filepath.Glob(path + "*"); len(names) != 3 {
		t.Errorf("files %v", names)
	}
	// It is taken up where it was left.
	l, err = openLogFile(path, 100, 2)
	if err != nil || l.size == 0 {
		t.Fatalf("size %d, %v", l.size, err)
	}
	l.Close()
	if _, err := openLogFile(filepath.Join(path, "below"), 100, 2); !fault.Is(err, "operation.log_file") {
		t.Errorf("a file for a folder: %v", err)
	}
}

func TestClientOf(t *testing.T) {
	proxies, err := prefixes([]string{"10.0.0.0/24", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "1.2.3.4, 203.0.113.9": "203.0.113.9", "203.0.113.9, 10.0.0.7": "203.0.113.9",
		"10.0.0.7": "10.0.0.7", "": "", "evil": "", "1.2.3.4, evil": "", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8::5, ::1": "2001:db8::5",
	} {
		got, ok := clientOf(proxies, []string{header})
		if ok != (want != "") || ok && got != netip.MustParseAddr(want) {
			t.Errorf("%q: %v, want %q", header, got, want)
		}
	}
}

func (s *Server) ask(method, path, from, forwarded string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = from
	if forwarded != "" {
		r.Header.Set("X-Forwarded-For", forwarded)
	}
	w := httptest.NewRecorder()
	h, err := s.handler(context.Background())
	if err != nil {
		panic(err) // only a hub's register can refuse
	}
	h.ServeHTTP(w, r)
	return w
}

func TestBehindProxy(t *testing.T) {
	a := register(t)
	seen := ""
	s := &Server{App: a, Config: Default(), Measures: NewMeasures(a), Log: slog.New(slog.DiscardHandler),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen = r.RemoteAddr + " " + r.URL.Path })}
	s.Config.BehindProxy, s.Config.Proxies = true, []string{"127.0.0.1", "10.0.0.0/24"}
	if w := s.ask("GET", "/", "10.0.0.5:999", "203.0.113.9"); w.Code != 200 || seen != "203.0.113.9:0 /" {
		t.Errorf("%d, seen %q", w.Code, seen)
	}
	seen = ""
	if w := s.ask("GET", "/", "203.0.113.9:999", "127.0.0.1"); w.Code != 403 || seen != "" {
		t.Errorf("past the proxy: %d, seen %q", w.Code, seen)
	}
	if w := s.ask("GET", "/metrics", "127.0.0.1:999", ""); strings.Contains(w.Body.String(), "quipu_") {
		t.Error("everybody behind the proxy reads the measures")
	}
}

func TestMetrics(t *testing.T) {
	a := register(t)
	m := NewMeasures(a)
	var out bytes.Buffer
	log, _, err := OpenLog(Log{Level: "warn"}, &out, m)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{App: a, Config: Default(), Measures: m, Log: log, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("route", "GET /persona/{id}"),
			slog.Int("status", 200), slog.Duration("took", 30*time.Millisecond))
	})}
	s.ask("GET", "/persona/01ABC", "203.0.113.9:1", "")
	s.ask("SPY", "/persona/01ABC", "203.0.113.9:1", "")
	if out.Len() > 0 {
		t.Error("measured requests are logged at warn: ", out.String())
	}
	if w := s.ask("GET", "/metrics", "203.0.113.9:1", ""); w.Code != 404 {
		t.Errorf("another computer got %d", w.Code)
	}
	w := s.ask("GET", "/metrics", "127.0.0.1:1", "")
	for _, want := range []string{`quipu_http_request_seconds_count{method="GET",route="GET /persona/{id}",status="200"} 1`,
		`quipu_http_request_seconds_bucket{method="GET",route="GET /persona/{id}",status="200",le="0.05"} 1`,
		`quipu_http_request_seconds_bucket{method="GET",route="GET /persona/{id}",status="200",le="0.02"} 0`,
		`method="other"`, "go_goroutines", "quipu_register_up 1", "quipu_log_changes ", "quipu_database_bytes ", "quipu_registrations_total 0",
		"quipu_edits_total 0", "quipu_imports_total 0", "quipu_searches_total 0", "quipu_build_info{"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(w.Body.String(), "01ABC") || strings.Contains(w.Body.String(), "SPY") {
		t.Error("the measures tell what was asked for")
	}
	a.Close()
	if w := s.ask("GET", "/metrics", "127.0.0.1:1", ""); !strings.Contains(w.Body.String(), "quipu_register_up 0") {
		t.Errorf("a closed register: %d", w.Code)
	}
}

// TestRun serves on both listeners and lets a request under way finish.
func TestRun(t *testing.T) {
	a := register(t)
	m := NewMeasures(a)
	ctx, cancel := context.WithCancel(context.Background())
	began := make(chan bool)
	urls := make(chan [2]string, 1)
	s := &Server{App: a, Config: Default(), Measures: m, Log: slog.New(slog.DiscardHandler),
		Ready: func(url, met string) { urls <- [2]string{url, met} },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(began)
			time.Sleep(200 * time.Millisecond)
			io.WriteString(w, "done")
		})}
	s.Config.Addr, s.Config.Metrics.Addr = "127.0.0.1:0", "127.0.0.1:0"
	end := make(chan error)
	go func() { end <- s.Run(ctx) }()
	at := <-urls
	res, err := http.Get("http://" + at[1] + "/metrics")
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	got := make(chan string)
	go func() {
		res, err := http.Get(at[0])
		if err != nil {
			got <- err.Error()
			return
		}
		text, _ := io.ReadAll(res.Body)
		got <- string(text) + res.Header.Get("X-Request-Id")[:0]
	}()
	<-began
	cancel()
	if text := <-got; text != "done" {
		t.Errorf("the request under way got %q", text)
	}
	if err := <-end; err != nil {
		t.Error(err)
	}
	expectKept(t, a)

	s.Config.TLS = TLS{Cert: "none.pem", Key: "none.pem"}
	if err := s.Run(context.Background()); !fault.Is(err, "operation.tls") {
		t.Errorf("without its certificate: %v", err)
	}
}

func expectKept(t *testing.T, a *app.App) {
	t.Helper()
	h, err := a.Head(context.Background(), node.Operator("t", ""))
	if err != nil || len(h.Checkpoint) == 0 {
		t.Errorf("no checkpoint at the end: %v", err)
	}
}
