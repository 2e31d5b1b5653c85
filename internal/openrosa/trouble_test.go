package openrosa_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/openrosa/client"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

var (
	eva  = app.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD"}
	jefa = app.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD"}
)

// phone is a telephone that speaks one language.
func (f *field) phone(login, token, lang string) *client.Client {
	return &client.Client{URL: strings.TrimSuffix(f.url, "/openrosa"), Login: login, Token: token, Lang: lang}
}

// filled is an interview of the tests' questionnaire that was held at a moment.
func filled(instance, replaces, kase, sexo string, end time.Time) []byte {
	if replaces != "" {
		replaces = "<deprecatedID>" + replaces + "</deprecatedID>"
	}
	return []byte(`<data id="perfil" version="1"><start>` + end.Add(-20*time.Minute).Format(time.RFC3339) + `</start><end>` + end.Format(time.RFC3339) + `</end><quipu_case>` + kase +
		`</quipu_case><sexo>` + sexo + `</sexo><foto/><meta><instanceID>` + instance + `</instanceID>` + replaces + `</meta></data>`)
}

func withPhoto(b []byte) []byte {
	return bytes.Replace(b, []byte("<foto/>"), []byte("<foto>f.gif</foto>"), 1)
}

// says sends in both languages and looks at the words.
func (f *field) says(what, token string, instance []byte, es, en string, files ...client.File) {
	f.Helper()
	for lang, want := range map[string]string{"es": es, "en": en} {
		said, err := f.phone("eva", token, lang).Send(ctx, instance, files...)
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, want) {
			f.Errorf("%s: the telephone shows %q, want %q (%v)", what, said, want, err)
		}
	}
}

func (f *field) submission(instance string) study.Submission {
	f.Helper()
	s, _, _, err := f.Surveys.Submission(ctx, jefa, study.IDOf(instance))
	f.do(err)
	return s
}

// TestFilesThatAreWrong: the answers are kept whatever comes with them, and so is every file that
// can be.
func TestFilesThatAreWrong(t *testing.T) {
	f := newField(t)
	now := f.Now().Add(-time.Hour)
	gif := []byte("GIF89a one")
	f.says("a file that the answers do not name", f.token, filled("uuid:1", "", "", "F", now), "revisarlas", "look", client.File{Name: "other.gif", Type: "image/gif", Data: gif})
	if s := f.submission("uuid:1"); s.Standing != study.Doubtful || !slices.Contains(s.Reasons, "file_unasked") || len(s.Files) != 1 {
		t.Errorf("kept as %+v", s)
	}
	f.says("a file that is too large", f.token, withPhoto(filled("uuid:2", "", "", "F", now)), "f.gif", "f.gif", client.File{Name: "f.gif", Type: "image/gif", Data: make([]byte, survey.MostFile+1)})
	if s := f.submission("uuid:2"); !slices.Equal(s.Awaited, []string{"f.gif"}) || s.Standing != study.Received {
		t.Errorf("the answers beside a file that is too large: %+v", s)
	}
	f.says("half", f.token, withPhoto(filled("uuid:3", "", "", "F", now)), "Faltan 1", "1 file")
	f.says("the rest", f.token, withPhoto(filled("uuid:3", "", "", "F", now)), "guardadas", "saved", client.File{Name: "f.gif", Type: "image/gif", Data: gif})
	f.says("other contents of the same length", f.token, withPhoto(filled("uuid:3", "", "", "F", now)), "revisarlas", "look", client.File{Name: "f.gif", Type: "image/gif", Data: []byte("GIF89a two")})
	s, _, past, err := f.Surveys.Submission(ctx, jefa, study.IDOf("uuid:3"))
	f.do(err)
	if !slices.Equal(s.Reasons, []string{"file_changed"}) || len(past) != 3 {
		t.Errorf("a file that came twice with other contents: %v, %d changes", s.Reasons, len(past))
	}
	f.says("a program for a photograph", f.token, withPhoto(filled("uuid:4", "", "", "F", now)), "revisarlas", "look", client.File{Name: "f.gif", Type: "image/gif", Data: []byte("#!/bin/sh\n")})
	if s := f.submission("uuid:4"); !slices.Equal(s.Reasons, []string{"file_kind"}) {
		t.Errorf("%v", s.Reasons)
	}
}

// TestCorrections: in any order, from anybody, twice.
func TestCorrections(t *testing.T) {
	f := newField(t)
	now := f.Now().Add(-time.Hour)
	f.says("a correction of what has not come", f.token, filled("uuid:b", "uuid:a", "", "M", now), "revisarlas", "look")
	if s := f.submission("uuid:a"); !slices.Contains(s.Reasons, study.Unpreceded) {
		t.Errorf("%+v", s)
	}
	f.says("what it corrects, afterwards", f.token, filled("uuid:a", "", "", "F", now), "guardadas", "saved")
	if s := f.submission("uuid:a"); s.Standing != study.Received || !strings.Contains(s.Answers, "<sexo>M") || f.count() != 1 {
		t.Errorf("%d submissions; %+v", f.count(), s)
	}
	f.says("and once more", f.token, filled("uuid:a", "", "", "F", now), "ya estaban", "already")
	f.says("a second correction of the first", f.token, filled("uuid:c", "uuid:a", "", "X", now), "revisarlas", "look")
	if s := f.submission("uuid:a"); !slices.Contains(s.Reasons, "corrects_older") || f.count() != 1 {
		t.Errorf("%d submissions; %+v", f.count(), s)
	}
	f.says("other answers under a name that was used", f.token, filled("uuid:a", "", "", "Q", now), "deprecatedID", "deprecatedID")
}

// TestAnotherInterviewersCase: it is kept as doubtful, and the case is answered.
func TestAnotherInterviewersCase(t *testing.T) {
	f := newField(t)
	cases, err := f.Surveys.Draw(ctx, f.stat, f.survey, "", []study.Drawn{{Stratum: "Madrid", Order: 1, Office: "ESMAD"}}, nil)
	f.do(err)
	f.do(f.CreateAccount(ctx, node.Operator("test", "ESMAD"), account.NewAccount{Login: "luz", Name: "Luz", Office: "ESMAD", Role: authz.Interviewer, Lang: "es", Password: "cuatro nudos en un cordel"}))
	f.do(f.Surveys.Assign(ctx, jefa, cases, "luz"))
	f.says("the case of another", f.token, filled("uuid:1", "", cases[0], "F", f.Now().Add(-time.Hour)), "revisarlas", "look")
	if s := f.submission("uuid:1"); !slices.Equal(s.Reasons, []string{"case_of_another"}) || s.Case != cases[0] {
		t.Errorf("%+v", s)
	}
}

// TestVersions: one that is not in force any more is still taken, and one that nobody knows is
// refused with what to do.
func TestVersions(t *testing.T) {
	f := newField(t)
	form := surveytest.Form(t, sheets)
	form.Settings.Version = "2"
	f.do(f.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "2"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	now := f.Now().Add(-time.Hour)
	f.says("the version of before", f.token, filled("uuid:1", "", "", "F", now), "guardadas", "saved")
	f.says("one that is not here", f.token, bytes.Replace(filled("uuid:2", "", "", "F", now), []byte(`version="1"`), []byte(`version="7"`), 1), "1, 2", "1, 2")
	if f.count() != 1 {
		t.Errorf("%d submissions", f.count())
	}
}

// TestARightThatEnded: what was collected before it ended waits apart for the office, whichever
// way it ended; what was collected after is refused, and nobody comes in by it.
func TestARightThatEnded(t *testing.T) {
	op := node.Operator("test", "ESMAD")
	for name, end := range map[string]func(f *field){
		"the code was revoked": func(f *field) {
			tokens, err := f.Tokens(ctx, op, "eva")
			f.do(err)
			for _, tk := range tokens {
				f.do(f.RevokeToken(ctx, op, tk.ID))
			}
		},
		"the account was closed": func(f *field) {
			f.do(f.EditUser(ctx, op, "eva", account.UserEdit{Name: "Eva", Office: "ESMAD", Lang: "es", Role: authz.Interviewer}))
		},
		"the role has no interviews": func(f *field) {
			f.do(f.EditUser(ctx, op, "eva", account.UserEdit{Name: "Eva", Office: "ESMAD", Lang: "es", Role: authz.Auditor, Active: true}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			cases, err := f.Surveys.Draw(ctx, f.stat, f.survey, "", []study.Drawn{{Stratum: "Madrid", Order: 1, Office: "ESMAD"}}, nil)
			f.do(err)
			f.do(f.Surveys.Assign(ctx, jefa, cases, "eva"))
			before := f.Now().Add(-time.Hour)
			f.says("while there is a right", f.token, withPhoto(filled("uuid:old", "", "", "F", before)), "Faltan 1", "1 file")
			end(f)
			f.says("what was collected before", f.token, filled("uuid:1", "", cases[0], "F", before), "guardada aparte", "kept apart")
			f.says("what was collected after", f.token, filled("uuid:2", "", "", "F", f.Now().Add(time.Hour)), "es de después", "from after")
			f.says("the file of what came before", f.token, withPhoto(filled("uuid:old", "", "", "F", before)), "guardadas", "saved", client.File{Name: "f.gif", Type: "image/gif", Data: []byte("GIF89a")})
			f.says("a correction of what stands", f.token, filled("uuid:3", "uuid:old", "", "M", before), "guardada aparte", "kept apart")
			if old := f.submission("uuid:old"); old.Standing != study.Received || len(old.Awaited) != 0 || strings.Contains(old.Answers, "<sexo>M") {
				t.Errorf("what stood is now %+v", old)
			}
			if _, err := f.phone("eva", f.token, "es").Forms(ctx); err == nil {
				t.Error("questionnaires are still handed out")
			}
			counted := 0
			f.do(f.Surveys.Answers(ctx, f.stat, f.survey, func(study.Submission, survey.CaseRow) error { counted++; return nil }))
			if counted != 1 || f.count() != 3 {
				t.Errorf("%d count of %d", counted, f.count())
			}
			page, err := f.Surveys.Case(ctx, jefa, cases[0])
			if f.do(err); page.Case.Submission != "" {
				t.Error("what is held answers its case")
			}
			f.decides(cases[0])
		})
	}
}

// decides keeps one that was held, and sets the other aside.
func (f *field) decides(kase string) {
	f.Helper()
	if err := f.Surveys.Judge(ctx, eva, study.IDOf("uuid:1"), study.Received, "", id.Change{}); err == nil {
		f.Error("who sent it decides")
	}
	f.do(f.Surveys.Judge(ctx, jefa, study.IDOf("uuid:1"), study.Checked, "", id.Change{}))
	f.do(f.Surveys.Judge(ctx, jefa, study.IDOf("uuid:3"), study.SetAside, "no es suya", id.Change{}))
	counted := 0
	f.do(f.Surveys.Answers(ctx, f.stat, f.survey, func(study.Submission, survey.CaseRow) error { counted++; return nil }))
	page, err := f.Surveys.Case(ctx, jefa, kase)
	f.do(err)
	if counted != 2 || page.Case.Submission != study.IDOf("uuid:1") {
		f.Errorf("%d count, the case has %q", counted, page.Case.Submission)
	}
}

// TestACodeThatRanOut is no right that ended: another is made, and everything is sent with it.
func TestACodeThatRanOut(t *testing.T) {
	f := newField(t)
	_, ok, err := f.Former(ctx, f.token, authz.Interview)
	if f.do(err); ok {
		t.Error("who may is somebody who might")
	}
	if _, ok, err := f.Former(ctx, "qp_nothing", authz.Interview); err != nil || ok {
		t.Errorf("a code that nobody made: %v %v", ok, err)
	}
	other := f.newToken(authz.Search)
	tokens, err := f.Tokens(ctx, node.Operator("test", "ESMAD"), "eva")
	f.do(err)
	for _, tk := range tokens {
		f.do(f.RevokeToken(ctx, node.Operator("test", "ESMAD"), tk.ID))
	}
	if _, ok, err := f.Former(ctx, other, authz.Interview); err != nil || ok {
		t.Errorf("a code that was for something else: %v %v", ok, err)
	}
}

const mediaSheets = `
	| survey   | type     | name | label | calculation | choice_filter | parameters |
	| | end      | end        | | | | |
	| | select_one_from_file cities.csv | city | City | | country = 'ES' | value=code label=city |
	| | calculate | region | | pulldata('cities', 'region', 'code', ${city}) | | |
	| | calculate | people | | instance('cities')/root/item[code = ${city}]/people | | |
	| settings | form_id | version | form_title |
	| | ciudades | 1     | Ciudades |
`

// TestFilesOfAQuestionnaire: a questionnaire that looks into a file is not taken without it; a
// telephone is told of the file and fetches it; and the server judges with it.
func TestFilesOfAQuestionnaire(t *testing.T) {
	f := newField(t)
	today := civil.FromTime(f.Now())
	of, err := f.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Ciudades", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	f.do(err)
	form := study.Form{Name: "ciudades", Version: "1"}
	files := survey.FormFiles{XForm: xform.Write(surveytest.Form(t, mediaSheets))}
	if err := f.Surveys.PutForm(ctx, f.stat, of, form, files, id.Change{}); !fault.Is(err, "survey.media_missing") {
		t.Errorf("without its file: %v", err)
	}
	files.Media = []survey.Upload{{Name: "cities.csv", Data: []byte("code,city,country,region,people\nMAD,\"Madrid\n")}}
	if err := f.Surveys.PutForm(ctx, f.stat, of, form, files, id.Change{}); !fault.Is(err, "xform.attached") {
		t.Errorf("with a file that is cut: %v", err)
	}
	files.Media[0].Data = []byte("code,city,country,region,people\nMAD,Madrid,ES,Centro,30\nMIL,Milano,IT,Nord,20\n")
	f.do(f.Surveys.PutForm(ctx, f.stat, of, form, files, id.Change{}))
	f.do(f.Surveys.Move(ctx, f.stat, of, study.Open, id.Change{}))
	_, _, list := f.get(f.url + "/formList?formID=ciudades")
	_, more, _ := strings.Cut(list, "<manifestUrl>")
	more, _, _ = strings.Cut(more, "</manifestUrl>")
	status, _, manifest := f.get(more)
	if status != 200 || !strings.Contains(manifest, "<filename>cities.csv</filename>") || !strings.Contains(manifest, "md5:") {
		t.Fatalf("%q: %d %s", more, status, manifest)
	}
	_, at, _ := strings.Cut(manifest, "<downloadUrl>")
	at, _, _ = strings.Cut(at, "</downloadUrl>")
	if status, _, body := f.get(at); status != 200 || body != string(files.Media[0].Data) {
		t.Errorf("%s: %d %q", at, status, body)
	}
	if status, _, _ := f.get(strings.Replace(at, "cities", "other", 1)); status != 404 {
		t.Errorf("a file that is not there: %d", status)
	}
	end := f.Now().Format(time.RFC3339)
	for n, c := range []struct{ city, region, people, doubts string }{{"MAD", "Centro", "30", ""}, {"MIL", "Nord", "20", "choice:/data/city"}, {"MAD", "Sur", "31", "calculation:/data/people calculation:/data/region"}} {
		instance := "uuid:city" + string(rune('a'+n))
		_, err := f.phone("eva", f.token, "es").Send(ctx, []byte(`<data id="ciudades" version="1"><end>`+end+`</end><city>`+c.city+`</city><region>`+c.region+`</region><people>`+c.people+`</people><meta><instanceID>`+instance+`</instanceID></meta></data>`))
		f.do(err)
		if got := strings.Join(f.submission(instance).Reasons, " "); got != c.doubts {
			t.Errorf("%s: %q, want %q", c.city, got, c.doubts)
		}
	}
}
