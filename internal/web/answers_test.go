package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"quipu/internal/i18n"
	"quipu/internal/web"
)

// sheet is a form of a page as a browser would send it.
type sheet struct {
	action  string
	fields  url.Values
	written []string // names of what is typed
	buttons [][2]string
	secret  bool // asks for a password
}

// sheets reads the forms of a page that are posted and carry no file.
func (p page) sheets() (out []sheet) {
	doc, err := html.Parse(strings.NewReader(p.text))
	if err != nil {
		return nil
	}
	for f := range doc.Descendants() {
		if f.DataAtom == atom.Form && attrOf(f, "method") == "post" && attrOf(f, "enctype") == "" {
			s := sheet{action: attrOf(f, "action"), fields: url.Values{}}
			for n := range f.Descendants() {
				s.read(n)
			}
			out = append(out, s)
		}
	}
	return out
}

func (s *sheet) read(n *html.Node) {
	name, kind := attrOf(n, "name"), attrOf(n, "type")
	switch {
	case n.DataAtom == atom.Button:
		s.buttons = append(s.buttons, [2]string{name, attrOf(n, "value")})
	case n.DataAtom == atom.Textarea:
		s.written = append(s.written, name)
		s.fields.Add(name, "")
	case n.DataAtom == atom.Select:
		for o := range n.Descendants() {
			if o.DataAtom == atom.Option && hasAttr(o, "selected") {
				s.fields.Set(name, attrOf(o, "value"))
			}
		}
	case n.DataAtom != atom.Input || name == "":
	case kind == "checkbox" || kind == "radio":
		if hasAttr(n, "checked") {
			s.fields.Add(name, attrOf(n, "value"))
		}
	default:
		s.secret = s.secret || kind == "password"
		s.fields.Add(name, attrOf(n, "value"))
		if kind != "hidden" {
			s.written = append(s.written, name)
		}
	}
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// unsent are forms that the walk leaves alone: they would end its sessions, or are the same
// on every page.
var unsent = []string{"/salir", "/finalidad", "/mi-cuenta/sesiones"}

var opaque = regexp.MustCompile(`[0-9A-Z]{26}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{32}-[0-9a-z-]+`)

// answers sends every form of the views, once with nothing in it and once with what cannot be
// right, and returns the pages that come back: errors, conflicts, questions in between. What
// leads on to another page the walk has seen already.
func (w *walk) answers(views []view) (out []view) {
	w.t.Helper()
	done, found := map[string]bool{}, map[string][]view{}
	for _, v := range views {
		for _, s := range v.sheets() {
			kind := opaque.ReplaceAllString(s.action, "X")
			if done[kind+v.role] || slices.Contains(unsent, s.action) {
				continue
			}
			done[kind+v.role] = true
			if len(s.buttons) == 0 {
				s.buttons = [][2]string{{}}
			}
			for _, b := range s.buttons {
				for _, text := range []string{"", "%%%"} {
					if !s.secret || text == "" { // tries at a password are counted
						found[kind] = append(found[kind], w.answer(v, s.action, s.with(b, text))...)
					}
				}
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		out = append(out, chosen(found[kind])...)
	}
	return out
}

// with is the form filled in with a text, sent with a button.
func (s sheet) with(button [2]string, text string) url.Values {
	form := url.Values{}
	for name, values := range s.fields {
		form[name] = slices.Clone(values)
		if slices.Contains(s.written, name) {
			form.Set(name, text)
		}
	}
	if button[0] != "" {
		form.Set(button[0], button[1])
	}
	return form
}

// answer sends a form in both languages; nothing comes of one that leads on.
func (w *walk) answer(v view, action string, form url.Values) []view {
	w.t.Helper()
	out := view{by: v.by, role: v.role, route: "POST " + action, sent: map[i18n.Lang]page{}}
	v.by.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { v.by.c.CheckRedirect = nil }()
	for _, lang := range i18n.Langs {
		v.by.speak(lang)
		p := v.by.send(action, form)
		if p.status >= 500 && p.status != http.StatusServiceUnavailable {
			w.t.Errorf("%s as %s gives %d", action, v.role, p.status)
		}
		if !p.isPage() {
			return nil
		}
		out.sent[lang] = p
	}
	out.page = out.sent[i18n.Spanish]
	return []view{out}
}

// states are pages that come of a sequence: what was found, nothing, a conflict, somebody who
// is in the register already, what was typed and has no place any more.
func (w *walk) states() (out []view) {
	w.t.Helper()
	head := view{by: w.in["head"], role: "head"}
	ask := func(action string, form url.Values) {
		w.t.Helper()
		got := w.answer(head, action, form)
		if len(got) == 0 {
			w.t.Errorf("%s shows no page", action)
		}
		out = append(out, got...)
	}
	for _, q := range []string{"Maria", "Xyzzy", "M"} {
		ask("/buscar", url.Values{"q": {q}})
	}
	ask("/persona/"+w.people[0]+"/familia/vincular", url.Values{"do": {"find"}, "q": {"Huamanñahui"}})
	to := "/persona/" + w.people[0] + "/editar/identity"
	mine := head.by.get(to).form(to)
	theirs := w.in["supervisor"].get(to).form(to)
	theirs.Set("name_used", "Charo")
	w.in["supervisor"].send(to, theirs)
	mine.Set("name_used", "Rosarito")
	ask(to, mine)
	ask("/persona/"+w.people[2]+"/cerrar", url.Values{"reason": {"moved"}, "note": {"ya estaba cerrada"}})
	ask("/registrar", url.Values{"surname_paternal": {"Huamanñahui de la Santísima Trinidad"}, "surname_maternal": {"Quispe-Yupanqui Condorcanqui"},
		"given_names": {"María de los Ángeles Guadalupe"}, "birth_date-day": {"27"}, "birth_date-month": {"9"}, "birth_date-year": {"1961"}, "sex": {"F"},
		"document.type": {"passport"}, "document.number": {"116054300"}, "document.issuer": {"PER"}, "document.verification": {"seen_original"},
		"kind": {"resident"}, "nationality_basis": {"birth_in_country"}, "residence_country": {"ES"}})
	return out
}

// empty are the screens of a register that has nobody in it yet.
func (w *walk) empty() (out []view) {
	w.t.Helper()
	g := newGateWith(w.t, true, func(_ *gate, o *web.Options) { o.Unpaced = true })
	b := g.as("head")
	for _, path := range []string{"/", "/vencen", "/dudas", "/importar", "/accesos", "/auditoria", "/cuentas", "/mi-cuenta", "/retomar"} {
		if p := b.get(path); p.status == http.StatusOK {
			out = append(out, view{page: p, by: b, role: "head", route: "GET " + path + " of an empty register", main: true, other: true})
		}
	}
	return out
}
