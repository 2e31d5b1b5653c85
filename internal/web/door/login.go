package door

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/render"
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
	Login string
	Demo  []desk.DemoLogin
}

func (s *Room) loginPage(v *desk.Visit) error {
	if v.Actor.Login != "" {
		return s.Done(v, "/", "")
	}
	return s.showLogin(v, http.StatusOK, "", nil)
}

func (s *Room) showLogin(v *desk.Visit, status int, login string, err error) error {
	page := &loginScreen{Page: s.Frame(v, v.Words.T("officer.login.title"), ""), Login: login}
	page.Narrow = true
	if s.Demo {
		page.Demo = s.DemoLogins
	}
	if err != nil {
		page.Fail(err)
	}
	return s.Show(v, status, "login.html", page)
}

// allow costs the address of the visit one try.
func (s *Room) allow(v *desk.Visit) error {
	if s.Allow(v.RemoteAddr) {
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
		actor, err = s.App.LogIn(v.Context(), login, v.PostFormValue("password"))
		s.noteStep(v, "password", actor.Login, err)
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showLogin(v, refusal(err), login, err)
	}
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

// enter makes the session that of an officer, under a new token.
func (s *Room) enter(v *desk.Visit, actor app.Actor, to string) error {
	if err := s.admit(v, actor); err != nil {
		return err
	}
	return s.Done(v, to, "")
}

func (s *Room) admit(v *desk.Visit, actor app.Actor) error {
	ctx := v.Context()
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	for _, k := range []string{keyPending, keyPendAt, keyCeremony, desk.KeyReturn} {
		s.Sessions.Remove(ctx, k)
	}
	s.Sessions.Put(ctx, desk.KeyLogin, actor.Login)
	s.Sessions.Put(ctx, desk.KeyAgent, agent(v.UserAgent()))
	s.Sessions.Put(ctx, desk.KeyProved, s.App.Now().Unix())
	return nil
}

func (s *Room) logout(v *desk.Visit) error {
	if err := s.Sessions.Destroy(v.Context()); err != nil {
		return err
	}
	return s.Done(v, "/entrar", "")
}

type passkey struct{ Do, Action, Options, Button string }

type secondScreen struct {
	ui.Page
	Key *passkey
}

// secondPage asks for a code, or for a passkey.
func (s *Room) secondPage(v *desk.Visit) error {
	actor, ok, err := s.pending(v)
	if err != nil || !ok {
		return s.again(v, err)
	}
	return s.showSecond(v, actor, http.StatusOK, nil)
}

// again leads to the beginning of the log-in.
func (s *Room) again(v *desk.Visit, err error) error {
	if err != nil {
		return err
	}
	return s.Done(v, "/entrar", "")
}

func (s *Room) showSecond(v *desk.Visit, actor app.Actor, status int, fail error) error {
	page := &secondScreen{Page: s.Frame(v, v.Words.T("officer.second.title"), "")}
	page.Narrow, page.Back.Href = true, "/entrar"
	if s.Passkeys != nil {
		h, err := s.App.PasskeyHolder(v.Context(), actor.Login)
		if err != nil {
			return err
		}
		if len(h.Keys) > 0 {
			options, state, err := s.Passkeys.Ask(h)
			if err != nil {
				return err
			}
			s.Sessions.Put(v.Context(), keyCeremony, state)
			page.Key = &passkey{"get", "/entrar/llave", options, v.Words.T("officer.second.key")}
		}
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "second.html", page)
}

// second takes a code of an authenticator app, or a recovery code.
func (s *Room) second(v *desk.Visit) error {
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.SecondFactor(ctx, login, v.PostFormValue("code"))
	})
}

// secondKey takes what the browser says of a passkey.
func (s *Room) secondKey(v *desk.Visit) error {
	if s.Passkeys == nil {
		return s.Nowhere(v)
	}
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.PasskeyFactor(ctx, s.Passkeys, login, s.Sessions.PopString(ctx, keyCeremony), v.PostFormValue("answer"))
	})
}

func (s *Room) finish(v *desk.Visit, check func(context.Context, string) (app.Actor, error)) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	who, ok, err := s.pending(v)
	if err != nil || !ok {
		return s.again(v, err)
	}
	if err = s.allow(v); err == nil {
		var actor app.Actor
		if actor, err = check(v.Context(), who.Login); err == nil {
			s.noteStep(v, "second", actor.Login, nil)
			return s.enter(v, actor, "/")
		}
		s.noteStep(v, "second", who.Login, err)
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return s.showSecond(v, who, refusal(err), err)
}

type enrolScreen struct {
	ui.Page
	Secret, QR string
	Side       int
	Key        *passkey
	First      bool
}

// enrolling is who may add a second factor now: an officer who has shown the password just
// now, and has none yet or has signed in whole.
func (s *Room) enrolling(v *desk.Visit) (who app.Actor, first, ok bool, err error) {
	if v.Actor.Login != "" {
		ok, err := s.Fresh(v)
		return v.Actor, false, ok, err
	}
	who, ok, err = s.pending(v)
	if err == nil && ok {
		var f account.Factors
		if f, err = s.App.FactorsOf(v.Context(), who.Login); f.Enrolled() {
			return who, false, false, s.Done(v, "/entrar/codigo", "")
		}
		return who, true, true, err
	}
	return who, true, false, s.again(v, err)
}

func (s *Room) enrolPage(v *desk.Visit) error {
	who, first, ok, err := s.enrolling(v)
	if err != nil || !ok {
		return err
	}
	return s.showEnrol(v, who, first, http.StatusOK, nil)
}

func (s *Room) showEnrol(v *desk.Visit, who app.Actor, first bool, status int, fail error) error {
	page := &enrolScreen{Page: s.Frame(v, v.Words.T("officer.enrol.title"), ""), First: first}
	if !first {
		page.Back.Href = "/mi-cuenta"
	}
	secret, err := s.App.DraftTOTP(v.Context(), who.Login)
	if err != nil {
		return err
	}
	for i := 0; i < len(secret); i += 4 {
		page.Secret += " " + secret[i:min(i+4, len(secret))]
	}
	page.QR, page.Side, err = render.QRPath(authn.TOTPURI(v.Words.T("ui.product")+" "+string(s.App.Name()), who.Login, secret))
	if err != nil {
		return err
	}
	if s.Passkeys != nil {
		h, err := s.App.PasskeyHolder(v.Context(), who.Login)
		if err != nil {
			return err
		}
		options, state, err := s.Passkeys.Offer(h)
		if err != nil {
			return err
		}
		s.Sessions.Put(v.Context(), keyCeremony, state)
		page.Key = &passkey{"create", "/entrar/inscribir/llave", options, v.Words.T("officer.enrol.key")}
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.Show(v, status, "enrol.html", page)
}

func (s *Room) enrol(v *desk.Visit) error {
	return s.addFactor(v, func(who app.Actor) ([]string, error) {
		return s.App.ConfirmTOTP(v.Context(), who.Login, v.PostFormValue("name"), v.PostFormValue("code"))
	})
}

func (s *Room) enrolKey(v *desk.Visit) error {
	if s.Passkeys == nil {
		return s.Nowhere(v)
	}
	return s.addFactor(v, func(who app.Actor) ([]string, error) {
		h, err := s.App.PasskeyHolder(v.Context(), who.Login)
		if err != nil {
			return nil, err
		}
		key, err := s.Passkeys.Register(h, s.Sessions.PopString(v.Context(), keyCeremony), v.PostFormValue("answer"))
		if err != nil {
			return nil, err
		}
		return s.App.AddPasskey(v.Context(), who.Login, v.PostFormValue("name"), key)
	})
}

func (s *Room) addFactor(v *desk.Visit, add func(app.Actor) ([]string, error)) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	who, first, ok, err := s.enrolling(v)
	if err != nil || !ok {
		return err
	}
	var codes []string
	if err = s.allow(v); err == nil {
		codes, err = add(who)
		s.noteStep(v, "enrol", who.Login, err)
	}
	switch {
	case fault.KindOf(err) == fault.Internal && err != nil:
		return err
	case err != nil:
		return s.showEnrol(v, who, first, refusal(err), err)
	case first:
		if err := s.admit(v, who); err != nil {
			return err
		}
		v.Actor = who
	}
	if codes == nil {
		return s.Done(v, "/mi-cuenta", v.Words.T("officer.enrol.added"))
	}
	return s.showCodes(v, codes)
}

type codesOnce struct {
	ui.Page
	Codes []string
}

// showCodes shows recovery codes, this once.
func (s *Room) showCodes(v *desk.Visit, codes []string) error {
	page := &codesOnce{Page: s.Frame(v, v.Words.T("officer.recovery.title"), ""), Codes: codes}
	page.Narrow = true
	return s.Show(v, http.StatusOK, "recovery.html", page)
}

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

func (s *Room) provePage(v *desk.Visit) error { return s.showProve(v, http.StatusOK, nil) }

func (s *Room) showProve(v *desk.Visit, status int, err error) error {
	page := &loginScreen{Page: s.Frame(v, v.Words.T("officer.prove.title"), ""), Login: v.Actor.Login}
	page.Narrow = true
	if err != nil {
		page.Fail(err)
	}
	return s.Show(v, status, "prove.html", page)
}

// prove takes the password again before what guards other doors.
func (s *Room) prove(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil {
		_, err = s.App.LogIn(v.Context(), v.Actor.Login, v.PostFormValue("password"))
		s.noteStep(v, "prove", v.Actor.Login, err)
	}
	if fault.Is(err, "app.login_wrong") {
		err = fault.New(fault.Forbidden, "app.password_wrong").On("password")
	}
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.showProve(v, refusal(err), err)
	}
	s.Sessions.Put(v.Context(), desk.KeyProved, s.App.Now().Unix())
	to := s.Sessions.PopString(v.Context(), desk.KeyReturn)
	if to == "" {
		to = "/mi-cuenta"
	}
	return s.Done(v, to, "")
}
