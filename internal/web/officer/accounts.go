package officer

import (
	"net/http"
	"strings"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/authn"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/ui"
)

// session is an open session in a list.
type session struct {
	ID, Agent, Seen, Since string
	Here                   bool
}

func (s *Site) sessions(v *visit, login string) (out []session, err error) {
	all, err := s.App.Sessions(v.Context(), v.actor, login)
	here := account.SessionID(s.here(v))
	for _, x := range all {
		out = append(out, session{ID: x.ID, Agent: x.Agent, Here: x.ID == here,
			Seen: v.words.moment(x.Seen.UnixMicro()), Since: v.words.moment(x.Created.UnixMicro())})
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
	Waived   bool
}

// myPage is an officer's own account: password, second factors, sessions.
func (s *Site) myPage(v *visit) error { return s.showMine(v, http.StatusOK, nil) }

func (s *Site) showMine(v *visit, status int, fail error) error {
	w := v.words
	page := &myScreen{Page: s.frame(v, w.t("officer.mine.title"), ""), Login: v.actor.Login, Waived: s.waived(v.actor.Login)}
	f, err := s.App.FactorsOf(v.Context(), v.actor.Login)
	if err != nil {
		return err
	}
	page.Recovery = f.Recovery
	for _, x := range f.List {
		page.Factors = append(page.Factors, factor{ID: x.ID, Name: x.Name, Kind: w.t("officer.factor." + x.Kind), Since: w.moment(x.Created.UnixMicro())})
	}
	if page.Sessions, err = s.sessions(v, v.actor.Login); err != nil {
		return err
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.show(v, status, "mine.html", page)
}

// myPassword changes the password; the other sessions end.
func (s *Site) myPassword(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil && v.PostFormValue("password") != v.PostFormValue("again") {
		err = fault.New(fault.Invalid, "officer.password_again").On("again")
	}
	if err == nil {
		err = s.App.ChangePassword(v.Context(), v.actor, v.PostFormValue("old"), v.PostFormValue("password"), s.here(v))
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showMine(v, refusal(err), err)
	}
	s.Sessions.Put(v.Context(), keyProved, s.App.Now().Unix())
	return s.done(v, "/mi-cuenta", v.words.t("officer.mine.changed"))
}

// mySessions ends one session, or all but this one.
func (s *Site) mySessions(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	return s.end(v, v.actor.Login, s.here(v), "/mi-cuenta")
}

// here is the name under which the store keeps this visit's session.
func (s *Site) here(v *visit) string { return authn.HashToken(s.Sessions.Token(v.Context())) }

func (s *Site) end(v *visit, login, except, back string) (err error) {
	if one := v.PostFormValue("session"); one == account.SessionID(s.here(v)) {
		return s.logout(v) // else the end of this visit would keep it again
	} else if one != "" {
		err = s.App.EndSession(v.Context(), v.actor, login, one)
	} else {
		err = s.App.EndSessions(v.Context(), v.actor, login, except)
	}
	if err != nil {
		return err
	}
	return s.done(v, back, v.words.t("officer.sessions.ended"))
}

// myFactor takes one of the second factors away.
func (s *Site) myFactor(v *visit) error {
	if ok, err := s.fresh(v); err != nil || !ok {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	if err := s.App.DropFactor(v.Context(), v.actor.Login, v.PostFormValue("factor")); err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showMine(v, refusal(err), err)
	}
	return s.done(v, "/mi-cuenta", v.words.t("officer.factor.dropped"))
}

// myCodes makes new recovery codes.
func (s *Site) myCodes(v *visit) error {
	if ok, err := s.fresh(v); err != nil || !ok {
		return err
	}
	codes, err := s.App.NewRecovery(v.Context(), v.actor.Login)
	if err != nil {
		return err
	}
	return s.showCodes(v, codes)
}

// guard stands before the pages about other people's accounts: the right first, then the
// password once more.
func (s *Site) guard(action authz.Action, do handler) handler {
	return func(v *visit) error {
		if _, ok := authz.ScopeOf(v.actor, action); !ok {
			return authz.Check(v.actor, action, v.actor.Office)
		}
		if ok, err := s.fresh(v); err != nil || !ok {
			return err
		}
		return do(v)
	}
}

type usersScreen struct {
	ui.Page
	Table  ui.Table
	MayAdd bool
}

// usersPage lists the accounts that the officer answers for.
func (s *Site) usersPage(v *visit) error {
	all, err := s.App.Users(v.Context(), v.actor)
	if err != nil {
		return err
	}
	w := v.words
	page := &usersScreen{Page: s.frame(v, w.t("officer.users.title"), "/cuentas")}
	_, page.MayAdd = authz.ScopeOf(v.actor, authz.Accounts)
	page.Table = ui.Table{Caption: w.tn("officer.users.count", len(all)), Head: []ui.Column{{Text: w.t("officer.users.name")},
		{Text: w.t("officer.users.login")}, {Text: w.t("officer.users.role")}, {Text: w.t("officer.col.office")}, {Text: w.t("officer.users.state")}}}
	for _, u := range all {
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: u.Name, Href: "/cuentas/" + u.Login}, {Text: u.Login},
			{Text: w.code("role", string(u.Role))}, {Text: w.office(u.Office)}, {Tag: w.userState(u)}})
	}
	return s.show(v, http.StatusOK, "users.html", page)
}

func (w words) userState(u account.User) ui.Tag {
	switch {
	case !u.Active:
		return ui.Tag{Text: w.t("officer.users.closed"), Colour: "red"}
	case u.Waiting:
		return ui.Tag{Text: w.t("officer.users.waiting"), Colour: "yellow"}
	case !u.Factors.Enrolled():
		return ui.Tag{Text: w.t("officer.users.onefactor"), Colour: "yellow"}
	}
	return ui.Tag{Text: w.t("officer.users.active"), Colour: "green"}
}

type userForm struct {
	Login, Name, Role, Office, Lang, State string
	Roles, Offices, Langs, States          []ui.Option
}

// choices fills in what the officer may choose of.
func (f *userForm) choices(v *visit) {
	w := v.words
	for _, r := range authz.Roles {
		for _, o := range place.Network().Offices() {
			if authz.MayGrant(v.actor, r, o.Code) {
				f.Roles = append(f.Roles, ui.Option{Value: string(r), Label: w.code("role", string(r))})
				break
			}
		}
	}
	for _, o := range place.Network().Offices() {
		if authz.May(v.actor, authz.Accounts, o.Code) {
			f.Offices = append(f.Offices, ui.Option{Value: o.Code, Label: o.Name(string(w.lang))})
		}
	}
	sortOptions(f.Offices)
	for _, l := range i18n.Langs {
		f.Langs = append(f.Langs, ui.Option{Value: string(l), Label: w.t("ui.lang." + string(l))})
	}
	f.States = []ui.Option{{Value: "active", Label: w.t("officer.users.active")}, {Value: "closed", Label: w.t("officer.users.closed")}}
}

func readUser(v *visit) userForm {
	at := func(name string) string { return strings.TrimSpace(v.PostFormValue(name)) }
	return userForm{Login: at("login"), Name: at("name"), Role: at("role"), Office: at("office"), Lang: at("lang"), State: at("state")}
}

type userScreen struct {
	ui.Page
	F        userForm
	Rows     []ui.Row
	MayEdit  bool
	Sessions []session
	Events   []ui.Event
}

func (s *Site) newUserPage(v *visit) error {
	return s.showNew(v, http.StatusOK, userForm{Office: v.actor.Office, Lang: v.actor.Lang, Role: string(authz.Window)}, nil)
}

func (s *Site) showNew(v *visit, status int, f userForm, fail error) error {
	page := &userScreen{Page: s.frame(v, v.words.t("officer.users.new"), "/cuentas"), F: f}
	page.F.choices(v)
	page.Back.Href, page.Narrow = "/cuentas", true
	if fail != nil {
		page.Fail(fail)
	}
	return s.show(v, status, "newuser.html", page)
}

// newUser makes an account and shows its set-up code, this once.
func (s *Site) newUser(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	f := readUser(v)
	code, err := s.App.InviteAccount(v.Context(), v.actor, account.NewAccount{Login: f.Login, Name: f.Name, Office: f.Office, Lang: f.Lang, Role: authz.Role(f.Role)})
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showNew(v, refusal(err), f, err)
	}
	return s.showCode(v, f.Login, code)
}

type handedScreen struct {
	ui.Page
	Login, Code, Address string
}

func (s *Site) showCode(v *visit, login, code string) error {
	page := &handedScreen{Page: s.frame(v, v.words.t("officer.handed.title"), "/cuentas"), Login: login, Code: code, Address: s.Origin + "/alta"}
	page.Back.Href, page.Narrow = "/cuentas", true
	return s.show(v, http.StatusOK, "handed.html", page)
}

func (s *Site) userPage(v *visit) error { return s.showUser(v, http.StatusOK, nil, nil) }

func (s *Site) showUser(v *visit, status int, typed *userForm, fail error) error {
	u, past, err := s.App.User(v.Context(), v.actor, v.PathValue("login"))
	if err != nil {
		return err
	}
	w := v.words
	page := &userScreen{Page: s.frame(v, u.Name, "/cuentas")}
	page.Back.Href = "/cuentas"
	page.F = userForm{Login: u.Login, Name: u.Name, Role: string(u.Role), Office: u.Office, Lang: u.Lang, State: "active"}
	if !u.Active {
		page.F.State = "closed"
	}
	if typed != nil {
		typed.Login = u.Login
		page.F = *typed
	}
	page.MayEdit = u.Login != v.actor.Login && authz.MayGrant(v.actor, u.Role, u.Office)
	page.F.choices(v)
	page.Rows = []ui.Row{{Key: w.t("officer.users.login"), Value: u.Login}, {Key: w.t("officer.users.role"), Value: w.code("role", string(u.Role))},
		{Key: w.t("officer.col.office"), Value: w.office(u.Office)}, {Key: w.t("officer.users.state"), Tag: w.userState(u)},
		{Key: w.t("officer.users.factors"), Value: w.tn("officer.users.factorcount", len(u.Factors.List))}}
	if page.Sessions, err = s.sessions(v, u.Login); err != nil {
		return err
	}
	for i := len(past) - 1; i >= 0 && len(page.Events) < eventsAPage; i-- {
		page.Events = append(page.Events, w.userEvent(&past[i]))
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.show(v, status, "user.html", page)
}

// userEvent tells one change of an account.
func (w words) userEvent(c *change.Change) ui.Event {
	e := ui.Event{Title: w.or("officer.useract."+c.Action, c.Action), By: c.Author + ", " + c.Office, When: w.stamp(c.At),
		Time: c.At.Time().Format(time.RFC3339), Receipt: c.ID.String()}
	var said []string
	for _, set := range c.Sets {
		kind, _, _ := strings.Cut(set.Field, "/")
		text := set.Value.Text
		switch kind {
		case "role":
			text = w.code("role", text)
		case "office":
			text = w.office(text)
		case "state":
			text = w.or("officer.users."+text, text)
		case "name":
		case "factor":
			text = strings.Trim(w.or("officer.factor."+set.Value.Part("kind"), "")+" · "+set.Value.Part("name"), " ·")
		default:
			continue
		}
		if text != "" {
			said = append(said, w.or("officer.users."+kind, kind)+": "+text)
		}
	}
	e.Text = strings.Join(said, "; ")
	return e
}

func (s *Site) editUser(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	f, login := readUser(v), v.PathValue("login")
	err := s.App.EditUser(v.Context(), v.actor, login, account.UserEdit{Name: f.Name, Role: authz.Role(f.Role), Office: f.Office, Lang: f.Lang, Active: f.State != "closed"})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.showUser(v, refusal(err), &f, err)
	}
	if err != nil {
		return err
	}
	return s.done(v, "/cuentas", v.words.t("officer.users.saved", "login", login))
}

func (s *Site) resetUser(v *visit) error {
	code, err := s.App.ResetUser(v.Context(), v.actor, v.PathValue("login"))
	if err != nil {
		return err
	}
	return s.showCode(v, v.PathValue("login"), code)
}

func (s *Site) endSessions(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	return s.end(v, v.PathValue("login"), "", "/cuentas/"+v.PathValue("login"))
}
