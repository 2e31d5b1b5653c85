package rights

import (
	"encoding/json"
	"net/http"
	"strconv"

	own "quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type personScreen struct {
	ui.Page
	Who                                         ui.Identity
	ID                                          string
	Requests                                    ui.Table
	MayOpen, MayDisclose                        bool
	Kinds, Channels                             []ui.Option
	Langs                                       []ui.Option
	Kind, Channel, Wants, Representative, Shown string
	Received                                    ui.DateParts
}

// personPage shows what a person asked about the own data, takes a new request, and hands
// the own data out.
func (s *Room) personPage(v *desk.Visit) error {
	page, err := s.personScreen(v)
	if err != nil {
		return err
	}
	page.Received = ui.PartsOf(v.Words.Today.String())
	page.Channel = "window"
	return s.Show(v, http.StatusOK, "personrights.html", page)
}

func (s *Room) personScreen(v *desk.Visit) (*personScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return nil, err
	}
	lines, err := s.App.RequestsOf(v.Context(), v.Actor, head.ID)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	office := registry.Summarise(&p.Person).Office
	page := &personScreen{Page: head.Page, Who: head.Who, ID: head.ID, Requests: w.requests(lines, false),
		MayOpen: authz.May(v.Actor, authz.Rights, v.Actor.Office), MayDisclose: authz.May(v.Actor, authz.Disclose, office),
		Kinds: desk.Choices(w.Words, "rights.kind.", rights.Kinds), Channels: desk.Choices(w.Words, "rights.channel.", rights.Channels)}
	for i := range page.Kinds {
		page.Kinds[i].Hint = w.T("rights.kind." + page.Kinds[i].Value + ".hint")
	}
	for _, lang := range i18n.Langs {
		page.Langs = append(page.Langs, ui.Option{Value: string(lang), Label: w.T("ui.lang." + string(lang)), Checked: lang == w.Lang})
	}
	page.Requests.Caption, page.Requests.Empty = w.T("rights.person.requests"), w.T("rights.person.none")
	page.Title = w.T("rights.person.title") + " – " + page.Title
	page.Back.Href, page.Who.Actions = "/persona/"+head.ID, nil
	return page, nil
}

// openRequest takes a request in.
func (s *Room) openRequest(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	get := v.PostFormValue
	received, err := v.Day("received")
	request := ""
	if err == nil {
		request, err = s.App.OpenRequest(v.Context(), v.Actor, rights.RequestCmd{Kind: rights.Kind(get("kind")), Person: v.PathValue("id"), Channel: get("channel"),
			Representative: get("representative"), Shown: get("shown"), Wants: get("wants"), Received: received})
	}
	if err == nil {
		return s.Done(v, home+"/solicitudes/"+request, v.Words.T("rights.opened"))
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page, err2 := s.personScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Kind, page.Channel, page.Wants, page.Representative, page.Shown = get("kind"), get("channel"), get("wants"), get("representative"), get("shown")
	page.Received = ui.FormDate(v.Request, "received")
	return s.Show(v, http.StatusUnprocessableEntity, "personrights.html", page)
}

// handOut gives the person's own data as a file.
func (s *Room) handOut(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	lang, ok := i18n.Known(v.PostFormValue("lang"))
	if !ok {
		lang = v.Words.Lang
	}
	format := v.PostFormValue("format")
	data, err := s.App.HandOut(v.Context(), v.Actor, v.PathValue("id"), format, v.PostFormValue("request"), lang)
	if err != nil {
		return err
	}
	var file []byte
	media := "application/pdf"
	if format == own.FormatJSON {
		media = "application/json"
		file, err = json.MarshalIndent(data, "", "  ")
	} else {
		file, err = render.OwnData(data)
	}
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="quipu-`+data.Number+"."+format+`"`)
	h.Set("Content-Length", strconv.Itoa(len(file)))
	if _, err := v.W.Write(file); err != nil {
		s.Log.Warn("own data was cut short", "err", err) // the answer has begun
	}
	return nil
}
