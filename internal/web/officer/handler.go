package officer

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"time"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/ui"
)

// visit is one request by one officer; the zero actor is nobody, on a public route.
type visit struct {
	*http.Request
	w     http.ResponseWriter
	actor app.Actor
	words words
}

// handler answers a visit, or says why not.
type handler func(*visit) error

// serve is the way into every screen: limits, who asks, and what to say when it fails.
func (s *Site) serve(route Route) http.HandlerFunc {
	limit, patient := route.Bytes, route.Time
	if limit == 0 {
		limit = maxForm
	}
	if patient == 0 {
		patient = patience
	}
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patient)
		defer cancel()
		v := &visit{Request: r.WithContext(ctx), w: w}
		v.Body = http.MaxBytesReader(w, r.Body, limit)
		v.words = words{lang: ui.LangOf(r), today: s.App.Today()}
		if patient > patience {
			extend(w, patient)
		}
		known, err := s.recognise(v)
		if err == nil && !known && !route.Public {
			http.Redirect(w, r, "/entrar", http.StatusSeeOther)
			return
		}
		if err == nil {
			err = route.do(v)
		}
		if err != nil {
			s.fail(v, err)
		}
	}
}

// extend gives a long answer the time it needs; a server without deadlines needs none.
func extend(w http.ResponseWriter, d time.Duration) {
	c := http.NewResponseController(w)
	for _, set := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		_ = set(time.Now().Add(d))
	}
}

// recognise finds out who asks. An account that was closed stops at once.
func (s *Site) recognise(v *visit) (known bool, err error) {
	login := s.Sessions.GetString(v.Context(), KeyLogin)
	if login == "" {
		return false, nil
	}
	actor, ok, err := s.App.Officer(v.Context(), login)
	if err != nil || !ok {
		return false, err
	}
	v.actor = actor
	if _, err := v.Cookie("quipu-lang"); err != nil { // no choice was made in this browser
		if lang, ok := i18n.Known(actor.Lang); ok {
			v.words.lang = lang
		}
	}
	return true, nil
}

// fail answers with a page that says what is wrong.
func (s *Site) fail(v *visit, err error) {
	ref := ""
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		err = fault.New(fault.Invalid, "officer.too_big", "limit", big.Limit>>20).Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		err = fault.New(fault.Unavailable, "officer.too_long").Because(err)
	case fault.KindOf(err) == fault.Internal:
		ref = rand.Text()[:8]
		s.Log.Error("a page failed", "ref", ref, "route", v.Pattern, "err", err)
	}
	page := s.frame(v, "", "")
	if err := s.set.Fail(v.w, v.Request, &page, err, ref); err != nil {
		s.Log.Error("the error page", "err", err)
	}
}

// show answers with a screen.
func (s *Site) show(v *visit, status int, name string, page ui.Framed) error {
	return s.set.Render(v.w, v.Request, status, name, page)
}

// frame fills in the frame around a screen. current is the entry of the menu.
func (s *Site) frame(v *visit, title, current string) ui.Page {
	p := ui.Page{Lang: v.words.lang, Title: title}
	if s.Demo {
		p.Strip = ui.DemoStrip(v.words.lang)
	}
	if v.actor.Login == "" {
		if text := s.Sessions.PopString(v.Context(), keyFlash); text != "" {
			p.Tell("success", text)
		}
		return p
	}
	p.User, p.Account, p.SignOut, p.Nav = v.actor.Name, "/mi-cuenta", "/salir", menu(v, current)
	if o, ok := place.Network().Office(v.actor.Office); ok {
		p.Office = o.Name(string(v.words.lang))
	}
	if text := s.Sessions.PopString(v.Context(), keyFlash); text != "" {
		p.Tell("success", text)
	}
	return p
}

// needs are the rights without which an entry of the menu leads nowhere.
var needs = map[string]authz.Action{"/": authz.Search, "/registrar": authz.Register, "/importar": authz.Import,
	"/codigos": authz.Offices, "/auditoria": authz.Audit, "/cuentas": authz.Sessions}

// menu is the main menu without what the officer may not do.
func menu(v *visit, current string) []ui.Link {
	return slices.DeleteFunc(ui.OfficerNav(v.words.lang, current), func(l ui.Link) bool {
		_, ok := authz.ScopeOf(v.actor, needs[l.Href])
		return !ok
	})
}

// learnNames lets the words of this visit name officers.
func (s *Site) learnNames(v *visit) (err error) {
	v.words.names, err = s.App.OfficerNames(v.Context())
	return err
}

// done goes to the next page, which says what happened.
func (s *Site) done(v *visit, path, text string) error {
	if text != "" {
		s.Sessions.Put(v.Context(), keyFlash, text)
	}
	http.Redirect(v.w, v.Request, path, http.StatusSeeOther)
	return nil
}

// form reads the body of a form.
func (v *visit) form() error {
	if err := v.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return err
		}
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return nil
}

// nowhere answers for an address that does not exist.
func (s *Site) nowhere(*visit) error { return fault.New(fault.NotFound, "not_found") }
