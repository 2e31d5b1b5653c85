package campaign

import (
	"net/http"
	"strconv"
	"strings"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type turnScreen struct {
	ui.Page
	Campaign, ID, Seen                             string
	Stage                                          ui.Tag
	Rows                                           []ui.Row
	Person                                         string // id, "" for a visitor
	MayArrive, MayCall, MayServe, MayTurn, MayBack bool
	Acts                                           []actLine
	Whys, Offers                                   []ui.Option
	Why, Offer, Note, AwayNote, Number             string
	First                                          bool
	Events                                         []ui.Event
}

// actLine is one kind of act and how many were done.
type actLine struct{ Service, Label, Count string }

func (s *Room) turnPage(v *desk.Visit) error {
	page, err := s.turnScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "turn.html", page)
}

func (s *Room) turnScreen(v *desk.Visit) (*turnScreen, error) {
	p, err := s.App.Campaigns.Turn(v.Context(), v.Actor, v.PathValue("campaign"), v.PathValue("turn"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, u := words{v.Words}, &p.Turn
	title := p.Turn.Visitor
	if p.Person.ID != "" {
		title = called(p.Person)
	}
	if title == "" {
		title = w.T("campaign.unknown")
	}
	page := &turnScreen{Page: s.Frame(v, title, home), Campaign: v.PathValue("campaign"), ID: u.Entity.ID, Seen: u.Head.String(),
		Stage: ui.Tag{Text: w.T("campaign.stage." + string(u.Stage)), Colour: stageColours[u.Stage]}, Rows: w.turnRows(p), Person: p.Person.ID,
		Whys: desk.Choices(w.Words, "campaign.why.", campaign.Whys), Offers: desk.Choices(w.Words, "campaign.offer.", campaign.Offers), Why: string(u.Why), Offer: string(u.Offer),
		Events: w.events(p.Changes), First: u.First}
	page.Back.Href = home + "/" + page.Campaign + "/jornada"
	if u.Stage == campaign.Away {
		page.AwayNote = u.Note
	} else {
		page.Note = u.Note
	}
	open := p.Campaign.State == campaign.UnderWay
	page.MayArrive, page.MayCall = open && u.Stage == campaign.Listed, open && u.Stage == campaign.Waiting
	page.MayServe = open && u.Stage != campaign.Away
	page.MayTurn = open && u.Stage != campaign.Served
	page.MayBack = open && u.Place > 0 && (u.Stage == campaign.Called || u.Stage == campaign.Away)
	for _, c := range p.Campaign.Services {
		l := actLine{string(c), w.T("campaign.service." + string(c)), ""}
		if n := u.Acts[c]; n > 0 {
			l.Count = strconv.Itoa(n)
		}
		page.Acts = append(page.Acts, l)
	}
	return page, nil
}

func (w words) turnRows(p *app.TurnPage) (rows []ui.Row) {
	u := &p.Turn
	add := func(key, value, note string) {
		if value != "" {
			rows = append(rows, ui.Row{Key: w.T(key), Value: value, Note: note})
		}
	}
	if p.Person.ID != "" {
		add("campaign.number", p.Person.Number, i18n.Date(w.Lang, p.Person.Birth))
	}
	add("campaign.contact", u.Contact, "")
	add("campaign.time", w.slot(u.Slot), "")
	add("campaign.basis", w.T("campaign.basis."+string(u.Basis)), "")
	if u.Place > 0 {
		add("campaign.place", w.Number(u.Place), w.Stamp(u.Came))
	}
	if u.First {
		add("campaign.first", w.T("campaign.first.yes"), "")
	}
	var acts []string
	for _, s := range campaign.Services {
		if n := u.Acts[s]; n > 0 {
			acts = append(acts, w.T("campaign.service."+string(s))+": "+w.Number(n))
		}
	}
	add("campaign.acts", strings.Join(acts, ", "), "")
	if u.Why != "" {
		add("campaign.why", w.T("campaign.why."+string(u.Why)), "")
		add("campaign.offer", w.T("campaign.offer."+string(u.Offer)), "")
	}
	add("campaign.note", u.Note, "")
	return rows
}

func (s *Room) onTurn(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	at, turn, get, ctx := v.PathValue("campaign"), v.PathValue("turn"), v.PostFormValue, v.Context()
	here := home + "/" + at + "/turnos/" + turn
	to, done := home+"/"+at+"/jornada", "campaign.done"
	switch get("do") {
	case "arrive":
		err = s.App.Campaigns.Arrive(ctx, v.Actor, at, turn, get("first") == "yes", last)
	case "call":
		to, done = here, ""
		err = s.App.Campaigns.Call(ctx, v.Actor, at, turn, last)
	case "away":
		err = s.App.Campaigns.TurnAway(ctx, v.Actor, at, turn, campaign.Why(get("why")), campaign.Offer(get("offer")), get("away_note"), last)
	case "back":
		err = s.App.Campaigns.Back(ctx, v.Actor, at, turn, last)
	case "identify":
		to = here
		err = s.App.Campaigns.Identify(ctx, v.Actor, at, turn, get("number"), last)
	default:
		var acts map[campaign.Service]int
		if acts, err = actsOf(v); err == nil {
			err = s.App.Campaigns.Serve(ctx, v.Actor, at, turn, acts, get("note"), last)
		}
	}
	if err == nil {
		text := ""
		if done != "" {
			text = v.Words.T(done)
		}
		return s.Done(v, to, text)
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.turnScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Why, page.Offer, page.Note, page.AwayNote, page.Number = get("why"), get("offer"), get("note"), get("away_note"), get("number")
	for i := range page.Acts {
		page.Acts[i].Count = get("act." + page.Acts[i].Service)
	}
	return s.Show(v, http.StatusUnprocessableEntity, "turn.html", page)
}

// actsOf reads how many of each act were done; which acts there are is the campaign's to say.
func actsOf(v *desk.Visit) (map[campaign.Service]int, error) {
	out := map[campaign.Service]int{}
	for field := range v.PostForm {
		act, is := strings.CutPrefix(field, "act.")
		text := strings.TrimSpace(v.PostFormValue(field))
		if !is || text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fault.New(fault.Invalid, "campaign.acts").On("acts")
		}
		out[campaign.Service(act)] = n
	}
	return out, nil
}
