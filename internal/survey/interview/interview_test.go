package interview_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quipu/internal/survey"
	"quipu/internal/survey/interview"
	"quipu/internal/survey/judge"
	"quipu/internal/survey/pack"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

var now = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func guide(t *testing.T, f *survey.Form) *interview.Guide {
	t.Helper()
	g, err := interview.New(f)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func begin(g *interview.Guide) *interview.Interview {
	return g.Begin(interview.Opening{Instance: "uuid:1", Login: "eva", Device: "test"}, now, g.Form.DefaultLanguage())
}

// keys are the pages, with the questions of each.
func keys(v *interview.Interview) (out []string) {
	for _, s := range v.Steps() {
		names := []string{}
		for _, q := range s.Questions {
			names = append(names, q.Name)
		}
		if s.More != nil {
			names = append(names, fmt.Sprint("+", s.More.Have))
		}
		out = append(out, strings.Join(s.Titles, "/")+":"+strings.Join(names, " "))
	}
	return out
}

func answer(t *testing.T, v *interview.Interview, values ...string) {
	t.Helper()
	for i := 0; i < len(values); i += 2 {
		done := false
		for _, s := range v.Steps() {
			for _, q := range s.Questions {
				if strings.HasSuffix(q.Path, values[i]) && !done {
					v.Fill(s, map[string]string{q.Path: values[i+1]})
					done = true
				}
			}
		}
		if !done {
			t.Fatalf("nobody asks %s; there are %q", values[i], keys(v))
		}
	}
}

const home = `
| settings | form_id | version |
|          | home    | 1 |
| survey | type | name | label | relevant | calculation | repeat_count | appearance | choice_filter | default | required |
|  | begin group | who | Who | | | | field-list | | | |
|  | text | name | Name | | | | | | | yes |
|  | select_one land | land | Land | | | | | | | |
|  | select_one town | town | Town | ${land} != '' | | | | land = ${land} | | |
|  | end group | | | | | | | | | |
|  | integer | rooms | Rooms of ${name} | | | | | | 1 + 1 | |
|  | calculate | double | | | ${rooms} * 2 | | | | | |
|  | note | told | Twice: ${double} | | | | | | | |
|  | begin repeat | room | Room | | | ${rooms} | | | | |
|  | integer | beds | Beds | | | | | | | |
|  | end repeat | | | | | | | | | |
|  | calculate | beds_all | | | sum(${beds}) | | | | | |
|  | begin repeat | guest | Guest | ${beds_all} > 3 | | | | | | |
|  | text | guest_name | Name | | | | | | | |
|  | end repeat | | | | | | | | | |
| choices | list_name | name | label | land |
|  | land | pe | Peru | |
|  | land | es | Spain | |
|  | town | cusco | Cusco | pe |
|  | town | lima | Lima | pe |
|  | town | vigo | Vigo | es |
`

// TestPages: which pages there are follows from the answers: groups, counted and free repeats,
// filters, calculations, defaults that are reckoned, texts that speak of answers.
func TestPages(t *testing.T) {
	v := begin(guide(t, surveytest.Form(t, home)))
	want := []string{"Who:name land", ":rooms told", "Room 1:beds", "Room 2:beds"}
	if got := keys(v); !slices.Equal(got, want) {
		t.Fatalf("pages %q, want %q", got, want)
	}
	answer(t, v, "/name", "Ana", "/land", "pe")
	s := v.Steps()
	towns, _ := v.Choices(s[0].Questions[2])
	if fmt.Sprint(towns) != "[{cusco Cusco} {lima Lima}]" {
		t.Errorf("towns of Peru: %v", towns)
	}
	answer(t, v, "/town", "lima", "/rooms", "3", "/beds", "2")
	if got := v.Label(v.Steps()[1].Questions[0]); got != "Rooms of Ana" {
		t.Errorf("the label says %q", got)
	}
	if got := v.Label(v.Steps()[1].Questions[1]); got != "Twice: 6" {
		t.Errorf("the note says %q", got)
	}
	answer(t, v, "room[2]/beds", "0", "room[3]/beds", "2")
	want = []string{"Who:name land town", ":rooms told", "Room 1:beds", "Room 2:beds", "Room 3:beds", "Guest 1:guest_name", ":+1"}
	if got := keys(v); !slices.Equal(got, want) {
		t.Fatalf("pages %q, want %q", got, want)
	}
	more := v.Steps()[6].More
	if at := v.Grow(more); at != "/data/guest[2]" {
		t.Errorf("the new guest is at %q", at)
	}
	v.Shrink(more)
	v.Shrink(more)
	if got := keys(v); got[len(got)-1] != ":+0" {
		t.Errorf("without guests the pages are %q", got)
	}
	answer(t, v, "/rooms", "1", "/town", "vigo")
	if got := v.Wrong(v.Steps()[0]); len(got) != 1 || got["/data/who/town"].Kind != judge.Choice {
		t.Errorf("a town of another land is taken: %v", got)
	}
	answer(t, v, "/land", "")
	out := string(v.Finish())
	for _, is := range []string{"<name>Ana</name>", "<rooms>1</rooms>", "<double>2</double>", "<beds_all>2</beds_all>", "<instanceID>uuid:1</instanceID>"} {
		if !strings.Contains(out, is) {
			t.Errorf("what is sent has no %s: %s", is, out)
		}
	}
	for _, no := range []string{"town", "guest"} {
		if strings.Contains(out, no) {
			t.Errorf("what is not asked is sent, %s: %s", no, out)
		}
	}
}

// TestDraft: an interview that is taken up again is the one that was left, with what is not
// asked just now.
func TestDraft(t *testing.T) {
	g := guide(t, surveytest.Form(t, home))
	v := begin(g)
	answer(t, v, "/name", "Ana", "/land", "pe", "/town", "lima", "/land", "")
	draft := v.Draft()
	doc, err := xform.ReadInstanceOf(g.Form, bytes.NewReader(draft))
	if err != nil {
		t.Fatal(err)
	}
	v = g.Resume(doc, now, "")
	if again := v.Draft(); !bytes.Equal(draft, again) {
		t.Errorf("taken up again it is\n%s\nand was\n%s", again, draft)
	}
	answer(t, v, "/land", "pe")
	if out := string(v.Finish()); !strings.Contains(out, "<town>lima</town>") {
		t.Errorf("what was answered before is lost: %s", out)
	}
}

// TestWhoeverAnswers: whatever is answered to the questionnaire of the pilot, pages come to an
// end, and what is sent is what the judge takes from a client.
func TestWhoeverAnswers(t *testing.T) {
	f, err := pack.Peru()
	if err != nil {
		t.Fatal(err)
	}
	g := guide(t, f)
	j, err := judge.New(f)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := begin(g)
		for n := 0; n < len(v.Steps()); n++ {
			if n > 300 {
				t.Fatalf("no end: %q", keys(v))
			}
			for range 3 { // answers open questions on the same page
				s := v.Steps()[n]
				answers := map[string]string{}
				for _, q := range s.Questions {
					answers[q.Path] = draw(t, v, q)
				}
				v.Fill(s, answers)
			}
		}
		left := map[string]bool{}
		for _, s := range v.Steps() {
			for path := range v.Wrong(s) {
				left[path] = true
			}
		}
		doc, err := xform.ReadInstanceOf(f, bytes.NewReader(v.Finish()))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range j.Document(doc, now) {
			if !left[found.Path] {
				t.Errorf("the judge finds %s at %s, which the pages do not tell: %v", found.Kind, found.Path, found.Fault)
			}
		}
	})
}

func draw(t *rapid.T, v *interview.Interview, q interview.Question) string {
	if choices, ok := v.Choices(q); ok && len(choices) > 0 {
		one := choices[rapid.IntRange(0, len(choices)-1).Draw(t, q.Path)].Value
		return rapid.SampledFrom([]string{one, one, one, ""}).Draw(t, q.Path+"?")
	}
	switch q.Type {
	case survey.Integer, survey.Decimal:
		return fmt.Sprint(rapid.IntRange(-1, 120).Draw(t, q.Path))
	case survey.Date:
		return rapid.SampledFrom([]string{"2020-02-29", "1980-01-01", "x", ""}).Draw(t, q.Path)
	}
	return rapid.SampledFrom([]string{"A1", "", "ñandú <&> 'x'"}).Draw(t, q.Path)
}
