package exchange_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/conflict"
	"quipu/internal/app/exchange"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/survey/study"
)

// TestTwoPostsReceiveTheSame: a telephone sends an interview to two computers of its office that
// have not met. The same answers and the same file become one without anybody being asked, other
// answers under the same name are shown to the office with both, and whatever is decided stands.
func TestTwoPostsReceiveTheSame(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		one := w.nodes["ESMAD-1"]
		two := w.join("ESMAD-2", "ESMAD")
		stat, head, eva := officer(authz.Statistician, "PELIM"), officer(authz.Head, "ESMAD"), officer(authz.Window, "ESMAD")
		sv := w.survey(stat, study.Queue, strings.Replace(sheets, "| | text | city       | City |", "| | text | city       | City |\n\t| | image | photo     | Photo |", 1), "ESMAD")
		w.do(w.hub.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
		w.level()

		same := func(name, city string) survey.Incoming {
			b := bytes.Replace(instance(name, "", city), []byte("</city>"), []byte("</city><photo>f.gif</photo>"), 1)
			return survey.Incoming{Instance: b, Files: []survey.Upload{{Name: "f.gif", Type: "image/gif", Data: []byte("GIF89a " + name)}}}
		}
		for _, a := range []*survey.Surveys{one.Surveys, two.Surveys} {
			if _, err := a.Submit(ctx, eva, same("uuid:same", "Madrid")); err != nil {
				t.Fatal(err)
			}
		}
		w.do(firstOf(one.Surveys.Submit(ctx, eva, same("uuid:other", "Madrid"))))
		w.do(firstOf(two.Surveys.Submit(ctx, eva, same("uuid:other", "Getafe"))))
		w.level()
		w.level()
		w.sound()

		s, _, past, err := w.hub.Surveys.Submission(ctx, head, study.IDOf("uuid:same"))
		w.do(err)
		if contested(&s) || len(s.Files) != 1 || len(s.Awaited) != 0 || slices.Contains(s.Reasons, "unchecked") || s.Standing != study.Received {
			t.Errorf("the same twice: %d changes, contested %+v, files %+v, %s %v", len(past), s.Contested, s.Files, s.Standing, s.Reasons)
		}
		for name, a := range map[string]*conflict.Conflicts{"hub": w.hub.Conflicts, "one": one.Conflicts, "two": two.Conflicts} {
			rows, _, err := a.OpenConflicts(ctx, head)
			w.do(err)
			if len(rows) != 1 || rows[0].Entity.ID != study.IDOf("uuid:other") {
				t.Fatalf("%s: waiting for the office: %+v", name, rows)
			}
		}
		beside := w.takeOther(two.Conflicts, head)
		w.level()
		for _, a := range []*survey.Surveys{w.hub.Surveys, one.Surveys, two.Surveys} {
			s, _, _, err := a.Submission(ctx, head, study.IDOf("uuid:other"))
			w.do(err)
			if !strings.Contains(s.Answers, beside) || contested(&s) {
				t.Errorf("after the decision: %s, %+v", s.Answers, s.Contested)
			}
		}
		w.sound()
	})
}

// takeOther brings into force what did not stand, and says which city that is.
func (w *world) takeOther(c *conflict.Conflicts, head survey.Actor) (city string) {
	w.t.Helper()
	ref := change.Ref{Kind: study.KindSubmission, ID: study.IDOf("uuid:other")}
	open, _, err := c.OpenConflicts(ctx, head)
	w.do(err)
	page, err := c.Case(ctx, head, ref, open[0].ID)
	w.do(err)
	if len(page.Answers) != 1 || page.Answers[0].Question != "city" || page.Answers[0].Stands == page.Answers[0].Beside {
		w.t.Fatalf("the page compares %+v", page.Answers)
	}
	w.do(c.DecideCase(ctx, head, ref, open[0].ID, conflict.CaseCmd{Verdict: change.Taken, Note: "the corrected one", Seen: page.Head}))
	return page.Answers[0].Beside
}

// contested reports whether anything but a doubt that is settled is.
func contested(s *study.Submission) bool {
	return slices.ContainsFunc(s.Contested, func(x change.Contender) bool { return !strings.HasPrefix(x.Field, "doubt/") })
}

func firstOf(_ survey.Receipt, err error) error { return err }

// TestOneInterviewUnderTwoSurveys: a telephone sends an interview to two computers of its office, of
// which one has heard of a later survey with the same questionnaire. What the hub received first
// stands at all three, in their tables too; the other is kept apart, where the office sees it.
func TestOneInterviewUnderTwoSurveys(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD")
		one := w.nodes["ESMAD-1"]
		two := w.join("ESMAD-2", "ESMAD")
		stat, head, eva := officer(authz.Statistician, "PELIM"), officer(authz.Head, "ESMAD"), officer(authz.Window, "ESMAD")
		first := w.survey(stat, study.Queue, sheets, "ESMAD")
		w.do(w.hub.Surveys.Move(ctx, stat, first, study.Open, id.Change{}))
		w.level()
		w.now = w.now.AddDate(0, 0, 1)
		second := w.survey(stat, study.Queue, sheets, "ESMAD")
		w.do(w.hub.Surveys.Move(ctx, stat, second, study.Open, id.Change{}))
		w.level("ESMAD-2")

		same := survey.Incoming{Instance: instance("uuid:same", "", "Madrid")}
		for a, wants := range map[*app.App]string{one: first, two: second} {
			got, err := a.Surveys.Submit(ctx, eva, same)
			w.do(err)
			s, _, _, err := a.Surveys.Submission(ctx, head, got.Submission)
			w.do(err)
			if s.Survey != wants {
				t.Fatalf("%s took it for %s, not for %s", a.Name(), s.Survey, wants)
			}
		}
		w.level("ESMAD-1", "ESMAD-2")
		w.level("ESMAD-1", "ESMAD-2")
		w.sound()
		for _, a := range []*app.App{w.hub, one, two} {
			s, _, _, err := a.Surveys.Submission(ctx, head, study.IDOf("uuid:same"))
			if err != nil || s.Survey != first || !strings.Contains(s.Answers, "Madrid") || contested(&s) {
				t.Errorf("%s: of %s, %q, contested %+v, %v", a.Name(), s.Survey, s.Answers, s.Contested, err)
			}
			for sv, wants := range map[string]int{first: 1, second: 0} {
				rows, err := a.Surveys.Submissions(ctx, head, survey.SubmissionFilter{Survey: sv}, survey.Place{}, false, 10)
				w.do(err)
				if len(rows) != wants {
					t.Errorf("%s lists %d interviews of a survey, not %d: %+v", a.Name(), len(rows), wants, rows)
				}
			}
		}
		if why := slices.Collect(maps.Values(w.reasons())); !slices.Equal(why, []string{exchange.ApartSurvey}) {
			t.Errorf("kept apart: %v", why)
		}
	})
}
