package paper

import (
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/code"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// originalScreen is a paper as a page.
type originalScreen struct {
	desk.PersonHead
	Kind          constancy.Kind
	State, Office string // who states it
	Heading       string
	Says, Marks   []ui.Row
	Photo         string // address, "" for none
	Code          drawing
	Text          string // of the code
	Standing      ui.Tag
	Why           string
	At            string // address of the page
	Reasons       []ui.Option
	Reason, Note  string // as typed
}

// drawing is a code as an SVG path in a square of so many units.
type drawing struct {
	Path string
	Side int
}

// serial is the serial that the address names, as it is written.
func serial(v *desk.Visit) string {
	s := v.PathValue("serial")
	if clean, ok := constancy.ParseSerial(s); ok {
		return clean
	}
	return s
}

func (s *Room) originalPage(v *desk.Visit) error {
	page, err := s.originalScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "original.html", page)
}

func (s *Room) originalScreen(v *desk.Visit) (*originalScreen, error) {
	id := v.PathValue("id")
	issued, err := s.App.Constancy(v.Context(), v.Actor, id, serial(v))
	if err != nil {
		return nil, err
	}
	p, head, err := s.OpenPerson(v, desk.TabPapers)
	if err != nil {
		return nil, err
	}
	w, st := v.Words, &issued.Statement
	page := &originalScreen{PersonHead: *head, Kind: st.Kind, State: code.List("country").Label(st.Country, string(w.Lang)),
		Office: w.Office(st.Office), Heading: w.T("constancy.kind." + string(st.Kind)), Text: issued.Text, At: path(id, st.Serial)}
	if page.Code.Path, page.Code.Side, err = render.QRPath(issued.Text); err != nil {
		return nil, err
	}
	page.Says, page.Marks = rows(w, render.Particulars(w.Lang, st)), rows(w, render.Marks(st))
	if issued.Photo != nil {
		page.Photo = "/persona/" + id + "/foto"
	}
	for _, c := range registry.Certificates(&p.Person) {
		if c.Serial == st.Serial {
			page.Standing, page.Why = standing(w, c), why(w, c)
		}
	}
	page.Title = page.Heading + " – " + head.Who.Name
	page.Back = ui.Link{Text: w.T("paper.back"), Href: "/persona/" + id + "/constancias"}
	page.Narrow = true
	if page.May.Edit && page.Why == "" {
		for _, it := range registry.RevocationReasons(w.Today) {
			page.Reasons = append(page.Reasons, ui.Option{Value: it.Code, Label: it.Label(string(w.Lang))})
		}
	}
	return page, nil
}

func rows(w desk.Words, said []render.Particular) (out []ui.Row) {
	for _, p := range said {
		out = append(out, ui.Row{Key: w.T(p.Label), Value: p.Value})
	}
	return out
}

// pdf sends the copy for printing. Its name tells the serial and nothing of the person.
func (s *Room) pdf(v *desk.Visit) error {
	issued, err := s.App.Constancy(v.Context(), v.Actor, v.PathValue("id"), serial(v))
	if err != nil {
		return err
	}
	file, err := draw(issued)
	if err != nil {
		return err
	}
	ui.SendFile(v.W, v.Request, file, "quipu-"+strings.ToLower(issued.Statement.Serial)+".pdf", "application/pdf")
	return nil
}

func draw(issued app.Issued) ([]byte, error) {
	return render.PDF(render.Paper{Statement: issued.Statement, Text: issued.Text, Photo: issued.Photo})
}

// revoke takes the paper back.
func (s *Room) revoke(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, err := s.originalScreen(v) // whose it is, by its address
	if err != nil {
		return err
	}
	page.Reason, page.Note = v.PostFormValue("reason"), v.PostFormValue("note")
	_, err = s.App.RevokeConstancy(v.Context(), v.Actor, serial(v), page.Reason, page.Note)
	if err == nil {
		return s.Done(v, page.At, v.Words.T("paper.revoked"))
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	page.Fail(err)
	return s.Show(v, http.StatusUnprocessableEntity, "original.html", page)
}
