package review

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	app "quipu/internal/app/review"
	"quipu/internal/registry"
	"quipu/internal/registry/same"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type pairScreen struct {
	ui.Page
	ID, Seen, Opened string
	State            ui.Tag
	Likely, Conflict string
	Sides            [2]sideView
	Compare          ui.Comparison
	Why              []reasonView
	Waits            []string
	Apart            []ui.Link
	Proposal         string
	MayDecide        bool
	MayReopen        bool
	MaySecond        bool
	Merge            ui.Link // of a merged pair
	History          []ui.Event
	Others           ui.Table
	Reason, Note     string
	ReopenReason     string
	SameText         string
	Before           string // the pair decided on before this one
	Union            *unionView
}

// sideView is one entry with what hangs on it.
type sideView struct {
	Letter, Name, Number, Href string
	Facts                      []string
	Tags                       []ui.Tag
}

// reasonView is one reason with its weight; Share is how long its bar is, 0 to 100.
type reasonView struct {
	Text, Weight string
	Share        int
	Against      bool
}

func (s *Room) pairPage(v *desk.Visit) error {
	page, _, err := s.screen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "pair.html", page)
}

func (s *Room) screen(v *desk.Visit) (*pairScreen, *app.PairPage, error) {
	p, err := s.App.Pair(v.Context(), v.Actor, v.PathValue("pair"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, nil, err
	}
	w := words{v.Words}
	page := &pairScreen{Page: s.Frame(v, w.T("review.pair.title"), home), ID: p.ID, State: w.state(p.State), Likely: w.likely(p.Weight),
		MayDecide: p.May.Decide, MayReopen: p.May.Reopen, MaySecond: p.May.Second, History: w.said(p.History)}
	page.Back.Href = home
	page.Opened = strconv.FormatInt(p.Opened.UnixMicro(), 10)
	if !p.Seen.IsZero() {
		page.Seen = p.Seen.String()
	}
	for i := range p.Sides {
		page.Sides[i] = w.side(&p.Sides[i], []string{"A", "B"}[i])
	}
	page.Compare = w.compare(p)
	page.Why = w.weights(p.Reasons)
	page.SameText = w.T("review.same.hint")
	if before := v.FormValue("antes"); before != "" {
		if _, _, ok := same.Sides(before); ok {
			page.Before = home + "/" + before
		}
	}
	for _, r := range p.Waits {
		page.Waits = append(page.Waits, w.reason(r))
	}
	for _, id := range p.Apart {
		page.Apart = append(page.Apart, ui.Link{Text: w.T("review.apart.open"), Href: home + "/" + id})
	}
	if p.Conflict {
		page.Conflict = w.T("review.conflict")
	}
	if p.Proposal != nil {
		page.Proposal = w.T("review.proposal", "who", w.Who(p.Proposal.By))
	}
	if p.Merge != nil {
		page.Merge = ui.Link{Text: w.T("review.merge.open"), Href: home + "/union/" + p.Merge.ID}
	}
	others := append(p.Sides[0].Others, p.Sides[1].Others...)
	page.Others = w.pairs(others)
	page.Others.Caption = w.T("review.others")
	return page, p, nil
}

// side is one entry in words.
func (w words) side(e *app.Entry, letter string) sideView {
	out := sideView{Letter: letter, Name: called(e.Face), Number: e.Number, Href: "/persona/" + e.Person}
	add := func(key string, n int) {
		if n > 0 {
			out.Facts = append(out.Facts, w.TN(key, n))
		}
	}
	out.Facts = append(out.Facts, w.T("review.side.made", "when", w.Stamp(e.Made), "office", w.Office(e.Office)),
		w.T("review.side.written", "when", w.Stamp(e.LastWritten)))
	add("review.side.registered", len(e.Registered))
	add("review.side.certificates", len(e.Certificates))
	add("review.side.changes", e.Changes)
	add("review.side.requests", e.Requests)
	add("review.side.hidden", e.Hidden)
	for _, m := range e.MergedFrom {
		out.Facts = append(out.Facts, w.T("review.side.from", "name", called(m), "number", m.Number))
	}
	out.Tags = w.Tags(registry.OutlineOn(&e.Record, w.Today))
	return out
}

// compare sets the fields side by side, those that differ first.
func (w words) compare(p *app.PairPage) (c ui.Comparison) {
	c = ui.Comparison{Caption: w.T("review.compare"), Left: w.T("review.side", "letter", "A", "number", p.A.Number), Right: w.T("review.side", "letter", "B", "number", p.B.Number)}
	var rest []ui.Compared
	for i := range p.Lines {
		l := &p.Lines[i]
		if desk.Group(l.Field) == "doubt" { // what an entry is asked about is on its own page
			continue
		}
		f := registry.Lookup(l.Field)
		row := ui.Compared{Label: w.Label(desk.Group(l.Field)), Left: w.Value(f, l.A.Value), Right: w.Value(f, l.B.Value)}
		switch {
		case row.Left == "":
			row.Words = w.T("review.only", "letter", "B")
		case row.Right == "":
			row.Words = w.T("review.only", "letter", "A")
		}
		if l.Differs && row.Left != row.Right {
			c.Rows = append(c.Rows, row)
		} else {
			rest = append(rest, row)
		}
	}
	c.Rows = append(c.Rows, rest...)
	return c
}

// weights are the reasons with bars, the weightiest first.
func (w words) weights(reasons []app.Reason) (out []reasonView) {
	most := 1.0
	for _, r := range reasons {
		most = max(most, math.Abs(r.Weight))
	}
	for _, r := range reasons {
		out = append(out, reasonView{Text: w.reason(r), Weight: w.decimal(r.Weight, 1), Share: int(math.Round(100 * math.Abs(r.Weight) / most)), Against: r.Weight < 0})
	}
	return out
}

// said is what was said of a pair, newest first.
func (w words) said(history []app.Said) (out []ui.Event) {
	for i := len(history) - 1; i >= 0; i-- {
		h := &history[i]
		verdict := string(h.Verdict)
		if h.Verdict == same.Open {
			verdict = "open"
		}
		text := strings.Trim(h.Reason+" · "+h.Note, " ·")
		out = append(out, ui.Event{Title: w.T("review.action."+h.Action) + ": " + w.T("review.verdict."+verdict), By: w.Who(h.Author) + ", " + h.Office,
			When: w.Stamp(h.At), Time: h.At.String(), Text: text})
	}
	return out
}
