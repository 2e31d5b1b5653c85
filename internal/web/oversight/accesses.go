package oversight

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quipu/internal/access"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// accessesAPage bounds the weight of a page.
const accessesAPage = 40

type accessesScreen struct {
	ui.Page
	Tabs     []ui.Link
	Filter   filterForm
	Here     string // the query of this page, for the forms on it
	Lines    []line
	Empty    string
	Next     string
	MayPass  bool // these wait, and the officer may pass them as seen
	All      string
	Note     string
	NoteLeft string // reads that nobody judged yet
}

// line is one read in words.
type line struct {
	ID, When, Clock, Who, Office, Purpose, Did string
	Number, Href, Home                         string
	Why                                        []cause
	Seen                                       string
	Ticked                                     bool
}

// cause is why somebody should look: in short, and with what it was.
type cause struct{ Tag, Text string }

func (s *Room) accessesPage(v *desk.Visit) error {
	return s.showAccesses(v, http.StatusOK, askedOf(v.URL.Query()), nil, nil)
}

// showAccesses shows a page of the log of reads. fail is what was wrong with a form of it,
// and typed what was in it.
func (s *Room) showAccesses(v *desk.Visit, status int, a asked, fail error, typed url.Values) error {
	left, err := s.App.JudgeReads(v.Context(), v.Actor)
	if err != nil {
		return err
	}
	_, reviews := authz.ScopeOf(v.Actor, authz.ReviewReads)
	if a.View == "" {
		if a.View = viewAll; reviews {
			a.View = viewOpen
		}
	}
	w := words{v.Words}
	page := &accessesScreen{Page: s.Frame(v, w.T("officer.reads.title"), "/accesos"), Filter: w.filterForm(v, a), Here: a.query(a.View, a.Before)}
	f, err := a.filter(place.Clock(v.Actor.Office))
	if err != nil {
		page.Fail(err)
	}
	if fail != nil {
		page.Fail(fail)
	}
	found, next, err := s.App.Accesses(v.Context(), v.Actor, f, accessesAPage)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	w = words{v.Words}
	page.Tabs, err = s.accessTabs(v, a, reviews)
	if left > 0 {
		page.NoteLeft = w.TN("access.left", int(left))
	}
	page.Note, page.Filter.Number = typed.Get("nota"), typed.Get("numero")
	page.MayPass = reviews && a.View == viewOpen && len(found) > 0
	page.lines(w, v, found, typed["fila"])
	page.Empty = w.T("access.none." + a.View)
	if a.Narrowed() {
		page.Empty = w.T("access.none.filter")
	}
	if next > 0 {
		page.Next = "/accesos?" + a.query(a.View, next)
	}
	if err != nil {
		return err
	}
	return s.Show(v, status, "accesses.html", page)
}

// accessTabs are the views; for who may pass what waits, with how much that is.
func (s *Room) accessTabs(v *desk.Visit, a asked, reviews bool) (tabs []ui.Link, err error) {
	for _, view := range []string{viewOpen, viewSeen, viewAll} {
		l := ui.Link{Text: v.Words.T("access.view." + view), Href: "/accesos?" + a.query(view, 0), Current: view == a.View}
		if view == viewOpen && reviews {
			n, err := s.App.OpenAccesses(v.Context(), v.Actor)
			if err != nil {
				return nil, err
			}
			l.Text += " (" + i18n.Number(v.Words.Lang, n) + ")"
		}
		tabs = append(tabs, l)
	}
	return tabs, nil
}

func (p *accessesScreen) lines(w words, v *desk.Visit, found []oversight.Access, ticked []string) {
	var all []string
	for i := range found {
		x := &found[i]
		l := w.line(x)
		if x.Person != "" && authz.May(v.Actor, authz.Read, x.Home) {
			l.Href = "/persona/" + x.Person
		}
		for _, t := range ticked {
			l.Ticked = l.Ticked || t == l.ID
		}
		p.Lines, all = append(p.Lines, l), append(all, l.ID)
	}
	p.All = strings.Join(all, " ")
}

func (w words) line(x *oversight.Access) line {
	at := time.UnixMicro(x.At).In(place.Clock(x.Office))
	l := line{ID: strconv.FormatInt(x.Seq, 10), When: i18n.Date(w.Lang, at.Format(time.DateOnly)), Clock: at.Format("15:04:05"), Who: w.Who(x.Author),
		Office: w.Office(x.Office), Purpose: w.Code("purpose", x.Purpose), Did: w.did(x.Action), Number: x.Number}
	if x.Home != "" && x.Home != x.Office {
		l.Home = w.T("access.home", "office", w.city(x.Home))
	}
	for _, r := range x.Why {
		l.Why = append(l.Why, cause{w.T("access.short." + string(r)), w.why(r, x, at)})
	}
	if x.SeenAt > 0 {
		l.Seen = w.T("access.seen", "who", w.Who(x.SeenBy), "when", w.Moment(x.SeenAt), "note", x.Note)
	}
	return l
}

// did says what was done.
func (w words) did(action string) string { return w.Or("officer.did."+action, action) }

// city names an office in short.
func (w words) city(office string) string {
	if o, ok := place.Network().Office(office); ok {
		return o.City
	}
	return office
}

// why says a reason with what it was in this case.
func (w words) why(r access.Reason, x *oversight.Access, at time.Time) string {
	o, _ := place.Network().Office(x.Office)
	return w.T("access.reason."+string(r), "home", w.city(x.Home), "office", w.city(x.Office), "clock", at.Format("15:04"),
		"weekday", w.T("access.day."+strconv.Itoa((int(at.Weekday())+6)%7+1)), "hours", w.hours(o.Hours), "n", access.MostAMinute)
}

// hours says when officers work: "lunes a viernes, 08:00 a 18:00".
func (w words) hours(h place.Hours) string {
	day := func(n int) string { return w.T("access.day." + strconv.Itoa(n)) }
	clock := func(m int) string { return time.Date(2000, 1, 1, m/60, m%60, 0, 0, time.UTC).Format("15:04") }
	return w.T("access.hours", "first", day(h.First), "last", day(h.Last), "opens", clock(h.Opens), "closes", clock(h.Closes))
}

// findAccesses turns the form of the filter into an address, and the number of a record
// into its id.
func (s *Room) findAccesses(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	if _, ok := authz.ScopeOf(v.Actor, authz.ReadLog); !ok {
		return authz.Check(v.Actor, authz.ReadLog, v.Actor.Office)
	}
	a := askedOf(v.PostForm)
	a.Before, a.Person = 0, ""
	if number := strings.TrimSpace(v.PostFormValue("numero")); number != "" {
		person, err := s.App.PersonOf(v.Context(), v.Actor, number)
		if err != nil {
			return s.again(v, a, err, "numero")
		}
		a.Person = person
	}
	return s.Done(v, "/accesos?"+a.query(a.View, 0), "")
}

// askedHere is what the page asks for that a form was sent from.
func askedHere(v *desk.Visit) (asked, error) {
	if err := v.ReadForm(); err != nil {
		return asked{}, err
	}
	q, err := url.ParseQuery(v.PostFormValue("aqui"))
	if err != nil {
		q = nil
	}
	return askedOf(q), nil
}

// seeAccesses passes the lines that were ticked, or all of the page.
func (s *Room) seeAccesses(v *desk.Visit) error {
	a, err := askedHere(v)
	if err != nil {
		return err
	}
	lines := v.PostForm["fila"]
	if v.PostFormValue("do") == "all" {
		lines = strings.Fields(v.PostFormValue("todas"))
	}
	var places []int64
	for _, l := range lines {
		if n, err := strconv.ParseInt(l, 10, 64); err == nil {
			places = append(places, n)
		}
	}
	own, err := s.App.SeeAccesses(v.Context(), v.Actor, places, v.PostFormValue("nota"))
	if err != nil {
		return s.again(v, a, err, "")
	}
	text := v.Words.TN("access.passed", len(places)-own)
	if own > 0 {
		text += " " + v.Words.TN("access.own", own)
	}
	a.Before = 0
	return s.Done(v, "/accesos?"+a.query(viewOpen, 0), text)
}

// again shows the page with what was wrong in one of its forms.
func (s *Room) again(v *desk.Visit, a asked, err error, field string) error {
	status := ui.StatusOf(err)
	if status >= http.StatusInternalServerError || status == http.StatusForbidden {
		return err
	}
	if f := fault.As(err); f != nil && field != "" {
		err = f.On(field)
	}
	return s.showAccesses(v, status, a, err, v.PostForm)
}
