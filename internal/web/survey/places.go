package survey

import (
	"net/http"
	"strconv"
	"strings"

	"quipu/internal/i18n"
	"quipu/internal/survey/sample"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostPlacesFile bounds a list of places, in bytes.
const mostPlacesFile = 8 << 20

// readSample reads the form of a sample; a list of places that came as a file stands for what
// was typed.
func readSample(v *desk.Visit) error {
	if !strings.HasPrefix(v.Header.Get("Content-Type"), "multipart/form-data") {
		return v.ReadForm()
	}
	u, err := uploaded(v)
	if err != nil {
		return err
	}
	if len(u.file) > 0 {
		u.fields.Set("places", string(u.file))
	}
	if !u.seen.IsZero() {
		u.fields.Set("seen", u.seen.String())
	}
	v.PostForm, v.Form = u.fields, u.fields
	return nil
}

// placesTemplate is a list of places to be filled in.
func (s *Room) placesTemplate(v *desk.Visit) error {
	p, err := s.App.Surveys.Sample(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return err
	}
	w := words{v.Words}
	var head []string
	for _, c := range sample.PlaceColumns {
		head = append(head, w.T("sample.column."+c))
	}
	text := "\ufeff" + strings.Join(head, ";") + "\r\n"
	for _, o := range p.Survey.Posts {
		text += strings.Join([]string{o, w.T("sample.column.place.example"), w.T("sample.column.day.example"), "16", "120"}, ";") + "\r\n"
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+w.T("sample.template.file")+`"`)
	v.W.WriteHeader(http.StatusOK)
	_, err = v.W.Write([]byte(text))
	return err
}

// placeProblems lists what is wrong with a list of places, with what to do.
func (w words) placeProblems(all []sample.PlaceProblem) ui.Table {
	t := ui.Table{Caption: w.T("sample.problems"), Head: w.Heads("#sample.line", "sample.column", "sample.stands", "sample.do")}
	for i, p := range all {
		if i == mostProblems {
			break
		}
		column := w.T("sample.column.all")
		if p.Column != "" {
			column = w.T("sample.column." + p.Column)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.Number(p.Line), Numeric: true}, {Text: column}, {Text: p.Text}, {Text: w.T("sample.place."+p.Key, "text", p.Text)}})
	}
	return t
}

// mostProblems is how many are listed at once.
const mostProblems = 100

// offices lists those of a first stage with their probabilities.
func (w words) offices(page *sampleScreen, p *sample.Plan) {
	if len(p.Firsts) == 0 {
		return
	}
	page.Firsts = ui.Table{Caption: w.T("sample.firsts.table"), Head: w.Heads("sample.column.office", "#sample.population", "#sample.prob_office", "#sample.take", "#sample.prob_person", "#sample.prob_both")}
	for i := range p.Firsts {
		f := &p.Firsts[i]
		row := []ui.Cell{{Text: f.Name, Note: w.Office(f.Name)}, {Text: w.Number(f.People), Numeric: true}, {Text: i18n.Decimal(w.Lang, f.Probability, 4), Numeric: true}}
		if !f.Drawn {
			row = append(row, ui.Cell{Text: "–", Numeric: true}, ui.Cell{Text: "–", Numeric: true}, ui.Cell{Text: "–", Numeric: true})
		} else {
			row = append(row, ui.Cell{Text: strconv.Itoa(f.Take), Numeric: true}, ui.Cell{Text: i18n.Decimal(w.Lang, f.Second(), 4), Numeric: true},
				ui.Cell{Text: i18n.Decimal(w.Lang, f.Probability*f.Second(), 4), Numeric: true})
		}
		page.Firsts.Rows = append(page.Firsts.Rows, row)
	}
}
