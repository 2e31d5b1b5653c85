package survey

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/estimate/table"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/rates"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostRates bounds a file of exchange rates, in bytes.
const mostRates = 2 << 20

type ratesScreen struct {
	ui.Page
	ID, Seen            string
	Tabs                []ui.Link
	State               ui.Tag
	MayPlan             bool
	Kept, Lacks         ui.Table
	Template            string // the rates that are missing, as a file to be filled in
	Problems            ui.Table
	Currency            string
	Currencies, Amounts []ui.Option
	Refusal             string // why it is not known what is missing
}

// ratesPage is the exchange rates of a survey's amounts, and those that answers need.
func (s *Room) ratesPage(v *desk.Visit) error {
	page, err := s.ratesScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "surveyrates.html", page)
}

func (s *Room) ratesScreen(v *desk.Visit) (*ratesScreen, error) {
	sv, form, err := s.App.Surveys.Columns(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return nil, err
	}
	t, err := app.Rates(sv)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &ratesScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Seen: sv.Head.String(), Tabs: w.tabs(v), State: w.state(sv.State),
		MayPlan: authz.May(v.Actor, authz.Survey, sv.Office), Currency: t.Currency,
		Kept: ui.Table{Caption: w.T("rates.table"), Empty: w.T("rates.none"), Head: w.Heads("rates.currency", "rates.month", "#rates.usd", "rates.source")}}
	page.Back.Href = home
	for _, q := range form.Questions {
		o := ui.Option{Value: q.Name, Label: q.Name}
		switch q.Kind {
		case table.Choice:
			page.Currencies = append(page.Currencies, o)
		case table.Number:
			o.Checked = slices.Contains(t.Amounts, q.Name)
			page.Amounts = append(page.Amounts, o)
		}
	}
	for _, r := range t.Rates {
		page.Kept.Rows = append(page.Kept.Rows, []ui.Cell{{Text: r.Currency}, {Text: r.Month}, {Text: strconv.FormatFloat(r.USD, 'g', 8, 64), Numeric: true}, {Text: r.Source}})
	}
	got, err := s.App.Surveys.Weighted(v.Context(), v.Actor, sv.Entity.ID)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return nil, err
		}
		page.Refusal = i18n.Fault(w.Lang, err)
		return page, nil
	}
	page.Lacks, page.Template = w.lacks(&got.Money)
	return page, nil
}

// lacks are the rates that amounts need and do not have: in a table, and as lines to be filled in.
func (w words) lacks(m *app.Money) (t ui.Table, template string) {
	t = ui.Table{Caption: w.T("rates.lacks"), Head: w.Heads("rates.currency", "rates.month", "rates.amount", "#rates.rows")}
	var lines []string
	for _, c := range m.Columns {
		for _, l := range c.Lacks {
			currency := l.Currency
			if currency == "" {
				currency = w.T("rates.unsaid")
			} else if line := l.Currency + "," + l.Month + ",,"; !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
			t.Rows = append(t.Rows, []ui.Cell{{Text: currency}, {Text: l.Month}, {Text: c.Amount}, {Text: w.Number(l.N), Numeric: true}})
		}
	}
	slices.Sort(lines)
	return t, strings.Join(append([]string{"currency,month,usd,source"}, lines...), "\n") + "\n"
}

// lost says which amounts are not in dollars, "" when all are.
func (w words) lost(m *app.Money, amount string) string {
	for _, c := range m.Columns {
		if c.Amount != amount || c.Lost == 0 {
			continue
		}
		var which []string
		for _, l := range c.Lacks {
			name := strings.TrimSpace(l.Currency + " " + l.Month)
			if name == "" {
				name = w.T("rates.unsaid")
			}
			which = append(which, name+" ("+w.Number(l.N)+")")
		}
		return w.T("rates.note.lacks", "n", w.Number(c.Lost), "which", strings.Join(which, ", "))
	}
	return ""
}

// putRates takes a file of rates in. All that is wrong with it is listed with line and column;
// then nothing is kept.
func (s *Room) putRates(v *desk.Visit) error {
	if err := authz.Check(v.Actor, authz.Survey, v.Actor.Office); err != nil {
		return err
	}
	u, err := brought(v)
	if err != nil {
		return s.ratesAgain(v, u, nil, err)
	}
	all, problems := rates.ReadCSV(bytes.NewReader(u.file))
	if len(problems) > 0 {
		return s.ratesAgain(v, u, problems, fault.New(fault.Invalid, "rates.faulty", "count", len(problems)).On("file"))
	}
	t := rates.Table{Currency: u.fields.Get("currency"), Amounts: u.fields["amounts"], Rates: all}
	if err := s.App.Surveys.KeepRates(v.Context(), v.Actor, v.PathValue("survey"), t, u.seen); err != nil {
		return s.ratesAgain(v, u, nil, err)
	}
	return s.Done(v, home+"/"+v.PathValue("survey")+"/cambio", v.Words.T("rates.kept"))
}

func (s *Room) ratesAgain(v *desk.Visit, u upload, problems []rates.Problem, err error) error {
	if !stays(err) {
		return err
	}
	page, err2 := s.ratesScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Currency = u.fields.Get("currency")
	for i := range page.Amounts {
		page.Amounts[i].Checked = slices.Contains(u.fields["amounts"], page.Amounts[i].Value)
	}
	w := words{v.Words}
	page.Problems = ui.Table{Caption: w.T("rates.problems"), Head: w.Heads("#rates.problem.line", "rates.problem.column", "rates.problem.what")}
	for _, p := range problems {
		page.Problems.Rows = append(page.Problems.Rows, []ui.Cell{{Text: w.Number(p.Line), Numeric: true}, {Text: p.Column}, {Text: i18n.Fault(w.Lang, p.Fault)}})
	}
	return s.Show(v, http.StatusUnprocessableEntity, "surveyrates.html", page)
}
