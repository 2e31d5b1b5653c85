// Package wording puts what the record holds into a reader's language: labels, codes,
// offices, dates, for screens and for what is handed out on paper or as a file.
package wording

import (
	"strings"

	"quipu/internal/change"
	"quipu/internal/code"
	"quipu/internal/i18n"
	"quipu/internal/place"
	"quipu/internal/registry"
)

// Words are in one language.
type Words struct{ Lang i18n.Lang }

// T is a message of the catalogue; args alternate name, value.
func (w Words) T(key string, args ...any) string { return i18n.T(w.Lang, key, args...) }

// TN is a message that counts n things.
func (w Words) TN(key string, n int, args ...any) string { return i18n.TN(w.Lang, key, n, args...) }

// Or is the message when there is one, else the text itself: for codes that a later
// release, or another node, may have written.
func (w Words) Or(key, text string) string {
	if i18n.Has(w.Lang, key) {
		return i18n.T(w.Lang, key)
	}
	return text
}

// Label names a field, an item or a part of one.
func (w Words) Label(field string) string { return w.Or(registry.LabelOf(field), field) }

// Part names a part of an item.
func (w Words) Part(f *registry.Field, p *registry.Part) string {
	return w.Or("field."+f.Key+"."+p.Key, p.Key)
}

// Code is the label of a code, the code itself when the list is unknown.
func (w Words) Code(list, c string) string {
	if l, ok := code.Find(list); ok {
		return l.Label(c, string(w.Lang))
	}
	return c
}

// Office is the name of an office, its code when the network lacks it.
func (w Words) Office(c string) string {
	if o, ok := place.Network().Office(c); ok {
		return o.Name(string(w.Lang))
	}
	return c
}

// Text shows a stored text of a field, or with p of a part of it.
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

// Value shows the value of a field, or all parts of an item in one line: what names the
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
	return strings.Join(append(bare, named...), " · ")
}

// Stamp is a moment in words.
func (w Words) Stamp(s change.Stamp) string { return i18n.DateTime(w.Lang, s.Time(), nil) }
