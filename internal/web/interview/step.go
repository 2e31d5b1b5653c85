package interview

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"quipu/internal/i18n"
	"quipu/internal/survey"
	"quipu/internal/survey/interview"
	"quipu/internal/web/desk"
	"quipu/internal/web/ui"
)

type stepScreen struct {
	ui.Page
	Form     string // title of the questionnaire
	Speaks   string // code of the questionnaire's language, "" when it is not known
	Key      string
	Progress string
	Titles   []string
	Heading  string
	Controls []control
	More     string // how often the repeat was asked
	Repeat   bool
	MayDrop  bool
	First    bool
	Last     bool // what is left is to send
	Langs    []ui.Option
	Shown    int64 // when the page was made, in milliseconds
}

// control is one question on the page. Kind is the template that shows it; note is for what is
// only read.
type control struct {
	Kind string
	ui.Field
	Text string // of a note
}

// stepPage is the page of the questionnaire where the interview stands.
func (s *Room) stepPage(v *desk.Visit) error {
	h, err := s.open(v)
	if err != nil {
		return err
	}
	return s.showStep(v, http.StatusOK, h, nil)
}

// last is the key of the page that sends the interview.
const last = "send"

func (s *Room) showStep(v *desk.Visit, status int, h *held, wrong map[string]interview.Doubt) error {
	steps := h.talk.Steps()
	page := &stepScreen{Page: s.Frame(v, h.title(), home), Form: h.title(), Speaks: survey.Code(h.Lang), Key: last, Last: true}
	page.Back.Href, page.Narrow = home+"/"+h.Survey+"/entrevista", true
	page.Back.Text, page.Shown = v.Words.T("interview.leave"), s.App.Now().UnixMilli()
	for _, l := range h.Guide.Form.Languages {
		page.Langs = append(page.Langs, ui.Option{Value: l, Label: l, Hint: survey.Code(l), Checked: l == h.Lang})
	}
	n := len(steps)
	if h.At != last {
		n, _ = interview.Find(steps, h.At)
	}
	if n < len(steps) {
		step := steps[n]
		page.Key, page.Last, page.First = step.Key, false, n == 0
		page.Titles = step.Titles
		if step.More != nil {
			page.Repeat, page.MayDrop = true, step.More.Have > 0
			page.Heading, page.More = step.More.Title, v.Words.TN("interview.times", step.More.Have)
		}
		for _, q := range step.Questions {
			page.Controls = append(page.Controls, h.controls(v, q, page, wrong)...)
		}
	}
	if k := len(page.Titles); k > 0 && page.Heading == "" {
		page.Heading, page.Titles = page.Titles[k-1], page.Titles[:k-1]
	}
	if page.Last {
		page.Heading = v.Words.T("interview.end")
	}
	page.Progress = v.Words.T("interview.page", "n", n+1, "all", len(steps)+1)
	return s.Show(v, status, "interviewstep.html", page)
}

func (h *held) title() string {
	if t := h.Guide.Form.Settings.Title; t != "" {
		return t
	}
	return h.form.Title
}

// firstLanguage is that of the page where the questionnaire has it, else the author's first.
func (h *held) firstLanguage(code string) string {
	for _, l := range h.Guide.Form.Languages {
		if survey.Code(l) == code {
			return l
		}
	}
	return h.Guide.Form.DefaultLanguage()
}

// says is what is wrong with an answer, in the language of the questionnaire where its author
// or the program has it.
func (h *held) says(v *desk.Visit, d interview.Doubt) string {
	if d.Text != "" {
		return d.Text
	}
	lang := v.Words.Lang
	if l, ok := i18n.Known(survey.Code(h.Lang)); ok {
		lang = l
	}
	return i18n.T(lang, "interview.wrong."+string(d.Kind))
}

// onStep takes a page in, saves it, and goes where the button says: on, back, to another
// language, or to the end.
func (s *Room) onStep(v *desk.Visit) error {
	if err := v.ReadForm(); err != nil {
		return err
	}
	h, err := s.open(v)
	if err != nil {
		return err
	}
	do, key := v.PostFormValue("do"), v.PostFormValue("step")
	steps := h.talk.Steps()
	n, found := interview.Find(steps, key)
	if key == last {
		n, found = len(steps), true
	}
	if !found { // the page went when another was changed
		return s.Done(v, v.URL.Path, v.Words.T("interview.moved"))
	}
	shown := []string{}
	if n < len(steps) {
		h.note(v, steps[n], s.App.Now())
		shown = h.fill(v, steps[n])
	}
	if l := v.PostFormValue("lang"); slices.Contains(h.Guide.Form.Languages, l) {
		h.Lang, h.At = l, key
		return s.kept(v, h)
	}
	steps = h.talk.Steps()
	if n, _ = interview.Find(steps, key); key == last {
		n = len(steps)
	}
	switch {
	case do == "send" && key == last:
		return s.send(v, h, steps)
	case do == "back":
		h.At = keyOf(steps, max(0, n-1))
		return s.kept(v, h)
	case n >= len(steps):
		h.At = last
		return s.kept(v, h)
	}
	return s.forward(v, h, steps, n, shown, do)
}

// forward goes on from a page that nothing is wrong with. What an answer on it has opened there
// is shown before.
func (s *Room) forward(v *desk.Visit, h *held, steps []interview.Step, n int, shown []string, do string) error {
	step := steps[n]
	switch {
	case step.More != nil && do == "more":
		h.At = h.talk.Grow(step.More)
		h.At = inside(h.talk.Steps(), h.At, step.Key)
		return s.kept(v, h)
	case step.More != nil && do == "less":
		h.talk.Shrink(step.More)
		h.At = step.Key
		return s.kept(v, h)
	}
	h.At = step.Key
	wrong := h.talk.Wrong(step)
	fresh := slices.ContainsFunc(step.Questions, func(q interview.Question) bool { return !slices.Contains(shown, q.Path) })
	if fresh {
		// What nobody has seen yet is not wrong.
		maps.DeleteFunc(wrong, func(path string, _ interview.Doubt) bool { return !slices.Contains(shown, path) })
	}
	if len(wrong) > 0 {
		if err := s.save(v, h); err != nil {
			return err
		}
		return s.showStep(v, http.StatusUnprocessableEntity, h, wrong)
	}
	if fresh && step.More == nil {
		if err := s.save(v, h); err != nil {
			return err
		}
		return s.Done(v, v.URL.Path, v.Words.T("interview.opened"))
	}
	h.At = keyOf(steps, n+1)
	return s.kept(v, h)
}

// inside is the key of the first page of a repeat's new instance.
func inside(steps []interview.Step, path, or string) string {
	for _, st := range steps {
		if path != "" && len(st.Questions) > 0 && strings.HasPrefix(st.Key, path+"/") {
			return st.Key
		}
	}
	return or
}

func keyOf(steps []interview.Step, n int) string {
	if n >= len(steps) {
		return last
	}
	return steps[n].Key
}

func (s *Room) kept(v *desk.Visit, h *held) error {
	if err := s.save(v, h); err != nil {
		return err
	}
	return s.Done(v, v.URL.Path, "")
}

// send submits what nothing is wrong with; else it leads to the first page where something is.
func (s *Room) send(v *desk.Visit, h *held, steps []interview.Step) error {
	for _, step := range steps {
		if wrong := h.talk.Wrong(step); len(wrong) > 0 {
			h.At = step.Key
			if err := s.save(v, h); err != nil {
				return err
			}
			return s.showStep(v, http.StatusUnprocessableEntity, h, wrong)
		}
	}
	files, err := h.audit(s.App.Now())
	if err != nil {
		return err
	}
	got, err := s.App.Surveys.SendInterview(v.Context(), v.Actor, h.Token, h.talk.Finish(), files...)
	if err != nil {
		return err
	}
	return s.sent(v, h.Survey, h.Case, got)
}
