// Package study is a survey as the register keeps it: what was planned, the cases of its
// sample, and the answers that came in. It is pure: functions take the record, a command and
// a day, and return changes or the reason for a refusal.
//
// Answers stand apart from the register. A submission names a case and never a person; which
// person a case was drawn for is sealed under a key of the survey's own (Link), which is
// destroyed when fieldwork ends. What the answers say is sealed under another.
package study

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/name"
)

// The kinds of entity in the log of changes.
const (
	KindSurvey     change.Kind = "survey"
	KindLink       change.Kind = "surveylink"
	KindCase       change.Kind = "case"
	KindSubmission change.Kind = "submission"
)

// State is how far a survey has come.
type State string

// The states, in their order.
const (
	Draft  State = "draft"
	Open   State = "open"   // answers are taken
	Closed State = "closed" // fieldwork has ended; what was under way is still taken
)

// States lists them.
var States = []State{Draft, Open, Closed}

// Footing is what a sample stands on, the firmest first: what may be said of the population
// depends on it, and every table prints it.
type Footing string

// The footings.
const (
	Probability Footing = "probability" // drawn from a list with known probabilities
	Visits      Footing = "visits"      // times at places, drawn; visits are asked for
	Centres     Footing = "centres"     // centres with each person's profile of attendance
	Recruited   Footing = "recruited"   // respondent-driven
	Queue       Footing = "queue"       // whoever came to the consulate
	Volunteers  Footing = "volunteers"
)

// Footings lists them, the firmest first.
var Footings = []Footing{Probability, Visits, Centres, Recruited, Queue, Volunteers}

// Form is one version of a survey's questionnaire.
type Form struct {
	Version string // as the form itself says it
	Name    string // the form's id, the same in every version
	Title   string
	File    string   // SHA-256 of the XForm
	Source  string   // SHA-256 of the workbook that it was made from, "" without one
	Media   []Medium // files that go with it, by name
	At      change.Stamp
	Author  string
}

// Medium is a file that goes with a questionnaire: choices, what it looks up, a picture.
type Medium struct {
	Name, Hash string
	Size       int64 // bytes
}

// Key names what a version of a questionnaire is judged by: its file, and those that go with it.
func (f *Form) Key() string { return f.File + media(f.Media) }

// media is how the files of a questionnaire are kept: a line each, hash, size, name.
func media(all []Medium) string {
	var b strings.Builder
	for _, m := range all {
		b.WriteString(m.Hash + " " + strconv.FormatInt(m.Size, 10) + " " + m.Name + "\n")
	}
	return b.String()
}

func readMedia(text string) (out []Medium) {
	for line := range strings.Lines(text) {
		p := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(p) < 3 {
			continue
		}
		size, _ := strconv.ParseInt(p[1], 10, 64)
		out = append(out, Medium{Name: p[2], Hash: p[0], Size: size})
	}
	return out
}

// Survey is one survey.
type Survey struct {
	change.Record
	Title, Office, Note string
	State               State
	Footing             Footing
	First, Last         civil.Date // of fieldwork
	Posts               []string   // offices that take part, sorted
	Form                string     // version in force
	Forms               []Form     // oldest first
	Plan                string     // JSON of the sample that was drawn, see package sample
	Weighting           string     // JSON of the steps that make weights, see package weighting
	Rates               string     // JSON of the exchange rates of amounts, see package rates
	Link                string     // id of the entity whose key links cases to people
}

// LoadSurvey folds the changes of one survey.
func LoadSurvey(changes []change.Change) Survey {
	s := Survey{Record: change.Fold(changes)}
	t := s.Text
	s.Title, s.Office, s.Note, s.State, s.Footing = t("title"), t("office"), t("note"), State(t("state")), Footing(t("footing"))
	s.First, s.Last, s.Posts, s.Form, s.Plan, s.Link = day(t("first")), day(t("last")), strings.Fields(t("posts")), t("form"), t("plan"), t("link")
	s.Weighting, s.Rates = t("weighting"), t("rates")
	for _, it := range s.Items("version") {
		p := it.Value.Part
		s.Forms = append(s.Forms, Form{Version: p("version"), Name: p("name"), Title: p("title"), File: p("file"), Source: p("source"), Media: readMedia(p("media")), At: it.At, Author: it.Author})
	}
	slices.SortStableFunc(s.Forms, func(a, b Form) int { return int(min(1, max(-1, a.At.Micros-b.At.Micros))) })
	return s
}

// FormOf finds a version of the questionnaire.
func (s *Survey) FormOf(version string) (Form, bool) {
	i := slices.IndexFunc(s.Forms, func(f Form) bool { return f.Version == version })
	if i < 0 {
		return Form{}, false
	}
	return s.Forms[i], true
}

// Takes reports whether an office takes part.
func (s *Survey) Takes(office string) bool {
	_, found := slices.BinarySearch(s.Posts, office)
	return found
}

func day(text string) civil.Date {
	d, err := civil.Parse(text)
	if err != nil {
		return civil.Date{}
	}
	return d
}

// Sealed reports whether a field of these kinds is encrypted at rest.
func Sealed(kind change.Kind, field string) bool {
	return kind == KindSubmission && field == "answers" || kind == KindCase && field == "person" || kind == KindSurvey && field == CouponKey
}

// SealedBy is the entity whose key seals a field of a case or of a submission, and the name under
// which it is sealed: a submission's survey, and for whom a case was drawn the survey's link.
func SealedBy(survey, link string, of change.Ref, field string) (entity, name string) {
	if of.Kind == KindCase {
		return link, field + "/" + of.ID
	}
	return survey, field + "/" + of.ID
}

// MaxWords is the longest text that is kept in words, in characters.
const MaxWords = 500

// words brings a text of one line to the form in which it is kept; must says that it may not
// be empty.
func words(field, text string, must bool) (string, error) {
	text = name.Clean(strings.Join(strings.Fields(text), " "))
	if utf8.RuneCountInString(text) > MaxWords {
		return "", fault.New(fault.Invalid, "survey.too_long", "limit", MaxWords).On(field)
	}
	if must && text == "" {
		return "", fault.New(fault.Invalid, "survey.words_missing").On(field)
	}
	return text, nil
}
