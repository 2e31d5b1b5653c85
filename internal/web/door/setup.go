package door

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type setupScreen struct {
	ui.Page
	Code string
}

func (s *Room) setupPage(v *desk.Visit) error { return s.showSetup(v, http.StatusOK, "", nil) }

func (s *Room) showSetup(v *desk.Visit, status int, code string, err error) error {
	page := &setupScreen{Page: s.Frame(v, v.Words.T("officer.setup.title"), ""), Code: code}
	page.Narrow = true
	if err != nil {
		page.Fail(err)
	}
	return s.Show(v, status, "setup.html", page)
}

// setup takes a set-up code and the password that the officer chose. The code comes in a
// form and never in an address: addresses stay in histories and logs.
func (s *Room) setup(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	code, err := v.PostFormValue("code"), s.allow(v)
	var actor app.Actor
	if err == nil && v.PostFormValue("password") != v.PostFormValue("again") {
		err = fault.New(fault.Invalid, "officer.password_again").On("again")
	}
	if err == nil {
		actor, err = s.App.SetUp(v.Context(), code, v.PostFormValue("password"))
		s.noteStep(v, "setup", actor.Login, err)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showSetup(v, refusal(err), code, err)
	}
	s.Sessions.Put(v.Context(), desk.KeyFlash, v.Words.T("officer.setup.done", "login", actor.Login))
	s.Sessions.Remove(v.Context(), desk.KeyLogin)
	return s.askSecond(v, actor.Login)
}
