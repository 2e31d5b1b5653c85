package desk

import (
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// Tab is one part of a person's page: its path below the person, and the key of its name.
type Tab struct{ Path, Key string }

// The tabs.
var (
	TabSummary   = Tab{"", "officer.tab.summary"}
	TabDocuments = Tab{"/documentos", "officer.tab.documents"}
	TabFamily    = Tab{"/familia", "officer.tab.family"}
	TabPapers    = Tab{"/constancias", "officer.tab.papers"}
	TabHistory   = Tab{"/historia", "officer.tab.history"}
	TabAccesses  = Tab{"/accesos", "officer.tab.accesses"}
)

// PersonHead is what all parts of a person's page share.
type PersonHead struct {
	ui.Page
	Who    ui.Identity
	Tabs   []ui.Link
	ID     string
	Day    string
	Query  string // what keeps Day in an address, "" for the present
	Past   bool   // another day's record
	Truth  bool   // as it was on Day by what is known now; else as it was known on Day
	Which  string // the same as the form asks it: entonces or hoy
	Hidden int
	May    node.Rights
}

// openPerson reads the person that the address names and fills in what all parts of the
// page share.
func (s *Desk) OpenPerson(v *Visit, t Tab) (*app.PersonPage, *PersonHead, error) {
	id := v.PathValue("id")
	asOf, day, err := s.AsOf(v)
	if err != nil {
		return nil, nil, err
	}
	page := &PersonHead{ID: id, Day: day, Past: day != "", Truth: day != "" && v.FormValue("segun") == "hoy"}
	known := asOf
	page.Which = "entonces"
	if page.Truth {
		known, page.Which = time.Time{}, "hoy"
	}
	p, err := s.App.Person(v.Context(), v.Actor, id, known)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, nil, err
	}
	if p.Led != nil { // the page and what it links to are of the entry that stands
		id = p.Person.Entity.ID
		page.ID = id
	}
	page.Hidden, page.May = p.Hidden, p.Rights
	on := v.Words.Today
	if page.Past {
		page.May = node.Rights{ReadLog: p.Rights.ReadLog}
		p.Rights.Edit = false
		on, page.Query = civil.FromTime(asOf), "dia="+day
	}
	if page.Truth {
		p.Person, page.Query = registry.ValidOn(p.Changes, on), page.Query+"&segun=hoy"
	}
	page.Who = v.Words.Identity(&p.Person, on, page.May, v.Actor.Office)
	if p.Sealed {
		page.Who.Tags = append(page.Who.Tags, ui.Tag{Text: v.Words.T("officer.person.reserved"), Colour: "red"})
	}
	if p.Led != nil {
		page.Who.Tags = append(page.Who.Tags, ui.Tag{Text: v.Words.T("review.led.tag", "number", p.Led.Number), Colour: "blue"})
	}
	if p.Rights.Detail && !page.Past && p.Person.Text("photo") != "" {
		page.Who.Photo = "/persona/" + id + "/foto"
	}
	page.Page = s.Frame(v, page.Who.Name, "")
	page.Back.Href = "/"
	page.Tabs = v.Words.Tabs(id, t, p.Rights, page.Query)
	return p, page, nil
}

// AsOf is the end of the day that was asked for, by the reader's clock; zero for the present.
func (s *Desk) AsOf(v *Visit) (time.Time, string, error) {
	day := v.FormValue("dia")
	if day == "" {
		return time.Time{}, "", nil
	}
	clock := v.Words.Clock
	if clock == nil {
		clock = s.App.Now().Location()
	}
	at, err := time.ParseInLocation(time.DateOnly, day, clock)
	if err != nil {
		return at, "", fault.New(fault.Invalid, "officer.day", "value", day).On("dia")
	}
	return at.AddDate(0, 0, 1).Add(-time.Microsecond), day, nil
}
