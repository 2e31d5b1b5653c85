package ui

import "net/http"

// The names under which a browser keeps that its reader wants no keys of one character: who
// speaks to the computer, or whose hand slips, would press them unawares (WCAG 2.1.4).
const (
	plainCookie     = "quipu-teclas"
	hostPlainCookie = "__Host-quipu-teclas"
)

// Plain reports whether the reader has turned off the keys of one character.
func Plain(r *http.Request) bool {
	for _, name := range []string{hostPlainCookie, plainCookie} {
		if c, err := r.Cookie(name); err == nil {
			return c.Value == "no"
		}
	}
	return false
}

// SetPlain remembers the choice for a year; secure is for pages that are reached by HTTPS.
func SetPlain(w http.ResponseWriter, secure, plain bool) {
	c := &http.Cookie{Name: plainCookie, Value: "si", Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure}
	if secure {
		c.Name = hostPlainCookie
	}
	if plain {
		c.Value = "no"
	}
	http.SetCookie(w, c)
}
