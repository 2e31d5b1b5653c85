package officer

import (
	"net/http"
	"strconv"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/web/ui"
)

type auditScreen struct {
	ui.Page
	Figures  []ui.Figure
	Head     app.LogHead
	Kept     ui.Table
	MayReads bool
	Checked  bool // the log was verified just now
	Clean    bool
	Verdict  string
	Findings []string
	Drift    ui.Table
}

// shownFindings and shownCheckpoints bound the page's weight.
const (
	shownFindings    = 50
	shownCheckpoints = 20
)

// auditPage shows the end of the log of changes.
func (s *Site) auditPage(v *visit) error {
	page, err := s.auditScreen(v)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "audit.html", page)
}

func (s *Site) auditScreen(v *visit) (*auditScreen, error) {
	head, err := s.App.Head(v.Context(), v.actor)
	if err != nil {
		return nil, err
	}
	w := v.words
	page := &auditScreen{Page: s.frame(v, w.t("officer.audit.title"), "/auditoria"), Head: head}
	_, page.MayReads = authz.ScopeOf(v.actor, authz.ReadLog)
	page.Figures = []ui.Figure{{Value: w.number(int(head.Size)), Label: w.t("officer.audit.changes")},
		{Value: w.number(len(head.Checkpoint)), Label: w.t("officer.audit.kept")}}
	page.Kept = ui.Table{Caption: w.t("officer.audit.keptlist"), Empty: w.t("officer.audit.nokept"),
		Head: []ui.Column{{Text: w.t("officer.audit.changes"), Numeric: true}, {Text: w.t("officer.col.when")}}}
	for i := len(head.Checkpoint) - 1; i >= max(0, len(head.Checkpoint)-shownCheckpoints); i-- {
		c := head.Checkpoint[i]
		page.Kept.Rows = append(page.Kept.Rows, []ui.Cell{{Text: w.number(int(c.Size)), Numeric: true}, {Text: w.moment(c.At)}})
	}
	return page, nil
}

// verify reads the whole log, and compares the lists with it.
func (s *Site) verify(v *visit) error {
	report, err := s.App.VerifyLog(v.Context(), v.actor, nil, nil)
	if err != nil {
		return err
	}
	drift, err := s.App.VerifyProjections(v.Context(), v.actor, nil)
	if err != nil {
		return err
	}
	page, err := s.auditScreen(v)
	if err != nil {
		return err
	}
	w := v.words
	page.Checked, page.Clean = true, report.Clean() && len(drift) == 0
	page.Verdict = w.t("officer.audit.clean", "changes", report.Changes, "checkpoints", report.Checkpoints)
	if !page.Clean {
		page.Verdict = w.t("officer.audit.damaged", "findings", len(report.Findings)+len(drift), "changes", report.Changes)
	}
	for i, f := range report.Findings {
		if i == shownFindings {
			break
		}
		key, args := f.Message()
		page.Findings = append(page.Findings, w.t(key, args...))
	}
	page.Drift = ui.Table{Caption: w.t("officer.audit.drift"), Head: []ui.Column{{Text: w.t("officer.col.number")}}}
	for i, d := range drift {
		if i == shownFindings {
			break
		}
		page.Drift.Rows = append(page.Drift.Rows, []ui.Cell{{Text: d.Number, Href: "/persona/" + d.Person}})
	}
	return s.show(v, http.StatusOK, "audit.html", page)
}

type readsScreen struct {
	ui.Page
	Table ui.Table
	Next  string
}

// readsAPage is how many lines of the log of reads a page shows.
const readsAPage = 100

// readsPage shows who looked at whom, newest first, as far as the officer's right goes.
func (s *Site) readsPage(v *visit) error {
	before, err := strconv.ParseInt(v.FormValue("antes"), 10, 64)
	if err != nil {
		before = 0
	}
	reads, err := s.App.Reads(v.Context(), v.actor, before, readsAPage)
	if err != nil {
		return err
	}
	if err := s.learnNames(v); err != nil {
		return err
	}
	w := v.words
	page := &readsScreen{Page: s.frame(v, w.t("officer.reads.title"), "/auditoria")}
	page.Back.Href = "/auditoria"
	page.Table = ui.Table{Caption: w.t("officer.reads.title"), Empty: w.t("officer.accesses.none")}
	for _, key := range []string{"officer.col.when", "officer.col.who", "officer.col.office", "officer.col.purpose", "officer.col.did", "officer.col.person"} {
		page.Table.Head = append(page.Table.Head, ui.Column{Text: w.t(key)})
	}
	for _, r := range reads {
		person := ui.Cell{}
		if r.Person != "" {
			person = ui.Cell{Text: w.t("officer.reads.record"), Note: r.Person}
			if authz.May(v.actor, authz.Read, "") {
				person.Href = "/persona/" + r.Person
			}
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: w.moment(r.At)}, {Text: w.who(r.Author)}, {Text: r.Office},
			{Text: w.code("purpose", r.Purpose)}, {Text: w.or("officer.did."+r.Action, r.Action)}, person})
	}
	if len(reads) > 0 {
		if oldest := reads[len(reads)-1].Seq; oldest > 1 {
			page.Next = "/accesos?antes=" + strconv.FormatInt(oldest, 10)
		}
	}
	return s.show(v, http.StatusOK, "reads.html", page)
}
