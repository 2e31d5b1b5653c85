package desk

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"quipu/internal/web/ui"
)

// resumed is what the context of a page holds that is shown with a form that waited.
type resumed struct {
	at    string // where that page is taken up again
	ended bool
}

type resumedKey struct{}

func (v *Visit) resumed() (resumed, bool) {
	r, ok := v.Context().Value(resumedKey{}).(resumed)
	return r, ok
}

// formPage is the page that a form stands on which is sent to path: the page of the same
// address, else the nearest above it.
func (s *Desk) formPage(path string) string {
	for at := path; at != ""; at = at[:strings.LastIndexByte(at, '/')] {
		_, pattern := s.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: at}})
		if strings.HasPrefix(pattern, "GET ") {
			return at
		}
	}
	return "/"
}

// shown is a page kept in memory.
type shown struct {
	header http.Header
	status int
	bytes.Buffer
}

func (s *shown) Header() http.Header { return s.header }

func (s *shown) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *shown) Write(b []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return s.Buffer.Write(b)
}

// fetch asks for one of our own pages, as the officer of the visit.
func (s *Desk) fetch(v *Visit, path string, r resumed) *shown {
	ask := v.Clone(context.WithValue(v.Context(), resumedKey{}, r))
	ask.Method, ask.Body, ask.ContentLength = http.MethodGet, http.NoBody, 0
	ask.Form, ask.PostForm, ask.MultipartForm = nil, nil, nil
	ask.URL, ask.RequestURI = &url.URL{Path: path}, path
	ask.Header.Del("Accept-Encoding")
	page := &shown{header: http.Header{}}
	s.mux.ServeHTTP(page, ask)
	return page
}

// resume shows the page of a form that waited, with everything that was typed in it. Nothing
// is sent: the officer looks and presses the button. What has acted already does not wait.
func (s *Desk) resume(v *Visit) error {
	token := v.PathValue("token")
	k, err := s.openKept(v.Actor.Login, token)
	if err != nil {
		return err
	}
	if done := s.actedBefore(v, k.Path, k.Form); done != nil {
		return errors.Join(s.App.DropKeptForm(v.Actor.Login, token), s.already(v, done))
	}
	page := s.fetch(v, s.formPage(k.Path), resumed{ResumePath + "/" + token, k.Ended})
	if to := page.header.Get("Location"); to == ProvePath {
		s.Sessions.Put(v.Context(), KeyReturn, ResumePath+"/"+token)
		return s.Done(v, to, "")
	}
	if page.status == http.StatusOK {
		html, ok, err := refill(page.Bytes(), k.Path, k.Form, v.Words.T("kept.rest"))
		if err != nil {
			return err
		}
		if ok {
			ui.Send(v.W, v.Request, http.StatusOK, html)
			return nil
		}
	}
	return s.showKept(v, k)
}

type keptScreen struct {
	ui.Page
	Form  string // page of the form
	Texts []string
	Wait  []ui.Link
}

// showKept shows what was typed in a form that there is no place for any more, to read and
// to copy.
func (s *Desk) showKept(v *Visit, k kept) error {
	page := &keptScreen{Page: s.Frame(v, v.Words.T("kept.title"), ""), Form: s.formPage(k.Path)}
	page.Narrow = true
	for _, name := range sortedNames(k.Form) {
		if unseen(name) {
			continue
		}
		for _, text := range k.Form[name] {
			if text != "" {
				page.Texts = append(page.Texts, text)
			}
		}
	}
	return s.Show(v, http.StatusOK, "kept.html", page)
}

// waitingPage lists the forms that wait for the officer.
func (s *Desk) waitingPage(v *Visit) error {
	page := &keptScreen{Page: s.Frame(v, v.Words.T("kept.list.title"), "")}
	page.Narrow = true
	wait, err := s.waitFor(v.Actor.Login)
	if err != nil {
		return err
	}
	for _, f := range wait {
		page.Wait = append(page.Wait, ui.Link{Href: ResumePath + "/" + f.Token,
			Text: v.Words.T("kept.list.of", "when", v.Words.Moment(f.Since.UnixMicro()))})
	}
	return s.Show(v, http.StatusOK, "kept.html", page)
}

// discard forgets a form that its officer does not want any more.
func (s *Desk) discard(v *Visit) error {
	if err := s.App.DropKeptForm(v.Actor.Login, v.PathValue("token")); err != nil {
		return err
	}
	return s.Done(v, "/", v.Words.T("kept.discarded"))
}
