package officer

import (
	"net/http"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/web/ui"
)

type loginScreen struct {
	ui.Page
	Login string
	Demo  []DemoLogin
}

func (s *Site) loginPage(v *visit) error {
	if v.actor.Login != "" {
		http.Redirect(v.w, v.Request, "/", http.StatusSeeOther)
		return nil
	}
	return s.showLogin(v, http.StatusOK, "", nil)
}

func (s *Site) showLogin(v *visit, status int, login string, err error) error {
	page := &loginScreen{Page: s.frame(v, v.words.t("officer.login.title"), ""), Login: login}
	page.Narrow = true
	if s.Demo {
		page.Demo = s.DemoLogins
	}
	if err != nil {
		page.Fail(err)
	}
	return s.show(v, status, "login.html", page)
}

func (s *Site) login(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	login := strings.TrimSpace(v.PostFormValue("login"))
	if !s.Allow(v.RemoteAddr) {
		return s.showLogin(v, http.StatusTooManyRequests, login, fault.New(fault.Unavailable, "officer.login_rate"))
	}
	actor, err := s.App.LogIn(v.Context(), login, v.PostFormValue("password"))
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showLogin(v, ui.StatusOf(err), login, err)
	}
	if err := s.Sessions.RenewToken(v.Context()); err != nil {
		return err
	}
	s.Sessions.Put(v.Context(), keyLogin, actor.Login)
	http.Redirect(v.w, v.Request, "/", http.StatusSeeOther)
	return nil
}

func (s *Site) logout(v *visit) error {
	if err := s.Sessions.Destroy(v.Context()); err != nil {
		return err
	}
	http.Redirect(v.w, v.Request, "/entrar", http.StatusSeeOther)
	return nil
}

// keys is the page of the keyboard's shortcuts.
func (s *Site) keys(v *visit) error {
	page := s.frame(v, v.words.t("ui.keys.title"), "")
	page.Back.Href = "/"
	return s.show(v, http.StatusOK, "keys.html", &page)
}
