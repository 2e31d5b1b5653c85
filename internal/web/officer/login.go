package officer

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
	"quipu/internal/web/ui"
)

// What a session holds. KeyLogin is who has signed in whole, and keyProved when they last
// showed a password; keyPending has shown it, and the second factor not yet.
const (
	KeyLogin    = "login"
	KeyAgent    = "agent"
	keyFlash    = "flash"
	keyPending  = "pending"
	keyPendAt   = "pending_at"
	keyProved   = "proved"
	keyReturn   = "return"
	keyCeremony = "ceremony"
)

// How long the steps of a log-in may take, and how long after showing the password an
// officer may open what guards other doors. A form may be filled in without haste.
const (
	stepLife  = 15 * time.Minute
	freshPage = 10 * time.Minute
	freshForm = 40 * time.Minute
)

type loginScreen struct {
	ui.Page
	Login string
	Demo  []DemoLogin
}

func (s *Site) loginPage(v *visit) error {
	if v.actor.Login != "" {
		return s.done(v, "/", "")
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

// allow costs the address of the visit one try.
func (s *Site) allow(v *visit) error {
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

func (s *Site) login(v *visit) error {
	if err := v.form(); err != nil {
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
func (s *Site) noteStep(v *visit, step, login string, err error) {
	key := ""
	if f := fault.As(err); f != nil {
		key = f.Key
	}
	s.Log.InfoContext(v.Context(), "sign-in", "step", step, "login", login, "ok", err == nil, "why", key)
}

// waived reports an account of a demonstration, which has no second factor.
func (s *Site) waived(login string) bool {
	return s.Demo && slices.ContainsFunc(s.DemoLogins, func(d DemoLogin) bool { return d.Login == login })
}

// askSecond leads from the password to the second factor, or to making one.
func (s *Site) askSecond(v *visit, login string) error {
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
		return s.done(v, "/entrar/codigo", "")
	}
	return s.done(v, "/entrar/inscribir", "")
}

// pending is who has shown a password and may show the second factor now.
func (s *Site) pending(v *visit) (app.Actor, bool, error) {
	login := s.Sessions.GetString(v.Context(), keyPending)
	since := s.App.Now().Sub(time.Unix(s.Sessions.GetInt64(v.Context(), keyPendAt), 0))
	if login == "" || since > stepLife {
		return app.Actor{}, false, nil
	}
	return s.App.Officer(v.Context(), login)
}

// enter makes the session that of an officer, under a new token.
func (s *Site) enter(v *visit, actor app.Actor, to string) error {
	if err := s.admit(v, actor); err != nil {
		return err
	}
	return s.done(v, to, "")
}

func (s *Site) admit(v *visit, actor app.Actor) error {
	ctx := v.Context()
	if err := s.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	for _, k := range []string{keyPending, keyPendAt, keyCeremony, keyReturn} {
		s.Sessions.Remove(ctx, k)
	}
	s.Sessions.Put(ctx, KeyLogin, actor.Login)
	s.Sessions.Put(ctx, KeyAgent, agent(v.UserAgent()))
	s.Sessions.Put(ctx, keyProved, s.App.Now().Unix())
	return nil
}

func (s *Site) logout(v *visit) error {
	if err := s.Sessions.Destroy(v.Context()); err != nil {
		return err
	}
	return s.done(v, "/entrar", "")
}

type passkey struct{ Do, Action, Options, Button string }

type secondScreen struct {
	ui.Page
	Key *passkey
}

// secondPage asks for a code, or for a passkey.
func (s *Site) secondPage(v *visit) error {
	actor, ok, err := s.pending(v)
	if err != nil || !ok {
		return s.again(v, err)
	}
	return s.showSecond(v, actor, http.StatusOK, nil)
}

// again leads to the beginning of the log-in.
func (s *Site) again(v *visit, err error) error {
	if err != nil {
		return err
	}
	return s.done(v, "/entrar", "")
}

func (s *Site) showSecond(v *visit, actor app.Actor, status int, fail error) error {
	page := &secondScreen{Page: s.frame(v, v.words.t("officer.second.title"), "")}
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
			page.Key = &passkey{"get", "/entrar/llave", options, v.words.t("officer.second.key")}
		}
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.show(v, status, "second.html", page)
}

// second takes a code of an authenticator app, or a recovery code.
func (s *Site) second(v *visit) error {
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.SecondFactor(ctx, login, v.PostFormValue("code"))
	})
}

// secondKey takes what the browser says of a passkey.
func (s *Site) secondKey(v *visit) error {
	if s.Passkeys == nil {
		return s.nowhere(v)
	}
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.PasskeyFactor(ctx, s.Passkeys, login, s.Sessions.PopString(ctx, keyCeremony), v.PostFormValue("answer"))
	})
}

func (s *Site) finish(v *visit, check func(context.Context, string) (app.Actor, error)) error {
	if err := v.form(); err != nil {
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
func (s *Site) enrolling(v *visit) (who app.Actor, first, ok bool, err error) {
	if v.actor.Login != "" {
		ok, err := s.fresh(v)
		return v.actor, false, ok, err
	}
	who, ok, err = s.pending(v)
	if err == nil && ok {
		var f account.Factors
		if f, err = s.App.FactorsOf(v.Context(), who.Login); f.Enrolled() {
			return who, false, false, s.done(v, "/entrar/codigo", "")
		}
		return who, true, true, err
	}
	return who, true, false, s.again(v, err)
}

func (s *Site) enrolPage(v *visit) error {
	who, first, ok, err := s.enrolling(v)
	if err != nil || !ok {
		return err
	}
	return s.showEnrol(v, who, first, http.StatusOK, nil)
}

func (s *Site) showEnrol(v *visit, who app.Actor, first bool, status int, fail error) error {
	page := &enrolScreen{Page: s.frame(v, v.words.t("officer.enrol.title"), ""), First: first}
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
	page.QR, page.Side, err = render.QRPath(authn.TOTPURI(v.words.t("ui.product")+" "+string(s.App.Name()), who.Login, secret))
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
		page.Key = &passkey{"create", "/entrar/inscribir/llave", options, v.words.t("officer.enrol.key")}
	}
	if fail != nil {
		page.Fail(fail)
	}
	return s.show(v, status, "enrol.html", page)
}

func (s *Site) enrol(v *visit) error {
	return s.addFactor(v, func(who app.Actor) ([]string, error) {
		return s.App.ConfirmTOTP(v.Context(), who.Login, v.PostFormValue("name"), v.PostFormValue("code"))
	})
}

func (s *Site) enrolKey(v *visit) error {
	if s.Passkeys == nil {
		return s.nowhere(v)
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

func (s *Site) addFactor(v *visit, add func(app.Actor) ([]string, error)) error {
	if err := v.form(); err != nil {
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
		v.actor = who
	}
	if codes == nil {
		return s.done(v, "/mi-cuenta", v.words.t("officer.enrol.added"))
	}
	return s.showCodes(v, codes)
}

type codesOnce struct {
	ui.Page
	Codes []string
}

// showCodes shows recovery codes, this once.
func (s *Site) showCodes(v *visit, codes []string) error {
	page := &codesOnce{Page: s.frame(v, v.words.t("officer.recovery.title"), ""), Codes: codes}
	page.Narrow = true
	return s.show(v, http.StatusOK, "recovery.html", page)
}

type setupScreen struct {
	ui.Page
	Code string
}

func (s *Site) setupPage(v *visit) error { return s.showSetup(v, http.StatusOK, "", nil) }

func (s *Site) showSetup(v *visit, status int, code string, err error) error {
	page := &setupScreen{Page: s.frame(v, v.words.t("officer.setup.title"), ""), Code: code}
	page.Narrow = true
	if err != nil {
		page.Fail(err)
	}
	return s.show(v, status, "setup.html", page)
}

// setup takes a set-up code and the password that the officer chose. The code comes in a
// form and never in an address: addresses stay in histories and logs.
func (s *Site) setup(v *visit) error {
	if err := v.form(); err != nil {
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
	s.Sessions.Put(v.Context(), keyFlash, v.words.t("officer.setup.done", "login", actor.Login))
	s.Sessions.Remove(v.Context(), KeyLogin)
	return s.askSecond(v, actor.Login)
}

// fresh reports whether the officer has shown the password lately; if not, the visit leads
// to where it is asked for, and back from there.
func (s *Site) fresh(v *visit) (bool, error) {
	since := s.App.Now().Sub(time.Unix(s.Sessions.GetInt64(v.Context(), keyProved), 0))
	if since <= freshPage || v.Method == http.MethodPost && since <= freshForm {
		return true, nil
	}
	to := "/mi-cuenta"
	if v.Method == http.MethodGet {
		to = v.URL.Path
	}
	s.Sessions.Put(v.Context(), keyReturn, to)
	return false, s.done(v, "/confirmar-clave", "")
}

func (s *Site) provePage(v *visit) error { return s.showProve(v, http.StatusOK, nil) }

func (s *Site) showProve(v *visit, status int, err error) error {
	page := &loginScreen{Page: s.frame(v, v.words.t("officer.prove.title"), ""), Login: v.actor.Login}
	page.Narrow = true
	if err != nil {
		page.Fail(err)
	}
	return s.show(v, status, "prove.html", page)
}

// prove takes the password again before what guards other doors.
func (s *Site) prove(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	err := s.allow(v)
	if err == nil {
		_, err = s.App.LogIn(v.Context(), v.actor.Login, v.PostFormValue("password"))
		s.noteStep(v, "prove", v.actor.Login, err)
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
	s.Sessions.Put(v.Context(), keyProved, s.App.Now().Unix())
	to := s.Sessions.PopString(v.Context(), keyReturn)
	if to == "" {
		to = "/mi-cuenta"
	}
	return s.done(v, to, "")
}

// keys is the page of the keyboard's shortcuts.
func (s *Site) keys(v *visit) error {
	page := s.frame(v, v.words.t("ui.keys.title"), "")
	page.Back.Href = "/"
	return s.show(v, http.StatusOK, "keys.html", &page)
}
