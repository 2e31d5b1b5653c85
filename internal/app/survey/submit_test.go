package survey_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

var ctx = context.Background()

type field struct {
	*testing.T
	*app.App
	survey    string
	stat, eva survey.Actor
}

func (f *field) do(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func newField(t *testing.T) *field { return newFieldAt(t, nil) }

// newFieldAt has a clock of its own, nil for that of the computer.
func newFieldAt(t *testing.T, now func() time.Time) *field {
	t.Helper()
	a, err := app.Open(ctx, t.TempDir(), app.Options{Create: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	f := &field{T: t, App: a, stat: survey.Actor{Login: "sara", Role: authz.Statistician, Office: "PELIM", Purpose: "registry"},
		eva: survey.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}}
	today := civil.FromTime(a.Now())
	f.survey, err = a.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Perfil", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	f.do(err)
	f.do(a.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "1"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(t, sheets))}, id.Change{}))
	return f
}

// sheets is the questionnaire of these tests. Audits are named by the tests alone: clients
// leave the file out when they made none.
const sheets = `
	| survey   | type  | name  | label | constraint       | relevant |
	| | audit | audit |       |                  | |
	| | text  | a     | A     | . != 'bad'       | |
	| | text  | b     | B     |                  | ${a} = 'more' |
	| settings | form_id | version | form_title |
	| | perfil  | 1       | Perfil |
`

func (f *field) open() *field {
	f.do(f.Surveys.Move(ctx, f.stat, f.survey, study.Open, id.Change{}))
	return f
}

// another is a survey under way beside the first, with the same questionnaire under another name.
func (f *field) another(form string) string {
	f.Helper()
	today := civil.FromTime(f.Now())
	other, err := f.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Otra", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	f.do(err)
	f.do(f.Surveys.PutForm(ctx, f.stat, other, study.Form{Name: form, Version: "1"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(f.T, strings.Replace(sheets, "perfil", form, 1)))}, id.Change{}))
	f.do(f.Surveys.Move(ctx, f.stat, other, study.Open, id.Change{}))
	return other
}

// of is an instance of the other questionnaire.
func of(form string, instance []byte) []byte {
	return bytes.Replace(instance, []byte(`id="perfil"`), []byte(`id="`+form+`"`), 1)
}

func instance(name, replaces, answer, files string) []byte {
	if replaces != "" {
		replaces = "<deprecatedID>" + replaces + "</deprecatedID>"
	}
	return []byte(`<data id="perfil" version="1"><a>` + answer + `</a><meta><instanceID>` + name + `</instanceID>` + replaces + files + `</meta></data>`)
}

func (f *field) wants(key string, _ survey.Receipt, err error) {
	f.Helper()
	if !fault.Is(err, key) {
		f.Errorf("%s: %v", key, err)
	}
}

func (f *field) count() (n int64) {
	f.do(f.DB.View(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.CountSubmissions(ctx, store.SubmissionFilter{Survey: f.survey})
		return err
	}))
	return n
}

func TestSubmitRefuses(t *testing.T) {
	f := newField(t)
	send := func(b []byte) (survey.Receipt, error) {
		return f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: b})
	}
	r, err := send(instance("uuid:1", "", "x", ""))
	f.wants("survey.not_open", r, err)
	f.open()
	r, err = send([]byte("<data"))
	f.wants("survey.not_xml", r, err)
	r, err = send(bytes.Replace(instance("uuid:1", "", "x", ""), []byte(`version="1"`), []byte(`version="9"`), 1))
	f.wants("survey.no_version", r, err)
	r, err = send(bytes.Replace(instance("uuid:1", "", "x", ""), []byte("perfil"), []byte("otro"), 1))
	f.wants("survey.no_survey", r, err)
	r, err = send(instance("", "", "x", ""))
	f.wants("survey.no_instance", r, err)
	_, err = f.Surveys.Submit(ctx, survey.Actor{Login: "x", Role: authz.Auditor, Office: "ESMAD"}, survey.Incoming{Instance: instance("uuid:1", "", "x", "")})
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an auditor sends answers: %v", err)
	}
	r, err = f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: instance("uuid:1", "", "x", ""), Files: []survey.Upload{{Name: "big", Data: make([]byte, survey.MostFile+1)}}})
	f.wants("survey.file_large", r, err)
	if n := f.count(); n != 1 {
		t.Errorf("%d submissions were kept, want the one whose file alone was too large", n)
	}
}

func TestSubmitAgain(t *testing.T) {
	f := newField(t).open()
	first := survey.Incoming{Instance: instance("uuid:1", "", "x", "<audit>audit.csv</audit>")}
	got, err := f.Surveys.Submit(ctx, f.eva, first)
	f.do(err)
	if !got.New || !slices.Equal(got.Awaited, []string{"audit.csv"}) {
		t.Errorf("receipt %+v", got)
	}
	first.Files = []survey.Upload{{Name: "audit.csv", Type: "text/csv", Data: []byte("event,node\n")}}
	for range 2 { // with its file, and the same once more
		again, err := f.Surveys.Submit(ctx, f.eva, first)
		f.do(err)
		if again.New || again.Submission != got.Submission || len(again.Awaited) != 0 {
			t.Errorf("sent again: %+v", again)
		}
	}
	if _, data, err := f.Surveys.File(ctx, f.eva, got.Submission, "audit.csv"); err != nil || string(data) != "event,node\n" {
		t.Errorf("the file reads %q %v", data, err)
	}
	r, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: instance("uuid:1", "", "y", "")})
	f.wants("survey.same_instance", r, err)
	for range 2 { // a correction has another name; sent twice it is one
		r, err = f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: instance("uuid:2", "uuid:1", "y", "")})
		f.do(err)
		if r.New || r.Submission != got.Submission {
			t.Errorf("the correction: %+v", r)
		}
	}
	s, _, past, err := f.Surveys.Submission(ctx, f.eva, got.Submission)
	f.do(err)
	if !strings.Contains(s.Answers, "<a>y</a>") || len(past) != 3 || f.count() != 1 {
		t.Errorf("%d changes, %d submissions, answers %s", len(past), f.count(), s.Answers)
	}
	other := f.eva
	other.Login = "luz"
	if _, _, _, err := f.Surveys.Submission(ctx, other, got.Submission); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another interviewer reads the answers: %v", err)
	}
}

// TestManyAtOnce: two hundred clients send at the same time, some of them what cannot be kept
// and some the same; each is answered for himself, and the log stays whole.
func TestManyAtOnce(t *testing.T) {
	f := newField(t).open()
	const n = 200
	var wg sync.WaitGroup
	fresh := make([]bool, n)
	for i := range n {
		wg.Go(func() {
			in := instance(fmt.Sprint("uuid:", i/2), "", fmt.Sprint(i/2), "")
			if i%20 == 19 {
				in = []byte("<data")
			}
			r, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: in})
			if (err != nil) != (i%20 == 19) {
				t.Errorf("client %d: %v", i, err)
			}
			fresh[i] = r.New
		})
	}
	wg.Wait()
	made := 0
	for _, is := range fresh {
		if is {
			made++
		}
	}
	if made != n/2 || f.count() != n/2 {
		t.Errorf("%d were new and %d are here, of %d", made, f.count(), n/2)
	}
	seen := map[string]bool{}
	f.do(f.Surveys.Answers(ctx, f.stat, f.survey, func(s study.Submission, _ store.CaseRow) error {
		seen[s.Answers] = true
		return nil
	}))
	if len(seen) != n/2 {
		t.Errorf("%d different answers, want %d", len(seen), n/2)
	}
	report, err := f.VerifyLog(ctx, app.Actor{Login: "a", Role: authz.Operator, Office: "ESMAD"}, nil, nil)
	f.do(err)
	if len(report.Findings) > 0 {
		t.Errorf("the log: %+v", report.Findings)
	}
}

// TestAnswersAreJudged: what the questionnaire does not take is kept, as doubtful with the rule
// and the question.
func TestAnswersAreJudged(t *testing.T) {
	f := newField(t).open()
	for i := range 2 { // before its turn comes, once the questionnaire is known
		got, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: bytes.Replace(instance(fmt.Sprint("uuid:", i), "", "bad", ""), []byte("</a>"), []byte("</a><b>x</b>"), 1)})
		f.do(err)
		if !slices.Equal(got.Reasons, []string{"constraint:/data/a", "irrelevant:/data/b"}) {
			t.Errorf("%d: %v", i, got.Reasons)
		}
		s, _, _, err := f.Surveys.Submission(ctx, f.eva, got.Submission)
		f.do(err)
		if s.Standing != study.Doubtful || !strings.Contains(s.Answers, "bad") {
			t.Errorf("%+v", s)
		}
	}
	if got, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: instance("uuid:good", "", "more", "")}); err != nil || len(got.Reasons) > 0 {
		t.Errorf("a good one: %v %v", got.Reasons, err)
	}
	if err := f.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "2"}, survey.FormFiles{XForm: []byte("<h/>")}, id.Change{}); !fault.Is(err, "survey.form_unread") {
		t.Errorf("what is no questionnaire: %v", err)
	}
}

// TestAnInstanceOfAnotherSurvey: an interview that is called as one of another survey, or says that
// it corrects one, is refused as any other under a name that is taken.
func TestAnInstanceOfAnotherSurvey(t *testing.T) {
	f := newField(t).open()
	f.another("otra")
	_, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: instance("uuid:one", "", "x", "")})
	f.do(err)
	for what, b := range map[string][]byte{"the same name": instance("uuid:one", "", "y", ""), "a correction": instance("uuid:two", "uuid:one", "y", "")} {
		if _, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: of("otra", b)}); !fault.Is(err, "survey.same_instance") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
