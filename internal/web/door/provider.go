package door

import (
	"encoding/json"
	"net/http"
	"net/url"

	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// What a session holds of a provider: the sign-in that was begun there, and that it was the
// provider who opened the session.
const (
	keyAttempt = "attempt"
	keyVia     = "via"
)

// providerName is what the provider is called, "" without one.
func (s *Room) providerName(v *desk.Visit) string {
	if s.Provider == nil {
		return ""
	}
	return s.Provider.Name[string(v.Words.Lang)]
}

// toProvider leads to the provider. It is a link and not a form, since browsers let the
// answer to a form lead to no other site; so another site could point there, and is not
// let to.
func (s *Room) toProvider(v *desk.Visit) error {
	switch {
	case s.Provider == nil:
		return s.Nowhere(v)
	case v.Actor.Login != "":
		return s.Done(v, "/", "")
	case !ours(v.Request):
		return s.Done(v, "/entrar", "")
	}
	if err := s.leadAway(v, false); err != nil {
		return s.loginFailed(v, err)
	}
	return nil
}

// ours reports whether a page of this program, or the reader, asked for the request.
func ours(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return true
	}
	return false
}

// proveAway leads to the provider to show anew who one is.
func (s *Room) proveAway(v *desk.Visit) error {
	if s.Provider == nil || !ours(v.Request) {
		return s.Nowhere(v)
	}
	if err := s.leadAway(v, true); err != nil {
		return s.proveFailed(v, err)
	}
	return nil
}

func (s *Room) leadAway(v *desk.Visit, again bool) error {
	if err := s.allow(v); err != nil {
		return err
	}
	address, attempt, err := s.Provider.Begin(v.Context(), again)
	if err != nil {
		return err
	}
	kept, err := json.Marshal(attempt)
	if err != nil {
		return err
	}
	s.Sessions.Put(v.Context(), keyAttempt, string(kept))
	ui.Headers(v.W.Header()) // the address says what only this browser may know
	http.Redirect(v.W, v.Request, address, http.StatusSeeOther)
	return nil
}

// fromProvider takes what the browser brings back. Whatever else stands in the address
// decides nothing: where it leads on to is known here.
func (s *Room) fromProvider(v *desk.Visit) error {
	if s.Provider == nil {
		return s.Nowhere(v)
	}
	var attempt authn.Attempt
	if kept := s.Sessions.PopString(v.Context(), keyAttempt); kept != "" {
		if err := json.Unmarshal([]byte(kept), &attempt); err != nil {
			return err
		}
	}
	q := v.URL.Query()
	answer := authn.Answer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error")}
	v.URL = &url.URL{Path: "/entrar"} // no page leads back to an answer that was used
	if v.Actor.Login != "" {
		return s.provedAway(v, attempt, answer)
	}
	err := s.allow(v)
	var who authn.Identity
	if err == nil {
		who, err = s.Provider.End(v.Context(), attempt, answer)
	}
	if err != nil {
		s.noteStep(v, "provider", "", err)
		return s.loginFailed(v, err)
	}
	actor, err := s.App.LogInWith(v.Context(), who)
	s.noteStep(v, "provider", actor.Login, err)
	if err != nil {
		return s.loginFailed(v, err)
	}
	s.Sessions.Put(v.Context(), keyVia, "provider")
	if who.Second || s.waived(actor.Login) {
		return s.enter(v, actor, "/")
	}
	return s.askSecond(v, actor.Login)
}

// provedAway ends a proof that an officer who is signed in had to give anew.
func (s *Room) provedAway(v *desk.Visit, attempt authn.Attempt, answer authn.Answer) error {
	if !attempt.Again {
		return s.Done(v, "/", "") // a second window, or the button back
	}
	v.URL.Path = "/confirmar-clave"
	err := s.allow(v)
	var who authn.Identity
	if err == nil {
		if who, err = s.Provider.End(v.Context(), attempt, answer); err == nil {
			err = s.App.ProveWith(v.Context(), v.Actor.Login, who)
		}
		s.noteStep(v, "prove", v.Actor.Login, err)
	}
	switch {
	case err != nil:
		return s.proveFailed(v, err)
	case who.Second:
		return s.proved(v, v.Actor)
	}
	return s.provedFirst(v)
}

type leftScreen struct {
	ui.Page
	Provider, Leave string
}

// left tells who has signed out that the session at the provider may be open still: the
// next one at this computer could come in with it.
func (s *Room) left(v *desk.Visit) error {
	if s.Provider == nil || v.Actor.Login != "" {
		return s.Done(v, "/", "")
	}
	page := &leftScreen{Page: s.Frame(v, v.Words.T("officer.left.title"), ""), Provider: s.providerName(v), Leave: s.Provider.LeaveURL(v.Context())}
	page.Narrow = true
	return s.Show(v, http.StatusOK, "left.html", page)
}

// providerEnded is told by the provider, and by no browser, that it ended somebody's session.
func (s *Room) providerEnded(v *desk.Visit) error {
	if s.Provider == nil {
		return s.Nowhere(v)
	}
	if err := v.ReadForm(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil {
		var issuer, subject, login string
		if issuer, subject, err = s.Provider.Ended(v.Context(), v.PostFormValue("logout_token")); err == nil {
			login, err = s.App.EndSessionsWith(v.Context(), issuer, subject)
		}
		s.noteStep(v, "provider-ended", login, err)
	}
	v.W.Header().Set("Cache-Control", "no-store")
	switch kind := fault.KindOf(err); {
	case err == nil:
		v.W.WriteHeader(http.StatusOK)
	case kind == fault.Internal:
		return err
	case kind == fault.Unavailable:
		v.W.WriteHeader(http.StatusServiceUnavailable)
	default:
		v.W.WriteHeader(http.StatusBadRequest)
	}
	return nil
}
