package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"

	"quipu/internal/fault"
	"quipu/internal/i18n"
)

//go:embed templates/*.html
var components embed.FS

// Set is the components and one package's screens, parsed once for each language.
type Set struct {
	langs map[i18n.Lang]*template.Template
}

// Parse reads the components and every .html file at the top of each of the screens'
// file systems. A screen's name is its file name.
func Parse(screens ...fs.FS) (*Set, error) {
	s := &Set{langs: map[i18n.Lang]*template.Template{}}
	for _, lang := range i18n.Langs {
		t, err := template.New("").Funcs(funcs(lang)).ParseFS(components, "templates/*.html")
		if err != nil {
			return nil, err
		}
		for _, f := range screens {
			if t, err = t.ParseFS(f, "*.html"); err != nil {
				return nil, err
			}
		}
		s.langs[lang] = t
	}
	return s, nil
}

// Template is the named screen in the language, nil when there is none.
func (s *Set) Template(lang i18n.Lang, name string) *template.Template {
	t, ok := s.langs[lang]
	if !ok {
		t = s.langs[i18n.Spanish]
	}
	return t.Lookup(name)
}

// HTML is the finished page.
func (s *Set) HTML(name string, page Framed) ([]byte, error) {
	p := page.Frame()
	t := s.Template(p.Lang, name)
	if t == nil {
		return nil, fmt.Errorf("ui: no screen %q", name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return b.Bytes(), nil
}

// Render answers with a screen. It is made whole before the first byte leaves, so an
// error gives an error page and never half a screen; that error is also returned, for
// the log.
func (s *Set) Render(w http.ResponseWriter, r *http.Request, status int, name string, page Framed) error {
	p := page.Frame()
	if p.Lang == "" {
		p.Lang = LangOf(r)
	}
	if p.Path == "" {
		p.Path = comeBack(r)
	}
	p.Plain, p.Sent = Plain(r), r.Method == http.MethodPost
	html, err := s.HTML(name, page)
	if err != nil {
		status = http.StatusInternalServerError
		if html, err = s.broken(p, err); html == nil {
			http.Error(w, http.StatusText(status), status)
			return err
		}
	}
	Send(w, r, status, html)
	return err
}

// broken is the error page in place of a screen that could not be made.
func (s *Set) broken(p *Page, cause error) ([]byte, error) {
	html, err := s.HTML("error.html", s.errorPage(p, cause, ""))
	if err != nil {
		return nil, fmt.Errorf("%w; and the error page: %w", cause, err)
	}
	return html, cause
}

// ErrorPage is the data of the screen "error.html".
type ErrorPage struct {
	Page
	Message string
}

func (s *Set) errorPage(p *Page, err error, ref string) *ErrorPage {
	e := &ErrorPage{Page: *p, Message: i18n.Fault(p.Lang, err)}
	if fault.KindOf(err) == fault.Internal {
		e.Message = i18n.Internal(p.Lang, ref)
	}
	e.Title, e.Errors, e.Narrow = i18n.T(p.Lang, "ui.errors.title"), nil, true
	return e
}

// Fail answers with a page that says what err is, in the frame of page. ref is the code
// under which the log has an internal error.
func (s *Set) Fail(w http.ResponseWriter, r *http.Request, page Framed, err error, ref string) error {
	status := StatusOf(err)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", comeBackIn)
	}
	return s.FailWith(w, r, status, page, err, ref)
}

// FailWith answers as Fail, with a status that says more than the kind of the fault.
func (s *Set) FailWith(w http.ResponseWriter, r *http.Request, status int, page Framed, err error, ref string) error {
	p := page.Frame()
	if p.Lang == "" {
		p.Lang = LangOf(r)
	}
	return s.Render(w, r, status, "error.html", s.errorPage(p, err, ref))
}

// comeBackIn is after how many seconds what is not available now may be.
const comeBackIn = "5"

// StatusOf is the HTTP status for err's kind of fault.
func StatusOf(err error) int {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Conflict:
		return http.StatusConflict
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
