package officer

import (
	"quipu/internal/app/node"
	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// identity is the bar that says whose record is open, and what may be done with it.
func (w words) identity(p *registry.Person, on civil.Date, may node.Rights, here string) ui.Identity {
	o := registry.OutlineOn(p, on)
	id := ui.Identity{Name: o.Display, Number: o.Number, Tags: w.tags(o)}
	if id.Name == "" {
		id.Name = w.t("officer.person.unnamed")
	}
	if o.Birth != "" {
		id.Facts = append(id.Facts, w.birth(o))
	}
	if o.Sex != "" {
		id.Facts = append(id.Facts, w.code("sex", o.Sex))
	}
	if o.Office != "" {
		id.Facts = append(id.Facts, w.office(o.Office))
	}
	id.Actions = w.actions("/persona/"+p.Entity.ID, o, may, here)
	return id
}

// birth is the date and the age, which is a range when the date is partial.
func (w words) birth(o registry.Outline) string {
	date := i18n.Date(w.lang, o.Birth)
	switch {
	case o.AgeMax-o.AgeMin > 15:
		return date
	case o.AgeMin == o.AgeMax:
		return w.tn("officer.person.born", o.AgeMin, "date", date)
	}
	return w.t("officer.person.born.range", "date", date, "least", o.AgeMin, "greatest", o.AgeMax)
}

var stateColours = map[registry.State]string{registry.StateActive: "green", registry.StateDue: "yellow", registry.StateStale: "orange",
	registry.StateClosed: "grey", registry.StateProvisional: "yellow", registry.StateWithdrawn: "red", registry.StateNone: "grey"}

func (w words) tags(o registry.Outline) []ui.Tag {
	tags := []ui.Tag{{Text: w.t("officer.state." + string(o.Status)), Colour: stateColours[o.Status]}}
	add := func(when bool, key, colour string) {
		if when {
			tags = append(tags, ui.Tag{Text: w.t(key), Colour: colour})
		}
	}
	add(o.Provisional && o.Status != registry.StateProvisional, "officer.state.provisional", "yellow")
	add(o.Deceased, "officer.tag.deceased", "grey")
	add(o.Minor && !o.Deceased, "officer.tag.minor", "purple")
	add(o.ContactStale && !o.Deceased && o.Status != registry.StateWithdrawn, "officer.tag.unreached", "yellow")
	if o.Doubts > 0 {
		tags = append(tags, ui.Tag{Text: w.tn("officer.tag.doubts", o.Doubts), Colour: "orange"})
	}
	return tags
}

// actions are the acts that the officer may do and that make sense for the person. A
// registration is fetched by the office that receives it.
func (w words) actions(path string, o registry.Outline, may node.Rights, here string) (out []ui.Button) {
	add := func(when bool, key, to, kind string) {
		if when {
			out = append(out, ui.Button{Text: w.t(key), Href: path + to, Kind: kind, Key: string(rune('1' + len(out)))})
		}
	}
	open := o.Status != registry.StateClosed && o.Status != registry.StateNone && o.Status != registry.StateWithdrawn
	living := !o.Deceased && o.Status != registry.StateWithdrawn
	add(may.Edit && open && living, "officer.act.confirm", "/confirmar", "")
	add(may.Transfer && open && living && o.Office != here, "officer.act.transfer", "/trasladar", "secondary")
	add(may.Transfer && living && (o.Status == registry.StateClosed || o.Status == registry.StateNone), "officer.act.reopen", "/reinscribir", "")
	add(may.Edit && living && o.Provisional, "officer.complete", "/completar", "secondary")
	add(may.Edit && open, "officer.act.close", "/cerrar", "secondary")
	add(may.Edit && living, "officer.act.decease", "/fallecimiento", "secondary")
	return out
}

// tabs are the parts of the page; a day in the past stays with them.
func (w words) tabs(id string, current tab, readLog bool, query string) (out []ui.Link) {
	for _, t := range []tab{tabSummary, tabDocuments, tabFamily, tabHistory, tabAccesses} {
		if t.path == tabAccesses.path && !readLog {
			continue
		}
		href := "/persona/" + id + t.path
		if query != "" {
			href += "?" + query
		}
		out = append(out, ui.Link{Text: w.t(t.key), Href: href, Current: t.path == current.path})
	}
	return out
}

// waits puts on the summary what the record lacks, what the last office handed over, and
// the acts that are rarer than the buttons of the bar.
func (w words) waits(page *personScreen, p *registry.Person, here string) {
	for _, key := range registry.Lacking(p) {
		f := registry.Lookup(key)
		l := ui.Link{Text: w.label(key)}
		if page.May.Edit {
			l.Href = "/persona/" + page.ID + "/editar/" + string(f.Section) + "#" + key
		}
		page.Lacking = append(page.Lacking, l)
	}
	if from, note := handover(p, here); note != "" {
		page.Tell("warning", w.t("officer.handover", "office", w.office(from), "note", note))
	}
	if p.Text("entry") == registry.EntryWithdrawn {
		return
	}
	add := func(when bool, key, to string) {
		if when {
			page.More = append(page.More, ui.Link{Text: w.t(key), Href: "/persona/" + page.ID + to})
		}
	}
	add(true, "officer.consents.title", "/consentimientos")
	add(page.May.Edit, "officer.relate.title", "/familia/vincular")
	add(page.May.Edit, "officer.photo.title", "/retrato")
	add(page.May.Edit, "officer.act.vital", "/vida")
}

// handover is the note that the office before left for the one that has the person now,
// until it confirms where he or she lives.
func handover(p *registry.Person, here string) (from, note string) {
	e, open := registry.Current(p)
	if !open || e.Office != here || e.From == "" || civil.Compare(e.Confirmed, e.Opened) > 0 {
		return "", ""
	}
	for _, old := range registry.Episodes(p) {
		if !old.Open() && old.To == e.Office && old.Office == e.From {
			from, note = old.Office, old.Handover // the newest stays
		}
	}
	return from, note
}
