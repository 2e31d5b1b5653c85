package survey

import (
	"net/http"

	"quipu/internal/app/surveydata"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey"
	"quipu/internal/survey/codebook"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type variablesScreen struct {
	ui.Page
	ID        string
	Tabs      []ui.Link
	State     ui.Tag
	Notes     []string
	Files     []ui.Link
	Variables []variable
}

// variable is a column of the codebook.
type variable struct {
	Name, Kind, Relevant, Counts string
	Question                     string // in the reader's language
	Derived                      string
	Texts                        []spoken
	Table                        ui.Table
}

// spoken is a text in a language; Lang is its code for the page, "" where it has none.
type spoken struct{ Lang, Text string }

// variablesPage is the codebook: every column with its question and what was answered.
func (s *Room) variablesPage(v *desk.Visit) error {
	p, err := s.App.Surveys.Open(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	w, sv := words{v.Words}, &p.Survey
	page := &variablesScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State)}
	page.Back.Href = home
	set, err := surveydata.Open(v.Context(), s.App.Surveys, v.Actor, sv.Entity.ID)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		page.Notes = []string{i18n.Fault(w.Lang, err)}
		return s.Show(v, http.StatusOK, "variables.html", page)
	}
	page.Notes = []string{w.TN("surveydata.rows", set.Book.Rows)}
	for _, f := range surveydata.Formats {
		page.Files = append(page.Files, ui.Link{Text: w.T("surveydata.file." + f), Href: home + "/" + sv.Entity.ID + "/archivo?formato=" + f})
	}
	total := 0.0
	for _, x := range set.Design.Weights() {
		total += x
	}
	for i := range set.Book.Variables {
		page.Variables = append(page.Variables, w.variable(&set.Book.Variables[i], total))
	}
	for i := range set.Book.Withheld {
		x := w.variable(&set.Book.Withheld[i], 0)
		x.Kind, x.Counts, x.Table = w.T("surveydata.kind.withheld"), w.T("surveydata.withheld"), ui.Table{}
		page.Variables = append(page.Variables, x)
	}
	return s.Show(v, http.StatusOK, "variables.html", page)
}

func (w words) variable(v *codebook.Variable, total float64) variable {
	out := variable{Name: v.Name, Question: v.Label.In(string(w.Lang)), Kind: w.T("surveydata.kind." + string(v.Kind)), Relevant: v.Asked.In(string(w.Lang)), Counts: w.T("surveydata.counts", "n", v.N, "missing", v.Missing), Derived: v.Derived.In(string(w.Lang))}
	for _, own := range []bool{true, false} { // the reader's language first
		for _, l := range v.Label.Languages() {
			if own == (survey.Code(l) == string(w.Lang)) {
				out.Texts = append(out.Texts, spoken{survey.Code(l), v.Label[l]})
			}
		}
	}
	if v.Low == v.Low { // a number
		if v.Kind == codebook.Number {
			out.Counts += " " + w.T("surveydata.range", "low", w.short(v.Low, 2), "high", w.short(v.High, 2))
		}
		return out
	}
	out.Table = ui.Table{Caption: w.T("surveydata.answers", "name", v.Name), Head: []ui.Column{{Text: w.T("surveydata.code")}, {Text: w.T("surveydata.label")},
		{Text: w.T("surveydata.head.n"), Numeric: true}, {Text: w.T("surveydata.weighted"), Numeric: true}}}
	for _, x := range v.Values {
		n, share := w.Number(x.N), "–"
		switch {
		case x.Few:
			n = "–"
		case v.N > 0 && total > 0:
			share = w.percent(x.Weighted / total)
		}
		out.Table.Rows = append(out.Table.Rows, []ui.Cell{{Text: x.Code}, {Text: w.value(v, x)}, {Text: n, Numeric: true}, {Text: share, Numeric: true}})
	}
	return out
}

// export sends the table, or what another program needs to read it.
func (s *Room) export(v *desk.Visit) error {
	set, err := surveydata.Open(v.Context(), s.App.Surveys, v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	f, err := set.Export(v.URL.Query().Get("formato"), v.Words.Lang)
	if err != nil {
		return err
	}
	ui.SendFile(v.W, v.Request, f.Content, f.Name, f.Type)
	return nil
}
