package door

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// What a session holds while somebody comes in: keyPending has shown the password, and the
// second factor not yet.
const (
	keyPending  = "pending"
	keyPendAt   = "pending_at"
	keyCeremony = "ceremony"
)

// stepLife is how long a step of a log-in may take.
const stepLife = 15 * time.Minute

type loginScreen struct {
	ui.Page
	Login, Provider string
	Demo            []desk.DemoLogin
}

func (s *Room) loginPage(v *desk.Visit) error {
	if v.Actor.Login != "" {
		return s.arrive(v, v.Actor)
	}
	if empty, err := s.App.Empty(v.Context()); err != nil || empty {
		if err == nil {
			err = s.Done(v, "/primera-vez", "")
		}
		return err
	}
	return s.showLogin(v, http.StatusOK, "", nil)
}

func (s *Room) showLogin(v *desk.Visit, status int, login string, err error) error {
	page := &loginScreen{Page: s.Frame(v, v.Words.T("officer.login.title"), ""), Login: login, Provider: s.providerName(v)}
	page.Narrow = true
	s.TellEnded(v, &page.Page)
	if st, linkErr := s.Standing(v); linkErr == nil && st.Emptied {
		page.Tell("info", v.Words.T("officer.login.emptied"))
	}
	if s.Demo {
		page.Demo = s.DemoLogins
	}
	if err != nil {
		page.Fail(err)
	}
	return s.Show(v, status, "login.html", page)
}

// loginFailed begins anew, and says why.
func (s *Room) loginFailed(v *desk.Visit, err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return s.showLogin(v, refusal(err), "", err)
}

// allow costs the address of the visit one try. A browser in which an officer has signed in
// has tries of its own: else one computer could use up those of a whole office behind one
// address.
func (s *Room) allow(v *desk.Visit) error {
	who := v.RemoteAddr
	if token := s.where(v).Browser; token != "" {
		known, err := s.App.KnowsBrowser(v.Context(), token)
		if err != nil {
			return err
		}
		if known {
			who = "browser " + authn.HashToken(token)
		}
	}
	if s.Allow(who) {
		return nil
	}
	return fault.New(fault.Unavailable, "officer.login_rate")
}

// refusal is the status with which a form is shown again.
func refusal(err error) int {
	if fault.Is(err, "officer.login_rate") {
		return http.StatusTooManyRequests
	}
	return ui.StatusOf(err)
}

func (s *Room) login(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	login := strings.TrimSpace(v.PostFormValue("login"))
	err := s.allow(v)
	var actor app.Actor
	if err == nil {
		actor, err = s.App.LogIn(v.Context(), login, v.PostFormValue("password"), s.where(v))
		s.noteStep(v, "password", actor.Login, err)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showLogin(v, refusal(err), login, err)
	}
	s.Sessions.Remove(v.Context(), keyVia)
	if s.waived(actor.Login) {
		return s.enter(v, actor, "/")
	}
	return s.askSecond(v, actor.Login)
}

// noteStep puts a step of a log-in into the server's log. Who failed is left out: it may
// be a password in the wrong box.
func (s *Room) noteStep(v *desk.Visit, step, login string, err error) {
	key := ""
	if f := fault.As(err); f != nil {
		key = f.Key
	}
	s.Log.InfoContext(v.Context(), "sign-in", "step", step, "login", login, "ok", err == nil, "why", key)
}

// waived reports an account of a demonstration, which has no second factor.
func (s *Room) waived(login string) bool {
	return s.Demo && slices.ContainsFunc(s.DemoLogins, func(d desk.DemoLogin) bool { return d.Login == login })
}

// askSecond leads from the password to the second factor, or to making one.
func (s *Room) askSecond(v *desk.Visit, login string) error {
	f, err := s.App.FactorsOf(v.Context(), login)
	if err != nil {
		return err
	}
	if err := s.App.HalfIn(v.Context(), login, s.where(v)); err != nil {
		return err
	}
	if err := s.Sessions.RenewToken(v.Context()); err != nil {
		return err
	}
	s.Sessions.Put(v.Context(), keyPending, login)
	s.Sessions.Put(v.Context(), keyPendAt, s.App.Now().Unix())
	if f.Enrolled() {
		return s.Done(v, "/entrar/codigo", "")
	}
	return s.Done(v, "/entrar/inscribir", "")
}

// pending is who has shown a password and may show the second factor now.
func (s *Room) pending(v *desk.Visit) (app.Actor, bool, error) {
	login := s.Sessions.GetString(v.Context(), keyPending)
	since := s.App.Now().Sub(time.Unix(s.Sessions.GetInt64(v.Context(), keyPendAt), 0))
	if login == "" || since > stepLife {
		return app.Actor{}, false, nil
	}
	return s.App.Officer(v.Context(), login)
}

// enter makes the session that of an officer, under a new token, and leads to a page; "/" is
// wherever the officer was.
func (s *Room) enter(v *desk.Visit, actor app.Actor, to string) error {
	if err := s.admit(v, actor); err != nil {
		return err
	}
	if to != "/" {
		return s.Done(v, to, "")
	}
	return s.arrive(v, actor)
}

// arrive leads an officer who has signed in to where they were.
func (s *Room) arrive(v *desk.Visit, actor app.Actor) error {
	to, err := s.Goal(v, actor.Login)
	if err != nil {
		return err
	}
	return s.Done(v, to, "")
}

func (s *Room) admit(v *desk.Visit, actor app.Actor) error {
	ctx := v.Context()
	drop := []string{keyPending, keyPendAt, keyCeremony, keyAttempt, desk.KeyReturn}
	if v.Actor.Login != actor.Login { // and does not only show once more who it is
		if err := s.entered(v, actor); err != nil {
			return err
		}
		drop = append(drop, desk.KeyPurpose)
	}
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	for _, k := range drop {
		s.Sessions.Remove(ctx, k)
	}
	s.Sessions.Put(ctx, desk.KeyLogin, actor.Login)
	s.Sessions.Put(ctx, desk.KeyAgent, agent(v.UserAgent()))
	s.Sessions.Put(ctx, desk.KeyProved, s.App.Now().Unix())
	return nil
}

// logout ends the session. Its cookie stays, and opens nothing: a form in another window
// still finds its way back to its officer.
func (s *Room) logout(v *desk.Visit) error {
	via := s.Sessions.GetString(v.Context(), keyVia)
	if err := s.App.DropSession(v.Context(), s.here(v)); err != nil {
		return err
	}
	if via != "" && s.Provider != nil {
		return s.Done(v, "/entrar/oidc/salida", "")
	}
	return s.Done(v, "/entrar", "")
}
