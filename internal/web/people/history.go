package people

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type historyScreen struct {
	desk.PersonHead
	Events []ui.Event
	Paging ui.Paging
}

// historyPage is the timeline, newest first.
func (s *Room) historyPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabHistory)
	if err != nil {
		return err
	}
	page := &historyScreen{PersonHead: *head}
	total := len(p.Changes)
	skip, err := strconv.Atoi(v.FormValue("desde"))
	if err != nil || skip < 0 || skip >= total {
		skip = 0
	}
	newest := slices.Clone(p.Changes)
	slices.Reverse(newest)
	end := min(skip+desk.EventsAPage, total)
	for i := range newest[skip:end] {
		page.Events = append(page.Events, words{v.Words}.event(head.ID, &newest[skip+i]))
	}
	page.Paging = v.Words.Paging("/persona/"+head.ID+"/historia", head.Query, skip, end, total)
	return s.Show(v, http.StatusOK, "history.html", page)
}

// event tells one change: what was done, by whom, and which values it wrote.
func (w words) event(person string, c *change.Change) ui.Event {
	e := ui.Event{Title: w.Or("officer.action."+c.Action, c.Action), By: w.Who(c.Author) + ", " + c.Office,
		When: w.Stamp(c.At), Time: c.At.Time().Format(time.RFC3339), Receipt: c.ID.String()}
	var said []string
	for _, set := range c.Sets {
		f := registry.Lookup(set.Field)
		if f == nil || f.Key == "name_mrz" || f.Key == "entry" || f.Key == "doubt" {
			continue
		}
		value := w.Value(f, set.Value)
		switch {
		case set.Gone:
			value = w.T("officer.history.erased")
		case set.Value.Empty():
			value = w.T("officer.history.removed")
		}
		said = append(said, w.Label(f.Key)+": "+value)
	}
	const most = 12 // an import writes some thirty fields; all are on the summary
	if len(said) > most {
		said = append(said[:most], w.TN("officer.history.more", len(said)-most))
	}
	e.Text = strings.Join(said, "; ")
	if note := w.note(c); note != "" {
		e.Text = strings.TrimPrefix(e.Text+" — "+note, " — ")
	}
	if c.Batch != "" {
		e.Href, e.LinkText = "/importacion/"+c.Batch, w.T("officer.history.import")
	}
	return e
}

// note is what the author wrote in words; of what is kept no longer, the classes.
func (w words) note(c *change.Change) string {
	if c.Action != registry.ActionRetention {
		return c.Note
	}
	classes := strings.Fields(c.Note)
	for i, name := range classes {
		classes[i] = w.Or("rights.short."+name, name)
	}
	return strings.Join(classes, "; ")
}

type fieldHistoryScreen struct {
	desk.PersonHead
	Table ui.Table
}

// fieldHistoryPage lists every value that one field held, newest first.
func (s *Room) fieldHistoryPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabHistory)
	if err != nil {
		return err
	}
	field := v.PathValue("field")
	f := registry.Lookup(field)
	if f == nil {
		return s.Nowhere(v)
	}
	page := &fieldHistoryScreen{PersonHead: *head}
	page.Back.Href = "/persona/" + head.ID
	w := words{v.Words}
	page.Table = ui.Table{Caption: w.T("officer.history.of", "field", w.Label(f.Key)), Empty: w.T("officer.history.none")}
	for _, key := range []string{"officer.col.value", "officer.col.from", "officer.col.until", "officer.col.who"} {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: w.T(key)})
	}
	past := change.History(p.Changes, field)
	for _, h := range slices.Backward(past) {
		value, until := w.Value(f, h.Value), w.T("officer.history.inforce")
		switch {
		case h.Erased:
			value = w.T("officer.history.erased")
		case h.Cleared:
			value = w.T("officer.history.removed")
		}
		if h.Until.Micros != 0 {
			until = w.Stamp(h.Until)
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: value}, {Text: w.Stamp(h.At)}, {Text: until},
			{Text: w.Who(h.Author) + ", " + h.Office, Note: w.Provenance(h.Held)}})
	}
	return s.Show(v, http.StatusOK, "fieldhistory.html", page)
}

// accessesPage shows who looked at the person, to those who may know it.
func (s *Room) accessesPage(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabAccesses)
	if err != nil {
		return err
	}
	if !p.Rights.ReadLog {
		return authz.Check(v.Actor, authz.ReadLog, "—")
	}
	page := &fieldHistoryScreen{PersonHead: *head}
	w := words{v.Words}
	page.Table = ui.Table{Caption: w.T("officer.accesses.title"), Empty: w.T("officer.accesses.none")}
	for _, key := range []string{"officer.col.when", "officer.col.who", "officer.col.office", "officer.col.purpose", "officer.col.saw"} {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: w.T(key)})
	}
	for _, r := range p.Reads {
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: w.Moment(r.At)}, {Text: w.Who(r.Author)}, {Text: w.Office(r.Office)},
			{Text: w.Code("purpose", r.Purpose)}, {Text: w.Or("officer.saw."+r.Detail, w.Or("officer.did."+r.Action, r.Action))}})
	}
	return s.Show(v, http.StatusOK, "fieldhistory.html", page)
}
