// Package static serves the program's styles, script and icon from the binary.
//
// A file's address holds the hash of its content, so a browser may keep it for ever and
// still gets the new one after an upgrade. One style sheet and one script (and one for passkeys, where they are asked for), because an
// office may be behind a satellite link where every request costs most of a second.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where Handler must be mounted.
const Prefix = "/static/"

//go:embed vendor/*.css quipu.css quipu.js passkey.js window.js favicon.svg
var files embed.FS

// parts says which files make up each served file; quipu.css is last because it overrides.
var parts = map[string][]string{
	"app.css": {
		"vendor/govuk-frontend-6.6.0.min.css",
		"vendor/moj-frontend-11.1.0.min.css",
		"quipu.css",
	},
	"app.js":      {"quipu.js"},
	"passkey.js":  {"passkey.js"}, // for two pages only
	"window.js":   {"window.js"},  // for the window
	"favicon.svg": {"favicon.svg"},
}

var types = map[string]string{
	"app.css":     "text/css; charset=utf-8",
	"app.js":      "text/javascript; charset=utf-8",
	"passkey.js":  "text/javascript; charset=utf-8",
	"window.js":   "text/javascript; charset=utf-8",
	"favicon.svg": "image/svg+xml; charset=utf-8",
}

type asset struct {
	url, mime   string
	plain, gzip []byte
}

var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	for name, from := range parts {
		var b bytes.Buffer
		for _, f := range from {
			text, err := files.ReadFile(f)
			if err != nil {
				panic("static: " + err.Error()) // an embedded file cannot be missing at run time
			}
			b.Write(text)
			b.WriteByte('\n')
		}
		sum := sha256.Sum256(b.Bytes())
		all[name] = asset{
			url:   Prefix + hex.EncodeToString(sum[:6]) + "/" + name,
			mime:  types[name],
			plain: b.Bytes(),
			gzip:  squeeze(b.Bytes()),
		}
	}
	return all
})

func squeeze(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails only for an unknown level
	w.Write(text)                                         // a bytes.Buffer takes everything
	w.Close()
	return b.Bytes()
}

// URL is the address of app.css, app.js, passkey.js or favicon.svg; empty for any other name.
func URL(name string) string { return assets()[name].url }

// Size is how many bytes the compressed file takes on the line.
func Size(name string) int { return len(assets()[name].gzip) }

// Handler serves the files under Prefix. An address with an old hash is not found, so
// that no cache can tie a new page to an old style.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		a, ok := assets()[name]
		if !ok || a.url != r.URL.Path {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		send(w, r, a)
	})
}

func send(w http.ResponseWriter, r *http.Request, a asset) {
	h := w.Header()
	h.Set("Content-Type", a.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if AcceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body) // a reader who went away is no concern of ours
	}
}

// AcceptsGzip reports whether the request allows a gzip answer (RFC 9110, 12.5.3).
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			q, has := strings.CutPrefix(strings.TrimSpace(params), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !has || err != nil || weight > 0
		}
	}
	return false
}
