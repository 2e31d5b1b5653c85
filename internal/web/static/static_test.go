package static

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestNothingOfGovUKRemains(t *testing.T) {
	css := string(assets()["app.css"].plain)
	for _, banned := range []string{"url(/assets/", "GDS Transport", "@font-face", "govuk-crest", "Margaret Calvert", "url(http", "@import"} {
		if strings.Contains(css, banned) {
			t.Errorf("app.css holds %q", banned)
		}
	}
	if !strings.Contains(css, "--q-font:") {
		t.Error("app.css names no font of its own")
	}
}

func TestVendoredFilesAreThoseListed(t *testing.T) {
	list, err := os.Open("vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	listed := map[string]bool{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		want, name, _ := strings.Cut(lines.Text(), "  ")
		text, err := os.ReadFile(filepath.Join("vendor", name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not the file of SHA256SUMS", name)
		}
		listed[name] = true
	}
	found, err := filepath.Glob("vendor/*.css")
	if err != nil || len(found) == 0 {
		t.Fatal("no vendored style sheet", err)
	}
	for _, f := range found {
		if !listed[filepath.Base(f)] {
			t.Errorf("%s is not in SHA256SUMS", f)
		}
	}
}

func get(path, encoding string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	for name, mime := range types {
		for _, encoding := range []string{"", "br, gzip", "gzip;q=0"} {
			res := get(URL(name), encoding)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != mime {
				t.Fatalf("%s: %s %s", name, res.Status, res.Header.Get("Content-Type"))
			}
			if !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s may not be cached", name)
			}
			var body io.Reader = res.Body
			if zipped := encoding == "br, gzip"; (res.Header.Get("Content-Encoding") == "gzip") != zipped {
				t.Fatalf("%s: asked for %q, got %q", name, encoding, res.Header.Get("Content-Encoding"))
			} else if zipped {
				var err error
				if body, err = gzip.NewReader(res.Body); err != nil {
					t.Fatal(err)
				}
			}
			text, err := io.ReadAll(body)
			if err != nil || string(text) != string(assets()[name].plain) {
				t.Errorf("%s: other content than embedded (%v)", name, err)
			}
		}
	}
	for _, path := range []string{"/static/000000000000/app.css", "/static/app.css", "/static/", "/static/x/quipu.css"} {
		if res := get(path, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// TestScriptsKeepNothing: our scripts store nothing in the browser, make no code or markup
// out of text, and speak to no other window or server.
func TestScriptsKeepNothing(t *testing.T) {
	n := 0
	for name, a := range assets() {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		n++
		for _, banned := range []string{"localStorage", "sessionStorage", "indexedDB", "caches.", "document.cookie", "serviceWorker", "eval(", "Function(", "setTimeout(\"",
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "postMessage", "XMLHttpRequest", "WebSocket", "importScripts", "window.name", "__proto__"} {
			if strings.Contains(string(a.plain), banned) {
				t.Errorf("%s holds %q", name, banned)
			}
		}
		if !strings.Contains(string(a.plain), `"use strict";`) {
			t.Errorf("%s is not strict", name)
		}
	}
	if n == 0 {
		t.Fatal("no script was found")
	}
}

func TestWeightOnTheLine(t *testing.T) {
	if n := Size("app.css") + Size("app.js"); n > 36<<10 {
		t.Errorf("the first visit costs %d bytes of style and script, more than 36 KB", n)
	}
}

// TestContrast computes WCAG 2.2 contrast for the pairs in use: of texts (1.4.3), and of the
// edges of what can be filled in (1.4.11).
func TestContrast(t *testing.T) {
	css := string(assets()["app.css"].plain)
	for _, ground := range []string{"--q-paper", "--q-cord-soft", "--q-teal-soft", "--q-amber-soft"} {
		a, b := luminance(t, css, "--govuk-input-border-colour"), luminance(t, css, ground)
		if ratio := (math.Max(a, b) + .05) / (math.Min(a, b) + .05); ratio < 3 {
			t.Errorf("the edge of an input on %s: %.2f, less than 3", ground, ratio)
		}
	}
	if strings.Contains(css, "orientation:") {
		t.Error("the style asks how the screen is held (1.3.4)")
	}
	for _, pair := range [][2]string{
		{"--q-paper", "--q-cochineal"}, {"--q-paper", "--q-teal"}, {"--q-teal", "--q-paper"},
		{"--q-teal", "--q-cord-soft"}, {"--q-ink", "--q-cord-soft"}, {"--q-ink-soft", "--q-cord-soft"},
		{"--q-ink-soft", "--q-paper"}, {"--q-ink-soft", "--q-amber-soft"}, {"--q-amber", "--q-amber-soft"},
		{"--q-teal-dark", "--q-teal-soft"}, {"--q-cord", "--q-paper"}, {"--govuk-error-colour", "--q-paper"},
	} {
		a, b := luminance(t, css, pair[0]), luminance(t, css, pair[1])
		if ratio := (math.Max(a, b) + .05) / (math.Min(a, b) + .05); ratio < 4.5 {
			t.Errorf("%s on %s: %.2f, less than 4.5", pair[0], pair[1], ratio)
		}
	}
}

func luminance(t *testing.T, css, token string) float64 {
	found := regexp.MustCompile(regexp.QuoteMeta(token) + `: #([0-9a-f]{6});`).FindStringSubmatch(css)
	if found == nil {
		t.Fatalf("no colour %s", token)
	}
	rgb, err := strconv.ParseUint(found[1], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	channel := func(shift uint) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*channel(16) + .7152*channel(8) + .0722*channel(0)
}
