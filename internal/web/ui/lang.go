package ui

import (
	"net/http"
	"net/url"
	"strings"

	"quipu/internal/i18n"
)

// The names under which a browser keeps the choice: where it came by HTTPS, one that no
// other host and no answer in the clear can set.
const (
	langCookie = "quipu-lang"
	hostCookie = "__Host-quipu-lang"
)

// LangPath is where SwitchLang must be mounted: GET /idioma/{lang}?volver=PATH.
const LangPath = "/idioma/{lang}"

// Chosen is the language that the reader chose in this browser.
func Chosen(r *http.Request) (i18n.Lang, bool) {
	for _, name := range []string{hostCookie, langCookie} {
		if c, err := r.Cookie(name); err == nil {
			if lang, ok := i18n.Known(c.Value); ok {
				return lang, true
			}
		}
	}
	return "", false
}

// LangOf is the language the reader chose, else the one the browser asks for.
func LangOf(r *http.Request) i18n.Lang {
	if lang, ok := Chosen(r); ok {
		return lang
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// SwitchLang remembers the language for a year and goes back to the page it came from;
// secure is for pages that are reached by HTTPS.
func SwitchLang(secure bool) http.HandlerFunc {
	name := langCookie
	if secure {
		name = hostCookie
	}
	return func(w http.ResponseWriter, r *http.Request) {
		lang, ok := i18n.Known(r.PathValue("lang"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{
			Name: name, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure,
		})
		http.Redirect(w, r, Local(r.FormValue("volver")), http.StatusSeeOther)
	}
}

// Local keeps a path of this server and turns everything else into the start page, so
// that no link can be used to send an officer to another site.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return "/"
	}
	return path
}

// comeBack is the address of the page shown: a form's answer has none of its own, and
// asking for its address shows the form again.
func comeBack(r *http.Request) string { return Local(r.URL.RequestURI()) }
