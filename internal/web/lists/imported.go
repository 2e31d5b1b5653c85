package lists

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// shownKept bounds the list of people from whom an undo left something.
const shownKept = 100

type importedScreen struct {
	ui.Page
	Batch          string
	Rows           []ui.Row
	Figures        []ui.Figure
	RefusedColumns []ui.Row
	RefusedFile    bool
	MayUndo        bool
	Undone         bool
	Undo           []ui.Figure
	Kept           ui.Table
}

// importedPage says what came of an import, and of its undoing.
func (s *Room) importedPage(v *desk.Visit) error {
	run, err := s.App.ImportRun(v.Context(), v.Actor, v.PathValue("batch"))
	if err != nil {
		return err
	}
	if err := s.LearnNames(v); err != nil {
		return err
	}
	w := words{v.Words}
	res := readSummary(run.Summary)
	page := &importedScreen{Page: s.Frame(v, w.T("officer.imported.title", "file", run.File), "/importar"), Batch: run.ID}
	page.Back.Href = "/importar"
	page.Rows = []ui.Row{{Key: w.T("officer.col.state"), Tag: w.runState(run.State)},
		{Key: w.T("officer.col.office"), Value: w.Office(run.Office)}, {Key: w.T("officer.col.who"), Value: w.Who(run.Author)},
		{Key: w.T("officer.col.when"), Value: w.Moment(run.Started)}, {Key: w.T("officer.imported.batch"), Value: run.ID},
		{Key: w.T("officer.imported.sha256"), Value: run.SHA256}}
	page.Figures = w.counts(res)
	for _, c := range res.RefusedColumns {
		page.RefusedColumns = append(page.RefusedColumns, ui.Row{Key: c.Name, Value: w.Or("refused."+c.Reason, c.Reason)})
	}
	_, err = os.Stat(s.files.refused(run.ID))
	page.RefusedFile = err == nil
	page.Undone = run.State == "undone"
	cut, err := s.App.CutShort(v.Context(), run)
	if err != nil {
		return err
	}
	if cut {
		page.Tell("warning", w.T("day.import.here"))
	}
	page.MayUndo = !page.Undone && (cut || run.State != "running") && authz.May(v.Actor, authz.UndoImport, run.Office)
	s.undone(v, page)
	return s.Show(v, http.StatusOK, "imported.html", page)
}

// undone shows the outcome of an undo to whoever did it.
func (s *Room) undone(v *desk.Visit, page *importedScreen) {
	var res app.UndoResult
	text := s.Sessions.GetString(v.Context(), "undo:"+page.Batch)
	if text == "" || json.Unmarshal([]byte(text), &res) != nil {
		return
	}
	w := words{v.Words}
	page.Undo = []ui.Figure{{Value: w.Number(res.Withdrawn), Label: w.T("officer.undo.withdrawn")},
		{Value: w.Number(res.Restored), Label: w.T("officer.undo.restored")}, {Value: w.Number(res.Kept), Label: w.T("officer.undo.kept")}}
	page.Kept = ui.Table{Caption: w.T("officer.undo.keptlist"), Head: []ui.Column{{Text: w.T("officer.col.number")}, {Text: w.T("officer.undo.fields")}}}
	for _, k := range res.KeptList {
		fields := ""
		for i, f := range k.Fields {
			if i > 0 {
				fields += ", "
			}
			fields += w.Label(f)
		}
		page.Kept.Rows = append(page.Kept.Rows, []ui.Cell{{Text: k.Number, Href: "/persona/" + k.Person}, {Text: fields}})
	}
}

// undoImport takes an import back.
func (s *Room) undoImport(v *desk.Visit) error {
	batch := v.PathValue("batch")
	res, err := s.App.Undo(v.Context(), v.Actor, batch, nil)
	if err != nil {
		return err
	}
	res.KeptList = res.KeptList[:min(shownKept, len(res.KeptList))]
	text, err := json.Marshal(res)
	if err != nil {
		return err
	}
	s.Sessions.Put(v.Context(), "undo:"+batch, string(text))
	return s.Done(v, "/importacion/"+batch, v.Words.T("officer.undo.done"))
}

// refusedRows sends the file of refused rows to whoever may import for the office.
func (s *Room) refusedRows(v *desk.Visit) error {
	run, err := s.App.ImportRun(v.Context(), v.Actor, v.PathValue("batch"))
	if err != nil {
		return err
	}
	f, err := s.App.OpenScratch(run.ID + refusedEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "officer.refused_gone")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="rechazadas-`+run.ID+`.csv"`)
	if _, err := io.Copy(v.W, io.NewSectionReader(f, 0, f.Size())); err != nil {
		s.Log.Warn("refused rows were cut short", "err", err) // the answer has begun
	}
	return nil
}
