package survey

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	app "quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/survey/study"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

// answersAPage bounds a page of submissions.
const answersAPage = 50

type answersScreen struct {
	ui.Page
	ID         string
	Tabs       []ui.Link
	State      ui.Tag
	Standings  []ui.Option
	Selected   string
	Table      ui.Table
	Prev, Next string
	Total      string
	Held       string // how many wait for a decision, "" for none
}

// answersPage is what came in, the newest first. A page is found by where the one before it
// ended, so that the thousandth is as near as the first.
func (s *Room) answersPage(v *desk.Visit) error {
	q := v.URL.Query()
	f := app.SubmissionFilter{Survey: v.PathValue("survey"), Standing: q.Get("estado")}
	sv, total, err := s.App.Surveys.Received(v.Context(), v.Actor, f)
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return err
	}
	w := words{v.Words}
	page := &answersScreen{Page: s.Frame(v, sv.Title, home), ID: sv.Entity.ID, Tabs: w.tabs(v), State: w.state(sv.State), Selected: f.Standing,
		Total: w.TN("survey.answers.n", int(total))}
	page.Back.Href = home
	if page.Held, err = s.held(v, f.Survey); err != nil {
		return err
	}
	page.Standings = append([]ui.Option{{Value: "", Label: w.T("survey.standing.all")}}, desk.Choices(w.Words, "survey.standing.", study.Standings)...)
	at, forward, err := placeOf(q)
	if err != nil {
		return err
	}
	rows, err := s.App.Surveys.Submissions(v.Context(), v.Actor, f, at, !forward, answersAPage+1)
	if err != nil {
		return err
	}
	more := len(rows) > answersAPage
	rows = rows[:min(answersAPage, len(rows))]
	if forward {
		slices.Reverse(rows)
	}
	page.Table = ui.Table{Caption: w.T("survey.tab.answers"), Head: w.Heads("survey.received", "survey.case.asker", "survey.version", "survey.standing"), Empty: w.T("survey.answers.none")}
	for i := range rows {
		r := &rows[i]
		cell := ui.Cell{Tag: w.standing(study.Standing(r.Standing))}
		if r.Awaited > 0 {
			cell.Note = w.TN("survey.awaited", int(r.Awaited))
		}
		page.Table.Rows = append(page.Table.Rows, []ui.Cell{{Text: w.Moment(r.Received), Href: home + "/" + sv.Entity.ID + "/respuestas/" + r.ID, Note: w.Office(r.Office)},
			{Text: w.Who(r.Interviewer)}, {Text: r.Form}, cell})
	}
	if len(rows) > 0 {
		first, last := rows[0], rows[len(rows)-1]
		if !forward && at != (app.Place{}) || forward && more {
			page.Prev = turn(v.URL.Path, f.Standing, "hacia", first)
		}
		if !forward && more || forward {
			page.Next = turn(v.URL.Path, f.Standing, "desde", last)
		}
	}
	return s.Show(v, http.StatusOK, "answers.html", page)
}

// held says how many submissions wait for a decision of the office.
func (s *Room) held(v *desk.Visit, survey string) (string, error) {
	_, n, err := s.App.Surveys.Received(v.Context(), v.Actor, app.SubmissionFilter{Survey: survey, Standing: string(study.Held)})
	if err != nil || n == 0 {
		return "", err
	}
	return v.Words.TN("surveyfield.held", int(n)), nil
}

// turn is the address of the page before or after a submission.
func turn(path, standing, which string, r app.SubmissionRow) string {
	q := url.Values{which: {strconv.FormatInt(r.Received, 10) + "." + r.ID}}
	if standing != "" {
		q.Set("estado", standing)
	}
	return path + "?" + q.Encode()
}

func placeOf(q url.Values) (at app.Place, forward bool, err error) {
	text := q.Get("desde")
	if forward = q.Get("hacia") != ""; forward {
		text = q.Get("hacia")
	}
	if text == "" {
		return at, forward, nil
	}
	micros, entity, _ := strings.Cut(text, ".")
	at.ID = entity
	if at.Received, err = strconv.ParseInt(micros, 10, 64); err != nil {
		return at, forward, fault.New(fault.Invalid, "officer.bad_form").Because(err)
	}
	return at, forward, nil
}

type answerScreen struct {
	ui.Page
	Path, Seen string
	Tag        ui.Tag
	Rows       []ui.Row
	Answers    []ui.Row
	MayJudge   bool
	Standings  []ui.Option
	Chosen     string
	Why        string
	Held       string // that it waits for a decision, and what each would do
	Events     []ui.Event
}

// answerPage is one submission with what it says and its history.
func (s *Room) answerPage(v *desk.Visit) error {
	page, err := s.answerScreen(v)
	if err != nil {
		return err
	}
	return s.Show(v, http.StatusOK, "answer.html", page)
}

func (s *Room) answerScreen(v *desk.Visit) (*answerScreen, error) {
	sub, sv, past, err := s.App.Surveys.Submission(v.Context(), v.Actor, v.PathValue("submission"))
	if err == nil {
		err = s.LearnNames(v)
	}
	if err != nil {
		return nil, err
	}
	if sv.Entity.ID != v.PathValue("survey") {
		return nil, fault.New(fault.NotFound, "app.not_found", "what", "submission", "which", v.PathValue("submission"))
	}
	w := words{v.Words}
	at := home + "/" + sv.Entity.ID + "/respuestas"
	page := &answerScreen{Page: s.Frame(v, w.T("survey.answer"), home), Path: at + "/" + sub.Entity.ID, Seen: sub.Head.String(), Tag: w.standing(sub.Standing),
		MayJudge: authz.May(v.Actor, authz.Fieldwork, sub.Office), Standings: desk.Choices(w.Words, "survey.standing.", study.Verdicts), Chosen: string(sub.Standing), Why: sub.Why, Events: w.events(past)}
	page.Back.Href = at
	if sub.Standing == study.Held {
		page.Held = w.T("surveyfield.held.text")
	}
	var files []string
	for _, f := range sub.Files {
		name := f.Name
		if !sub.Names(name) {
			name = w.T("surveyfield.file_unasked", "name", name)
		}
		files = append(files, name)
	}
	page.Rows = []ui.Row{{Key: w.T("survey.name"), Value: sv.Title}, {Key: w.T("survey.version"), Value: sub.Form}, {Key: w.T("survey.case.asker"), Value: w.Who(sub.Interviewer), Note: w.Office(sub.Office)},
		{Key: w.T("survey.received"), Value: w.Stamp(sub.Created.At)}, {Key: w.T("survey.asked"), Value: strings.Trim(sub.Started+" – "+sub.Ended, " –")},
		{Key: w.T("survey.doubts"), Value: w.reasons(sub.Reasons)}, {Key: w.T("survey.why"), Value: sub.Why},
		{Key: w.T("survey.files"), Value: strings.Join(files, ", ")}, {Key: w.T("survey.files.awaited"), Value: strings.Join(sub.Awaited, ", ")}}
	if took, err := s.took(v, &sub); err != nil {
		return nil, err
	} else if took != "" {
		page.Rows = append(page.Rows, ui.Row{Key: w.T("surveyfield.length"), Value: took})
	}
	answers, err := study.Answers(strings.NewReader(sub.Answers))
	for _, a := range answers {
		page.Answers = append(page.Answers, ui.Row{Key: strings.ReplaceAll(a.Path, "/", " / "), Value: a.Text})
	}
	for _, path := range sub.Withheld {
		page.Answers = append(page.Answers, ui.Row{Key: strings.ReplaceAll(path, "/", " / "), Value: w.T("survey.answer.withheld")})
	}
	return page, err
}

// took is how long the interview took: on the screen where there is an audit, and by the clock.
func (s *Room) took(v *desk.Visit, sub *study.Submission) (string, error) {
	w := words{v.Words}
	began, _ := time.Parse(time.RFC3339, sub.Started)
	ended, _ := time.Parse(time.RFC3339, sub.Ended)
	log, err := s.App.Surveys.Audit(v.Context(), v.Actor, sub.Entity.ID)
	if err != nil {
		return "", err
	}
	out := ""
	if !began.IsZero() && ended.After(began) {
		out = w.took(ended.Sub(began))
	}
	if log == nil {
		return out, nil
	}
	out = w.T("surveyfield.length.audit", "wall", out, "active", w.took(log.Active()))
	if n := log.Resumed(); n > 0 {
		out += " " + w.TN("surveyfield.resumed", n)
	}
	if log.Lost > 0 {
		out += " " + w.TN("surveyfield.lost", log.Lost)
	}
	return out, nil
}

// onAnswer says what the office thinks of a submission.
func (s *Room) onAnswer(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	last, err := v.Seen()
	if err != nil {
		return err
	}
	to, why := v.PostFormValue("standing"), v.PostFormValue("why")
	err = s.App.Surveys.Judge(v.Context(), v.Actor, v.PathValue("submission"), study.Standing(to), why, last)
	if err == nil {
		return s.Done(v, v.URL.Path, v.Words.T("survey.judged"))
	}
	if !stays(err) {
		return err
	}
	page, err2 := s.answerScreen(v)
	if err2 != nil {
		return err2
	}
	page.Fail(err)
	page.Chosen, page.Why = to, why
	return s.Show(v, http.StatusUnprocessableEntity, "answer.html", page)
}
