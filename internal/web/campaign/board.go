package campaign

import (
	"net/http"
	"strings"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type boardScreen struct {
	ui.Page
	ID      string
	Tabs    []ui.Link
	State   ui.Tag
	Open    bool // the queue is served
	Figures []ui.Figure
	Called  ui.Table
	Next    ui.Table
	Latest  ui.Table
	Who     string // what was typed of who came
	First   bool
	Choices []choice // people who may be meant
	Unknown bool     // nobody of the register fits
	Visitor string
	Contact string
}

// choice is somebody who may have come.
type choice struct{ ID, Name, Note string }

func (s *Room) boardPage(v *desk.Visit) error {
	page, err := s.boardScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "board.html", page)
}

func (s *Room) boardScreen(v *desk.Visit) (*boardScreen, error) {
	at := v.PathValue("campaign")
	b, err := s.App.Campaigns.Board(v.Context(), v.Actor, at)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &boardScreen{Page: s.Frame(v, w.T("campaign.day.title", "city", b.Campaign.City), home), ID: at, Tabs: w.tabs(v), State: w.state(b.Campaign.State),
		Open: b.Campaign.State == campaign.UnderWay}
	page.Back.Href = home
	page.Figures = []ui.Figure{{Value: w.Number(b.Waiting), Label: w.T("campaign.figure.waiting")}, {Value: w.Number(b.Coming), Label: w.T("campaign.figure.coming")},
		{Value: w.Number(b.Tally.Served), Label: w.T("campaign.figure.served")}, {Value: w.Number(b.Tally.Away), Label: w.T("campaign.figure.away")},
		{Value: w.Number(b.Free), Label: w.T("campaign.figure.free"), Note: i18n.Date(w.Lang, civil.FromTime(b.Now.Time()).String())}}
	page.Called = w.turns(at, "campaign.day.called", "campaign.day.nobody", b.Called)
	page.Next = w.turns(at, "campaign.day.next", "campaign.day.empty", b.Next)
	page.Latest = w.turns(at, "campaign.day.latest", "campaign.day.none", b.Latest)
	return page, nil
}

// turns is a table of turns.
func (w words) turns(at, caption, empty string, turns []app.Turn) ui.Table {
	t := ui.Table{Caption: w.T(caption), Empty: w.T(empty), Head: w.Heads("#campaign.place", "campaign.person", "campaign.time", "campaign.stage")}
	for i := range turns {
		u := &turns[i]
		slot, _ := campaign.ParseSlot(u.Slot)
		stage := ui.Tag{Text: w.T("campaign.stage." + u.Stage), Colour: stageColours[campaign.Stage(u.Stage)]}
		note := u.Person.Number
		if u.Ahead {
			note = strings.TrimSpace(note + " · " + w.T("campaign.first.short"))
		}
		place := ""
		if u.Place > 0 {
			place = w.Number(int(u.Place))
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: place, Numeric: true}, {Text: w.who(u), Href: home + "/" + at + "/turnos/" + u.ID, Note: note}, {Text: w.slot(slot)}, {Tag: stage}})
	}
	return t
}

var stageColours = map[campaign.Stage]string{campaign.Listed: "grey", campaign.Waiting: "blue", campaign.Called: "yellow", campaign.Served: "green", campaign.Away: "orange"}

func (s *Room) onBoard(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	at, get := v.PathValue("campaign"), v.PostFormValue
	if get("do") == "next" {
		turn, err := s.App.Campaigns.CallNext(v.Context(), v.Actor, at)
		switch {
		case err != nil:
			return err
		case turn == "":
			return s.Done(v, home+"/"+at+"/jornada", v.Words.T("campaign.day.empty"))
		}
		return s.Done(v, home+"/"+at+"/turnos/"+turn, "")
	}
	a := campaign.Arrival{Person: get("person"), First: get("first") == "yes"}
	if get("do") == "visitor" {
		a.Visitor, a.Contact = get("visitor"), get("contact")
	}
	var hits []app.PersonRow
	var err error
	if a.Person == "" && get("do") != "visitor" {
		if strings.TrimSpace(get("who")) == "" {
			err = fault.New(fault.Invalid, "campaign.words_missing").On("who")
		} else {
			hits, err = s.hits(v, get("who"))
		}
		if err == nil && len(hits) == 1 {
			a.Person = hits[0].ID
		}
	}
	if err == nil && (a.Person != "" || get("do") == "visitor") {
		var turn campaign.Turn
		if turn, err = s.App.Campaigns.Come(v.Context(), v.Actor, at, a); err == nil {
			return s.Done(v, home+"/"+at+"/jornada", v.Words.T("campaign.day.queued", "place", v.Words.Number(turn.Place)))
		}
	}
	if err != nil && !stays(err) {
		return err
	}
	page, err2 := s.boardScreen(v)
	if err2 != nil {
		return err2
	}
	page.Who, page.First, page.Visitor, page.Contact = get("who"), a.First, get("visitor"), get("contact")
	status := http.StatusOK
	switch {
	case err != nil:
		status = http.StatusUnprocessableEntity
		page.Fail(err)
		page.Unknown = get("do") == "visitor"
	case len(hits) == 0:
		page.Unknown, page.Visitor = true, get("who")
	}
	for _, h := range hits {
		page.Choices = append(page.Choices, choice{h.ID, called(h), h.Number + " · " + i18n.Date(v.Words.Lang, h.Birth)})
	}
	return s.Show(v, status, "board.html", page)
}

// hits are people of the register whom what was typed may mean.
func (s *Room) hits(v *desk.Visit, text string) (out []app.PersonRow, err error) {
	found, err := s.App.Search(v.Context(), v.Actor, text, 8)
	for _, h := range found {
		out = append(out, h.PersonRow)
	}
	return out, err
}
