package oversight

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"quipu/internal/app/oversight"
	"quipu/internal/web/ui"
)

// hourly is how many registrations each officer made in each hour of a day, from the first
// hour in which there was one to the last.
type hourly struct {
	First, Last int
	Officers    []string // by login
	N           map[string][24]int
}

func countHours(day *oversight.Day) hourly {
	h := hourly{First: 24, Last: -1, N: map[string][24]int{}}
	for _, r := range day.Registrations {
		at := time.UnixMicro(r.At).In(day.Clock).Hour()
		n, known := h.N[r.Author]
		if !known {
			h.Officers = append(h.Officers, r.Author)
		}
		n[at]++
		h.N[r.Author] = n
		h.First, h.Last = min(h.First, at), max(h.Last, at)
	}
	slices.Sort(h.Officers)
	return h
}

// sum is how many were made in an hour by all.
func (h hourly) sum(at int) (n int) {
	for _, of := range h.N {
		n += of[at]
	}
	return n
}

// hoursTable is what the chart shows, for everybody.
func (w words) hoursTable(h hourly) ui.Table {
	t := ui.Table{Caption: w.T("day.byhour"), Empty: w.T("day.byhour.none"), Head: []ui.Column{{Text: w.T("officer.col.who")}}}
	for at := h.First; at <= h.Last; at++ {
		t.Head = append(t.Head, ui.Column{Text: fmt.Sprintf("%d h", at), Numeric: true})
	}
	t.Head = append(t.Head, ui.Column{Text: w.T("day.total"), Numeric: true})
	row := func(who string, n func(at int) int) {
		cells, total := []ui.Cell{{Text: who}}, 0
		for at := h.First; at <= h.Last; at++ {
			total += n(at)
			cells = append(cells, ui.Cell{Text: w.blank(n(at)), Numeric: true})
		}
		t.Rows = append(t.Rows, append(cells, ui.Cell{Text: w.Number(total), Numeric: true}))
	}
	for _, login := range h.Officers {
		row(w.Who(login), func(at int) int { return h.N[login][at] })
	}
	if len(h.Officers) > 1 {
		row(w.T("day.total"), h.sum)
	}
	return t
}

// blank leaves zeros out, so that the eye finds the others.
func (w words) blank(n int) string {
	if n == 0 {
		return "·"
	}
	return w.Number(n)
}

// drawHours draws how many were made in each hour.
func drawHours(h hourly) ui.Bars {
	var values []float64
	var text, label []string
	for at := h.First; at <= h.Last; at++ {
		n, said := h.sum(at), ""
		if n > 0 {
			said = strconv.Itoa(n)
		}
		values, text, label = append(values, float64(n)), append(text, said), append(label, fmt.Sprintf("%d h", at))
	}
	return ui.DrawBars(values, text, label)
}
