package door

import (
	"net/http"
	"strings"
	"time"

	"quipu/internal/app/account"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type usersScreen struct {
	ui.Page
	Table  ui.Table
	MayAdd bool
}

// usersPage lists the accounts that the officer answers for.
func (s *Room) usersPage(v *desk.Visit) error {
	all, err := s.App.Users(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &usersScreen{Page: s.Frame(v, w.T("officer.users.title"), "/cuentas")}
	_, page.MayAdd = authz.ScopeOf(v.Actor, authz.Accounts)
	page.Table = ui.Table{Caption: w.TN("officer.users.count", len(all)), Head: []ui.Column{{Text: w.T("officer.users.name")},
		{Text: w.T("officer.users.login")}, {Text: w.T("officer.users.role")}, {Text: w.T("officer.col.office")}, {Text: w.T("officer.users.state")}}}
	for _, u := range all {
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: u.Name, Href: "/cuentas/" + u.Login}, {Text: u.Login},
			{Text: w.Code("role", string(u.Role))}, {Text: w.Office(u.Office)}, {Tag: w.userState(u)}})
	}
	return s.Show(v, http.StatusOK, "users.html", page)
}

func (w words) userState(u account.User) ui.Tag {
	switch {
	case !u.Active:
		return ui.Tag{Text: w.T("officer.users.closed"), Colour: "red"}
	case u.Locked:
		return ui.Tag{Text: w.T("officer.users.locked"), Colour: "red"}
	case u.Waiting:
		return ui.Tag{Text: w.T("officer.users.waiting"), Colour: "yellow"}
	case !u.Factors.Enrolled():
		return ui.Tag{Text: w.T("officer.users.onefactor"), Colour: "yellow"}
	}
	return ui.Tag{Text: w.T("officer.users.active"), Colour: "green"}
}

type userForm struct {
	Login, Name, Role, Office, Lang, State string
	Roles, Offices, Langs, States          []ui.Option
}

// choices fills in what the officer may choose of.
func (f *userForm) choices(v *desk.Visit) {
	w := words{v.Words}
	for _, r := range authz.Roles {
		for _, o := range place.Network().Offices() {
			if authz.MayGrant(v.Actor, r, o.Code) {
				f.Roles = append(f.Roles, ui.Option{Value: string(r), Label: w.Code("role", string(r))})
				break
			}
		}
	}
	for _, o := range place.Network().Offices() {
		if authz.May(v.Actor, authz.Accounts, o.Code) {
			f.Offices = append(f.Offices, ui.Option{Value: o.Code, Label: o.Name(string(w.Lang))})
		}
	}
	desk.SortOptions(f.Offices)
	f.Langs = desk.Choices(w.Words, "ui.lang.", i18n.Langs)
	f.States = []ui.Option{{Value: "active", Label: w.T("officer.users.active")}, {Value: "closed", Label: w.T("officer.users.closed")}}
}

func readUser(v *desk.Visit) userForm {
	at := func(name string) string { return strings.TrimSpace(v.PostFormValue(name)) }
	return userForm{Login: at("login"), Name: at("name"), Role: at("role"), Office: at("office"), Lang: at("lang"), State: at("state")}
}

type userScreen struct {
	ui.Page
	F        userForm
	Link     linkForm
	Rows     []ui.Row
	MayEdit  bool
	Locked   bool
	Sessions []session
	Events   []ui.Event
}

func (s *Room) newUserPage(v *desk.Visit) error {
	return s.showNew(v, http.StatusOK, userForm{Office: v.Actor.Office, Lang: v.Actor.Lang, Role: string(authz.Window)}, nil)
}

func (s *Room) showNew(v *desk.Visit, status int, f userForm, fail error) error {
	page := &userScreen{Page: s.Frame(v, v.Words.T("officer.users.new"), "/cuentas"), F: f}
	page.F.choices(v)
	page.Back.Href, page.Narrow = "/cuentas", true
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "newuser.html", page)
}

// newUser makes an account and shows its set-up code, this once.
func (s *Room) newUser(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	f := readUser(v)
	code, err := s.App.InviteAccount(v.Context(), v.Actor, account.NewAccount{Login: f.Login, Name: f.Name, Office: f.Office, Lang: f.Lang, Role: authz.Role(f.Role)})
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

func (s *Room) showCode(v *desk.Visit, login, code string) error {
	page := &handedScreen{Page: s.Frame(v, v.Words.T("officer.handed.title"), "/cuentas"), Login: login, Code: code, Address: s.Origin + "/alta"}
	page.Back.Href, page.Narrow = "/cuentas", true
	return s.Show(v, http.StatusOK, "handed.html", page)
}

func (s *Room) userPage(v *desk.Visit) error { return s.showUser(v, http.StatusOK, nil, nil, nil) }

func (s *Room) showUser(v *desk.Visit, status int, typed *userForm, link *account.Link, fail error) error {
	u, past, err := s.App.User(v.Context(), v.Actor, v.PathValue("login"))
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &userScreen{Page: s.Frame(v, u.Name, "/cuentas")}
	page.Back.Href = "/cuentas"
	page.F = userForm{Login: u.Login, Name: u.Name, Role: string(u.Role), Office: u.Office, Lang: u.Lang, State: "active"}
	if !u.Active {
		page.F.State = "closed"
	}
	if typed != nil {
		typed.Login = u.Login
		page.F = *typed
	}
	page.Locked = u.Locked
	page.MayEdit = u.Login != v.Actor.Login && authz.MayGrant(v.Actor, u.Role, u.Office)
	page.F.choices(v)
	page.Rows = []ui.Row{{Key: w.T("officer.users.login"), Value: u.Login}, {Key: w.T("officer.users.role"), Value: w.Code("role", string(u.Role))},
		{Key: w.T("officer.col.office"), Value: w.Office(u.Office)}, {Key: w.T("officer.users.state"), Tag: w.userState(u)},
		{Key: w.T("officer.users.factors"), Value: w.TN("officer.users.factorcount", len(u.Factors.List))}}
	if page.Link = s.linkForm(v, u.Link); page.Link.Provider != "" || u.Link.Claim != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("officer.identity.title"), Value: w.linkState(u.Link)})
	}
	if link != nil {
		page.Link = s.linkForm(v, *link)
	}
	if page.Sessions, err = s.sessions(v, u.Login); err != nil {
		return err
	}
	for i := len(past) - 1; i >= 0 && len(page.Events) < desk.EventsAPage; i-- {
		page.Events = append(page.Events, w.userEvent(&past[i]))
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "user.html", page)
}

// userEvent tells one change of an account.
func (w words) userEvent(c *change.Change) ui.Event {
	e := ui.Event{Title: w.Or("officer.useract."+c.Action, c.Action), By: c.Author + ", " + c.Office, When: w.Stamp(c.At),
		Time: c.At.Time().Format(time.RFC3339), Receipt: c.ID.String()}
	var said []string
	for _, set := range c.Sets {
		kind, _, _ := strings.Cut(set.Field, "/")
		text := set.Value.Text
		switch kind {
		case "role":
			text = w.Code("role", text)
		case "office":
			text = w.Office(text)
		case "state":
			text = w.Or("officer.users."+text, text)
		case "name", "identity_claim":
		case "identity_alone":
			text = w.Or("officer.identity.alone."+text, text)
		case "identity":
			text = set.Value.Part("issuer")
		case "factor":
			text = strings.Trim(w.Or("officer.factor."+set.Value.Part("kind"), "")+" · "+set.Value.Part("name"), " ·")
		default:
			continue
		}
		if text != "" {
			said = append(said, w.Or("officer.users."+kind, kind)+": "+text)
		}
	}
	e.Text = strings.Join(said, "; ")
	return e
}

func (s *Room) editUser(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	f, login := readUser(v), v.PathValue("login")
	err := s.App.EditUser(v.Context(), v.Actor, login, account.UserEdit{Name: f.Name, Role: authz.Role(f.Role), Office: f.Office, Lang: f.Lang, Active: f.State != "closed"})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.showUser(v, refusal(err), &f, nil, err)
	}
	if err != nil {
		return err
	}
	return s.Done(v, "/cuentas", v.Words.T("officer.users.saved", "login", login))
}

func (s *Room) resetUser(v *desk.Visit) error {
	code, err := s.App.ResetUser(v.Context(), v.Actor, v.PathValue("login"))
	if err != nil {
		return err
	}
	return s.showCode(v, v.PathValue("login"), code)
}

func (s *Room) endSessions(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	return s.end(v, v.PathValue("login"), "", "/cuentas/"+v.PathValue("login"))
}

// unlockUser lets an account be tried again that waits after failures.
func (s *Room) unlockUser(v *desk.Visit) error {
	login := v.PathValue("login")
	if err := s.App.UnlockUser(v.Context(), v.Actor, login); err != nil {
		return err
	}
	return s.Done(v, "/cuentas/"+login, v.Words.T("officer.users.unlocked", "login", login))
}
