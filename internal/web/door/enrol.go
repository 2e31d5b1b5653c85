package door

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/render"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

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
	s.tellClock(v, &page.Page, who.Office, fail)
	return s.Show(v, status, "enrol.html", page)
}

func (s *Room) enrol(v *desk.Visit) error {
	return s.addFactor(v, func(who app.Actor) ([]string, error) {
		return s.App.ConfirmTOTP(v.Context(), who.Login, v.PostFormValue("name"), v.PostFormValue("code"), s.here(v))
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
		return s.App.AddPasskey(v.Context(), who.Login, v.PostFormValue("name"), key, s.here(v))
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
