package officer

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
func (s *Site) importPage(v *visit) error { return s.showImport(v, http.StatusOK, nil) }

func (s *Site) showImport(v *visit, status int, problem error) error {
	runs, err := s.App.Imports(v.Context(), v.actor, shownRuns)
	if err != nil {
		return err
	}
	if err := s.learnNames(v); err != nil {
		return err
	}
	w := v.words
	page := &importScreen{Page: s.frame(v, w.t("officer.import.title"), "/importar"), Office: v.actor.Office}
	if problem != nil {
		page.Fail(problem)
	}
	for _, o := range place.Network().Offices() {
		if o.Career() && authz.May(v.actor, authz.Import, o.Code) {
			page.Offices = append(page.Offices, ui.Option{Value: o.Code, Label: o.Name(string(w.lang)) + " (" + o.Code + ")"})
		}
	}
	page.Runs = ui.Table{Caption: w.t("officer.import.runs"), Empty: w.t("officer.import.noruns")}
	for _, key := range []string{"officer.col.file", "officer.col.when", "officer.col.who", "officer.col.office", "officer.col.state"} {
		page.Runs.Head = append(page.Runs.Head, ui.Column{Text: w.t(key)})
	}
	for _, n := range []string{"new", "changed", "refused"} {
		page.Runs.Head = append(page.Runs.Head, ui.Column{Text: w.t("officer.import." + n), Numeric: true})
	}
	for _, r := range runs {
		res := readSummary(r.Summary)
		row := []ui.Cell{{Text: r.File, Href: "/importacion/" + r.ID}, {Text: w.moment(r.Started)}, {Text: w.who(r.Author)}, {Text: r.Office},
			{Tag: w.runState(r.State)}}
		for _, n := range []int{res.New, res.Changed, res.Refused} {
			row = append(row, ui.Cell{Text: w.number(n), Numeric: true})
		}
		page.Runs.Rows = append(page.Runs.Rows, row)
	}
	return s.show(v, status, "import.html", page)
}

func readSummary(text string) (r app.ImportResult) {
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return app.ImportResult{}
	}
	return r
}

func (w words) runState(state string) ui.Tag {
	colour := map[string]string{"done": "green", "running": "blue", "interrupted": "orange", "undone": "grey"}[state]
	return ui.Tag{Text: w.or("officer.import.state."+state, state), Colour: colour}
}

// upload takes the file in, part by part, so that it never lies in memory whole.
func (s *Site) upload(v *visit) error {
	parts, err := v.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	u := upload{Office: v.actor.Office}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return bodyFault(err)
		}
		switch part.FormName() {
		case "office":
			text, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return bodyFault(err)
			}
			u.Office = strings.TrimSpace(string(text))
		case "file":
			if part.FileName() == "" {
				continue
			}
			u.Name = filepath.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
			if u.Token, err = s.files.keep(part); err != nil {
				return bodyFault(err)
			}
		}
	}
	if u.Token == "" {
		return s.showImport(v, http.StatusUnprocessableEntity, fault.New(fault.Invalid, "officer.no_file").On("file"))
	}
	if err := authz.Check(v.actor, authz.Import, u.Office); err != nil {
		return errors.Join(err, s.files.drop(u.Token+listEnd))
	}
	list, err := s.open(u)
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
	s.once.know(u.Token)
	return s.done(v, "/importar/"+u.Token, "")
}

func onFile(err error) error {
	if f := fault.As(err); f != nil {
		return f.On("file")
	}
	return err
}

// bodyFault tells a body that is too big, or that broke off, from a failure of ours.
func bodyFault(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return err
}
