package interview_test

import (
	"bytes"
	"testing"
	"time"

	"quipu/internal/survey"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
	"quipu/internal/synth/interview"
)

var now = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

func given() map[string]string {
	return map[string]string{"interviewer": "INES-1", "frame": "register", "case_code": "C1", "country": "ES", "office": "ESMAD", "city": "Madrid"}
}

// peru fills in the questionnaire of the pack as a client has it: read from its XForm.
func peru(t *testing.T) *interview.Filler {
	t.Helper()
	form, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	said, err := pack.LikelyAnswers("peru")
	if err != nil {
		t.Fatal(err)
	}
	f, err := interview.ReadForm(bytes.NewReader(xform.Write(form)), said)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestNothingIsToFind: who judges answers finds nothing in 400 interviews, and each of the
// profile's questions is answered in different ways.
func TestNothingIsToFind(t *testing.T) {
	f := peru(t)
	form, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(form)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]map[string]bool{}
	for n := range uint64(400) {
		text, err := f.Fill(interview.Order{Seed: 7, Number: n, Now: now, Given: given()})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xform.ReadInstanceOf(form, bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, found := range j.Document(doc, now) {
			t.Fatalf("interview %d: %s: %s\n%s", n, found.Path, found.Kind, text)
		}
		data := doc.Children[0]
		if data.Child("meta").Child("instanceID").Value() == "" || data.Attr("version") == "" {
			t.Fatalf("no instance or version: %s", text)
		}
		if in := data.Child("interview"); in != nil {
			for _, g := range in.Children {
				for _, q := range g.Children {
					if seen[q.Name] == nil {
						seen[q.Name] = map[string]bool{}
					}
					seen[q.Name][q.Value()] = true
				}
			}
		}
	}
	for _, q := range []string{"age", "sex", "union", "education", "employed", "work_status", "occupation", "bank_host", "bank_peru", "sends", "sending", "return_plan", "visit", "degree"} {
		if len(seen[q]) < 2 {
			t.Errorf("%s is always answered %v", q, seen[q])
		}
	}
}

func TestASeedDecides(t *testing.T) {
	a, b := peru(t), peru(t)
	fill := func(f *interview.Filler, seed, n uint64) string {
		text, err := f.Fill(interview.Order{Seed: seed, Number: n, Now: now, Given: given()})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if fill(a, 1, 1) != fill(b, 1, 1) {
		t.Error("the same seed and number, and other answers")
	}
	if fill(a, 1, 1) == fill(a, 1, 2) || fill(a, 1, 1) == fill(a, 2, 1) {
		t.Error("another seed or number, and the same answers")
	}
}

// TestAnyQuestionnaire fills in one of which nothing is said.
func TestAnyQuestionnaire(t *testing.T) {
	form, problems := xlsform.Read(surveytest.Sheets(`
		| survey  | type | name | label | relevant | constraint | required | calculation | repeat_count |
		|         | integer | n | n |  | . > 2 and . < 5 | yes | | |
		|         | select_multiple c | many | m |  | count-selected(.) < 3 | yes | | |
		|         | begin repeat | r | r | | | | | ${n} |
		|         | date | d | d | | . <= today() | yes | | |
		|         | calculate | i | | | | | position(..) | |
		|         | text | t | t | ${i} = 2 | regex(., '[A-Z]{2}-[0-9]+') | yes | | |
		|         | end repeat | | | | | | | |
		|         | geopoint | g | g | | | yes | | |
		| choices | list_name | name | label |
		|         | c | a | A |
		|         | c | b | B |
		|         | c | c | C |
	`), xlsform.Options{Name: "any"})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	f, err := interview.New(form, nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(form)
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(50) {
		text, err := f.Fill(interview.Order{Seed: 1, Number: n, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := xform.ReadInstanceOf(form, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if found := j.Document(doc, now); len(found) > 0 {
			t.Fatalf("%+v\n%s", found[0], text)
		}
	}
	form.Children = append(form.Children, &survey.Item{Type: survey.Integer, Name: "never", Label: survey.Text{"": "never"}, Required: "true()", Constraint: ". > 1 and . < 0"})
	if f, err = interview.New(form, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Fill(interview.Order{Seed: 1, Now: now}); err == nil {
		t.Error("a question that takes no answer was answered")
	}
}
