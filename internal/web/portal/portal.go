// Package portal holds the pages for everybody, under /publico/: no log-in, no session, no
// cookie but that of the language. What they show of anybody stands in a text that whoever
// asks has in hand already.
package portal

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/code"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/ui"
)

//go:embed *.html
var screens embed.FS

// Prefix is where the pages are mounted.
const Prefix = "/publico/"

// Config is what the pages need. Allow says whether an address may ask now.
type Config struct {
	App   *app.App
	Log   *slog.Logger
	Demo  bool
	Allow func(addr string) bool
}

// Site is the pages for everybody.
type Site struct {
	Config
	set              *ui.Set
	keys, revocation cached
}

// New reads the screens.
func New(c Config) (*Site, error) {
	set, err := ui.Parse(screens)
	if err != nil {
		return nil, err
	}
	return &Site{Config: c, set: set, keys: cached{now: c.App.Now}, revocation: cached{now: c.App.Now}}, nil
}

// What a request may cost: the longest text of a code has 900 characters.
const (
	maxForm  = 16 << 10
	patience = 30 * time.Second
)

// visit is one request by somebody.
type visit struct {
	*http.Request
	w    http.ResponseWriter
	lang i18n.Lang
}

// Table lists every route.
func (s *Site) Table() map[string]func(*visit) error {
	return map[string]func(*visit) error{
		"GET /publico/{$}":                                  s.home,
		"GET /publico/verificar":                            s.verifyPage,
		"POST /publico/verificar":                           s.verify,
		"GET /publico/claves":                               s.keysFile,
		"GET /publico/revocadas":                            s.revokedFile,
		"GET /publico/verificador.html":                     s.verifierFile,
		"GET " + mobilePath:                                 s.mobile,
		"GET " + mobilePath + "/" + calendarName:            s.mobileCalendar,
		"GET " + mobilePath + "/{campaign}/" + calendarName: s.visitCalendar,
		"/publico/":                                         s.nowhere,
	}
}

// Routes mounts every route.
func (s *Site) Routes(mux *http.ServeMux) {
	for pattern, do := range s.Table() {
		mux.HandleFunc(pattern, s.serve(do))
	}
}

// serve is the way into every page: limits, and what to say when it fails.
func (s *Site) serve(do func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		v := &visit{Request: r.WithContext(ctx), w: w, lang: ui.LangOf(r)}
		v.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err := errTooOften
		if s.Allow(r.RemoteAddr) {
			err = do(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	}
}

var errTooOften error = fault.New(fault.Unavailable, "portal.rate")

// fail answers with a page that says what is wrong.
func (s *Site) fail(v *visit, err error) {
	ref, status := "", 0
	var big *http.MaxBytesError
	switch {
	case errors.Is(err, errTooOften):
		status = http.StatusTooManyRequests
		v.w.Header().Set("Retry-After", "60")
	case errors.As(err, &big):
		err = fault.New(fault.Invalid, "portal.too_big").Because(err)
	case fault.KindOf(err) == fault.Internal:
		ref = rand.Text()[:8]
		s.Log.ErrorContext(v.Context(), "a public page failed", "ref", ref, "route", v.Pattern, "err", err)
	}
	page := s.frame(v, "")
	if status == 0 {
		status = ui.StatusOf(err)
	}
	if err := s.set.FailWith(v.w, v.Request, status, &page, err, ref); err != nil {
		s.Log.ErrorContext(v.Context(), "the error page", "err", err)
	}
}

// frame fills in the frame around a page.
func (s *Site) frame(v *visit, title string) ui.Page {
	p := ui.Page{Lang: v.lang, Title: title, Home: Prefix, Public: true, Narrow: true,
		Office: code.List("country").Label(strings.ToUpper(place.DefaultPack), string(v.lang))}
	if s.Demo {
		p.Strip = ui.DemoStrip(v.lang)
	}
	return p
}

func (s *Site) home(v *visit) error {
	http.Redirect(v.w, v.Request, Prefix+"verificar", http.StatusSeeOther)
	return nil
}

func (s *Site) nowhere(*visit) error { return fault.New(fault.NotFound, "not_found") }
