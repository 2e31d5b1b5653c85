package operation

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate makes a certificate for this computer.
func certificate(t *testing.T) (files TLS, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files = TLS{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	for name, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	return files, pool
}

// TestTransport serves by HTTPS and tries what may not be spoken.
func TestTransport(t *testing.T) {
	files, pool := certificate(t)
	ready, end := make(chan string, 1), make(chan error, 1)
	s := &Server{App: register(t), Config: Default(), Log: slog.New(slog.DiscardHandler), Ready: func(url, _ string) { ready <- url },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "served") })}
	s.Config.Addr, s.Config.TLS = "127.0.0.1:0", files
	ctx, cancel := context.WithCancel(t.Context())
	go func() { end <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
	}()
	url := <-ready
	addr := strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/")
	for _, c := range []struct {
		name   string
		from   uint16
		to     uint16
		suites []uint16
		spoken bool
	}{
		{"TLS 1.3", tls.VersionTLS13, tls.VersionTLS13, nil, true},
		{"TLS 1.2", tls.VersionTLS12, tls.VersionTLS12, nil, true},
		{"TLS 1.1", tls.VersionTLS11, tls.VersionTLS11, nil, false},
		{"TLS 1.0", tls.VersionTLS10, tls.VersionTLS10, nil, false},
		{"CBC", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}, false},
		{"no forward secrecy", tls.VersionTLS12, tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}, false},
	} {
		conn, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: pool, MinVersion: c.from, MaxVersion: c.to, CipherSuites: c.suites})
		if (err == nil) != c.spoken {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil {
			conn.Close()
		}
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Strict-Transport-Security"); got != strictly {
		t.Errorf("Strict-Transport-Security %q", got)
	}
	conn, err := net.Dial("tcp", addr) // in the clear there is neither an answer nor a way on
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", addr)
	plain, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || plain.StatusCode != http.StatusBadRequest || plain.Header.Get("Location") != "" {
		t.Errorf("plain HTTP at the port of HTTPS: %v, %v", plain, err)
	}
}

// TestEveryAnswerIsGuarded asks what answers without the pages: what it says to browsers
// must not depend on who wrote the answer.
func TestEveryAnswerIsGuarded(t *testing.T) {
	s := &Server{App: register(t), Config: Default(), Log: slog.New(slog.DiscardHandler), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusSeeOther)
		case "/wrong":
			http.Error(w, "wrong", http.StatusBadRequest)
		}
	})}
	s.Measures = NewMeasures(s.App)
	for _, proxied := range []bool{false, true} {
		s.Config.BehindProxy, s.Config.Proxies = proxied, []string{"127.0.0.1"}
		for _, path := range []string{"/", "/away", "/wrong", "/metrics"} {
			for _, from := range []string{"127.0.0.1:1", "203.0.113.9:1"} {
				h := s.answer("GET", path, from).Header()
				for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
					"Cross-Origin-Resource-Policy": "same-origin"} {
					if h.Get(name) != want {
						t.Errorf("%s from %s, proxied %v: %s is %q", path, from, proxied, name, h.Get(name))
					}
				}
				if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
					t.Errorf("%s: policy %q", path, csp)
				}
				if got := h.Get("Strict-Transport-Security"); (got != "") != proxied {
					t.Errorf("%s, proxied %v: Strict-Transport-Security %q", path, proxied, got)
				}
			}
		}
	}
}

// answer is what the server says to a request, whoever is behind it.
func (s *Server) answer(method, path, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	h, err := s.handler(context.Background())
	if err != nil {
		panic(err) // only a hub's register can refuse
	}
	s.server(h).Handler.ServeHTTP(w, r)
	return w
}

// TestLogLines: nothing that is logged begins a line of its own, and a log-in says how it
// went and not whose it was.
func TestLogLines(t *testing.T) {
	var out bytes.Buffer
	log, _, err := OpenLog(Log{Level: "info"}, &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	log.Info("sign-in", "step", "password", "login", "rosa", "ok", false, "why", "app.login_wrong")
	log.Info("request", "route", "GET /a\n{\"level\":\"ERROR\"}\r\n", "method", "GET\nx", "why", "a\nb", "step", "Quispe")
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d lines:\n%s", n, out.String())
	}
	for _, want := range []string{`"step":"password"`, `"ok":false`, `"why":"app.login_wrong"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
	for _, bad := range []string{"rosa", "Quispe"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("the log tells %q", bad)
		}
	}
}
