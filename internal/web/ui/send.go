package ui

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"sync"

	"quipu/internal/web/static"
)

// policy lets a page load from its own origin and nothing else; no script or style may
// stand in the page itself.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// Headers sets what every page of the program says to the browser: load nothing from
// elsewhere, tell nobody where the reader was, keep no copy of a person's record.
func Headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// Send writes a finished page. What it cannot write, the reader no longer waits for.
func Send(w http.ResponseWriter, r *http.Request, status int, html []byte) {
	html = mark(html)
	h := w.Header()
	Headers(h)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding, Accept-Language, Cookie")
	if !static.AcceptsGzip(r) {
		h.Set("Content-Length", strconv.Itoa(len(html)))
		w.WriteHeader(status)
		w.Write(html)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	z.Write(html)
	z.Close()
}

// packers are used again: a new one takes most of a megabyte, fifty times what it packs.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
