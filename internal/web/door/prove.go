package door

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type proveScreen struct {
	ui.Page
	Login, Provider string // Provider: the account opens with it
	Alone           bool   // and with nothing else
}

func (s *Room) provePage(v *desk.Visit) error { return s.showProve(v, http.StatusOK, nil) }

func (s *Room) showProve(v *desk.Visit, status int, fail error) error {
	page := &proveScreen{Page: s.Frame(v, v.Words.T("officer.prove.title"), ""), Login: v.Actor.Login}
	page.Narrow = true
	link, err := s.App.LinkOf(v.Context(), v.Actor.Login)
	if err != nil {
		return err
	}
	if page.Alone = link.Alone; !link.Since.IsZero() {
		page.Provider = s.providerName(v)
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "prove.html", page)
}

// proveFailed asks again, and says why.
func (s *Room) proveFailed(v *desk.Visit, err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return s.showProve(v, refusal(err), err)
}

// prove takes the password again before what guards other doors.
func (s *Room) prove(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil {
		_, err = s.App.LogIn(v.Context(), v.Actor.Login, v.PostFormValue("password"), s.where(v))
		s.noteStep(v, "prove", v.Actor.Login, err)
	}
	if fault.Is(err, "app.login_wrong") {
		err = fault.New(fault.Forbidden, "app.password_wrong").On("password")
	}
	if err != nil {
		return s.proveFailed(v, err)
	}
	return s.provedFirst(v)
}

// provedFirst goes on to the second factor: what guards other doors is opened by whole
// log-ins alone.
func (s *Room) provedFirst(v *desk.Visit) error {
	f, err := s.App.FactorsOf(v.Context(), v.Actor.Login)
	if err != nil {
		return err
	}
	if !f.Enrolled() || s.waived(v.Actor.Login) {
		return s.proved(v, v.Actor)
	}
	s.Sessions.Put(v.Context(), keyPending, v.Actor.Login)
	s.Sessions.Put(v.Context(), keyPendAt, s.App.Now().Unix())
	return s.Done(v, "/entrar/codigo", "")
}

// proved leads on to where it was asked for, under a new token.
func (s *Room) proved(v *desk.Visit, actor app.Actor) error {
	to := s.Sessions.PopString(v.Context(), desk.KeyReturn)
	if to == "" {
		to = "/mi-cuenta"
	}
	return s.enter(v, actor, to)
}
