package operation

import (
	"crypto/tls"
	"net/http"
)

// Two years, in seconds: browsers that were here once ask by HTTPS alone for so long.
const strictly = "max-age=63072000; includeSubDomains"

// guarded says on every answer what is safe for all of them: load nothing, frame nothing,
// guess no type, keep no copy, tell nobody. Pages and files say what they need instead.
// secure is for answers that reach the browser by HTTPS.
func guarded(secure bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if secure {
			h.Set("Strict-Transport-Security", strictly)
		}
		next.ServeHTTP(w, r)
	})
}

// transport is the TLS that is spoken: 1.3, or 1.2 with forward secrecy and authenticated
// encryption only. Which of them, Go prefers better than a list of ours would.
func transport() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
}
