package study

import (
	"slices"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// PlanCmd is what is planned.
type PlanCmd struct {
	Title, Office, Note string
	Footing             Footing
	First, Last         civil.Date
	Posts               []string
}

// Plan makes a survey. link is the id of the entity whose key will link cases to people.
func Plan(cmd PlanCmd, link string) (change.Change, error) {
	s := &Survey{}
	c, err := s.describe("plan", cmd)
	for _, set := range []struct{ field, text string }{{"state", string(Draft)}, {"link", link}} {
		c.Sets = append(c.Sets, change.Set{Field: set.field, Value: change.Text(set.text)})
	}
	return c, err
}

// Revise changes the plan of a survey that is not closed. The office stays; what a sample stands
// on stays from the moment that answers are taken.
func (s *Survey) Revise(cmd PlanCmd) (change.Change, error) {
	if s.State == Closed {
		return change.Change{}, fault.New(fault.Conflict, "survey.closed")
	}
	if s.State == Open && cmd.Footing != s.Footing {
		return change.Change{}, fault.New(fault.Conflict, "survey.footing_stands").On("footing")
	}
	cmd.Office = s.Office
	return s.describe("revise", cmd)
}

func (s *Survey) describe(action string, cmd PlanCmd) (none change.Change, err error) {
	title, err := words("title", cmd.Title, true)
	if err != nil {
		return none, err
	}
	note, err := words("note", cmd.Note, false)
	if err != nil {
		return none, err
	}
	posts := slices.Clone(cmd.Posts)
	slices.Sort(posts)
	posts = slices.Compact(posts)
	switch {
	case !slices.Contains(Footings, cmd.Footing):
		return none, fault.New(fault.Invalid, "survey.footing").On("footing")
	case !cmd.First.Full() || !cmd.Last.Full() || cmd.Last.Before(cmd.First):
		return none, fault.New(fault.Invalid, "survey.days").On("first")
	case len(posts) == 0:
		return none, fault.New(fault.Invalid, "survey.posts").On("posts")
	}
	return s.Write(action, "title", title, "office", cmd.Office, "note", note, "footing", string(cmd.Footing),
		"first", cmd.First.String(), "last", cmd.Last.String(), "posts", strings.Join(posts, " ")), nil
}

// PutForm makes a version of the questionnaire the one in force. A version that is there with
// another file is refused: answers name their version, and must mean the same for ever.
func (s *Survey) PutForm(f Form) (none change.Change, err error) {
	switch {
	case s.State == Closed:
		return none, fault.New(fault.Conflict, "survey.closed")
	case f.Version == "" || f.Name == "" || f.File == "":
		return none, fault.New(fault.Invalid, "survey.form_unnamed").On("form")
	case len(s.Forms) > 0 && s.Forms[0].Name != f.Name:
		return none, fault.New(fault.Conflict, "survey.form_other", "was", s.Forms[0].Name, "is", f.Name).On("form")
	}
	was, there := s.FormOf(f.Version)
	if there && was.Key() != f.Key() {
		return none, fault.New(fault.Conflict, "survey.form_taken", "version", f.Version).On("form")
	}
	c := s.Write("form", "form", f.Version)
	if !there {
		c.Sets = append(c.Sets, change.Set{Field: "version/" + f.Version,
			Value: change.Group("version", f.Version, "name", f.Name, "title", f.Title, "file", f.File, "source", f.Source, "media", media(f.Media))})
	}
	return c, nil
}

// KeepPlan notes the sample that was drawn, as JSON.
func (s *Survey) KeepPlan(plan string) (change.Change, error) {
	if s.State == Closed {
		return change.Change{}, fault.New(fault.Conflict, "survey.closed")
	}
	return s.Write("sample", "plan", plan), nil
}

// KeepWeighting notes the steps that make the weights, as JSON; after fieldwork, too.
func (s *Survey) KeepWeighting(steps string) change.Change {
	return s.Write("weighting", "weighting", steps)
}

// KeepRates notes the exchange rates of amounts, as JSON; after fieldwork, too.
func (s *Survey) KeepRates(rates string) change.Change { return s.Write("rates", "rates", rates) }

// Move brings the survey into another state: a draft with a questionnaire is opened, an open
// one closed, and a closed one opened again while its link has not been destroyed.
func (s *Survey) Move(to State, linked bool) (change.Change, error) {
	switch {
	case to == Open && s.State == Draft && s.Form == "":
		return change.Change{}, fault.New(fault.Conflict, "survey.formless").On("form")
	case to == Open && s.State == Draft, to == Closed && s.State == Open, to == Open && s.State == Closed && linked:
		return s.Write(string(to), "state", string(to)), nil
	}
	return change.Change{}, fault.New(fault.Conflict, "survey.move", "state", string(s.State), "to", string(to))
}

// Link is what ties the cases of a survey to people: its key seals the names of the people.
type Link struct {
	change.Record
	Survey    string
	Destroyed change.Stamp // zero while it is there
	By        string       // who destroyed it
}

// LoadLink folds the changes of one.
func LoadLink(changes []change.Change) Link {
	l := Link{Record: change.Fold(changes)}
	l.Survey, l.Destroyed = l.Text("survey"), l.Moment("destroyed")
	if h, ok := l.Fields["destroyed"]; ok {
		l.By = h.Author
	}
	return l
}

// Tie makes the link of a survey.
func Tie(survey string) change.Change {
	var l Link
	return l.Write("tie", "survey", survey)
}

// Destroy ends it for good, once the survey is closed: no case can be traced to a person any
// more, by nobody.
func (l *Link) Destroy(s *Survey, now change.Stamp) (change.Change, error) {
	if s.State != Closed {
		return change.Change{}, fault.New(fault.Conflict, "survey.not_closed")
	}
	if l.Destroyed.Micros != 0 {
		return change.Change{}, fault.New(fault.Conflict, "survey.link_gone")
	}
	return l.Write("destroy", "destroyed", now.String()), nil
}
