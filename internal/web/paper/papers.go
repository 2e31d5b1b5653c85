package paper

import (
	"net/http"
	"slices"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type papersScreen struct {
	desk.PersonHead
	Issued ui.Table
	Offers []offerView
}

// offerView is a paper that can be issued, or in Lacks why not.
type offerView struct {
	Kind      registry.CertKind
	Title     string
	Once      string // makes the form act once
	Lacks     string
	Mend      ui.Link // where what lacks can be given
	Says      []ui.Row
	Notes     []ui.Link
	Guardians ui.Field // the adults to choose from, when there are several
	Button    ui.Button
}

func (s *Room) papersPage(v *desk.Visit) error {
	page, err := s.papersScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "papers.html", page)
}

func (s *Room) papersScreen(v *desk.Visit) (*papersScreen, error) {
	p, head, err := s.OpenPerson(v, desk.TabPapers)
	if err != nil {
		return nil, err
	}
	if !p.Rights.Detail {
		return nil, fault.New(fault.Forbidden, "forbidden")
	}
	w := v.Words
	page := &papersScreen{PersonHead: *head, Issued: issued(w, head.ID, &p.Person)}
	page.Title = w.T("paper.title") + " – " + page.Title
	page.Back.Href, page.Who.Actions = "/persona/"+head.ID, nil
	if !page.May.Edit {
		return page, nil
	}
	offers, err := s.App.ConstancyOffers(v.Context(), v.Actor, head.ID)
	if err != nil {
		return nil, err
	}
	for i, o := range offers {
		view := offered(w, p, o, string(rune('1'+i)))
		view.Once = s.Once.Issue()
		page.Offers = append(page.Offers, view)
	}
	return page, nil
}

// issued lists what the person holds or held, newest first.
func issued(w desk.Words, id string, p *registry.Person) ui.Table {
	t := ui.Table{Caption: w.T("paper.issued"), Empty: w.T("paper.none"),
		Head: []ui.Column{{Text: w.T("paper.what")}, {Text: w.T("constancy.label.serial")}, {Text: w.T("constancy.label.issued")},
			{Text: w.T("constancy.label.until")}, {Text: w.T("constancy.label.office")}, {Text: w.T("paper.state")}}}
	for _, c := range slices.Backward(registry.Certificates(p)) {
		until := w.T("constancy.no_expiry")
		if c.Expires.Known() {
			until = i18n.Date(w.Lang, c.Expires.String())
		}
		serial := ui.Cell{Text: c.Serial}
		if c.Text != "" {
			serial.Href = path(id, c.Serial)
		}
		state := ui.Cell{Tag: standing(w, c), Note: why(w, c)}
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.T("constancy.kind." + string(c.Kind))}, serial, {Text: i18n.Date(w.Lang, c.Issued.String())},
			{Text: until}, {Text: w.Office(c.Office)}, state})
	}
	return t
}

// standing says whether a paper still holds.
func standing(w desk.Words, c registry.Certificate) ui.Tag {
	switch {
	case c.Revoked.Known():
		return ui.Tag{Text: w.T("paper.state.revoked"), Colour: "red"}
	case !c.Holds(w.Today):
		return ui.Tag{Text: w.T("paper.state.expired"), Colour: "grey"}
	}
	return ui.Tag{Text: w.T("paper.state.holds"), Colour: "green"}
}

// why says when and for what reason a paper was taken back, "" when it was not.
func why(w desk.Words, c registry.Certificate) string {
	if !c.Revoked.Known() {
		return ""
	}
	return w.T("paper.revoked_on", "date", i18n.Date(w.Lang, c.Revoked.String()), "reason", w.Code("revocation_reason", c.Reason))
}

func path(id, serial string) string { return "/persona/" + id + "/constancias/" + serial }

// mends are the parts of a person's pages where what a paper lacks can be given.
var mends = map[string]struct{ path, key string }{
	"registry.cert_provisional": {"/completar", "officer.complete"},
	"registry.cert_no_birth":    {"/editar/identity#birth_date", "officer.person.edit"},
	"registry.cert_no_latin":    {"/editar/identity", "officer.person.edit"},
	"registry.cert_no_parent":   {"/familia/vincular", "officer.relate.title"},
	"registry.cert_stale":       {"/confirmar", "officer.act.confirm"},
	"registry.not_registered":   {"/reinscribir", "officer.act.reopen"},
}

func offered(w desk.Words, p *app.PersonPage, o app.Offer, key string) offerView {
	view := offerView{Kind: o.Kind, Title: w.T("constancy.kind." + string(o.Kind))}
	if o.Lacks != nil {
		view.Lacks = i18n.Fault(w.Lang, o.Lacks)
		if f := fault.As(o.Lacks); f != nil {
			if m, ok := mends[f.Key]; ok {
				view.Mend = ui.Link{Text: w.T(m.key), Href: "/persona/" + p.Person.Entity.ID + m.path}
			}
		}
		return view
	}
	for _, q := range render.Particulars(w.Lang, &o.Statement) {
		view.Says = append(view.Says, ui.Row{Key: w.T(q.Label), Value: q.Value})
	}
	if len(o.Guardians) > 0 {
		view.Guardians = ui.Field{Name: "parent", Label: w.T("paper.guardian"), Hint: w.T("paper.guardian.hint")}
		for _, g := range o.Guardians {
			view.Guardians.Options = append(view.Guardians.Options, ui.Option{Value: g.Item, Label: g.Name, Hint: w.Code("relation", g.Relation)})
		}
	}
	if o.Kind == registry.CertCard {
		view.Notes = cardNotes(w, p)
	}
	view.Button = ui.Button{Text: w.T("paper.issue." + string(o.Kind)), Key: key, Kind: "secondary"}
	if o.Kind == registry.CertRegistration {
		view.Button.Kind = ""
	}
	return view
}

// cardNotes are what an officer should know before making a card.
func cardNotes(w desk.Words, p *app.PersonPage) (notes []ui.Link) {
	at := "/persona/" + p.Person.Entity.ID
	switch {
	case p.Person.Text("photo") != "":
	case registry.Consented(&p.Person, "photo"):
		notes = append(notes, ui.Link{Text: w.T("paper.no_photo"), Href: at + "/retrato"})
	default:
		notes = append(notes, ui.Link{Text: w.T("paper.no_photo_consent"), Href: at + "/consentimientos"})
	}
	for _, c := range registry.Certificates(&p.Person) {
		if c.Kind == registry.CertCard && c.Holds(w.Today) {
			notes = append(notes, ui.Link{Text: w.T("paper.replaces", "serial", c.Serial)})
		}
	}
	return notes
}

// issue makes a paper and leads to its page. A form that is sent twice issues once.
func (s *Room) issue(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	id, kind := v.PathValue("id"), registry.CertKind(v.PostFormValue("kind"))
	serial, err := s.Once.Use(v.PostFormValue("once"), func() (string, error) {
		out, err := s.App.IssueConstancy(v.Context(), v.Actor, id, kind, v.PostFormValue("parent"))
		return out.Statement.Serial, err
	})
	if err == nil {
		return s.Done(v, path(id, serial), v.Words.T("paper.done"))
	}
	if !desk.Mendable(err) {
		return err
	}
	page, err2 := s.papersScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	if e := &page.Errors[0]; e.Field != "parent" || !slices.ContainsFunc(page.Offers, func(o offerView) bool { return len(o.Guardians.Options) > 0 }) {
		e.Field = ""
	} else {
		for i := range page.Offers {
			page.Offers[i].Guardians.Error = e.Text
		}
	}
	return s.Show(v, ui.StatusOf(err), "papers.html", page)
}
