package review

import (
	"net/http"
	"net/url"

	app "quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// pairsAPage is how many pairs a page of the queue holds.
const pairsAPage = 20

type queueScreen struct {
	ui.Page
	Tabs     []ui.Link
	Waiting  int64
	Lead     string
	Begin    string // address of the first pair, "" when none waits
	States   []ui.Option
	Offices  []ui.Option // for who reviews several; none otherwise
	State    string
	Office   string
	Table    ui.Table
	First    string
	Next     string
	ShowForm bool
}

// queuePage lists the pairs, those first of which a decision is expected to find most.
func (s *Room) queuePage(v *desk.Visit) error {
	f := app.Filter{Office: v.FormValue("oficina"), State: app.State(v.FormValue("estado")), After: v.FormValue("desde"), Limit: pairsAPage + 1}
	if f.State == "" {
		f.State = app.Waiting
	}
	list, err := s.App.Queue(v.Context(), v.Actor, f)
	if err != nil {
		return err
	}
	n, err := s.App.Review.Count(v.Context(), v.Actor, f)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &queueScreen{Page: s.Frame(v, w.T("review.title"), home), Tabs: w.tabs(home), Waiting: n, State: string(f.State), Office: f.Office}
	page.Lead = w.TN("review.count."+string(f.State), int(n))
	page.States = desk.Choices(w.Words, "review.state.", app.States)
	page.Offices = w.offices(v.Actor)
	if f.State == app.Waiting && len(list) > 0 {
		page.Begin = home + "/siguiente"
	}
	keep := url.Values{"estado": {page.State}}
	if f.Office != "" {
		keep.Set("oficina", f.Office)
	}
	if f.After != "" {
		page.First = home + "?" + keep.Encode()
	}
	if len(list) > pairsAPage {
		list = list[:pairsAPage]
		keep.Set("desde", list[pairsAPage-1].Place)
		page.Next = home + "?" + keep.Encode()
	}
	page.Table = w.pairs(list)
	page.Table.Caption, page.Table.Empty = w.T("review.state."+page.State), w.T("review.none")
	return s.Show(v, http.StatusOK, "queue.html", page)
}

// offices are those that a reviewer of several can choose from.
func (w words) offices(actor authz.Actor) (out []ui.Option) {
	scope, ok := authz.ScopeOf(actor, authz.Review)
	if !ok || !scope.All {
		return nil
	}
	for _, o := range place.Network().Offices() {
		out = append(out, ui.Option{Value: o.Code, Label: w.Office(o.Code)})
	}
	return out
}

// pairs is a table of pairs: who, why, where it stands.
func (w words) pairs(list []app.QueueItem) (t ui.Table) {
	t.Head = w.Heads("review.col.pair", "review.col.other", "review.col.why", "review.col.state")
	for _, it := range list {
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: called(it.A), Href: home + "/" + it.ID, Note: w.facts(it.A)},
			{Text: called(it.B), Note: w.facts(it.B)},
			{Text: w.likely(it.Weight), Note: w.why(it.Reasons, 5)},
			{Tag: w.state(it.State), Note: w.T("review.source." + string(it.Source))},
		})
	}
	return t
}

// nextPage goes to the pair that the officer should decide on next.
func (s *Room) nextPage(v *desk.Visit) error {
	pair, _, err := s.App.NextFor(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	if pair == "" {
		return s.Done(v, home, v.Words.T("review.all_done"))
	}
	return s.Done(v, home+"/"+pair, "")
}

type personScreen struct {
	desk.PersonHead
	Table  ui.Table
	Merges []mergeLine
}

// mergeLine is one merge that a person is or was in.
type mergeLine struct {
	Text, Href, Link string
	Tag              ui.Tag
}

// ofPerson lists who of the register may be the same person, and the merges the person is in.
func (s *Room) ofPerson(v *desk.Visit) error {
	p, head, err := s.OpenPerson(v, desk.TabSummary)
	if err != nil {
		return err
	}
	person := p.Person.Entity.ID
	pairs, err := s.App.PairsOf(v.Context(), v.Actor, person)
	if err != nil {
		return err
	}
	merges, err := s.App.Merges(v.Context(), v.Actor, person)
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &personScreen{PersonHead: *head, Table: w.pairs(pairs)}
	page.Title = w.T("review.of_person")
	page.Table.Caption, page.Table.Empty = w.T("review.of_person"), w.T("review.of_person.none")
	for i := range merges {
		m := &merges[i]
		line := mergeLine{Text: w.T("review.merge.line", "other", called(m.OtherFace), "number", m.OtherFace.Number, "survivor", called(m.SurvivorFace),
			"to", m.SurvivorFace.Number, "when", w.Moment(m.At), "who", w.Who(m.Author)),
			Href: home + "/union/" + m.ID, Link: w.T("review.merge.open"), Tag: w.mergeState(m.Ended)}
		page.Merges = append(page.Merges, line)
	}
	return s.Show(v, http.StatusOK, "duplicates.html", page)
}
