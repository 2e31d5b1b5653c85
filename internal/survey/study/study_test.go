package study

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
)

// log keeps the changes of one entity as a register would.
type log struct {
	entity change.Ref
	all    []change.Change
}

func (l *log) add(c change.Change) {
	for _, s := range c.Sets { // the hub takes from nodes only what the rules of values know
		if err := CheckValue(l.entity.Kind, s.Field, s.Value); key(err) == "values.unknown" {
			panic(err)
		}
	}
	c.ID = id.Change{Node: "N1", N: int64(len(l.all) + 1)}
	c.Entity = l.entity
	l.all = append(l.all, c)
}

func date(t *testing.T, text string) civil.Date {
	t.Helper()
	d, err := civil.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func key(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Key
	}
	return ""
}

func must(t *testing.T, c change.Change, err error) change.Change {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func planned(t *testing.T) *log {
	l := &log{entity: change.Ref{Kind: KindSurvey, ID: "S"}}
	c, err := Plan(PlanCmd{Title: " Perfil  2026 ", Office: "PELIM", Footing: Probability, First: date(t, "2026-12-01"), Last: date(t, "2026-12-31"),
		Posts: []string{"USPAT", "ESMAD", "ESMAD"}}, "L")
	l.add(must(t, c, err))
	return l
}

func TestLifeOfASurvey(t *testing.T) {
	l := planned(t)
	s := LoadSurvey(l.all)
	if s.Title != "Perfil 2026" || !slices.Equal(s.Posts, []string{"ESMAD", "USPAT"}) || s.State != Draft || s.Link != "L" || !s.Takes("USPAT") || s.Takes("ARBUE") {
		t.Fatalf("planned: %+v", s)
	}
	if _, err := s.Move(Open, true); key(err) != "survey.formless" {
		t.Errorf("a survey without a questionnaire opens: %v", err)
	}
	form := Form{Version: "1", Name: "perfil", Title: "Perfil", File: "aa"}
	c, err := s.PutForm(form)
	l.add(must(t, c, err))
	s = LoadSurvey(l.all)
	if f, ok := s.FormOf("1"); !ok || f.File != "aa" || s.Form != "1" {
		t.Fatalf("forms: %+v", s.Forms)
	}
	form.File = "bb"
	if _, err := s.PutForm(form); key(err) != "survey.form_taken" {
		t.Errorf("a version changes its meaning: %v", err)
	}
	form.Version, form.Name = "2", "other"
	if _, err := s.PutForm(form); key(err) != "survey.form_other" {
		t.Errorf("another questionnaire: %v", err)
	}
	c, err = s.Move(Open, true)
	l.add(must(t, c, err))
	s = LoadSurvey(l.all)
	if _, err := s.Revise(PlanCmd{Title: "x", Footing: Queue, First: s.First, Last: s.Last, Posts: s.Posts}); key(err) != "survey.footing_stands" {
		t.Errorf("what the sample stands on changes under way: %v", err)
	}
	link := Link{}
	if _, err := link.Destroy(&s, change.Stamp{Micros: 1}); key(err) != "survey.not_closed" {
		t.Errorf("the link of an open survey is destroyed: %v", err)
	}
	c, err = s.Move(Closed, true)
	l.add(must(t, c, err))
	s = LoadSurvey(l.all)
	if _, err := s.Move(Open, false); key(err) != "survey.move" {
		t.Errorf("a survey without a link opens again: %v", err)
	}
	if _, err := s.Revise(PlanCmd{}); key(err) != "survey.closed" {
		t.Errorf("a closed survey is revised: %v", err)
	}
}

func TestPlanRefuses(t *testing.T) {
	first, last := date(t, "2026-12-01"), date(t, "2026-12-31")
	for want, cmd := range map[string]PlanCmd{
		"survey.words_missing": {Footing: Queue, First: first, Last: last, Posts: []string{"ESMAD"}},
		"survey.footing":       {Title: "x", First: first, Last: last, Posts: []string{"ESMAD"}},
		"survey.days":          {Title: "x", Footing: Queue, First: last, Last: first, Posts: []string{"ESMAD"}},
		"survey.posts":         {Title: "x", Footing: Queue, First: first, Last: last},
		"survey.too_long":      {Title: strings.Repeat("a", MaxWords+1), Footing: Queue, First: first, Last: last, Posts: []string{"ESMAD"}},
	} {
		if _, err := Plan(cmd, "L"); key(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

const instance = `<?xml version="1.0"?><data id="perfil" version="1" xmlns:orx="http://openrosa.org/xforms"><start>2026-12-02T10:00:00Z</start><deviceid>d1</deviceid>` +
	`<quipu_case>C1</quipu_case><g><photo>p.jpg</photo><n>deviceid</n></g><orx:meta><orx:instanceID>uuid:1</orx:instanceID><audit>audit.csv</audit></orx:meta></data>`

func TestReadMeta(t *testing.T) {
	m, err := ReadMeta(strings.NewReader(instance), func(path string) bool { return path == "g/photo" })
	if err != nil {
		t.Fatal(err)
	}
	if m.Form != "perfil" || m.Version != "1" || m.Instance != "uuid:1" || m.Device != "d1" || m.Case != "C1" || m.Start == "" || !slices.Equal(m.Files, []string{"audit.csv", "p.jpg"}) {
		t.Errorf("%+v", m)
	}
	for text, want := range map[string]string{
		instance[:len(instance)-9]:    "survey.not_xml",
		"{}":                          "survey.no_form",
		"<data/>":                     "survey.no_form",
		`<!DOCTYPE a><data id="x"/>`:  "survey.not_xml",
		`<data id="x">&lol;</data>`:   "survey.not_xml",
		strings.Repeat("<a>", 100):    "survey.not_xml",
		`<data id="x"><a></b></data>`: "survey.not_xml",
	} {
		if _, err := ReadMeta(strings.NewReader(text), nil); key(err) != want {
			t.Errorf("%.30q: %v, want %s", text, err, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	got, err := Answers(strings.NewReader(instance))
	want := []Answer{{"start", "2026-12-02T10:00:00Z"}, {"deviceid", "d1"}, {"quipu_case", "C1"}, {"g/photo", "p.jpg"}, {"g/n", "deviceid"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

func TestFilesIn(t *testing.T) {
	got, err := FilesIn(strings.NewReader(`<h><model><bind nodeset="/data/g/photo" type="binary"/><bind nodeset="/data/n" type="int"/><bind nodeset="/data" type="binary"/></model></h>`))
	if err != nil || len(got) != 1 || !got["g/photo"] {
		t.Errorf("%v %v", got, err)
	}
	if _, err := FilesIn(strings.NewReader("<h>")); key(err) != "survey.not_xml" {
		t.Errorf("half a form: %v", err)
	}
}

func FuzzReadMeta(f *testing.F) {
	f.Add(instance)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadMeta(strings.NewReader(text), nil)
		if err == nil && m.Form == "" {
			t.Error("an instance of no questionnaire")
		}
	})
}

// TestAFileIsOnce: however the files of a submission are split over messages and repeated, each
// is there once, and what is awaited is what is named and not here.
func TestAFileIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,4}\.jpg`), 1, 5, rapid.ID).Draw(t, "names")
		l := &log{entity: change.Ref{Kind: KindSubmission, ID: IDOf("uuid:1")}}
		c, err := Arrive(Arrival{Survey: "S", Form: "1", Meta: Meta{Instance: "uuid:1", Files: names}, Answers: "x", Standing: Received})
		if err != nil {
			t.Fatal(err)
		}
		l.add(c)
		sent := map[string]bool{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, len(names)-1), 0, 12).Draw(t, "sent") {
			s := LoadSubmission(l.all)
			c := s.Attach([]File{{Name: names[n], Hash: "h" + strconv.Itoa(n), Size: 1}}, nil)
			if (len(c.Sets) == 0) != sent[names[n]] {
				t.Fatalf("%s was here: %v, and the change has %d values", names[n], sent[names[n]], len(c.Sets))
			}
			if sent[names[n]] = true; len(c.Sets) > 0 {
				l.add(c)
			}
		}
		s := LoadSubmission(l.all)
		if len(s.Files) != len(sent) || len(s.Awaited) != len(names)-len(sent) {
			t.Fatalf("%d files, %d awaited of %d; %d were sent", len(s.Files), len(s.Awaited), len(names), len(sent))
		}
		l.add(s.Attach([]File{{Name: "none", Hash: "h"}}, []string{"file_unasked", "file_unasked"}))
		if s = LoadSubmission(l.all); len(s.Files) != len(sent)+1 || s.Names("none") || s.Standing != Doubtful || !slices.Equal(s.Reasons, []string{"file_unasked"}) {
			t.Fatalf("a file that nobody named: %+v", s)
		}
	})
}

func TestCorrectAndJudge(t *testing.T) {
	l := &log{entity: change.Ref{Kind: KindSubmission, ID: IDOf("uuid:1")}}
	c, err := Arrive(Arrival{Survey: "S", Form: "1", Meta: Meta{Instance: "uuid:1"}, Answers: "a", Standing: Received})
	l.add(must(t, c, err))
	s := LoadSubmission(l.all)
	c, err = s.Correct(Arrival{Form: "1", Meta: Meta{Instance: "uuid:2", Replaces: "uuid:1"}, Answers: "b", Standing: Received})
	l.add(must(t, c, err))
	if s = LoadSubmission(l.all); s.Answers != "b" || s.Instance != "uuid:2" || s.Entity.ID != IDOf("uuid:1") {
		t.Errorf("corrected: %+v", s)
	}
	if _, err := s.Judge(SetAside, " "); key(err) != "survey.words_missing" {
		t.Errorf("set aside without a reason: %v", err)
	}
	c, err = s.Judge(SetAside, "prueba")
	l.add(must(t, c, err))
	s = LoadSubmission(l.all)
	if _, err := s.Correct(Arrival{}); key(err) != "survey.set_aside" {
		t.Errorf("what was set aside is corrected: %v", err)
	}
	if past := new(change.Rules).History(l.all, "answers"); len(past) != 2 || past[0].Value.Text != "a" {
		t.Errorf("the first answers are gone: %v", past)
	}
	if id.Entity(IDOf("uuid:1")).Valid() == false || IDOf("uuid:1") == IDOf("uuid:2") {
		t.Error("ids of instances")
	}
}

func TestCase(t *testing.T) {
	if _, err := Draw("S", Drawn{Probability: 1.5}); key(err) != "survey.probability" {
		t.Errorf("probability 1.5: %v", err)
	}
	l := &log{entity: change.Ref{Kind: KindCase, ID: "C"}}
	c, err := Draw("S", Drawn{Stratum: "ESMAD", Unit: "7", Probability: 0.0123456789012345, Order: 3, Office: "ESMAD", Person: "P"})
	l.add(must(t, c, err))
	k := LoadCase(l.all)
	if k.Probability != 0.0123456789012345 || k.Weight() != 1/0.0123456789012345 || k.Person != "P" || k.Order != 3 {
		t.Errorf("%+v", k)
	}
	l.add(k.Assign("eva"))
	k = LoadCase(l.all)
	c, err = k.Try("T1", "3.11", "nadie abre")
	l.add(must(t, c, err))
	k = LoadCase(l.all)
	l.add(k.Answer("X", Complete))
	k = LoadCase(l.all)
	if k.Interviewer != "eva" || len(k.Attempts) != 1 || k.Attempts[0].Code != "3.11" || k.Disposition != Complete || k.Submission != "X" {
		t.Errorf("%+v", k)
	}
	if _, err := k.Try("T2", "3.11", ""); key(err) != "survey.answered" {
		t.Errorf("an answered case is tried again: %v", err)
	}
}

// TestCorrectionComesFirst: a correction that came before what it corrects and the two in their
// order end the same, with both in the history.
func TestCorrectionComesFirst(t *testing.T) {
	first := Arrival{Survey: "S", Form: "1", Meta: Meta{Instance: "uuid:1", End: "a"}, Answers: "a", Standing: Received}
	second := Arrival{Survey: "S", Form: "1", Meta: Meta{Instance: "uuid:2", Replaces: "uuid:1", End: "b"}, Answers: "b", Standing: Received, Reasons: []string{Unpreceded}}
	c, err := Arrive(second)
	l := &log{entity: c.Entity}
	l.add(must(t, c, err))
	s := LoadSubmission(l.all)
	if s.Entity.ID != IDOf("uuid:1") || s.Standing != Doubtful || s.Replaces != "uuid:1" {
		t.Errorf("a correction of what is not here: %+v", s)
	}
	one, two := s.Precede(first)
	l.add(one)
	between := LoadSubmission(l.all)
	l.add(two(&between))
	if s = LoadSubmission(l.all); s.Answers != "b" || s.Instance != "uuid:2" || s.Ended != "b" || s.Standing != Received || len(s.Reasons) != 0 || s.Replaces != "" {
		t.Errorf("when what it corrects has come: %+v", s)
	}
	for _, x := range []struct {
		instance, answers string
		want              bool
	}{{"uuid:1", "a", true}, {"uuid:2", "b", true}, {"uuid:1", "b", false}, {"uuid:3", "a", false}} {
		if got := Came(l.all, x.instance, x.answers); got != x.want {
			t.Errorf("%s with %s came: %v", x.instance, x.answers, got)
		}
	}
}
