package cli

import (
	"net/http"
	"strings"
	"testing"
)

// TestServedAnswersAreGuarded asks a whole node, as `quipu serve` makes it, for answers of
// each of its parts: pages, redirections, files, the API, the public site, errors.
func TestServedAnswersAreGuarded(t *testing.T) {
	n := startNode(t)
	defer n.stop()
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/", "/entrar", "/no/existe", "/static/x/app.css", "/healthz", "/metrics", "/api/v1/me", "/api/v1/nada", "/apis", "/publico/verificar", "/publico/", "/idioma/es", "/idioma/xx", "/%zz"} {
		for _, method := range []string{"GET", "HEAD", "POST", "TRACE", "QUIPU"} {
			req, err := http.NewRequest(method, n.url+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.URL.Opaque = "//" + req.URL.Host + path
			res, err := plain.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode >= 500 {
				t.Errorf("%s %s gives %d", method, path, res.StatusCode)
			}
			if path == "/%zz" {
				continue // net/http answers by itself, with a line of text
			}
			h := res.Header
			csp := h.Get("Content-Security-Policy")
			if !strings.Contains(csp, "object-src 'none'") || !strings.Contains(csp, "base-uri 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") ||
				!strings.Contains(csp, "default-src 'self'") && !strings.Contains(csp, "default-src 'none'") {
				t.Errorf("%s %s: policy %q", method, path, csp)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
				t.Errorf("%s %s: %v", method, path, h)
			}
			if kind := h.Get("Content-Type"); method == "GET" && res.ContentLength != 0 && (kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8")) {
				t.Errorf("%s %s is %q", method, path, kind)
			}
			if h.Get("Server") != "" || h.Get("X-Powered-By") != "" {
				t.Errorf("%s %s tells what it is: %v", method, path, h)
			}
		}
	}
}
