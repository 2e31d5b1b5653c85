package survey

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/i18n"
	questions "quipu/internal/survey"
	"quipu/internal/survey/paradata"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostDoubts is how many interviews with signs are listed, the latest.
const mostDoubts = 100

type conductScreen struct {
	ui.Page
	ID      string
	Tabs    []ui.Link
	State   ui.Tag
	Figures []ui.Figure
	Askers  ui.Table
	Chart   ui.Bars
	Doubts  ui.Table
	More    string
	Fast    ui.Table
	Lost    string
	Signs   []ui.Row
}

// conductPage is how interviews are held: how long they take by interviewer, and those that
// somebody should look at.
func (s *Room) conductPage(v *desk.Visit) error {
	c, err := s.App.Surveys.Conduct(v.Context(), v.Actor, v.PathValue("survey"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &conductScreen{Page: s.Frame(v, w.T("surveyfield.conduct.title", "survey", c.Survey.Title), home), ID: c.Survey.Entity.ID, Tabs: w.tabs(v), State: w.state(c.Survey.State)}
	page.Back.Href = home + "/" + page.ID + "/campo"
	n, doubts := 0, len(c.Doubts)
	for _, r := range c.Rows {
		n += r.N
	}
	page.Figures = []ui.Figure{{Value: w.Number(n), Label: w.T("surveyfield.interviews")}, {Value: w.took(c.Median), Label: w.T("surveyfield.median"), Note: w.T("surveyfield.median.note")},
		{Value: w.Number(doubts), Label: w.T("surveyfield.doubts.n")}}
	if c.Lost > 0 {
		page.Lost = w.TN("surveyfield.lost", c.Lost)
	}
	w.askersOf(page, c)
	w.doubtsOf(page, c)
	for _, sign := range paradata.Signs {
		page.Signs = append(page.Signs, ui.Row{Key: w.T("surveyfield.sign." + string(sign)), Value: w.T("surveyfield.sign." + string(sign) + ".text")})
	}
	return s.Show(v, http.StatusOK, "conduct.html", page)
}

// askersOf fills the tables by interviewer.
func (w words) askersOf(page *conductScreen, c *app.Conduct) {
	heads := []string{"survey.case.asker", "#surveyfield.interviews", "#surveyfield.median", "#surveyfield.shortest", "#surveyfield.missing"}
	for _, sign := range paradata.Signs {
		heads = append(heads, "#surveyfield.sign."+string(sign))
	}
	page.Askers = ui.Table{Caption: w.T("surveyfield.by_asker"), Head: w.Heads(heads...), Empty: w.T("surveyfield.none")}
	page.Fast = ui.Table{Caption: w.T("surveyfield.fast"), Head: w.Heads("survey.case.asker", "surveyfield.page", "#surveyfield.fast.own", "#surveyfield.fast.usual")}
	var values []float64
	var text, label []string
	for _, r := range c.Rows {
		who := w.Who(r.Interviewer)
		row := []ui.Cell{{Text: who, Note: w.Office(r.Office)}, {Text: w.Number(r.N), Numeric: true}, {Text: w.took(r.Median), Numeric: true}, {Text: w.took(r.Shortest), Numeric: true}, {Text: w.percent(r.Missing), Numeric: true}}
		for _, sign := range paradata.Signs {
			cell := ui.Cell{Text: w.Number(r.Signs[sign]), Numeric: true}
			if r.Signs[sign] == 0 {
				cell.Text = "–"
			}
			row = append(row, cell)
		}
		page.Askers.Rows = append(page.Askers.Rows, row)
		if r.Timed > 0 {
			values = append(values, r.Median.Minutes())
			text, label = append(text, i18n.Decimal(w.Lang, r.Median.Minutes(), 0)), append(label, r.Office)
		}
		for _, f := range r.Fast {
			page.Fast.Rows = append(page.Fast.Rows, []ui.Cell{{Text: who, Note: w.Office(r.Office)}, {Text: w.node(&c.Nodes[f.Node])}, {Text: w.seconds(f.Median), Numeric: true}, {Text: w.seconds(f.Usual), Numeric: true}})
		}
	}
	page.Chart = ui.DrawBars(values, text, label)
}

// doubtsOf lists the interviews with signs, each with a link to its answers.
func (w words) doubtsOf(page *conductScreen, c *app.Conduct) {
	page.Doubts = ui.Table{Caption: w.T("surveyfield.doubts"), Head: w.Heads("surveyfield.began", "survey.case.asker", "#surveyfield.length", "surveyfield.why"), Empty: w.T("surveyfield.doubts.none")}
	at := home + "/" + page.ID + "/respuestas/"
	for k, d := range c.Doubts {
		if k == mostDoubts {
			page.More = w.T("surveyfield.doubts.more", "shown", mostDoubts, "all", len(c.Doubts))
			break
		}
		var why []string
		for _, sign := range d.Signs {
			why = append(why, w.T("surveyfield.sign."+string(sign)))
		}
		when, note := w.clock(d.Began), ""
		if d.Beside != nil {
			note = w.T("surveyfield.beside", "when", w.clock(d.Beside.Began))
			if d.Equal > 0 {
				note = w.T("surveyfield.beside.equal", "when", w.clock(d.Beside.Began), "share", w.percent(d.Equal))
			}
		}
		page.Doubts.Rows = append(page.Doubts.Rows, []ui.Cell{{Text: when, Href: at + d.ID}, {Text: w.Who(d.Interviewer), Note: w.Office(d.Office)}, {Text: w.took(d.Length), Numeric: true},
			{Text: strings.Join(why, ", "), Note: note}})
	}
}

// clock is a moment as the telephone had it.
func (w words) clock(t time.Time) string {
	if t.IsZero() {
		return w.T("surveyfield.undated")
	}
	return i18n.DateTime(w.Lang, t, t.Location())
}

// took is a length in minutes, or in seconds below two.
func (w words) took(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < 2*time.Minute:
		return w.seconds(d)
	}
	return w.T("surveyfield.minutes", "n", strconv.Itoa(int(math.Round(d.Minutes()))))
}

func (w words) seconds(d time.Duration) string {
	if d < 10*time.Second {
		return w.T("surveyfield.seconds", "n", i18n.Decimal(w.Lang, d.Seconds(), 1))
	}
	return w.T("surveyfield.seconds", "n", strconv.Itoa(int(math.Round(d.Seconds()))))
}

// node is what a question or group says, or its name.
func (w words) node(n *paradata.Node) string {
	if l := strings.Join(strings.Fields(n.Label.In(string(w.Lang))), " "); l != "" {
		return short(questions.Mention(l, func(string, bool) string { return "…" })) // an answer that only the interview has
	}
	return n.Path[strings.LastIndexByte(n.Path, '/')+1:]
}

// mostLabel is how much of a question's text is shown in a table, in letters.
const mostLabel = 90

func short(s string) string {
	if r := []rune(s); len(r) > mostLabel {
		return string(r[:mostLabel-1]) + "…"
	}
	return s
}

// pages is how long the pages of the questionnaire take, in its order, for who runs fieldwork;
// no rows where nobody knows.
func (s *Room) pages(v *desk.Visit, survey string) (t ui.Table, total string, err error) {
	if authz.ReachOf(v.Actor, authz.Fieldwork) == authz.None {
		return t, "", nil
	}
	c, err := s.App.Surveys.Conduct(v.Context(), v.Actor, survey)
	if err != nil {
		return t, "", err
	}
	w := words{v.Words}
	sum, known := time.Duration(0), 0
	for _, d := range c.Usual {
		if sum += d; d > 0 {
			known++
		}
	}
	if sum == 0 {
		return t, "", nil
	}
	t = ui.Table{Caption: w.T("surveyfield.pages"), Head: w.Heads("surveyfield.page", "#surveyfield.pages.seen", "#surveyfield.fast.usual", "#surveyfield.pages.share")}
	for n := range c.Nodes {
		if c.Usual[n] == 0 {
			continue
		}
		cell := ui.Cell{Text: w.node(&c.Nodes[n])}
		if share := float64(c.Usual[n]) / float64(sum); share >= 2/float64(known) { // twice what is usual of a page
			cell.Tag = ui.Tag{Text: w.T("surveyfield.pages.long"), Colour: "yellow"}
		}
		t.Rows = append(t.Rows, []ui.Cell{cell, {Text: w.Number(c.Seen[n]), Numeric: true}, {Text: w.seconds(c.Usual[n]), Numeric: true}, {Text: w.percent(float64(c.Usual[n]) / float64(sum)), Numeric: true}})
	}
	return t, w.T("surveyfield.pages.text", "median", w.took(c.Median), "n", w.Number(c.Audited)), nil
}
