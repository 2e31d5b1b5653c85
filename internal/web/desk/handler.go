package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/hublink"
	"quipu/internal/app/wording"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/place"
	"quipu/internal/web/ui"
)

// Visit is one request by one officer; the zero actor is nobody, on a public route.
type Visit struct {
	*http.Request
	W     http.ResponseWriter
	Actor app.Actor
	Words Words
	route Route
	acts  string          // names the form that acts, when it is one that acts once
	led   *acted          // where the form led when it had acted
	stand *hublink.Status // how the register stands, once it was asked; see Standing
}

// handler answers a visit, or says why not.
type Handler func(*Visit) error

// serve is the way into every screen: limits, who asks, and what to say when it fails.
func (s *Desk) serve(route Route) http.HandlerFunc {
	limit, patient := route.Bytes, route.Time
	if limit == 0 {
		limit = maxForm
	}
	if patient == 0 {
		patient = patience
	}
	return func(w http.ResponseWriter, r *http.Request) {
		asked := r.Context()
		if r.Method == http.MethodPost {
			asked = context.WithoutCancel(asked) // what an officer sent is done, though the line broke
		}
		ctx, cancel := context.WithTimeout(asked, patient)
		defer cancel()
		v := &Visit{Request: r.WithContext(ctx), W: w, route: route}
		v.Body = http.MaxBytesReader(w, r.Body, limit)
		v.Words = Words{Words: wording.Words{Lang: ui.LangOf(r)}, Today: s.App.Today(), Now: s.App.Now()}
		if patient > patience {
			extend(w, patient)
		}
		if err := s.answer(v); err != nil {
			s.Fail(v, err)
		}
	}
}

func (s *Desk) answer(v *Visit) error {
	known, err := s.recognise(v)
	switch {
	case err != nil:
		return err
	case !known && !v.route.Public:
		return s.turnAway(v)
	case !v.route.Public && v.fields() && !v.route.Unkept:
		return s.act(v)
	}
	return s.do(v)
}

// extend gives a long answer the time it needs; a server without deadlines needs none.
func extend(w http.ResponseWriter, d time.Duration) {
	c := http.NewResponseController(w)
	for _, set := range []func(time.Time) error{c.SetReadDeadline, c.SetWriteDeadline} {
		_ = set(time.Now().Add(d))
	}
}

// recognise finds out who asks. An account that was closed stops at once.
func (s *Desk) recognise(v *Visit) (known bool, err error) {
	login := s.Sessions.GetString(v.Context(), KeyLogin)
	if login == "" {
		return false, nil
	}
	actor, ok, err := s.App.Officer(v.Context(), login)
	if err != nil || !ok {
		return false, err
	}
	v.Actor = actor
	v.Actor.Purpose = s.purposeOf(v)
	v.Words.Clock = place.Clock(actor.Office)
	if _, chosen := ui.Chosen(v.Request); !chosen {
		if lang, ok := i18n.Known(actor.Lang); ok {
			v.Words.Lang = lang
		}
	}
	return true, nil
}

// fail answers with a page that says what is wrong.
func (s *Desk) Fail(v *Visit, err error) {
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
	case fault.KindOf(err) == fault.Forbidden && v.Actor.Login != "":
		what := fault.As(err).Key + " " + v.Pattern
		if err := s.App.NoteRefusal(v.Context(), v.Actor, what, v.PathValue("id")); err != nil {
			s.Log.Error("a refusal was not written down", "route", v.Pattern, "err", err)
		}
	}
	page := s.Frame(v, "", "")
	if v.Actor.Login != "" && v.fields() && !v.route.Unkept && !v.route.Public {
		if page.Kept = s.keep(v, v.Actor.Login, false); page.Kept == "" {
			page.Again = again(v)
		}
	}
	if fault.Is(err, "app.not_here") && strings.Contains(v.Pattern, "/persona/{id}") && authz.May(v.Actor, authz.Transfer, v.Actor.Office) {
		page.Flash = append(page.Flash, ui.Banner{Kind: "info", Text: v.Words.T("bring.gone"), Href: "/persona/" + v.PathValue("id") + "/traer", LinkText: v.Words.T("bring.do")})
	}
	if err := s.set.Fail(v.W, v.Request, &page, err, ref); err != nil {
		s.Log.Error("the error page", "err", err)
	}
}

// show answers with a screen.
func (s *Desk) Show(v *Visit, status int, name string, page ui.Framed) error {
	return s.set.Render(v.W, v.Request, status, name, page)
}

// HTML is a screen, or a piece of one, for an answer that is no page.
func (s *Desk) HTML(name string, page ui.Framed) ([]byte, error) { return s.set.HTML(name, page) }

// Frame fills in the frame around a screen. current is the entry of the menu.
func (s *Desk) Frame(v *Visit, title, current string) ui.Page {
	p := ui.Page{Lang: v.Words.Lang, Title: title, Help: v.Words.help(v.Pattern)}
	if s.Demo {
		p.Strip = ui.DemoStrip(v.Words.Lang)
	}
	if v.Actor.Login == "" {
		if text := s.Sessions.PopString(v.Context(), KeyFlash); text != "" {
			p.Tell("success", text)
		}
		return p
	}
	p.User, p.Account, p.SignOut, p.Nav = v.Actor.Name, "/mi-cuenta", "/salir", menu(v, current)
	p.Purpose = chooser(v)
	s.lasts(v, &p)
	s.link(v, &p)
	if r, ok := v.resumed(); ok {
		p.Path = r.at
		p.Flash = append(p.Flash, ui.Banner{Kind: "info", Text: v.Words.T("kept.resumed." + map[bool]string{true: "ended", false: "refused"}[r.ended]),
			Href: ResumePath, LinkText: v.Words.T("kept.list.link")})
	}
	if o, ok := place.Network().Office(v.Actor.Office); ok {
		p.Office = o.Name(string(v.Words.Lang))
	}
	if text := s.Sessions.PopString(v.Context(), KeyAlert); text != "" {
		p.Tell("warning", text)
	}
	if text := s.Sessions.PopString(v.Context(), KeyFlash); text != "" {
		p.Tell("success", text)
	}
	return p
}

// needs are the rights without one of which an entry of the menu leads nowhere.
var needs = map[string][]authz.Action{"/": {authz.Search}, "/registrar": {authz.Register}, "/importar": {authz.Import},
	"/jefatura": {authz.Supervise}, "/accesos": {authz.ReadLog}, "/datos": {authz.Rights}, "/revision": {authz.Review}, "/campanas": {authz.Attend},
	"/encuestas": {authz.Survey, authz.Fieldwork, authz.Interview}, "/codigos": {authz.Search, authz.Survey, authz.Audit, authz.Sessions}, "/auditoria": {authz.Audit}, "/cuentas": {authz.Sessions}}

// menu is the main menu without what the officer may not do.
func menu(v *Visit, current string) []ui.Link {
	return slices.DeleteFunc(ui.OfficerNav(v.Words.Lang, current), func(l ui.Link) bool {
		return !slices.ContainsFunc(needs[l.Href], func(a authz.Action) bool {
			_, ok := authz.ScopeOf(v.Actor, a)
			return ok
		})
	})
}

// learnNames lets the words of this visit name officers.
func (s *Desk) LearnNames(v *Visit) (err error) {
	v.Words.Names, err = s.App.OfficerNames(v.Context())
	return err
}

// done goes to the next page, which says what happened.
func (s *Desk) Done(v *Visit, path, text string) error {
	if v.acts != "" {
		v.led = &acted{path, text}
		s.remember(v)
	}
	if text != "" {
		s.Sessions.Put(v.Context(), KeyFlash, text)
	}
	http.Redirect(v.W, v.Request, path, http.StatusSeeOther)
	return nil
}

// form reads the body of a form.
func (v *Visit) ReadForm() error {
	if err := v.ParseForm(); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return err
		}
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return nil
}

// Seen is the last change that the officer saw, from the form.
func (v *Visit) Seen() (id.Change, error) {
	c, err := id.ParseChange(v.PostFormValue("seen"))
	if err != nil {
		return c, fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return c, nil
}

// nowhere answers for an address that does not exist.
func (s *Desk) Nowhere(*Visit) error { return fault.New(fault.NotFound, "not_found") }

// PartFault tells what is wrong with a form of parts whose next part cannot be read: too
// much, too slow, or no such form.
func PartFault(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(fault.Invalid, "officer.bad_form").Because(err)
}

// BodyFault tells a body that is too big, or that broke off, from a failure of ours.
func BodyFault(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return err
}

// Day reads a date of the form as people give it; the zero date when it is empty.
func (v *Visit) Day(name string) (civil.Date, error) {
	text := ui.FormDate(v.Request, name).Text()
	if text == "" {
		return civil.Date{}, nil
	}
	d, _, err := civil.ParseGiven(text, civil.DMY, v.Words.Today)
	if f := fault.As(err); f != nil {
		err = f.On(name)
	}
	return d, err
}
