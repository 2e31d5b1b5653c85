package lists

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"quipu/internal/app"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/tabular"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type importScreen struct {
	ui.Page
	Office  string
	Offices []ui.Option
	Runs    ui.Table
}

const shownRuns = 50

// importPage asks for a list and shows the imports so far.
func (s *Room) importPage(v *desk.Visit) error { return s.showImport(v, http.StatusOK, nil) }

func (s *Room) showImport(v *desk.Visit, status int, problem error) error {
	runs, err := s.App.Imports(v.Context(), v.Actor, "", shownRuns)
	if err != nil {
		return err
	}
	if err := s.LearnNames(v); err != nil {
		return err
	}
	w := words{v.Words}
	page := &importScreen{Page: s.Frame(v, w.T("officer.import.title"), "/importar"), Office: v.Actor.Office}
	if problem != nil {
		page.Fail(problem)
	}
	for _, o := range place.Network().Offices() {
		if o.Career() && authz.May(v.Actor, authz.Import, o.Code) {
			page.Offices = append(page.Offices, ui.Option{Value: o.Code, Label: o.Name(string(w.Lang)) + " (" + o.Code + ")"})
		}
	}
	page.Runs = ui.Table{Caption: w.T("officer.import.runs"), Empty: w.T("officer.import.noruns")}
	for _, key := range []string{"officer.col.file", "officer.col.when", "officer.col.who", "officer.col.office", "officer.col.state"} {
		page.Runs.Head = append(page.Runs.Head, ui.Column{Text: w.T(key)})
	}
	for _, n := range []string{"new", "changed", "refused"} {
		page.Runs.Head = append(page.Runs.Head, ui.Column{Text: w.T("officer.import." + n), Numeric: true})
	}
	for _, r := range runs {
		res := readSummary(r.Summary)
		row := []ui.Cell{{Text: r.File, Href: "/importacion/" + r.ID}, {Text: w.Moment(r.Started)}, {Text: w.Who(r.Author)}, {Text: r.Office},
			{Tag: w.runState(r.State)}}
		for _, n := range []int{res.New, res.Changed, res.Refused} {
			row = append(row, ui.Cell{Text: w.Number(n), Numeric: true})
		}
		page.Runs.Rows = append(page.Runs.Rows, row)
	}
	return s.Show(v, status, "import.html", page)
}

func readSummary(text string) (r app.ImportResult) {
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return app.ImportResult{}
	}
	return r
}

func (w words) runState(state string) ui.Tag {
	colour := map[string]string{"done": "green", "running": "blue", "interrupted": "orange", "undone": "grey"}[state]
	return ui.Tag{Text: w.Or("officer.import.state."+state, state), Colour: colour}
}

// upload takes the file in, part by part, so that it never lies in memory whole.
func (s *Room) upload(v *desk.Visit) error {
	parts, err := v.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	u := upload{Office: v.Actor.Office}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return desk.PartFault(err)
		}
		switch part.FormName() {
		case "office":
			text, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return desk.BodyFault(err)
			}
			u.Office = strings.TrimSpace(string(text))
		case "file":
			if part.FileName() == "" {
				continue
			}
			u.Name = filepath.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
			if u.Token, err = s.files.keep(part); err != nil {
				return desk.BodyFault(err)
			}
		}
	}
	if u.Token == "" {
		return s.showImport(v, http.StatusUnprocessableEntity, fault.New(fault.Invalid, "officer.no_file").On("file"))
	}
	if err := authz.Check(v.Actor, authz.Import, u.Office); err != nil {
		return errors.Join(err, s.files.drop(u.Token+listEnd))
	}
	list, err := s.open(u)
	if err == nil {
		if err = tabular.CheckName(u.Name, list.Info().Format); err != nil {
			err = errors.Join(err, list.Close())
		}
	}
	if err != nil {
		if err := s.files.drop(u.Token + listEnd); err != nil {
			return err
		}
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		return s.showImport(v, http.StatusUnprocessableEntity, onFile(err))
	}
	if err := errors.Join(list.Close(), s.putUpload(v, u)); err != nil {
		return err
	}
	s.Once.Know(u.Token)
	return s.Done(v, "/importar/"+u.Token, "")
}

func onFile(err error) error {
	if f := fault.As(err); f != nil {
		return f.On("file")
	}
	return err
}
