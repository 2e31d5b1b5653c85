package officer

import (
	"strings"
	"time"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/registry"
)

// words puts what the record holds into the reader's language.
type words struct {
	lang  i18n.Lang
	today civil.Date
	names map[string]string // of officers, by login; see learnNames
}

// who names the author of something: the officer's name and login, or the login alone of
// somebody who has no account here, as an import from the command line.
func (w words) who(login string) string {
	if name := w.names[login]; name != "" && name != login {
		return w.t("officer.who", "name", name, "login", login)
	}
	return login
}

func (w words) t(key string, args ...any) string { return i18n.T(w.lang, key, args...) }

func (w words) tn(key string, n int, args ...any) string { return i18n.TN(w.lang, key, n, args...) }

// or is the message when there is one, else the text itself: for codes that a later
// release, or another node, may have written.
func (w words) or(key, text string) string {
	if i18n.Has(w.lang, key) {
		return i18n.T(w.lang, key)
	}
	return text
}

// label names a field, an item or a part of one.
func (w words) label(field string) string { return w.or(registry.LabelOf(field), field) }

func (w words) part(f *registry.Field, p *registry.Part) string {
	return w.or("field."+f.Key+"."+p.Key, p.Key)
}

func (w words) code(list, c string) string {
	if l, ok := code.Find(list); ok {
		return l.Label(c, string(w.lang))
	}
	return c
}

func (w words) office(c string) string {
	if o, ok := place.Network().Office(c); ok {
		return o.Name(string(w.lang))
	}
	return c
}

// text shows a stored text of a field, or with p of a part of it.
func (w words) text(f *registry.Field, p *registry.Part, text string) string {
	kind, list, many := f.Kind, f.List, f.Many
	if p != nil {
		kind, list, many = p.Kind, p.List, false
	}
	if text == "" {
		return ""
	}
	switch kind {
	case registry.KDate:
		return i18n.Date(w.lang, text)
	case registry.KFlag:
		return w.t(map[bool]string{true: "ui.yes", false: "ui.no"}[text == "yes"])
	case registry.KOffice:
		return w.office(text)
	case registry.KHash:
		return w.t("officer.photo.kept") // nobody reads a hash
	case registry.KPlace:
		if u, err := code.ParseUbigeo(text); err == nil {
			return u.Path()
		}
	case registry.KCode:
		if !many {
			return w.code(list, text)
		}
		codes := strings.Fields(text)
		for i := range codes {
			codes[i] = w.code(list, codes[i])
		}
		return strings.Join(codes, ", ")
	}
	return text
}

// value shows the value of a field, or all parts of an item in one line: what names the
// item first and bare, the rest with its name.
func (w words) value(f *registry.Field, v change.Value) string {
	if f == nil || !f.IsGroup() {
		if f == nil {
			return v.Text
		}
		return w.text(f, nil, v.Text)
	}
	var bare, named []string
	for i := range f.Parts {
		p := &f.Parts[i]
		text := w.text(f, p, v.Part(p.Key))
		switch {
		case text == "" || p.Kind == registry.KMRZ || p.Kind == registry.KRef:
		case (p.Names || p.Must) && p.Kind != registry.KDate && p.Kind != registry.KFlag:
			bare = append(bare, strings.ReplaceAll(text, "\n", ", "))
		default:
			named = append(named, w.part(f, p)+": "+text)
		}
	}
	return strings.Join(append([]string{strings.Join(bare, " · ")}, named...), " · ")
}

// provenance says in a line who wrote a value, when, where, and what it rests on.
func (w words) provenance(h change.Held) string {
	out := []string{i18n.DateTime(w.lang, h.At.Time(), nil), w.who(h.Author) + ", " + h.Office}
	if h.Prov.Source != "" {
		out = append(out, w.code("source", h.Prov.Source))
	}
	if h.Prov.Evidence != "" {
		out = append(out, h.Prov.Evidence)
	}
	if h.Prov.Confidence != "" {
		out = append(out, w.code("confidence", h.Prov.Confidence))
	}
	if h.Prov.From != "" {
		out = append(out, w.t("officer.prov.from", "date", i18n.Date(w.lang, h.Prov.From)))
	}
	if h.Prov.To != "" {
		out = append(out, w.t("officer.prov.to", "date", i18n.Date(w.lang, h.Prov.To)))
	}
	return strings.Join(out, " · ")
}

func (w words) moment(micros int64) string {
	return i18n.DateTime(w.lang, time.UnixMicro(micros), nil)
}

func (w words) doubt(d registry.Doubt) string {
	args := make([]any, 0, 2*len(d.Args))
	for _, a := range d.Args {
		args = append(args, a.Name, a.Value)
	}
	if key := "doubt." + d.Key; i18n.Has(w.lang, key) {
		return i18n.T(w.lang, key, args...)
	}
	return d.Key
}

func (w words) stamp(s change.Stamp) string { return i18n.DateTime(w.lang, s.Time(), nil) }
