package door

import (
	"net/http"

	"quipu/internal/app/account"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// linkForm is about the identity that opens an account, "" for Provider without a provider.
type linkForm struct {
	Provider, Claim, Alone string
	Choices                []ui.Option
}

func (s *Room) linkForm(v *desk.Visit, l account.Link) linkForm {
	f := linkForm{Provider: s.providerName(v), Claim: l.Claim, Alone: "no", Choices: desk.Choices(v.Words, "officer.identity.alone.", []string{"no", "yes"})}
	if l.Alone {
		f.Alone = "yes"
	}
	return f
}

// linkState tells how far a link is.
func (w words) linkState(l account.Link) string {
	switch {
	case l.Claim == "":
		return w.T("officer.identity.none")
	case l.Since.IsZero():
		return w.T("officer.identity.waits", "claim", l.Claim)
	}
	return w.T("officer.identity.linked", "claim", l.Claim, "since", w.Moment(l.Since.UnixMicro()))
}

// linkUser writes down with which identity at the provider an account opens.
func (s *Room) linkUser(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	login := v.PathValue("login")
	l := account.Link{Claim: v.PostFormValue("claim"), Alone: v.PostFormValue("alone") == "yes"}
	err := s.App.SetLink(v.Context(), v.Actor, login, l)
	if f := fault.As(err); f != nil && f.Field == "claim" {
		return s.showUser(v, refusal(err), nil, &l, err)
	}
	if err != nil {
		return err
	}
	http.Redirect(v.W, v.Request, "/cuentas/"+login, http.StatusSeeOther)
	return nil
}
