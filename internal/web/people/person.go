package people

import (
	"net/http"
	"slices"

	"quipu/internal/app"
	"quipu/internal/app/conflict"
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
// of all its values. Contested are values that wait for a decision, and where it is made.
type fact struct {
	Label, Value, Note, Edit, History string
	Contested                         []ui.Link
}

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
	view.Facts = append(view.Facts, w.nothingStands(p, sec)...)
	return view
}

// nothingStands lists the contested values of fields in which nothing is in force.
func (w words) nothingStands(p *app.PersonPage, sec registry.Section) (out []fact) {
	var seen []string
	for _, x := range p.Person.Contested {
		f := registry.Lookup(x.Field)
		if f == nil || f.Section != sec || slices.Contains(elsewhere, f.Key) || slices.Contains(seen, x.Field) || !p.Person.Fields[x.Field].Value.Empty() {
			continue
		}
		seen = append(seen, x.Field)
		out = append(out, w.fact(p, f, x.Field, change.Held{}))
	}
	return out
}

func (w words) fact(p *app.PersonPage, f *registry.Field, field string, h change.Held) fact {
	one := fact{Label: w.Label(f.Key), Value: w.Value(f, h.Value), History: "/persona/" + p.Person.Entity.ID + "/historia/" + field}
	if !h.Version.IsZero() {
		one.Note = w.Provenance(h)
	}
	for _, x := range p.Person.Contested {
		if x.Field == field && p.AsOf.IsZero() {
			text := w.T("conflict.onpage", "value", w.Value(f, x.Value)+" ("+w.Who(x.Author)+", "+x.Office+")")
			if x.Value.Empty() {
				text = w.T("conflict.onpage.hidden")
			}
			one.Contested = append(one.Contested, ui.Link{Text: text, Href: "/conflictos/" + p.Person.Entity.ID + "/" + conflict.IDOf(x.Change, x.Field)})
		}
	}
	return one
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
