package people

import (
	"context"
	"net/http"
	"slices"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// act is one thing that happens to a registration: its path below the person, its words
// under "officer.act.<name>", and how the form becomes a use case.
type act struct {
	name, path string
	run        func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error)
}

var (
	actConfirm = act{"confirm", "/confirmar", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		return s.App.Confirm(ctx, v.Actor, person)
	}}
	actClose = act{"close", "/cerrar", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		return s.App.CloseRegistration(ctx, v.Actor, person, v.PostFormValue("reason"), v.PostFormValue("note"))
	}}
	actTransfer = act{"transfer", "/trasladar", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		return s.App.Transfer(ctx, v.Actor, person, registry.TransferCmd{ToOffice: v.PostFormValue("office"), Note: v.PostFormValue("note")})
	}}
	actDecease = act{"decease", "/fallecimiento", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		d, err := v.Day("date")
		if err != nil {
			return app.Outcome{}, err
		}
		return s.App.Decease(ctx, v.Actor, person, d, v.PostFormValue("place"), v.PostFormValue("record"))
	}}
)

var (
	actReopen = act{"reopen", "/reinscribir", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		return s.App.Reopen(ctx, v.Actor, person, registry.ReopenCmd{Office: v.Actor.Office, Kind: v.PostFormValue("kind"),
			Channel: "window", Note: v.PostFormValue("note")})
	}}
	actVital = act{"vital", "/vida", func(s *Room, ctx context.Context, v *desk.Visit, person string) (app.Outcome, error) {
		d, err := v.Day("date")
		if err != nil {
			return app.Outcome{}, err
		}
		if v.PostFormValue("status") == "" {
			return app.Outcome{}, fault.New(fault.Invalid, "officer.vital_status").On("status")
		}
		return s.App.SetVital(ctx, v.Actor, person, registry.Vital{Status: v.PostFormValue("status"), Date: d,
			Place: v.PostFormValue("place"), Record: v.PostFormValue("record")}, v.PostFormValue("note"))
	}}
)

type actScreen struct {
	ui.Page
	Who                                    ui.Identity
	ID, Name, Action, Text, Do             string
	Reasons, Offices, Kinds, Statuses      []ui.Option
	Reason, Office, Note, Where, Recording string
	Kind, Status                           string
	Date                                   ui.DateParts
}

func (s *Room) actPage(a act) desk.Handler {
	return func(v *desk.Visit) error {
		page, err := s.actScreen(v, a)
		if err != nil {
			return err
		}
		return s.Show(v, http.StatusOK, "act.html", page)
	}
}

func (s *Room) actScreen(v *desk.Visit, a act) (*actScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	if !p.Rights.Edit && !((a.name == actTransfer.name || a.name == actReopen.name) && p.Rights.Transfer) {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	w := words{v.Words}
	page := &actScreen{Page: head.Page, Who: head.Who, ID: head.ID, Name: a.name, Action: "/persona/" + head.ID + a.path,
		Text: w.T("officer.act." + a.name + ".text"), Do: w.T("officer.act." + a.name + ".do")}
	page.Title, page.Narrow = w.T("officer.act."+a.name)+" – "+page.Title, true
	page.Back.Href = "/persona/" + head.ID
	page.Who.Actions = nil
	page.Reasons = w.Options("closing_reason", nil)
	for _, o := range place.Network().Offices() {
		if o.Career() && o.Open(w.Today) && authz.May(v.Actor, authz.Transfer, o.Code) {
			page.Offices = append(page.Offices, ui.Option{Value: o.Code, Label: o.Name(string(w.Lang)) + " (" + o.Code + ")"})
		}
	}
	page.Office, page.Kinds = v.Actor.Office, w.Options("reg_kind", nil)
	if all := registry.Episodes(&p.Person); len(all) > 0 {
		page.Kind = all[len(all)-1].Kind
	}
	now := registry.VitalOf(&p.Person).Status
	page.Statuses = slices.DeleteFunc(w.Options("vital_status", nil), func(o ui.Option) bool {
		return o.Value == now || o.Value == registry.Dead // a death has a form of its own
	})
	return page, nil
}

func (s *Room) act(a act) desk.Handler {
	return func(v *desk.Visit) error {
		if err := v.ReadForm(); err != nil {
			return err
		}
		id := v.PathValue("id")
		out, err := a.run(s, v.Context(), v, id)
		if err == nil && len(out.Conflicts) > 0 {
			return errConflict
		}
		if err == nil {
			return s.Done(v, "/persona/"+id, v.Words.T("officer.act."+a.name+".done"))
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		page, err2 := s.actScreen(v, a)
		if err2 != nil {
			return err2
		}
		page.Fail(actField(a, err))
		page.Kind, page.Status = v.PostFormValue("kind"), v.PostFormValue("status")
		page.Reason, page.Office, page.Note = v.PostFormValue("reason"), v.PostFormValue("office"), v.PostFormValue("note")
		page.Where, page.Recording, page.Date = v.PostFormValue("place"), v.PostFormValue("record"), ui.FormDate(v.Request, "date")
		return s.Show(v, http.StatusUnprocessableEntity, "act.html", page)
	}
}

// actFields are the inputs of the form under the names that the register has for them.
var actFields = map[string]string{"registration.reason": "reason", "registration.office": "office", "registration.handover": "note", "registration.kind": "kind",
	"vital_status.date": "date", "vital_status": "date", "vital_status.place": "place", "vital_status.record": "record"}

func actField(a act, err error) error {
	f := fault.As(err)
	if f != nil && f.Field == "vital_status" && a.name == actVital.name {
		return f.On("status")
	}
	if f != nil && actFields[f.Field] != "" {
		return f.On(actFields[f.Field])
	}
	return err
}

// resolveDoubt takes the value that a doubt proposes, or puts the doubt away.
func (s *Room) resolveDoubt(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	id, accept := v.PathValue("id"), v.PostFormValue("do") == "accept"
	out, err := s.App.Resolve(v.Context(), v.Actor, id, v.PathValue("doubt"), accept, v.PostFormValue("note"))
	if err != nil {
		return err
	}
	if len(out.Conflicts) > 0 {
		return errConflict
	}
	said := v.Words.T("officer.doubts.dismissed")
	if accept {
		said = v.Words.T("officer.doubts.accepted")
	}
	return s.Done(v, "/persona/"+id, said)
}
