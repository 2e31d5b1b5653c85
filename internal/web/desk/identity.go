package desk

import (
	"quipu/internal/app/node"
	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// identity is the bar that says whose record is open, and what may be done with it.
func (w Words) Identity(p *registry.Person, on civil.Date, may node.Rights, here string) ui.Identity {
	o := registry.OutlineOn(p, on)
	id := ui.Identity{Name: o.Display, Number: o.Number, Tags: w.Tags(o)}
	if id.Name == "" {
		id.Name = w.T("officer.person.unnamed")
	}
	if o.Birth != "" {
		id.Facts = append(id.Facts, w.Birth(o))
	}
	if o.Sex != "" {
		id.Facts = append(id.Facts, w.Code("sex", o.Sex))
	}
	if o.Office != "" {
		id.Facts = append(id.Facts, w.Office(o.Office))
	}
	id.Actions = w.Actions("/persona/"+p.Entity.ID, o, may, here)
	return id
}

// birth is the date and the age, which is a range when the date is partial.
func (w Words) Birth(o registry.Outline) string {
	date := i18n.Date(w.Lang, o.Birth)
	switch {
	case o.AgeMax-o.AgeMin > 15:
		return date
	case o.AgeMin == o.AgeMax:
		return w.TN("officer.person.born", o.AgeMin, "date", date)
	}
	return w.T("officer.person.born.range", "date", date, "least", o.AgeMin, "greatest", o.AgeMax)
}

var StateColours = map[registry.State]string{registry.StateActive: "green", registry.StateDue: "yellow", registry.StateStale: "orange",
	registry.StateClosed: "grey", registry.StateProvisional: "yellow", registry.StateWithdrawn: "red", registry.StateErased: "grey", registry.StateMerged: "grey", registry.StateNone: "grey"}

func (w Words) Tags(o registry.Outline) []ui.Tag {
	tags := []ui.Tag{{Text: w.T("officer.state." + string(o.Status)), Colour: StateColours[o.Status]}}
	add := func(when bool, key, colour string) {
		if when {
			tags = append(tags, ui.Tag{Text: w.T(key, "n", registry.StaleYears), Colour: colour})
		}
	}
	add(o.Provisional && o.Status != registry.StateProvisional, "officer.state.provisional", "yellow")
	add(o.Deceased, "officer.tag.deceased", "grey")
	add(o.Minor && !o.Deceased, "officer.tag.minor", "purple")
	add(o.ContactStale && !o.Deceased && o.Status != registry.StateWithdrawn && o.Status != registry.StateErased && o.Status != registry.StateMerged, "officer.tag.unreached", "yellow")
	if o.Doubts > 0 {
		tags = append(tags, ui.Tag{Text: w.TN("officer.tag.doubts", o.Doubts), Colour: "orange"})
	}
	return tags
}

// actions are the acts that the officer may do and that make sense for the person. A
// registration is fetched by the office that receives it.
func (w Words) Actions(path string, o registry.Outline, may node.Rights, here string) (out []ui.Button) {
	add := func(when bool, key, to, kind string) {
		if when {
			out = append(out, ui.Button{Text: w.T(key), Href: path + to, Kind: kind, Key: string(rune('1' + len(out)))})
		}
	}
	stands := o.Status != registry.StateWithdrawn && o.Status != registry.StateErased && o.Status != registry.StateMerged
	open := stands && o.Status != registry.StateClosed && o.Status != registry.StateNone
	living := stands && !o.Deceased
	add(may.Edit && open && living, "officer.act.confirm", "/confirmar", "")
	add(may.Transfer && open && living && o.Office != here, "officer.act.transfer", "/trasladar", "secondary")
	add(may.Transfer && living && (o.Status == registry.StateClosed || o.Status == registry.StateNone), "officer.act.reopen", "/reinscribir", "")
	add(may.Edit && living && o.Provisional, "officer.complete", "/completar", "secondary")
	add(may.Edit && open, "officer.act.close", "/cerrar", "secondary")
	add(may.Edit && living, "officer.act.decease", "/fallecimiento", "secondary")
	return out
}

// tabs are the parts of the page; a day in the past stays with them.
func (w Words) Tabs(id string, current Tab, may node.Rights, query string) (out []ui.Link) {
	for _, t := range []Tab{TabSummary, TabDocuments, TabFamily, TabPapers, TabHistory, TabAccesses} {
		if t == TabAccesses && !may.ReadLog || t == TabPapers && !may.Detail {
			continue
		}
		href := "/persona/" + id + t.Path
		if query != "" {
			href += "?" + query
		}
		out = append(out, ui.Link{Text: w.T(t.Key), Href: href, Current: t.Path == current.Path})
	}
	return out
}
