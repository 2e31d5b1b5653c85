package people

import (
	"net/http"
	"slices"

	"quipu/internal/app"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// sections are the layers of the record that a tab shows.
var sections = map[desk.Tab][]registry.Section{
	desk.TabSummary: {registry.Identity, registry.Registration, registry.Contact, registry.Profile, registry.Citizenship,
		registry.Vulnerability, registry.Lifecycle},
	desk.TabDocuments: {registry.Documents},
	desk.TabFamily:    {registry.Family},
}

// elsewhere are fields that the head of the page or a panel of its own shows.
var elsewhere = []string{"number", "entry", "doubt", "name_mrz", "retention_class", "photo", "card", "constancy"}

type personScreen struct {
	desk.PersonHead
	Lacking  []ui.Link
	More     []ui.Link // acts that have no button
	Sections []sectionView
	Empty    []ui.Link // sections in which nothing is recorded
	Doubts   []doubtView
	Renewals []string // documents of which the person should be reminded
}

// sectionView is one layer of the record; Edit is where it can be changed.
type sectionView struct {
	ID, Title, Edit string
	Facts           []fact
}

// fact is a value with where it came from; Edit is where it can be changed, History the page
// of all its values.
type fact struct{ Label, Value, Note, Edit, History string }

type doubtView struct {
	ID, About, Text, Proposed, From string
	Can                             bool // there is a value that could stand instead
}

func (s *Room) personPage(t desk.Tab) desk.Handler {
	return func(v *desk.Visit) error {
		p, head, err := s.OpenPerson(v, t)
		if err != nil {
			return err
		}
		page := &personScreen{PersonHead: *head}
		for _, sec := range sections[t] {
			view := words{v.Words}.section(p, sec)
			switch {
			case len(view.Facts) > 0:
				page.Sections = append(page.Sections, view)
			case view.Edit != "":
				page.Empty = append(page.Empty, ui.Link{Text: view.Title, Href: view.Edit})
			}
		}
		if !page.Past && t == desk.TabSummary {
			page.Doubts = words{v.Words}.doubts(&p.Person)
			page.Renewals = v.Words.Renewals(&p.Person)
			words{v.Words}.waits(page, &p.Person, v.Actor)
		}
		return s.Show(v, http.StatusOK, "person.html", page)
	}
}

// section shows the values of one layer in the order of the dictionary.
func (w words) section(p *app.PersonPage, sec registry.Section) sectionView {
	view := sectionView{ID: string(sec), Title: w.T("section." + string(sec))}
	var may []*registry.Field
	if p.Rights.Edit {
		may = editable(sec, p.Rights)
	}
	if len(may) > 0 {
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
		add := func(field, question string, h change.Held) {
			one := w.fact(p, f, field, h)
			switch {
			case !slices.Contains(may, f):
			case sec == registry.Lifecycle:
				one.Edit = view.Edit
			default:
				one.Edit = view.Edit + "#" + question
			}
			view.Facts = append(view.Facts, one)
		}
		if !f.IsGroup() {
			if h := p.Person.Fields[f.Key]; !h.Value.Empty() {
				add(f.Key, f.Key, h)
			}
			continue
		}
		for _, it := range p.Person.Items(f.Key) {
			field := f.Key + "/" + it.ID
			add(field, field+"."+f.Parts[0].Key, it.Held)
		}
	}
	return view
}

func (w words) fact(p *app.PersonPage, f *registry.Field, field string, h change.Held) fact {
	return fact{Label: w.Label(f.Key), Value: w.Value(f, h.Value), Note: w.Provenance(h),
		History: "/persona/" + p.Person.Entity.ID + "/historia/" + field}
}

func (w words) doubts(p *registry.Person) (out []doubtView) {
	for _, d := range registry.Doubts(p) {
		f := registry.Lookup(d.Field)
		proposed := d.Proposed
		if f != nil && !f.IsGroup() {
			proposed = w.Text(f, nil, proposed)
		}
		out = append(out, doubtView{ID: d.ID, About: w.Label(d.Field), Text: w.Doubt(d.Doubt), Proposed: proposed, From: d.From,
			Can: d.Proposed != ""})
	}
	return out
}
