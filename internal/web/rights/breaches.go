package rights

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	app "quipu/internal/app/rights"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/rights"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type breachesScreen struct {
	ui.Page
	Tabs  []ui.Link
	Table ui.Table
}

// breachesPage is the register of incidents.
func (s *Room) breachesPage(v *desk.Visit) error {
	all, err := s.App.Breaches(v.Context(), v.Actor, mostLines)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &breachesScreen{Page: s.Frame(v, w.T("rights.breach.title"), home), Tabs: w.tabs(v, home+"/incidentes")}
	page.Table = ui.Table{Caption: w.T("rights.breach.title"), Empty: w.T("rights.breach.none"),
		Head: w.Heads("rights.breach.what", "rights.breach.noticed", "rights.breach.authority", "rights.breach.people", "rights.breach.affected", "officer.col.office")}
	for i := range all {
		b := &all[i].Breach
		what := []rune(b.What)
		cell := ui.Cell{Text: string(what[:min(len(what), 80)]), Href: home + "/incidentes/" + b.Entity.ID, Note: rights.Reference(b.Entity.ID)}
		if b.Closed.Known() {
			cell.Tag = ui.Tag{Text: w.T("rights.breach.closed"), Colour: "grey"}
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{cell, {Text: w.Stamp(b.Noticed)}, {Tag: w.clock(all[i].Clocks.Authority), Note: w.until(all[i].Clocks.Authority)},
			{Tag: w.clock(all[i].Clocks.People)}, {Text: w.affected(b)}, {Text: w.Office(b.Office)}})
	}
	return s.Show(v, http.StatusOK, "breaches.html", page)
}

// affected says how many people, and how sure that is.
func (w words) affected(b *rights.Breach) string {
	if b.Certainty == rights.Unknown || b.Certainty == "" {
		return w.T("rights.certainty.unknown")
	}
	return w.Number(b.People) + " (" + w.T("rights.certainty."+string(b.Certainty)) + ")"
}

// breachForm is what the form says of an incident.
type breachForm struct {
	What, Consequences, Measures, Noticed, People, Certainty string
	Happened                                                 ui.DateParts
	Data, Certainties                                        []ui.Option
}

type breachScreen struct {
	ui.Page
	ID, Reference, Seen         string
	Closed, MayClose            bool
	Authority, Told             ui.Tag
	Rows                        []ui.Row
	Events                      []ui.Event
	MayAuthority, MayPeople     bool
	F                           breachForm
	At, Ref, Delay, How, Excuse string
	Zone                        string
}

// momentForm is how a browser sends a date with a time.
const momentForm = "2006-01-02T15:04"

// zone is the time zone of the officer's office; the node's when the network lacks it.
func (s *Room) zone(v *desk.Visit) *time.Location {
	if o, ok := place.Network().Office(v.Actor.Office); ok {
		if loc, err := o.Location(); err == nil {
			return loc
		}
	}
	return s.App.Now().Location()
}

// moment reads a date with a time in the office's zone; the zero stamp when it cannot.
func (s *Room) moment(v *desk.Visit, name string) change.Stamp {
	t, err := time.ParseInLocation(momentForm, strings.TrimSpace(v.PostFormValue(name)), s.zone(v))
	if err != nil {
		return change.Stamp{}
	}
	return change.StampOf(t)
}

func (s *Room) typed(v *desk.Visit, c change.Stamp) string {
	if c.Micros == 0 {
		return ""
	}
	return c.Time().In(s.zone(v)).Format(momentForm)
}

// breachCmd reads the form.
func (s *Room) breachCmd(v *desk.Visit) (cmd rights.BreachCmd, err error) {
	get := v.PostFormValue
	cmd = rights.BreachCmd{What: get("what"), Consequences: get("consequences"), Measures: get("measures"), Noticed: s.moment(v, "noticed"),
		Certainty: rights.Certainty(get("certainty"))}
	for _, d := range v.PostForm["data"] {
		cmd.Data = append(cmd.Data, registry.Section(d))
	}
	if cmd.Certainty != rights.Unknown {
		if cmd.People, err = strconv.Atoi(strings.TrimSpace(get("people"))); err != nil {
			return cmd, fault.New(fault.Invalid, "rights.people").On("people")
		}
	}
	cmd.Happened, err = v.Day("happened")
	return cmd, err
}

func (w words) breachForm(data []registry.Section) breachForm {
	f := breachForm{Data: desk.Choices(w.Words, "section.", registry.Sections), Certainties: desk.Choices(w.Words, "rights.certainty.", rights.Certainties)}
	for i := range f.Data {
		for _, d := range data {
			f.Data[i].Checked = f.Data[i].Checked || f.Data[i].Value == string(d)
		}
	}
	return f
}

// typedBreach is the form as it was sent.
func (w words) typedBreach(v *desk.Visit) breachForm {
	var data []registry.Section
	for _, d := range v.PostForm["data"] {
		data = append(data, registry.Section(d))
	}
	f, get := w.breachForm(data), v.PostFormValue
	f.What, f.Consequences, f.Measures, f.Noticed = get("what"), get("consequences"), get("measures"), get("noticed")
	f.People, f.Certainty, f.Happened = get("people"), get("certainty"), ui.FormDate(v.Request, "happened")
	return f
}

func (s *Room) newBreachPage(v *desk.Visit) error {
	return s.showNewBreach(v, http.StatusOK, words{v.Words}.breachForm(nil), nil)
}

func (s *Room) showNewBreach(v *desk.Visit, status int, f breachForm, problem error) error {
	if _, err := s.App.Breaches(v.Context(), v.Actor, 1); err != nil {
		return err // who may not see the register may not add to it
	}
	page := &breachScreen{Page: s.Frame(v, v.Words.T("rights.breach.new"), home), F: f, Zone: s.zone(v).String()}
	page.Back.Href, page.Narrow = home+"/incidentes", true
	if problem != nil {
		page.Fail(problem)
	}
	return s.Show(v, status, "newbreach.html", page)
}

func (s *Room) newBreach(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	cmd, err := s.breachCmd(v)
	breach := ""
	if err == nil {
		breach, err = s.App.OpenBreach(v.Context(), v.Actor, cmd)
	}
	if err == nil {
		return s.Done(v, home+"/incidentes/"+breach, v.Words.T("rights.breach.opened"))
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	return s.showNewBreach(v, http.StatusUnprocessableEntity, words{v.Words}.typedBreach(v), err)
}

func (s *Room) breachPage(v *desk.Visit) error {
	page, err := s.breachScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "breach.html", page)
}

func (s *Room) breachScreen(v *desk.Visit) (*breachScreen, error) {
	p, err := s.App.Breach(v.Context(), v.Actor, v.PathValue("breach"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	w, b := words{v.Words}, &p.Breach
	page := &breachScreen{Page: s.Frame(v, w.T("rights.breach.one"), home), ID: b.Entity.ID, Reference: rights.Reference(b.Entity.ID), Seen: b.Head.String(),
		Closed: b.Closed.Known(), Authority: w.clock(p.Clocks.Authority), Told: w.clock(p.Clocks.People), Rows: w.breachRows(p), Zone: s.zone(v).String(),
		Events: w.events(p.Changes, "what", "measures", "reference", "delay", "told_how", "exempt", "untold"), F: w.breachForm(b.Data)}
	page.Back.Href = home + "/incidentes"
	page.MayClose, page.MayAuthority, page.MayPeople = !page.Closed, !page.Closed && b.Authority.Micros == 0, !page.Closed && b.Told.Micros == 0
	f := &page.F
	f.What, f.Consequences, f.Measures, f.Noticed, f.Certainty = b.What, b.Consequences, b.Measures, s.typed(v, b.Noticed), string(b.Certainty)
	if f.Happened = ui.PartsOf(b.Text("happened")); b.Certainty != rights.Unknown {
		f.People = strconv.Itoa(b.People)
	}
	page.At = s.typed(v, change.StampOf(s.App.Now()))
	return page, nil
}

func (w words) breachRows(p *app.BreachPage) []ui.Row {
	b := &p.Breach
	var data []string
	for _, d := range b.Data {
		data = append(data, w.T("section."+string(d)))
	}
	rows := []ui.Row{{Key: w.T("rights.breach.what"), Value: b.What, Note: w.Office(b.Office)}, {Key: w.T("rights.breach.happened"), Value: w.day(b.Text("happened"))},
		{Key: w.T("rights.breach.noticed"), Value: w.Stamp(b.Noticed)}, {Key: w.T("rights.breach.data"), Value: strings.Join(data, ", ")},
		{Key: w.T("rights.breach.affected"), Value: w.affected(b)}, {Key: w.T("rights.breach.consequences"), Value: b.Consequences}, {Key: w.T("rights.breach.measures"), Value: b.Measures}}
	told := func(key string, at change.Stamp, c rights.Clock, note, excuse string) {
		r := ui.Row{Key: w.T(key), Value: w.until(c), Tag: w.clock(c)}
		switch {
		case at.Micros != 0:
			r.Value, r.Note = w.Stamp(at), note
		case excuse != "":
			r.Value, r.Note, r.Tag = w.T("rights.breach.excused"), excuse, ui.Tag{}
		}
		rows = append(rows, r)
	}
	told("rights.breach.authority", b.Authority, p.Clocks.Authority, strings.TrimSpace(b.AuthorityReference+" "+b.DelayReason), b.Exempt)
	told("rights.breach.people", b.Told, p.Clocks.People, b.ToldHow, b.Untold)
	return rows
}

func (s *Room) onBreach(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	breach, get := v.PathValue("breach"), v.PostFormValue
	ctx := v.Context()
	switch get("do") {
	case "authority":
		err = s.App.NotifyAuthority(ctx, v.Actor, breach, s.moment(v, "authority_at"), get("reference"), get("delay"), last)
	case "people":
		err = s.App.NotifyPeople(ctx, v.Actor, breach, s.moment(v, "told_at"), get("told_how"), last)
	case "exempt":
		err = s.App.ExcuseBreach(ctx, v.Actor, breach, false, get("exempt"), last)
	case "untold":
		err = s.App.ExcuseBreach(ctx, v.Actor, breach, true, get("untold"), last)
	case "close":
		err = s.App.CloseBreach(ctx, v.Actor, breach, last)
	default:
		var cmd rights.BreachCmd
		if cmd, err = s.breachCmd(v); err == nil {
			err = s.App.UpdateBreach(ctx, v.Actor, breach, cmd, last)
		}
	}
	if err == nil {
		return s.Done(v, home+"/incidentes/"+breach, v.Words.T("rights.done"))
	}
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict || fault.Is(err, "rights.moved") {
		return err
	}
	page, err2 := s.breachScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	if get("do") == "update" {
		page.F = words{v.Words}.typedBreach(v)
	}
	page.Ref, page.Delay, page.How, page.Excuse = get("reference"), get("delay"), get("told_how"), get("exempt")+get("untold")
	return s.Show(v, http.StatusUnprocessableEntity, "breach.html", page)
}
