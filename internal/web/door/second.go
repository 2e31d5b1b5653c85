package door

import (
	"context"
	"net/http"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

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
	if v.Actor.Login != "" { // who is in already shows once more who it is
		page.Back.Href = "/mi-cuenta"
	}
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
	s.tellClock(v, &page.Page, actor.Office, fail)
	return s.Show(v, status, "second.html", page)
}

// tellClock says what time it is here when a code was wrong: a clock that is wrong makes every code
// wrong, and nothing else says so. It is the office's time, wherever the computer has travelled.
func (s *Room) tellClock(v *desk.Visit, page *ui.Page, office string, fail error) {
	if o, ok := place.Network().Office(office); ok && fault.Is(fail, "app.code_wrong") {
		now := i18n.DateTime(v.Words.Lang, s.App.Now(), place.Clock(office))
		page.Tell("info", v.Words.T("officer.second.clock", "now", now, "city", o.City))
	}
}

// second takes a code of an authenticator app, or a recovery code.
func (s *Room) second(v *desk.Visit) error {
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.SecondFactor(ctx, login, v.PostFormValue("code"), s.where(v))
	})
}

// secondKey takes what the browser says of a passkey.
func (s *Room) secondKey(v *desk.Visit) error {
	if s.Passkeys == nil {
		return s.Nowhere(v)
	}
	return s.finish(v, func(ctx context.Context, login string) (app.Actor, error) {
		return s.App.PasskeyFactor(ctx, s.Passkeys, login, s.Sessions.PopString(ctx, keyCeremony), v.PostFormValue("answer"), s.where(v))
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
			if v.Actor.Login == actor.Login {
				return s.proved(v, actor)
			}
			return s.enter(v, actor, "/")
		}
		s.noteStep(v, "second", who.Login, err)
	}
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	return s.showSecond(v, who, refusal(err), err)
}
