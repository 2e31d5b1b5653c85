package review

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	app "quipu/internal/app/review"
	"quipu/internal/tabular"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// figuresSince is how far back the figures go.
const figuresSince = 365 * 24 * time.Hour

type figuresScreen struct {
	ui.Page
	Tabs    []ui.Link
	Figures []ui.Figure
	Bands   ui.Table
	Fair    []ui.Table
	Second  string
}

// figures are those of the last year, and the groups of people side by side.
func (s *Room) figures(v *desk.Visit) (n app.Statistics, fair []app.FairRow, err error) {
	n, err = s.App.Review.Statistics(v.Context(), v.Actor, app.Period{From: s.App.Now().Add(-figuresSince)})
	if err == nil {
		fair, err = s.App.Fairness(v.Context(), v.Actor)
	}
	return n, fair, err
}

func (s *Room) figuresPage(v *desk.Visit) error {
	n, fair, err := s.figures(v)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &figuresScreen{Page: s.Frame(v, w.T("review.figures.title"), home), Tabs: w.tabs(home + "/cifras")}
	count := func(n int, key string) ui.Figure { return ui.Figure{Value: w.Number(n), Label: w.T(key)} }
	page.Figures = []ui.Figure{count(int(n.Waiting), "review.figures.waiting"), count(n.Decisions, "review.figures.decisions"), count(n.Same, "review.figures.same"),
		{Value: w.rate(n.PerDuplicate, n.Same > 0), Label: w.T("review.figures.per")}, {Value: w.seconds(n.Seconds), Label: w.T("review.figures.time")},
		count(n.Undone, "review.figures.undone"), count(n.Reopened, "review.figures.reopened")}
	page.Second = w.T("review.figures.nosecond")
	if n.Second.Looks > 0 {
		page.Second = w.T("review.figures.second", "looks", n.Second.Looks, "share", w.percent(n.Second.Share), "kappa", w.decimal(n.Second.Kappa, 2))
	}
	page.Bands = w.bands(n.Bands)
	for _, d := range []string{app.FairOrigin, app.FairSex, app.FairOffice} {
		page.Fair = append(page.Fair, w.fair(d, fair))
	}
	return s.Show(v, http.StatusOK, "figures.html", page)
}

func numeric(w words, keys ...string) (out []ui.Column) {
	for i, c := range w.Heads(keys...) {
		c.Numeric = i > 0
		out = append(out, c)
	}
	return out
}

// bands are the decisions by weight.
func (w words) bands(bands []app.Band) ui.Table {
	t := ui.Table{Caption: w.T("review.bands.title"), Empty: w.T("review.bands.none"),
		Head: numeric(w, "review.bands.bits", "review.figures.waiting", "review.figures.decisions", "review.figures.same", "review.figures.different", "review.figures.per", "review.figures.time")}
	for _, b := range bands {
		row := []ui.Cell{{Text: w.T("review.bands.from", "from", w.decimal(b.From, 0), "to", w.decimal(b.To, 0)), Note: w.likely(b.From)}}
		for _, n := range []int{int(b.Waiting), b.Decisions, b.Same, b.Different} {
			row = append(row, ui.Cell{Text: w.Number(n), Numeric: true})
		}
		t.Rows = append(t.Rows, append(row, ui.Cell{Text: w.rate(b.PerDuplicate, b.Same > 0), Numeric: true}, ui.Cell{Text: w.seconds(b.Seconds), Numeric: true}))
	}
	return t
}

// fair is the table of one dimension.
func (w words) fair(dimension string, all []app.FairRow) ui.Table {
	t := ui.Table{Caption: w.T("review.fair." + dimension), Empty: w.T("review.bands.none"),
		Head: numeric(w, "review.fair.group", "review.fair.people", "review.fair.review", "review.figures.same", "review.figures.different", "review.fair.wrong", "review.fair.error")}
	for _, r := range all {
		if r.Dimension != dimension {
			continue
		}
		row := []ui.Cell{{Text: w.group(r)}}
		for _, text := range []string{w.Number(int(r.People)), w.few(r.ReviewRate, r.Small), w.Number(int(r.Same)), w.Number(int(r.Different)),
			w.Number(int(r.Undone + r.Reopened + r.Disagreed)), w.few(r.ErrorRate, r.Small || r.Same+r.Different == 0)} {
			row = append(row, ui.Cell{Text: text, Numeric: true})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// group names a group of people.
func (w words) group(r app.FairRow) string {
	switch {
	case r.Dimension == app.FairOrigin && r.Group == "":
		return w.T("review.origin.none")
	case r.Dimension == app.FairOrigin:
		return w.T("review.origin." + r.Group)
	case r.Group == "":
		return w.T("review.fair.unknown")
	case r.Dimension == app.FairSex:
		return w.Code("sex", r.Group)
	}
	return w.Office(r.Group)
}

// few is a rate, or that there are too few for one.
func (w words) few(rate float64, small bool) string {
	if small {
		return w.T("review.fair.few")
	}
	return w.percent(rate)
}

func (w words) percent(share float64) string { return w.decimal(100*share, 1) + " %" }

func (w words) rate(n float64, known bool) string {
	if !known {
		return "–"
	}
	return w.decimal(n, 1)
}

func (w words) seconds(n int64) string {
	if n == 0 {
		return "–"
	}
	return w.T("review.figures.seconds", "n", n)
}

// figuresFile is the table of fairness and the bands as a file.
func (s *Room) figuresFile(v *desk.Visit) error {
	n, fair, err := s.figures(v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out, err := tabular.NewCSVWriter(&b, ';', true)
	if err != nil {
		return err
	}
	num := func(n int64) string { return strconv.FormatInt(n, 10) }
	share := func(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
	lines := [][]string{{"table", "group", "people", "waiting", "same", "different", "undone", "reopened", "disagreed", "review_rate", "error_rate", "decisions", "median_seconds"}}
	for _, r := range fair {
		rates := []string{share(r.ReviewRate), share(r.ErrorRate)}
		if r.Small {
			rates = []string{"", ""}
		}
		lines = append(lines, []string{r.Dimension, r.Group, num(r.People), num(r.Waiting), num(r.Same), num(r.Different), num(r.Undone), num(r.Reopened), num(r.Disagreed), rates[0], rates[1], "", ""})
	}
	for _, x := range n.Bands {
		lines = append(lines, []string{"weight", share(x.From), "", num(x.Waiting), num(int64(x.Same)), num(int64(x.Different)), "", "", "", "", "", num(int64(x.Decisions)), num(x.Seconds)})
	}
	for _, line := range lines {
		if err := out.Write(line); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	ui.Headers(v.W.Header())
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="revision.csv"`)
	if _, err := v.W.Write(b.Bytes()); err != nil {
		s.Log.Warn("the figures were cut short", "err", err) // the answer has begun
	}
	return nil
}
