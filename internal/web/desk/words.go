package desk

import (
	"strconv"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/app/wording"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/name"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// Words puts what the record holds into the reader's language, on a day.
type Words struct {
	wording.Words
	Today civil.Date
	Now   time.Time
	Names map[string]string // of officers, by login; see learnNames
	Clock *time.Location    // of the reader's office; nil for that of the computer
}

// who names the author of something: the officer's name and login, or the login alone of
// somebody who has no account here, as an import from the command line.
func (w Words) Who(login string) string {
	if name := w.Names[login]; name != "" && name != login {
		return w.T("officer.who", "name", name, "login", login)
	}
	return login
}

// provenance says in a line who wrote a value, when, where, and what it rests on.
func (w Words) Provenance(h change.Held) string {
	out := []string{i18n.DateTime(w.Lang, h.At.Time(), nil), w.Who(h.Author) + ", " + h.Office}
	if h.Prov.Source != "" {
		out = append(out, w.Code("source", h.Prov.Source))
	}
	if h.Prov.Evidence != "" {
		out = append(out, h.Prov.Evidence)
	}
	if h.Prov.Confidence != "" {
		out = append(out, w.Code("confidence", h.Prov.Confidence))
	}
	if h.Prov.From != "" {
		out = append(out, w.T("officer.prov.from", "date", i18n.Date(w.Lang, h.Prov.From)))
	}
	if h.Prov.To != "" {
		out = append(out, w.T("officer.prov.to", "date", i18n.Date(w.Lang, h.Prov.To)))
	}
	return strings.Join(out, " · ")
}

// Moment is a moment on the reader's clock.
func (w Words) Moment(micros int64) string {
	return i18n.DateTime(w.Lang, time.UnixMicro(micros), w.Clock)
}

// Away holds of what was stamped by a clock that says another hour than the reader's: that of
// an office elsewhere.
func (w Words) Away(s change.Stamp) bool {
	clock := w.Clock
	if clock == nil {
		clock = time.Local
	}
	_, there := s.Time().Zone()
	_, here := s.Time().In(clock).Zone()
	return there != here
}

func (w Words) Doubt(d registry.Doubt) string {
	if key := "doubt." + d.Key; i18n.Has(w.Lang, key) {
		return i18n.T(w.Lang, key, i18n.Pairs(d.Args)...)
	}
	return d.Key
}

// Number shows a number as the language writes it.
func (w Words) Number(n int) string { return i18n.Number(w.Lang, int64(n)) }

// Heads are the columns of a table by the keys of their names; "#" before one makes it
// numeric.
func (w Words) Heads(keys ...string) (out []ui.Column) {
	for _, k := range keys {
		k, numeric := strings.CutPrefix(k, "#")
		out = append(out, ui.Column{Text: w.T(k), Numeric: numeric})
	}
	return out
}

// Called is the name of a person in a list; the number of one who has none any more.
func Called(n name.Name, number string) string {
	if text := n.Display(); text != "" {
		return text
	}
	return number
}

// Group is the field of an item: "document" of "document/7QK3WZ0A".
func Group(field string) string {
	key, _, _ := strings.Cut(field, "/")
	return key
}

// Mendable holds of what the officer can put right on the page that was sent.
func Mendable(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Invalid || kind == fault.Conflict
}

// EventsAPage bounds the weight of a page of a timeline.
const EventsAPage = 30

// paging says which part of a list is shown and leads to the others.
func (w Words) Paging(path, query string, skip, end, total int) ui.Paging {
	if total == 0 {
		return ui.Paging{}
	}
	p := ui.Paging{From: skip + 1, To: end, Total: total}
	at := func(n int) string {
		to := path + "?desde=" + strconv.Itoa(n)
		if query != "" {
			to += "&" + query
		}
		return to
	}
	if skip > 0 {
		p.Prev = at(max(0, skip-EventsAPage))
	}
	if end < total {
		p.Next = at(end)
	}
	return p
}

// ConsentPurposes are asked one by one; none of them is a condition of being registered.
var ConsentPurposes = []string{"alerts", "research", "events"}

// ConsentText is the text of a purpose in a version.
func (w Words) ConsentText(version, purpose string) string {
	if key, ok := app.ConsentText(version, purpose); ok {
		return w.T(key)
	}
	return w.T("officer.consents.notext", "version", version)
}

// Renewals are the documents that the person should be reminded of, in the order in which
// they must be renewed.
func (w Words) Renewals(p *registry.Person) (out []string) {
	for _, r := range registry.Renewals(p, w.Today) {
		key := "officer.renewals.due"
		if r.Expired {
			key = "officer.renewals.expired"
		}
		out = append(out, w.T(key, "type", w.Code("doc_type", r.Type), "date", i18n.Date(w.Lang, r.Expires.String())))
	}
	return out
}

// CaseName is how a case of a survey is called: by its stratum, or by its chain and its code.
func (w Words) CaseName(c *survey.CaseRow) string {
	n := strconv.FormatInt(c.Place, 10)
	if c.Coupon > 0 {
		return w.T("chain.case.name", "chain", c.Stratum, "wave", n, "case", survey.Tail(c.ID))
	}
	return w.T("survey.case.name", "stratum", c.Stratum, "n", n)
}
