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
	pack(w, r, status, html)
}

// SendFile answers with a file for a disk, under a name of ASCII letters that tells nothing
// of anybody. Its headers are those of a page, whose policy runs no script that stands in
// the file, should a browser open it at this address after all.
func SendFile(w http.ResponseWriter, r *http.Request, file []byte, name, mime string) {
	h := w.Header()
	Headers(h)
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Add("Vary", "Accept-Encoding")
	pack(w, r, http.StatusOK, file)
}

// pack writes a body, packed when the reader takes that.
func pack(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	h := w.Header()
	if !static.AcceptsGzip(r) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	z.Write(body)
	z.Close()
}

// packers are used again: a new one takes most of a megabyte, fifty times what it packs.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
