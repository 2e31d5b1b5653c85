package campaign

import (
	"net/http"
	"strconv"
	"strings"

	app "quipu/internal/app/campaign"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type listScreen struct {
	ui.Page
	ID      string
	Tabs    []ui.Link
	State   ui.Tag
	MayPlan bool
	Table   ui.Table
	Paging  ui.Paging
	Total   int
	F       findForm
	Found   []foundLine
	More    bool
	Asked   bool
}

// findForm is what was looked for.
type findForm struct {
	Where, Months, Number string
	Expiry                bool
}

// foundLine is somebody who may be taken along.
type foundLine struct{ ID, Basis, Name, Number, Why string }

func (s *Room) listPage(v *desk.Visit) error {
	page, err := s.listScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "list.html", page)
}

func (s *Room) listScreen(v *desk.Visit) (*listScreen, error) {
	at := v.PathValue("campaign")
	skip, _ := strconv.Atoi(v.URL.Query().Get("desde"))
	skip = max(0, skip)
	c, turns, total, err := s.App.Campaigns.List(v.Context(), v.Actor, at, skip, desk.EventsAPage)
	if err != nil {
		return nil, err
	}
	w := words{v.Words}
	page := &listScreen{Page: s.Frame(v, w.T("campaign.list.title", "city", c.City), home), ID: at, Tabs: w.tabs(v), State: w.state(c.State),
		MayPlan: authz.May(v.Actor, authz.Campaign, c.Office) && c.State != campaign.Closed, Total: total, F: findForm{Where: c.City, Months: "24"}}
	page.Back.Href = home
	page.Table = ui.Table{Caption: w.T("campaign.list.taken"), Empty: w.T("campaign.list.none"), Head: w.Heads("campaign.person", "campaign.time", "campaign.basis")}
	for i := range turns {
		t := &turns[i]
		slot, _ := campaign.ParseSlot(t.Slot)
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: w.who(t), Href: home + "/" + at + "/turnos/" + t.ID, Note: t.Person.Number},
			{Text: w.slot(slot)}, {Text: w.T("campaign.basis." + t.Basis)}})
	}
	if total > 0 {
		page.Paging = w.Paging(home+"/"+at+"/lista", "", skip, min(skip+len(turns), total), total)
	}
	return page, nil
}

func (s *Room) onList(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	at, get := v.PathValue("campaign"), v.PostFormValue
	var found []app.Found
	var more bool
	var err error
	switch get("do") {
	case "take", "number":
		var n, untimed int
		if n, untimed, err = s.take(v, at); err == nil {
			text := v.Words.TN("campaign.list.put", n)
			if untimed > 0 {
				text += " " + v.Words.TN("campaign.list.untimed", untimed)
			}
			return s.Done(v, home+"/"+at+"/lista", text)
		}
	default:
		months, _ := strconv.Atoi(strings.TrimSpace(get("months")))
		search := app.Search{City: get("where"), Expiry: get("expiry") == "yes"}
		if months > 0 {
			search.Seen = monthsBefore(v.Words.Today, min(months, 1200))
		}
		found, more, err = s.App.Campaigns.Find(v.Context(), v.Actor, at, search)
	}
	if err != nil && !stays(err) {
		return err
	}
	page, err2 := s.listScreen(v)
	if err2 != nil {
		return err2
	}
	page.F = findForm{Where: get("where"), Months: get("months"), Number: get("number"), Expiry: get("expiry") == "yes"}
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
		page.Fail(err)
	} else {
		page.Asked, page.More, page.Found = true, more, words{v.Words}.found(found)
	}
	return s.Show(v, status, "list.html", page)
}

// take puts on the list who was ticked, or who has the number.
func (s *Room) take(v *desk.Visit, at string) (n, untimed int, err error) {
	timed := v.PostFormValue("timed") == "yes"
	if v.PostFormValue("do") == "number" {
		return s.App.Campaigns.TakeNumber(v.Context(), v.Actor, at, v.PostFormValue("number"), timed)
	}
	who := map[string]campaign.Basis{}
	for _, one := range v.PostForm["person"] {
		p, basis, _ := strings.Cut(one, " ")
		who[p] = campaign.Basis(basis)
	}
	if len(who) == 0 {
		return 0, 0, fault.New(fault.Invalid, "campaign.nobody").On("found")
	}
	return s.App.Campaigns.Take(v.Context(), v.Actor, at, who, timed)
}

// found says of each person why.
func (w words) found(all []app.Found) (out []foundLine) {
	for _, f := range all {
		var why []string
		for _, r := range f.Renewals {
			key := map[bool]string{true: "campaign.found.expired", false: "campaign.found.expires"}[r.Expired]
			why = append(why, w.T(key, "document", w.Code("doc_type", r.Type), "date", i18n.Date(w.Lang, r.Expires.String())))
		}
		switch {
		case f.Last.Known():
			why = append(why, w.T("campaign.found.last", "date", i18n.Date(w.Lang, f.Last.String())))
		default:
			why = append(why, w.T("campaign.found.never"))
		}
		out = append(out, foundLine{f.ID, string(f.Basis), called(f.PersonRow), f.Number, strings.Join(why, " · ")})
	}
	return out
}
