package officer

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
func (s *Site) importedPage(v *visit) error {
	run, err := s.App.ImportRun(v.Context(), v.actor, v.PathValue("batch"))
	if err != nil {
		return err
	}
	if err := s.learnNames(v); err != nil {
		return err
	}
	w := v.words
	res := readSummary(run.Summary)
	page := &importedScreen{Page: s.frame(v, w.t("officer.imported.title", "file", run.File), "/importar"), Batch: run.ID}
	page.Back.Href = "/importar"
	page.Rows = []ui.Row{{Key: w.t("officer.col.state"), Tag: w.runState(run.State)},
		{Key: w.t("officer.col.office"), Value: w.office(run.Office)}, {Key: w.t("officer.col.who"), Value: w.who(run.Author)},
		{Key: w.t("officer.col.when"), Value: w.moment(run.Started)}, {Key: w.t("officer.imported.batch"), Value: run.ID},
		{Key: w.t("officer.imported.sha256"), Value: run.SHA256}}
	page.Figures = w.counts(res)
	for _, c := range res.RefusedColumns {
		page.RefusedColumns = append(page.RefusedColumns, ui.Row{Key: c.Name, Value: w.or("refused."+c.Reason, c.Reason)})
	}
	_, err = os.Stat(s.files.refused(run.ID))
	page.RefusedFile = err == nil
	page.Undone = run.State == "undone"
	page.MayUndo = !page.Undone && run.State != "running" && authz.May(v.actor, authz.UndoImport, run.Office)
	s.undone(v, page)
	return s.show(v, http.StatusOK, "imported.html", page)
}

// undone shows the outcome of an undo to whoever did it.
func (s *Site) undone(v *visit, page *importedScreen) {
	var res app.UndoResult
	text := s.Sessions.GetString(v.Context(), "undo:"+page.Batch)
	if text == "" || json.Unmarshal([]byte(text), &res) != nil {
		return
	}
	w := v.words
	page.Undo = []ui.Figure{{Value: w.number(res.Withdrawn), Label: w.t("officer.undo.withdrawn")},
		{Value: w.number(res.Restored), Label: w.t("officer.undo.restored")}, {Value: w.number(res.Kept), Label: w.t("officer.undo.kept")}}
	page.Kept = ui.Table{Caption: w.t("officer.undo.keptlist"), Head: []ui.Column{{Text: w.t("officer.col.number")}, {Text: w.t("officer.undo.fields")}}}
	for _, k := range res.KeptList {
		fields := ""
		for i, f := range k.Fields {
			if i > 0 {
				fields += ", "
			}
			fields += w.label(f)
		}
		page.Kept.Rows = append(page.Kept.Rows, []ui.Cell{{Text: k.Number, Href: "/persona/" + k.Person}, {Text: fields}})
	}
}

// undoImport takes an import back.
func (s *Site) undoImport(v *visit) error {
	batch := v.PathValue("batch")
	res, err := s.App.Undo(v.Context(), v.actor, batch, nil)
	if err != nil {
		return err
	}
	res.KeptList = res.KeptList[:min(shownKept, len(res.KeptList))]
	text, err := json.Marshal(res)
	if err != nil {
		return err
	}
	s.Sessions.Put(v.Context(), "undo:"+batch, string(text))
	return s.done(v, "/importacion/"+batch, v.words.t("officer.undo.done"))
}

// refusedRows sends the file of refused rows to whoever may import for the office.
func (s *Site) refusedRows(v *visit) error {
	run, err := s.App.ImportRun(v.Context(), v.actor, v.PathValue("batch"))
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
	ui.Headers(v.w.Header())
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="rechazadas-`+run.ID+`.csv"`)
	if _, err := io.Copy(v.w, io.NewSectionReader(f, 0, f.Size())); err != nil {
		s.Log.Warn("refused rows were cut short", "err", err) // the answer has begun
	}
	return nil
}
