package officer

import (
	"net/http"
	"slices"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// tab is one part of a person's page: its path below the person, and the sections in it.
type tab struct {
	path, key string
	sections  []registry.Section
}

var (
	tabSummary = tab{"", "officer.tab.summary", []registry.Section{registry.Identity, registry.Registration, registry.Contact,
		registry.Profile, registry.Citizenship, registry.Vulnerability, registry.Lifecycle}}
	tabDocuments = tab{"/documentos", "officer.tab.documents", []registry.Section{registry.Documents}}
	tabFamily    = tab{"/familia", "officer.tab.family", []registry.Section{registry.Family}}
	tabHistory   = tab{"/historia", "officer.tab.history", nil}
	tabAccesses  = tab{"/accesos", "officer.tab.accesses", nil}
)

// elsewhere are fields that the head of the page or a panel of its own shows.
var elsewhere = []string{"number", "entry", "doubt", "name_mrz", "retention_class", "photo"}

type personScreen struct {
	ui.Page
	Who      ui.Identity
	Tabs     []ui.Link
	ID, Day  string
	Query    string // what keeps Day in an address, "" for the present
	Past     bool   // another day's record
	Truth    bool   // as it was on Day by what is known now; else as it was known on Day
	Which    string // the same as the form asks it: entonces or hoy
	Lacking  []ui.Link
	More     []ui.Link // acts that have no button
	Hidden   int
	Sections []sectionView
	Empty    []ui.Link // sections in which nothing is recorded
	Doubts   []doubtView
	May      node.Rights
}

// sectionView is one layer of the record; Edit is where it can be changed.
type sectionView struct {
	ID, Title, Edit string
	Facts           []fact
}

// fact is a value with where it came from; History is the page of all its values.
type fact struct{ Label, Value, Note, History string }

type doubtView struct {
	ID, About, Text, Proposed, From string
	Can                             bool // there is a value that could stand instead
}

func (s *Site) personPage(t tab) handler {
	return func(v *visit) error {
		p, page, err := s.openPerson(v, t)
		if err != nil {
			return err
		}
		for _, sec := range t.sections {
			switch view := v.words.section(p, sec); {
			case len(view.Facts) > 0:
				page.Sections = append(page.Sections, view)
			case view.Edit != "":
				page.Empty = append(page.Empty, ui.Link{Text: view.Title, Href: view.Edit})
			}
		}
		if !page.Past && t.path == "" {
			page.Doubts = v.words.doubts(&p.Person)
			v.words.waits(page, &p.Person, v.actor.Office)
		}
		return s.show(v, http.StatusOK, "person.html", page)
	}
}

// openPerson reads the person that the address names and fills in what all parts of the
// page share.
func (s *Site) openPerson(v *visit, t tab) (*app.PersonPage, *personScreen, error) {
	id := v.PathValue("id")
	asOf, day, err := s.asOf(v.FormValue("dia"))
	if err != nil {
		return nil, nil, err
	}
	page := &personScreen{ID: id, Day: day, Past: day != "", Truth: day != "" && v.FormValue("segun") == "hoy"}
	known := asOf
	page.Which = "entonces"
	if page.Truth {
		known, page.Which = time.Time{}, "hoy"
	}
	p, err := s.App.Person(v.Context(), v.actor, id, known)
	if err == nil {
		err = s.learnNames(v)
	}
	if err != nil {
		return nil, nil, err
	}
	page.Hidden, page.May = p.Hidden, p.Rights
	on := v.words.today
	if page.Past {
		page.May = node.Rights{ReadLog: p.Rights.ReadLog}
		p.Rights.Edit = false
		on, page.Query = civil.FromTime(asOf), "dia="+day
	}
	if page.Truth {
		p.Person, page.Query = registry.ValidOn(p.Changes, on), page.Query+"&segun=hoy"
	}
	page.Who = v.words.identity(&p.Person, on, page.May, v.actor.Office)
	if p.Rights.Detail && !page.Past && p.Person.Text("photo") != "" {
		page.Who.Photo = "/persona/" + id + "/foto"
	}
	page.Page = s.frame(v, page.Who.Name, "")
	page.Back.Href = "/"
	page.Tabs = v.words.tabs(id, t, p.Rights.ReadLog, page.Query)
	return p, page, nil
}

// asOf is the end of the day that was asked for, at this node; zero for the present.
func (s *Site) asOf(day string) (time.Time, string, error) {
	if day == "" {
		return time.Time{}, "", nil
	}
	at, err := time.ParseInLocation(time.DateOnly, day, s.App.Now().Location())
	if err != nil {
		return at, "", fault.New(fault.Invalid, "officer.day", "value", day).On("dia")
	}
	return at.AddDate(0, 0, 1).Add(-time.Microsecond), day, nil
}

// section shows the values of one layer in the order of the dictionary.
func (w words) section(p *app.PersonPage, sec registry.Section) sectionView {
	view := sectionView{ID: string(sec), Title: w.t("section." + string(sec))}
	if p.Rights.Edit && len(editable(sec, p.Rights)) > 0 {
		view.Edit = "/persona/" + p.Person.Entity.ID + "/editar/" + string(sec)
		if sec == registry.Lifecycle { // a consent is given to words, not typed in
			view.Edit = "/persona/" + p.Person.Entity.ID + "/consentimientos"
		}
	}
	for i := range registry.Dictionary {
		f := &registry.Dictionary[i]
		if f.Section != sec || slices.Contains(elsewhere, f.Key) {
			continue
		}
		if !f.IsGroup() {
			if h := p.Person.Fields[f.Key]; !h.Value.Empty() {
				view.Facts = append(view.Facts, w.fact(p, f, f.Key, h))
			}
			continue
		}
		for _, it := range p.Person.Items(f.Key) {
			view.Facts = append(view.Facts, w.fact(p, f, f.Key+"/"+it.ID, it.Held))
		}
	}
	return view
}

func (w words) fact(p *app.PersonPage, f *registry.Field, field string, h change.Held) fact {
	return fact{Label: w.label(f.Key), Value: w.value(f, h.Value), Note: w.provenance(h),
		History: "/persona/" + p.Person.Entity.ID + "/historia/" + field}
}

func (w words) doubts(p *registry.Person) (out []doubtView) {
	for _, d := range registry.Doubts(p) {
		f := registry.Lookup(d.Field)
		proposed := d.Proposed
		if f != nil && !f.IsGroup() {
			proposed = w.text(f, nil, proposed)
		}
		out = append(out, doubtView{ID: d.ID, About: w.label(d.Field), Text: w.doubt(d.Doubt), Proposed: proposed, From: d.From,
			Can: d.Proposed != ""})
	}
	return out
}
