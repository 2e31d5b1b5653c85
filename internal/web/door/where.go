package door

import (
	"net/http"
	"net/netip"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authn"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// browserLife is how long a browser keeps the token by which it is known again.
const browserLife = 180 * 24 * time.Hour

// where is from where a visit comes.
func (s *Room) where(v *desk.Visit) account.Where {
	from := account.Where{Agent: agent(v.UserAgent()), Reach: reach(v.RemoteAddr)}
	if c, err := v.Cookie(s.browserCookie()); err == nil && len(c.Value) == 43 {
		from.Browser = c.Value
	}
	return from
}

// browserCookie is the name of what a browser keeps when an officer has signed in with it.
// It opens nothing: it says that failures here are not those of somebody elsewhere.
func (s *Room) browserCookie() string {
	if s.Sessions.Cookie.Secure {
		return "__Host-quipu-browser"
	}
	return "quipu-browser"
}

// reach tells how far away an address is, and not which it was.
func reach(address string) string {
	ap, err := netip.ParseAddrPort(address)
	ip := ap.Addr().Unmap()
	switch {
	case err != nil:
		return "far"
	case ip.IsLoopback():
		return "here"
	case ip.IsPrivate() || ip.IsLinkLocalUnicast():
		return "near"
	}
	return "far"
}

// entered keeps that an officer has come in, and makes the browser known. What happened at
// the account meanwhile the next page tells.
func (s *Room) entered(v *desk.Visit, actor app.Actor) error {
	from := s.where(v)
	if from.Browser == "" {
		from.Browser, _ = authn.NewToken()
	}
	half := s.Sessions.GetString(v.Context(), keyPending) != ""
	lately, err := s.App.Entered(v.Context(), actor.Login, half, from)
	if err != nil {
		return err
	}
	http.SetCookie(v.W, &http.Cookie{Name: s.browserCookie(), Value: from.Browser, Path: "/", MaxAge: int(browserLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Sessions.Cookie.Secure})
	w := v.Words
	if lang, ok := i18n.Known(actor.Lang); ok {
		if _, chosen := ui.Chosen(v.Request); !chosen { // as the next page
			w.Lang = lang
		}
	}
	if text := (words{w}).lately(lately); text != "" {
		s.Sessions.Put(v.Context(), desk.KeyAlert, text)
	}
	return nil
}

// lately tells an officer of tries at the account since the last time, "" for none.
func (w words) lately(l account.Lately) string {
	text := ""
	if l.Failures > 0 {
		text = w.TN("officer.signin.failures", l.Failures)
	}
	if l.Half > 0 {
		text += " " + w.TN("officer.signin.halves", l.Half)
	}
	if text == "" {
		return ""
	}
	return text + " " + w.T("officer.signin.advice")
}

// tried is a sign-in, or a try at one, in a list.
type tried struct {
	When, Agent, Reach, Step string
	OK                       bool
}

func (s *Room) signIns(v *desk.Visit) (out []tried, err error) {
	w := v.Words
	all, err := s.App.SignIns(v.Context(), v.Actor.Login)
	for _, x := range all {
		t := tried{When: w.Moment(x.At.UnixMicro()), Agent: x.Agent, Reach: w.T("officer.signin.reach." + x.Reach), Step: w.T("officer.signin.step." + x.Step), OK: x.OK && x.Step != "half"}
		if t.Agent == "" {
			t.Agent = w.T("officer.sessions.unknown")
		}
		out = append(out, t)
	}
	return out, err
}
