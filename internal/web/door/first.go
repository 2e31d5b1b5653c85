package door

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type firstScreen struct {
	ui.Page
	Code string
	F    userForm
}

// firstPage is for a register without accounts, and for that alone: whoever started the
// program makes the first administrator here.
func (s *Room) firstPage(v *desk.Visit) error {
	empty, err := s.App.Empty(v.Context())
	if err != nil {
		return err
	}
	if !empty {
		return s.Done(v, "/entrar", "")
	}
	return s.showFirst(v, http.StatusOK, "", userForm{}, nil)
}

func (s *Room) showFirst(v *desk.Visit, status int, code string, f userForm, fail error) error {
	page := &firstScreen{Page: s.Frame(v, v.Words.T("officer.first.title"), ""), Code: code, F: f}
	page.Narrow = true
	for _, o := range place.Network().Offices() {
		page.F.Offices = append(page.F.Offices, ui.Option{Value: o.Code, Label: o.Name(string(v.Words.Lang))})
	}
	desk.SortOptions(page.F.Offices)
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "first.html", page)
}

// first makes the administrator, who then makes a second factor as everybody does.
func (s *Room) first(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	f, code, err := readUser(v), v.PostFormValue("code"), s.allow(v)
	var actor app.Actor
	if err == nil && v.PostFormValue("password") != v.PostFormValue("again") {
		err = fault.New(fault.Invalid, "officer.password_again").On("again")
	}
	if err == nil {
		actor, err = s.App.MakeFirst(v.Context(), code, account.NewAccount{Login: f.Login, Name: f.Name, Office: f.Office, Lang: string(v.Words.Lang),
			Role: authz.Admin, Password: v.PostFormValue("password")})
		s.noteStep(v, "first", actor.Login, err)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showFirst(v, refusal(err), code, f, err)
	}
	s.Sessions.Put(v.Context(), desk.KeyFlash, v.Words.T("officer.setup.done", "login", actor.Login))
	return s.askSecond(v, actor.Login)
}
