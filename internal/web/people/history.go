package people

import (
	"net/http"
	"slices"

	"quipu/internal/registry"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

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
	page.Table.Head = w.Heads("officer.col.value", "officer.col.from", "officer.col.until", "officer.col.who")
	past := registry.History(p.Changes, field)
	for _, h := range slices.Backward(past) {
		value, until := w.Value(f, h.Value), w.T("officer.history.inforce")
		switch {
		case h.Erased:
			value = w.T("officer.history.erased")
		case h.Cleared:
			value = w.T("officer.history.removed")
		}
		switch {
		case h.Contested:
			until = w.T("officer.history.contested")
		case h.Until.Micros != 0:
			until = w.Stamp(h.Until)
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: value}, {Text: w.Stamp(h.At)}, {Text: until},
			{Text: w.Who(h.Author) + ", " + h.Office, Note: w.Provenance(h.Held)}})
	}
	return s.Show(v, http.StatusOK, "fieldhistory.html", page)
}
