package door

import (
	"net/http"
	"strings"

	"quipu/internal/app/account"
	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// session is an open session in a list.
type session struct {
	ID, Agent, Seen, Since string
	Here                   bool
}

func (s *Room) sessions(v *desk.Visit, login string) (out []session, err error) {
	all, err := s.App.Sessions(v.Context(), v.Actor, login)
	here := account.SessionID(s.here(v))
	for _, x := range all {
		out = append(out, session{ID: x.ID, Agent: x.Agent, Here: x.ID == here,
			Seen: v.Words.Moment(x.Seen.UnixMicro()), Since: v.Words.Moment(x.Created.UnixMicro())})
	}
	return out, err
}

// agent names browser and system for who looks through a list of sessions.
func agent(header string) string {
	find := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(header, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := find("Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Windows", "Windows", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Mac OS", "macOS", "Linux", "Linux")
	return strings.Trim(browser+" · "+system, " ·")
}

type factor struct{ ID, Name, Kind, Since string }

type myScreen struct {
	ui.Page
	Login    string
	Factors  []factor
	Recovery int
	Sessions []session
	SignIns  []tried
	Waived   bool
	Alone    bool // no password opens the account
}

// myPage is an officer's own account: password, second factors, sessions.
func (s *Room) myPage(v *desk.Visit) error { return s.showMine(v, http.StatusOK, nil) }

func (s *Room) showMine(v *desk.Visit, status int, fail error) error {
	w := words{v.Words}
	page := &myScreen{Page: s.Frame(v, w.T("officer.mine.title"), ""), Login: v.Actor.Login, Waived: s.waived(v.Actor.Login)}
	f, err := s.App.FactorsOf(v.Context(), v.Actor.Login)
	if err != nil {
		return err
	}
	page.Recovery = f.Recovery
	for _, x := range f.List {
		page.Factors = append(page.Factors, factor{ID: x.ID, Name: x.Name, Kind: w.T("officer.factor." + x.Kind), Since: w.Moment(x.Created.UnixMicro())})
	}
	if page.Sessions, err = s.sessions(v, v.Actor.Login); err != nil {
		return err
	}
	if page.SignIns, err = s.signIns(v); err != nil {
		return err
	}
	link, err := s.App.LinkOf(v.Context(), v.Actor.Login)
	if err != nil {
		return err
	}
	page.Alone = link.Alone
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "mine.html", page)
}

// myPassword changes the password; the other sessions end.
func (s *Room) myPassword(v *desk.Visit) error {
	if ok, err := s.Fresh(v); err != nil || !ok {
		return err
	}
	if err := v.ReadForm(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil && v.PostFormValue("password") != v.PostFormValue("again") {
		err = fault.New(fault.Invalid, "officer.password_again").On("again")
	}
	if err == nil {
		err = s.App.ChangePassword(v.Context(), v.Actor, v.PostFormValue("old"), v.PostFormValue("password"), s.here(v), s.where(v))
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showMine(v, refusal(err), err)
	}
	if err := s.admit(v, v.Actor); err != nil {
		return err
	}
	return s.Done(v, "/mi-cuenta", v.Words.T("officer.mine.changed"))
}

// mySessions ends one session, or all but this one.
func (s *Room) mySessions(v *desk.Visit) error {
	if ok, err := s.Fresh(v); err != nil || !ok {
		return err
	}
	if err := v.ReadForm(); err != nil {
		return err
	}
	return s.end(v, v.Actor.Login, s.here(v), "/mi-cuenta")
}

// here is the name under which the store keeps this visit's session.
func (s *Room) here(v *desk.Visit) string { return authn.HashToken(s.Sessions.Token(v.Context())) }

func (s *Room) end(v *desk.Visit, login, except, back string) (err error) {
	if one := v.PostFormValue("session"); one == account.SessionID(s.here(v)) {
		return s.logout(v) // else the end of this visit would keep it again
	} else if one != "" {
		err = s.App.EndSession(v.Context(), v.Actor, login, one)
	} else {
		err = s.App.EndSessions(v.Context(), v.Actor, login, except)
	}
	if err != nil {
		return err
	}
	return s.Done(v, back, v.Words.T("officer.sessions.ended"))
}

// myFactor takes one of the second factors away.
func (s *Room) myFactor(v *desk.Visit) error {
	if ok, err := s.Fresh(v); err != nil || !ok {
		return err
	}
	if err := v.ReadForm(); err != nil {
		return err
	}
	if err := s.App.DropFactor(v.Context(), v.Actor.Login, v.PostFormValue("factor"), s.here(v)); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showMine(v, refusal(err), err)
	}
	return s.Done(v, "/mi-cuenta", v.Words.T("officer.factor.dropped"))
}

// myCodes makes new recovery codes.
func (s *Room) myCodes(v *desk.Visit) error {
	if ok, err := s.Fresh(v); err != nil || !ok {
		return err
	}
	codes, err := s.App.NewRecovery(v.Context(), v.Actor.Login, s.here(v))
	if err != nil {
		return err
	}
	return s.showCodes(v, codes)
}
