package survey

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// mostInvented is how many invented interviews are sent at once.
const mostInvented = 2000

// inventions are the sendings of invented interviews of a demonstration, by survey.
type inventions struct {
	mu  sync.Mutex
	all map[string]*invention
}

// invention is one sending.
type invention struct {
	mu         sync.Mutex
	done, want int
	ended      bool
	err        error
}

func (i *invention) at(done int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.done = max(i.done, done)
}

// start begins a sending, unless one of the survey is under way.
func (a *inventions) start(survey string, want int, send func(ctx context.Context, progress func(int)) (int, error)) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]*invention{}
	}
	if was := a.all[survey]; was != nil && !was.over() {
		return false
	}
	i := &invention{want: want}
	a.all[survey] = i
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), desk.LongWork)
		defer cancel()
		sent, err := send(ctx, i.at)
		i.mu.Lock()
		defer i.mu.Unlock()
		i.done, i.err, i.ended = sent, err, true
	}()
	return true
}

func (i *invention) over() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.ended
}

func (a *inventions) of(survey string) *invention {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all[survey]
}

type inventScreen struct {
	ui.Page
	ID         string
	Tabs       []ui.Link
	N          string
	Running    bool
	Done, Want int
	Said       string
}

// inventPage is where invented interviews are sent, in a demonstration, and how far that has come.
func (s *Room) inventPage(v *desk.Visit) error {
	page, _, err := s.inventScreen(v)
	if err != nil {
		return err
	}
	if page.Running {
		v.W.Header().Set("Refresh", "2")
	}
	return s.Show(v, http.StatusOK, "invent.html", page)
}

// mayInvent: a demonstration, and somebody who runs fieldwork.
func (s *Room) mayInvent(v *desk.Visit) bool {
	return s.Demo && s.Invent != nil && authz.ReachOf(v.Actor, authz.Fieldwork) != authz.None
}

func (s *Room) inventScreen(v *desk.Visit) (*inventScreen, *study.Survey, error) {
	if !s.mayInvent(v) {
		return nil, nil, fault.New(fault.NotFound, "app.not_found", "what", "page", "which", "inventar")
	}
	sv, _, err := s.App.Surveys.Fieldwork(v.Context(), v.Actor, v.PathValue("survey"))
	if err != nil {
		return nil, nil, err
	}
	w := words{v.Words}
	page := &inventScreen{Page: s.Frame(v, w.T("surveyfield.invent"), home), ID: sv.Entity.ID, Tabs: w.tabs(v), N: "50"}
	page.Back.Href, page.Narrow = home+"/"+page.ID+"/campo", true
	if i := s.invented.of(page.ID); i != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		page.Running, page.Done, page.Want = !i.ended, i.done, i.want
		switch {
		case !i.ended:
			page.Said = w.T("surveyfield.invent.progress", "done", w.Number(i.done), "want", w.Number(i.want))
		case i.err != nil:
			page.Said = w.T("surveyfield.invent.failed", "done", w.Number(i.done)) + " " + i18n.Fault(w.Lang, i.err)
		default:
			page.Said = w.TN("surveyfield.invent.sent", i.done)
		}
	}
	return page, &sv, nil
}

// onInvent begins to send.
func (s *Room) onInvent(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	page, sv, err := s.inventScreen(v)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimSpace(v.PostFormValue("n")))
	switch {
	case err != nil || n < 1 || n > mostInvented:
		err = fault.New(fault.Invalid, "surveyfield.invent_n", "most", mostInvented).On("n")
	case sv.State != study.Open:
		err = fault.New(fault.Conflict, "survey.not_open", "title", sv.Title).On("n")
	}
	if err != nil {
		page.Fail(err)
		page.N = v.PostFormValue("n")
		return s.Show(v, http.StatusUnprocessableEntity, "invent.html", page)
	}
	s.invented.start(page.ID, n, func(ctx context.Context, progress func(int)) (int, error) {
		return s.Invent(ctx, page.ID, n, progress)
	})
	time.Sleep(200 * time.Millisecond) // a few are sent by then
	return s.Done(v, v.URL.Path, "")
}
