package officer

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// eventsAPage bounds the page's weight.
const eventsAPage = 30

type historyScreen struct {
	personScreen
	Events []ui.Event
	Paging ui.Paging
}

// historyPage is the timeline, newest first.
func (s *Site) historyPage(v *visit) error {
	p, head, err := s.openPerson(v, tabHistory)
	if err != nil {
		return err
	}
	page := &historyScreen{personScreen: *head}
	total := len(p.Changes)
	skip, err := strconv.Atoi(v.FormValue("desde"))
	if err != nil || skip < 0 || skip >= total {
		skip = 0
	}
	newest := slices.Clone(p.Changes)
	slices.Reverse(newest)
	end := min(skip+eventsAPage, total)
	for i := range newest[skip:end] {
		page.Events = append(page.Events, v.words.event(head.ID, &newest[skip+i]))
	}
	page.Paging = v.words.paging("/persona/"+head.ID+"/historia", head.Query, skip, end, total)
	return s.show(v, http.StatusOK, "history.html", page)
}

func (w words) paging(path, query string, skip, end, total int) ui.Paging {
	if total == 0 {
		return ui.Paging{}
	}
	p := ui.Paging{From: skip + 1, To: end, Total: total}
	at := func(n int) string {
		to := path + "?desde=" + strconv.Itoa(n)
		if query != "" {
			to += "&" + query
		}
		return to
	}
	if skip > 0 {
		p.Prev = at(max(0, skip-eventsAPage))
	}
	if end < total {
		p.Next = at(end)
	}
	return p
}

// event tells one change: what was done, by whom, and which values it wrote.
func (w words) event(person string, c *change.Change) ui.Event {
	e := ui.Event{Title: w.or("officer.action."+c.Action, c.Action), By: w.who(c.Author) + ", " + c.Office,
		When: w.stamp(c.At), Time: c.At.Time().Format(time.RFC3339), Receipt: c.ID.String()}
	var said []string
	for _, set := range c.Sets {
		f := registry.Lookup(set.Field)
		if f == nil || f.Key == "name_mrz" || f.Key == "entry" || f.Key == "doubt" {
			continue
		}
		value := w.value(f, set.Value)
		if set.Value.Empty() {
			value = w.t("officer.history.removed")
		}
		said = append(said, w.label(f.Key)+": "+value)
	}
	const most = 12 // an import writes some thirty fields; all are on the summary
	if len(said) > most {
		said = append(said[:most], w.tn("officer.history.more", len(said)-most))
	}
	e.Text = strings.Join(said, "; ")
	if c.Note != "" {
		e.Text = strings.TrimPrefix(e.Text+" — "+c.Note, " — ")
	}
	if c.Batch != "" {
		e.Href, e.LinkText = "/importacion/"+c.Batch, w.t("officer.history.import")
	}
	return e
}

type fieldHistoryScreen struct {
	personScreen
	Table ui.Table
}

// fieldHistoryPage lists every value that one field held, newest first.
func (s *Site) fieldHistoryPage(v *visit) error {
	p, head, err := s.openPerson(v, tabHistory)
	if err != nil {
		return err
	}
	field := v.PathValue("field")
	f := registry.Lookup(field)
	if f == nil {
		return s.nowhere(v)
	}
	page := &fieldHistoryScreen{personScreen: *head}
	page.Back.Href = "/persona/" + head.ID
	w := v.words
	page.Table = ui.Table{Caption: w.t("officer.history.of", "field", w.label(f.Key)), Empty: w.t("officer.history.none")}
	for _, key := range []string{"officer.col.value", "officer.col.from", "officer.col.until", "officer.col.who"} {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: w.t(key)})
	}
	past := change.History(p.Changes, field)
	for _, h := range slices.Backward(past) {
		value, until := w.value(f, h.Value), w.t("officer.history.inforce")
		if h.Cleared {
			value = w.t("officer.history.removed")
		}
		if h.Until.Micros != 0 {
			until = w.stamp(h.Until)
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: value}, {Text: w.stamp(h.At)}, {Text: until},
			{Text: w.who(h.Author) + ", " + h.Office, Note: w.provenance(h.Held)}})
	}
	return s.show(v, http.StatusOK, "fieldhistory.html", page)
}

// accessesPage shows who looked at the person, to those who may know it.
func (s *Site) accessesPage(v *visit) error {
	p, head, err := s.openPerson(v, tabAccesses)
	if err != nil {
		return err
	}
	if !p.Rights.ReadLog {
		return authz.Check(v.actor, authz.ReadLog, "—")
	}
	page := &fieldHistoryScreen{personScreen: *head}
	w := v.words
	page.Table = ui.Table{Caption: w.t("officer.accesses.title"), Empty: w.t("officer.accesses.none")}
	for _, key := range []string{"officer.col.when", "officer.col.who", "officer.col.office", "officer.col.purpose", "officer.col.saw"} {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: w.t(key)})
	}
	for _, r := range p.Reads {
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: w.moment(r.At)}, {Text: w.who(r.Author)}, {Text: w.office(r.Office)},
			{Text: w.code("purpose", r.Purpose)}, {Text: w.or("officer.saw."+r.Detail, r.Action)}})
	}
	return s.show(v, http.StatusOK, "fieldhistory.html", page)
}
