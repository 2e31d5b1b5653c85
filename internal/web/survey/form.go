package survey

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"quipu/internal/app/questionnaire"
	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/survey"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostWorkbook bounds a questionnaire's workbook with the files that go with it, in bytes.
const mostWorkbook = 32 << 20

type formScreen struct {
	ui.Page
	ID, Seen string
	Tabs     []ui.Link
	State    ui.Tag
	MayPlan  bool
	Versions ui.Table
	Problems ui.Table
	Pages    ui.Table // how long each takes
	Takes    string
}

// formPage is the versions of a survey's questionnaire, and where another is brought.
func (s *Room) formPage(v *desk.Visit) error {
	page, err := s.formScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "surveyform.html", page)
}

func (s *Room) formScreen(v *desk.Visit) (*formScreen, error) {
	p, err := s.App.Surveys.Open(v.Context(), v.Actor, v.PathValue("survey"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, sv := words{v.Words}, &p.Survey
	page := &formScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Seen: sv.Head.String(), Tabs: w.tabs(v), State: w.state(sv.State),
		MayPlan:  p.MayPlan && sv.State != study.Closed,
		Versions: ui.Table{Caption: w.T("survey.versions"), Head: w.Heads("survey.version", "survey.name", "survey.brought"), Empty: w.T("survey.form.none")}}
	page.Back.Href = home
	for i := len(sv.Forms) - 1; i >= 0; i-- {
		f := sv.Forms[i]
		cell := ui.Cell{Text: f.Version, Href: home + "/" + sv.Entity.ID + "/cuestionario/xform?version=" + f.Version}
		if f.Version == sv.Form {
			cell.Tag = ui.Tag{Text: w.T("survey.in_force"), Colour: "green"}
		}
		page.Versions.Rows = append(page.Versions.Rows, []ui.Cell{cell, {Text: f.Title, Note: w.mediaOf(&f)}, {Text: w.Stamp(f.At), Note: w.Who(f.Author)}})
	}
	page.Pages, page.Takes, err = s.pages(v, sv.Entity.ID)
	return page, err
}

// mediaOf is the name of a questionnaire, with the files that go with it.
func (w words) mediaOf(f *study.Form) string {
	out := f.Name
	for _, m := range f.Media {
		out += " · " + m.Name
	}
	return out
}

// putForm takes a workbook in. What is wrong with it is listed with sheet, row and column, all
// of it; then nothing is kept.
func (s *Room) putForm(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Survey, v.Actor.Office); err != nil {
		return err
	}
	u, err := brought(v)
	if err != nil {
		return s.formAgain(v, nil, err)
	}
	stem := strings.TrimSuffix(u.name, filepath.Ext(u.name))
	f, problems, err := questionnaire.Read(stem, bytes.NewReader(u.file), int64(len(u.file)))
	if err != nil {
		return s.formAgain(v, nil, fault.As(err).On("file"))
	}
	if problems.Err() != nil {
		return s.formAgain(v, problems, fault.New(fault.Invalid, "survey.form_faulty", "count", len(problems.Errors())).On("file"))
	}
	form := study.Form{Name: f.Settings.ID, Version: f.Settings.Version, Title: f.Settings.Title}
	files := app.FormFiles{XForm: xform.Write(f), Source: u.file, SourceType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Media: u.media}
	if err := s.App.Surveys.PutForm(v.Context(), v.Actor, v.PathValue("survey"), form, files, u.seen); err != nil {
		if !stays(err) {
			return err
		}
		if f := fault.As(err); f.Field != "media" {
			err = f.On("file")
		}
		return s.formAgain(v, problems, err)
	}
	return s.Done(v, home+"/"+v.PathValue("survey")+"/cuestionario", v.Words.T("survey.form.kept", "version", form.Version))
}

// upload is what a form with a file sent.
type upload struct {
	media  []app.Upload // that go with it
	name   string       // of the file
	file   []byte
	seen   id.Change
	fields url.Values
}

// uploaded reads such a form.
func uploaded(v *desk.Visit) (u upload, err error) {
	u.fields = url.Values{}
	parts, err := v.MultipartReader()
	if err != nil {
		return u, fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, desk.PartFault(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return u, desk.BodyFault(err)
		}
		switch name := part.FormName(); name {
		case "seen":
			if u.seen, err = id.ParseChange(string(text)); err != nil {
				return u, fault.New(fault.Invalid, "officer.bad_form").Because(err)
			}
		case "media":
			if part.FileName() != "" {
				u.media = append(u.media, app.Upload{Name: filepath.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), Data: text})
			}
		case "file":
			u.name, u.file = filepath.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), text
		default:
			u.fields.Add(name, string(text))
		}
	}
}

// brought reads a form whose file must be there.
func brought(v *desk.Visit) (upload, error) {
	u, err := uploaded(v)
	if err == nil && len(u.file) == 0 {
		err = fault.New(fault.Invalid, "officer.no_file").On("file")
	}
	return u, err
}

func (s *Room) formAgain(v *desk.Visit, problems survey.Problems, err error) error {
	if !stays(err) {
		return err
	}
	page, err2 := s.formScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	w := words{v.Words}
	page.Problems = ui.Table{Caption: w.T("survey.problems"), Head: w.Heads("survey.problem.where", "survey.problem.what")}
	for _, p := range problems {
		cell := ui.Cell{Text: p.Sheet, Note: w.T("survey.problem.row", "row", strconv.Itoa(p.Row))}
		if p.Row == 0 {
			cell.Note = ""
		}
		if p.Column > 0 {
			cell.Note = w.T("survey.problem.cell", "cell", p.Cell(), "column", p.Heading)
		}
		what := ui.Cell{Text: i18n.Fault(w.Lang, p.Fault)}
		if p.Warning {
			what.Tag = ui.Tag{Text: w.T("survey.problem.warning"), Colour: "yellow"}
		}
		page.Problems.Rows = append(page.Problems.Rows, []ui.Cell{cell, what})
	}
	return s.Show(v, http.StatusUnprocessableEntity, "surveyform.html", page)
}

// xform hands out a version of the questionnaire as clients get it.
func (s *Room) xform(v *desk.Visit) error {
	f, doc, err := s.App.Surveys.Form(v.Context(), v.Actor, v.PathValue("survey"), v.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	ui.SendFile(v.W, v.Request, doc, f.Name+".xml", "text/xml; charset=utf-8")
	return nil
}
