// Package interview holds the screens in which somebody is interviewed in a browser: the
// interviews under way, and the questionnaire page by page. They need no script: each page is
// sent, judged and saved here.
package interview

import (
	"bytes"
	"embed"
	"sync"

	app "quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/survey/interview"
	"quipu/internal/survey/study"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xpath"
	"quipu/internal/web/desk"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct {
	*desk.Desk
	guides sync.Map // by study.Form.Key: a version of a questionnaire never changes
}

// New makes the room.
func New(d *desk.Desk) *Room { return &Room{Desk: d} }

// home is the address of the menu's entry.
const home = "/encuestas"

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /encuestas/{survey}/entrevista", Do: s.startPage},
		{Pattern: "POST /encuestas/{survey}/entrevista", Do: s.start},
		{Pattern: "GET /encuestas/{survey}/entrevista/{interview}", Do: s.stepPage},
		{Pattern: "POST /encuestas/{survey}/entrevista/{interview}", Bytes: 1 << 20, Do: s.onStep},
	}
}

// guide reads the version of the questionnaire that an interview is held with.
func (s *Room) guide(v *desk.Visit, i *app.Interview) (*interview.Guide, study.Form, error) {
	f, doc, err := s.App.Surveys.Form(v.Context(), v.Actor, i.Survey, i.Version)
	if err != nil {
		return nil, f, err
	}
	if g, ok := s.guides.Load(f.Key()); ok {
		return g.(*interview.Guide), f, nil
	}
	form, err := xform.Read(bytes.NewReader(doc))
	if err != nil {
		return nil, f, err
	}
	if form.Files, err = s.App.Surveys.Media(v.Context(), v.Actor, i.Survey, i.Version); err != nil {
		return nil, f, err
	}
	g, err := interview.New(form)
	if err != nil {
		return nil, f, fault.New(fault.Invalid, "interview.form", "version", i.Version).Because(err)
	}
	s.guides.Store(f.Key(), g)
	return g, f, nil
}

// held is an interview under way with all that a page needs.
type held struct {
	app.Interview
	*interview.Guide
	talk *interview.Interview
	form study.Form
}

// open takes the visitor's own interview up where it was left.
func (s *Room) open(v *desk.Visit) (*held, error) {
	i, err := s.App.Surveys.Interview(v.Actor, v.PathValue("interview"))
	if err == nil && i.Survey != v.PathValue("survey") {
		err = fault.New(fault.NotFound, "interview.gone")
	}
	if err != nil {
		return nil, err
	}
	if _, err := s.App.Surveys.Asks(v.Context(), v.Actor, i.Survey); err != nil {
		return nil, err
	}
	h := &held{Interview: i}
	if h.Guide, h.form, err = s.guide(v, &i); err != nil {
		return nil, err
	}
	now := s.App.Now().In(place.Clock(v.Actor.Office))
	if h.Lang == "" {
		h.Lang = h.firstLanguage(string(v.Words.Lang))
	}
	if len(i.Answers) == 0 {
		h.talk = h.Begin(interview.Opening{Instance: i.Instance, Case: i.Case, Login: v.Actor.Login, Device: "quipu-web"}, now, h.Lang)
		return h, nil
	}
	var doc *xpath.Node
	if doc, err = xform.ReadInstanceOf(h.Guide.Form, bytes.NewReader(i.Answers)); err != nil {
		return nil, err
	}
	h.talk = h.Resume(doc, now, h.Lang)
	return h, nil
}

// save keeps the interview as it stands.
func (s *Room) save(v *desk.Visit, h *held) error {
	h.Answers = h.talk.Draft()
	return s.App.Surveys.KeepInterview(v.Actor, &h.Interview)
}
