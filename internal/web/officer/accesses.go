package officer

import (
	"net/http"

	"quipu/internal/authz"
	"quipu/internal/web/ui"
)

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
