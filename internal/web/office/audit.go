package office

import (
	"net/http"

	"quipu/internal/app"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type auditScreen struct {
	ui.Page
	Figures  []ui.Figure
	Head     app.LogHead
	Kept     ui.Table
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
func (s *Room) auditPage(v *desk.Visit) error {
	page, err := s.auditScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "audit.html", page)
}

func (s *Room) auditScreen(v *desk.Visit) (*auditScreen, error) {
	head, err := s.App.Head(v.Context(), v.Actor)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &auditScreen{Page: s.Frame(v, w.T("officer.audit.title"), "/auditoria"), Head: head}
	page.Figures = []ui.Figure{{Value: w.Number(int(head.Size)), Label: w.T("officer.audit.changes")},
		{Value: w.Number(len(head.Checkpoint)), Label: w.T("officer.audit.kept")}}
	page.Kept = ui.Table{Caption: w.T("officer.audit.keptlist"), Empty: w.T("officer.audit.nokept"),
		Head: []ui.Column{{Text: w.T("officer.audit.changes"), Numeric: true}, {Text: w.T("officer.col.when")}}}
	for i := len(head.Checkpoint) - 1; i >= max(0, len(head.Checkpoint)-shownCheckpoints); i-- {
		c := head.Checkpoint[i]
		page.Kept.Rows = append(page.Kept.Rows, []ui.Cell{{Text: w.Number(int(c.Size)), Numeric: true}, {Text: w.Moment(c.At)}})
	}
	return page, nil
}

// verify reads the whole log, and compares the lists with it.
func (s *Room) verify(v *desk.Visit) error {
	report, err := s.App.VerifyLog(v.Context(), v.Actor, nil, nil)
	if err != nil {
		return err
	}
	drift, err := s.App.VerifyProjections(v.Context(), v.Actor, nil)
	if err != nil {
		return err
	}
	page, err := s.auditScreen(v)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page.Checked, page.Clean = true, report.Clean() && len(drift) == 0
	page.Verdict = w.T("officer.audit.clean", "changes", report.Changes, "checkpoints", report.Checkpoints)
	if !page.Clean {
		page.Verdict = w.T("officer.audit.damaged", "findings", len(report.Findings)+len(drift), "changes", report.Changes)
	}
	for i, f := range report.Findings {
		if i == shownFindings {
			break
		}
		key, args := f.Message()
		page.Findings = append(page.Findings, w.T(key, args...))
	}
	page.Drift = ui.Table{Caption: w.T("officer.audit.drift"), Head: []ui.Column{{Text: w.T("officer.col.number")}}}
	for i, d := range drift {
		if i == shownFindings {
			break
		}
		page.Drift.Rows = append(page.Drift.Rows, []ui.Cell{{Text: d.Number, Href: "/persona/" + d.Person}})
	}
	return s.Show(v, http.StatusOK, "audit.html", page)
}
