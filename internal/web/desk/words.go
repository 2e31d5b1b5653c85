package desk

import (
	"strconv"
	"strings"
	"time"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/web/ui"
)

// Words puts what the record holds into the reader's language.
type Words struct {
	Lang  i18n.Lang
	Today civil.Date
	Names map[string]string // of officers, by login; see learnNames
}

// who names the author of something: the officer's name and login, or the login alone of
// somebody who has no account here, as an import from the command line.
func (w Words) Who(login string) string {
	if name := w.Names[login]; name != "" && name != login {
		return w.T("officer.who", "name", name, "login", login)
	}
	return login
}

func (w Words) T(key string, args ...any) string { return i18n.T(w.Lang, key, args...) }

func (w Words) TN(key string, n int, args ...any) string { return i18n.TN(w.Lang, key, n, args...) }

// or is the message when there is one, else the text itself: for codes that a later
// release, or another node, may have written.
func (w Words) Or(key, text string) string {
	if i18n.Has(w.Lang, key) {
		return i18n.T(w.Lang, key)
	}
	return text
}

// label names a field, an item or a part of one.
func (w Words) Label(field string) string { return w.Or(registry.LabelOf(field), field) }

func (w Words) Part(f *registry.Field, p *registry.Part) string {
	return w.Or("field."+f.Key+"."+p.Key, p.Key)
}

func (w Words) Code(list, c string) string {
	if l, ok := code.Find(list); ok {
		return l.Label(c, string(w.Lang))
	}
	return c
}

func (w Words) Office(c string) string {
	if o, ok := place.Network().Office(c); ok {
		return o.Name(string(w.Lang))
	}
	return c
}

// text shows a stored text of a field, or with p of a part of it.
func (w Words) Text(f *registry.Field, p *registry.Part, text string) string {
	kind, list, many := f.Kind, f.List, f.Many
	if p != nil {
		kind, list, many = p.Kind, p.List, false
	}
	if text == "" {
		return ""
	}
	switch kind {
	case registry.KDate:
		return i18n.Date(w.Lang, text)
	case registry.KFlag:
		return w.T(map[bool]string{true: "ui.yes", false: "ui.no"}[text == "yes"])
	case registry.KOffice:
		return w.Office(text)
	case registry.KHash:
		return w.T("officer.photo.kept") // nobody reads a hash
	case registry.KPlace:
		if u, err := code.ParseUbigeo(text); err == nil {
			return u.Path()
		}
	case registry.KCode:
		if !many {
			return w.Code(list, text)
		}
		codes := strings.Fields(text)
		for i := range codes {
			codes[i] = w.Code(list, codes[i])
		}
		return strings.Join(codes, ", ")
	}
	return text
}

// value shows the value of a field, or all parts of an item in one line: what names the
// item first and bare, the rest with its name.
func (w Words) Value(f *registry.Field, v change.Value) string {
	if f == nil || !f.IsGroup() {
		if f == nil {
			return v.Text
		}
		return w.Text(f, nil, v.Text)
	}
	var bare, named []string
	for i := range f.Parts {
		p := &f.Parts[i]
		text := w.Text(f, p, v.Part(p.Key))
		switch {
		case text == "" || p.Kind == registry.KMRZ || p.Kind == registry.KRef:
		case (p.Names || p.Must) && p.Kind != registry.KDate && p.Kind != registry.KFlag:
			bare = append(bare, strings.ReplaceAll(text, "\n", ", "))
		default:
			named = append(named, w.Part(f, p)+": "+text)
		}
	}
	return strings.Join(append([]string{strings.Join(bare, " · ")}, named...), " · ")
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

func (w Words) Moment(micros int64) string {
	return i18n.DateTime(w.Lang, time.UnixMicro(micros), nil)
}

func (w Words) Doubt(d registry.Doubt) string {
	if key := "doubt." + d.Key; i18n.Has(w.Lang, key) {
		return i18n.T(w.Lang, key, i18n.Pairs(d.Args)...)
	}
	return d.Key
}

func (w Words) Stamp(s change.Stamp) string { return i18n.DateTime(w.Lang, s.Time(), nil) }

// Number shows a number as the language writes it.
func (w Words) Number(n int) string { return i18n.Number(w.Lang, int64(n)) }

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
