package lists

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/app"
	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/intake"
	"quipu/internal/tabular"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// shownRefused is how many refused rows the preview shows; all are in the file.
const shownRefused = 25

type previewScreen struct {
	ui.Page
	Token, Sheet, Encoding string
	Found                  []ui.Row
	Sheets, Encodings      []ui.Option
	Columns                []columnView
	Ready                  bool
	Figures                []ui.Figure
	Samples, Refused       ui.Table
	Likely                 ui.Table // new rows of people who may be there already
	Result                 app.ImportResult
}

// columnView is one column of the list: its heading, what it holds, where it goes.
type columnView struct {
	Name, Header, Sample, Refused, How string
	Target                             ui.Field
}

// open reads a list that waits.
func (s *Room) open(u upload) (*tabular.Reader, error) {
	f, err := s.App.OpenScratch(u.Token + listEnd)
	if err != nil {
		return nil, err
	}
	r, err := tabular.NewReader(f, f.Size(), tabular.Options{Sheet: u.Sheet, Encoding: tabular.Encoding(u.Encoding)})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r.Owns(f), nil
}

// recognised opens the list and maps its columns, first by itself, then as the officer said.
func (s *Room) recognised(u upload) (list *tabular.Reader, m intake.Mapping, auto []string, sample [][]string, err error) {
	if list, err = s.open(u); err != nil {
		return nil, m, nil, nil, err
	}
	if sample, err = app.SampleRows(func() (*tabular.Reader, error) { return s.open(u) }); err != nil {
		return nil, m, nil, nil, errors.Join(err, list.Close())
	}
	m = intake.Recognise(list.Info().Header, sample)
	for _, c := range m.Columns {
		auto = append(auto, c.Target)
	}
	for i := range m.Columns {
		target, byHand := u.Targets[i]
		if !byHand {
			continue
		}
		if err := m.Set(strconv.Itoa(i+1), target); err != nil {
			return nil, m, nil, nil, errors.Join(err, list.Close())
		}
	}
	return list, m, auto, sample, nil
}

// previewPage shows what the list is and what it would do, without writing anything.
func (s *Room) previewPage(v *desk.Visit) error {
	u, err := s.waiting(v, v.PathValue("token"))
	if err != nil {
		return err
	}
	return s.showPreview(v, http.StatusOK, u, nil)
}

func (s *Room) showPreview(v *desk.Visit, status int, u upload, problem error) error {
	w := words{v.Words}
	list, m, _, sample, err := s.recognised(u)
	if err != nil {
		return err
	}
	defer list.Close()
	page := &previewScreen{Page: s.Frame(v, w.T("officer.preview.title", "file", u.Name), "/importar"), Token: u.Token,
		Sheet: u.Sheet, Encoding: u.Encoding}
	page.Back.Href = "/importar"
	page.describe(w, list.Info(), u)
	page.columns(w, m, sample)
	if problem != nil {
		page.Fail(problem)
	}
	if err := m.Ready(); err != nil {
		page.Fail(err)
		return s.Show(v, http.StatusUnprocessableEntity, "preview.html", page)
	}
	var bad [][]ui.Cell
	job := app.ImportJob{Name: u.Name, Office: u.Office, Reader: list, Mapping: m, DryRun: true,
		Refused: func(_ []string, why *intake.Refusal) error {
			if len(bad) < shownRefused {
				bad = append(bad, []ui.Cell{{Text: w.Number(why.Line), Numeric: true}, {Text: why.ColumnName}, {Text: i18n.Fault(w.Lang, why.Reason)}})
			}
			return nil
		}}
	if page.Result, err = s.App.Import(v.Context(), v.Actor, job); err != nil {
		return err
	}
	page.Ready = true
	page.outcome(w, bad)
	return s.Show(v, status, "preview.html", page)
}

// describe says what kind of file it is.
func (p *previewScreen) describe(w words, info tabular.Info, u upload) {
	row := func(key, value string) {
		if value != "" {
			p.Found = append(p.Found, ui.Row{Key: w.T(key), Value: value})
		}
	}
	row("officer.col.office", w.Office(u.Office)+" ("+u.Office+")")
	row("officer.preview.format", strings.ToUpper(string(info.Format)))
	row("officer.preview.encoding", string(info.Encoding))
	switch info.Delimiter {
	case 0:
	case '\t':
		row("officer.preview.delimiter", w.T("officer.preview.tab"))
	default:
		row("officer.preview.delimiter", string(info.Delimiter))
	}
	row("officer.preview.sheet", info.Sheet)
	row("officer.preview.header", w.Number(info.HeaderLine))
	if len(info.Sheets) > 1 {
		for _, name := range info.Sheets {
			p.Sheets = append(p.Sheets, ui.Option{Value: name, Label: name, Checked: name == info.Sheet})
		}
	}
	if info.Format == tabular.CSV {
		for _, e := range []tabular.Encoding{tabular.UTF8, tabular.Windows1252, tabular.Latin1, tabular.CP850, tabular.UTF16LE} {
			p.Encodings = append(p.Encodings, ui.Option{Value: string(e), Label: string(e), Checked: e == info.Encoding})
		}
	}
}

func (p *previewScreen) columns(w words, m intake.Mapping, sample [][]string) {
	targets := make([]ui.Option, 0, 80)
	for _, t := range intake.Targets() {
		targets = append(targets, ui.Option{Value: t, Label: w.target(t)})
	}
	for i, c := range m.Columns {
		view := columnView{Name: "col." + strconv.Itoa(i), Header: c.Header}
		if c.Refused == "" { // what the register must not keep is not shown either
			view.Sample = firstValues(sample, i)
		}
		if c.How != "" {
			view.How = w.T("officer.preview.how." + c.How)
		}
		if c.Refused != "" {
			view.Refused = w.Or("refused."+c.Refused, c.Refused)
		}
		view.Target = ui.Field{Name: view.Name, Value: c.Target, Options: targets}
		p.Columns = append(p.Columns, view)
	}
}

// firstValues are the first two different values of a column.
func firstValues(sample [][]string, column int) string {
	var out []string
	for _, row := range sample {
		if column < len(row) && row[column] != "" && !slices.Contains(out, row[column]) {
			if out = append(out, row[column]); len(out) == 2 {
				break
			}
		}
	}
	return strings.Join(out, " · ")
}

// target names a place that a column can go to.
func (w words) target(t string) string {
	key, variant, _ := strings.Cut(t, ":")
	if i18n.Has(w.Lang, "officer.target."+key) {
		key = w.T("officer.target." + key)
	} else {
		key = w.Label(key)
	}
	if variant == "" {
		return key
	}
	if code.List("doc_type").Has(variant) {
		return key + ": " + w.Code("doc_type", variant)
	}
	return key + ": " + strings.ToUpper(variant)
}

// outcome fills in the counts, the sample rows and the refused ones.
func (p *previewScreen) outcome(w words, bad [][]ui.Cell) {
	p.Figures = w.counts(p.Result)
	p.Samples = ui.Table{Caption: w.T("officer.preview.samples"), Head: []ui.Column{{Text: w.T("officer.col.line"), Numeric: true},
		{Text: w.T("officer.col.name")}, {Text: w.T("officer.preview.would")}}, Empty: w.T("officer.preview.nosamples")}
	for _, s := range p.Result.Samples {
		if s.What != "refused" {
			p.Samples.Rows = append(p.Samples.Rows, []ui.Cell{{Text: w.Number(s.Line), Numeric: true}, {Text: s.Name},
				{Text: w.T("officer.preview.would." + s.What)}})
		}
	}
	p.Likely = ui.Table{Caption: w.T("officer.preview.likely"), Head: []ui.Column{{Text: w.T("officer.col.line"), Numeric: true},
		{Text: w.T("officer.col.name")}, {Text: w.T("officer.preview.whom")}, {Text: w.T("officer.col.reason")}}}
	for i := range p.Result.LikelyRows {
		p.Likely.Rows = append(p.Likely.Rows, w.likely(&p.Result.LikelyRows[i]))
	}
	p.Refused = ui.Table{Caption: w.T("officer.preview.refused"), Head: []ui.Column{{Text: w.T("officer.col.line"), Numeric: true},
		{Text: w.T("officer.col.column")}, {Text: w.T("officer.col.reason")}}, Rows: bad, Empty: w.T("officer.preview.norefused")}
}

// likely is a row that may speak of somebody who is known.
func (w words) likely(r *app.LikelyRow) []ui.Cell {
	who := w.T("officer.preview.row", "line", r.Other)
	if r.Like.Number != "" {
		who = w.T("officer.preview.there", "number", r.Like.Number, "office", w.Office(r.Like.Office))
	}
	return []ui.Cell{{Text: w.Number(r.Line), Numeric: true}, {Text: r.Name}, {Text: who}, {Text: strings.Join(app.Words(w.Lang, r.Like.Reasons), ", ")}}
}

// counts are the figures of an import, done or only rehearsed.
func (w words) counts(r app.ImportResult) (out []ui.Figure) {
	for _, c := range []struct {
		key string
		n   int
	}{{"rows", r.Rows}, {"new", r.New}, {"same", r.Same}, {"changed", r.Changed}, {"refused", r.Refused}, {"doubts", r.Doubts}, {"likely", r.Likely}} {
		out = append(out, ui.Figure{Value: w.Number(c.n), Label: w.T("officer.import." + c.key)})
	}
	return out
}
