package people

import (
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// waits puts on the summary what the record lacks, what the last office handed over, and
// the acts that are rarer than the buttons of the bar.
func (w words) waits(page *personScreen, p *registry.Person, actor authz.Actor) {
	here := actor.Office
	for _, key := range registry.Lacking(p) {
		f := registry.Lookup(key)
		l := ui.Link{Text: w.Label(key)}
		if page.May.Edit {
			l.Href = "/persona/" + page.ID + "/editar/" + string(f.Section) + "#" + key
		}
		page.Lacking = append(page.Lacking, l)
	}
	if by, note := handover(p, here); note != "" {
		page.Tell("warning", w.T("officer.handover", "office", w.Office(by), "note", note))
	}
	if !p.Exists() {
		return
	}
	add := func(when bool, key, to string) {
		if when {
			page.More = append(page.More, ui.Link{Text: w.T(key), Href: "/persona/" + page.ID + to})
		}
	}
	add(true, "officer.consents.title", "/consentimientos")
	add(true, "rights.person.title", "/derechos")
	_, reviews := authz.ScopeOf(actor, authz.Review)
	add(reviews, "review.link", "/duplicados")
	add(page.May.Edit, "officer.relate.title", "/familia/vincular")
	add(page.May.Edit, "officer.photo.title", "/retrato")
	add(page.May.Edit, "officer.act.vital", "/vida")
}

// handover is the note that was left when the person came from the office before to the one that
// has her now, until that confirms where she lives, and whose word it is: mostly of whoever
// brought her here.
func handover(p *registry.Person, here string) (by, note string) {
	e, open := registry.Current(p)
	if !open || e.Office != here || e.From == "" || civil.Compare(e.Confirmed, e.Opened) > 0 {
		return "", ""
	}
	wrote := map[string]string{}
	for _, it := range p.Items("registration") {
		wrote[it.ID] = it.Office
	}
	for _, old := range registry.Episodes(p) {
		if !old.Open() && old.To == e.Office && old.Office == e.From {
			by, note = wrote[old.ID], old.Handover // the newest stays
		}
	}
	return by, note
}
