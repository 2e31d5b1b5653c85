package paradata

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

const sheets = `
	| survey   | type            | name | label |
	| | start           | start | |
	| | end             | end  | |
	| | audit           | audit | |
	| | note            | hello | Hello |
	| | integer         | age  | Age |
	| | integer         | year | Year |
	| | integer         | pay  | Pay |
	| | begin group     | g    | G |
	| | select_one five | q1   | Q1 |
	| | select_one five | q2   | Q2 |
	| | select_one five | q3   | Q3 |
	| | select_one five | q4   | Q4 |
	| | select_one yn   | y1   | Y1 |
	| | end group       |      | |
	| | begin group     | h    | H |
	| | select_one yn   | y2   | Y2 |
	| | select_one yn   | y3   | Y3 |
	| | select_one yn   | y4   | Y4 |
	| | select_one yn   | y5   | Y5 |
	| | end group       |      | |
	| choices  | list_name | name | label |
	| | five | 1 | 1 |
	| | five | 2 | 2 |
	| | five | 3 | 3 |
	| | yn | yes | Yes |
	| | yn | no | No |
	| settings | form_id | version | form_title |
	| | perfil  | 1       | Perfil |
`

var day = time.Date(2026, 11, 20, 10, 0, 0, 0, time.FixedZone("", 3600))

// held is an interview of 20 minutes at an hour, with answers of its own.
func held(t *testing.T, s *Shape, n int, change func(a map[string]string)) *Interview {
	t.Helper()
	c := rand.New(rand.NewPCG(7, uint64(n)))
	a := map[string]string{"age": fmt.Sprint(18 + c.IntN(60)), "year": fmt.Sprint(1970 + c.IntN(50)), "pay": fmt.Sprint(c.IntN(5000))}
	for _, q := range []string{"g/q1", "g/q2", "g/q3", "g/q4"} {
		a[q] = fmt.Sprint(1 + c.IntN(3))
	}
	if a["g/q1"] == a["g/q2"] {
		a["g/q2"] = map[string]string{"1": "2", "2": "3", "3": "1"}[a["g/q1"]]
	}
	for _, q := range []string{"g/y1", "h/y2", "h/y3", "h/y4", "h/y5"} {
		a[q] = []string{"yes", "no"}[c.IntN(2)]
	}
	if change != nil {
		change(a)
	}
	text := `<data id="perfil" version="1"><hello/>`
	for _, group := range []string{"", "g", "h"} {
		inside := ""
		for _, q := range []string{"age", "year", "pay", "g/q1", "g/q2", "g/q3", "g/q4", "g/y1", "h/y2", "h/y3", "h/y4", "h/y5"} {
			dir, name, ok := strings.Cut(q, "/")
			if !ok {
				dir, name = "", q
			}
			if dir == group {
				inside += "<" + name + ">" + a[q] + "</" + name + ">"
			}
		}
		if group != "" {
			inside = "<" + group + ">" + inside + "</" + group + ">"
		}
		text += inside
	}
	doc, err := xform.ReadInstance(strings.NewReader(text + "</data>"))
	if err != nil {
		t.Fatal(err)
	}
	at := day.Add(time.Duration(n)*30*time.Minute).AddDate(0, 0, n/10).Add(-time.Duration(n/10) * 5 * time.Hour)
	log := &Log{Events: []Event{{"question", "/data/age", at, at.Add(10 * time.Second)}, {"group questions", "/data/g", at.Add(10 * time.Second), at.Add(20 * time.Minute)}}}
	i := s.Digest(doc, at, at.Add(20*time.Minute), log)
	i.ID, i.Interviewer, i.Office = fmt.Sprintf("S%03d", n), "eva", "ESMAD"
	return i
}

func shape(t *testing.T) *Shape {
	s := &Shape{}
	s.Add(surveytest.Form(t, sheets))
	return s
}

// TestNoSigns: interviews in order give none, whatever the seed of their answers.
func TestNoSigns(t *testing.T) {
	s := shape(t)
	var all []*Interview
	for n := range 60 {
		all = append(all, held(t, s, n, nil))
	}
	r := s.Report(all)
	for _, d := range r.Doubts {
		t.Errorf("%s: %v", d.ID, d.Signs)
	}
	if r.N != 60 || r.Timed != 60 || r.Audited != 60 || r.Median != 20*time.Minute {
		t.Errorf("%+v", r)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if again := s.Report(all); fmt.Sprint(again.Rows) != fmt.Sprint(r.Rows) {
		t.Error("the order of interviews matters")
	}
}

// TestSigns: each way of making interviews up is seen, and only it.
func TestSigns(t *testing.T) {
	for sign, spoil := range map[Sign]func(t *testing.T, s *Shape, all []*Interview){
		Short:   func(_ *testing.T, _ *Shape, all []*Interview) { all[17].Length = 9 * time.Minute },
		Hour:    func(_ *testing.T, _ *Shape, all []*Interview) { all[59].Began = all[59].Began.Add(13 * time.Hour) },
		Overlap: func(_ *testing.T, _ *Shape, all []*Interview) { all[17].Began = all[16].Ended.Add(-5 * time.Minute) },
		Straight: func(t *testing.T, s *Shape, all []*Interview) {
			all[17] = held(t, s, 17, func(a map[string]string) { a["g/q1"], a["g/q2"], a["g/q3"], a["g/q4"] = "2", "2", "2", "2" })
		},
		Blank: func(t *testing.T, s *Shape, all []*Interview) {
			all[17] = held(t, s, 17, func(a map[string]string) { a["age"], a["pay"], a["g/y1"] = "", "", "" })
		},
		Alike: func(_ *testing.T, _ *Shape, all []*Interview) {
			all[17].said = slices.Clone(all[3].said)
		},
	} {
		t.Run(string(sign), func(t *testing.T) {
			s := shape(t)
			var all []*Interview
			for n := range 60 {
				all = append(all, held(t, s, n, nil))
			}
			spoil(t, s, all)
			r := s.Report(all)
			if len(r.Doubts) != 1 || !slices.Equal(r.Doubts[0].Signs, []Sign{sign}) || len(r.Rows) != 1 || r.Rows[0].Signs[sign] != 1 {
				t.Fatalf("%+v", r.Doubts)
			}
			if beside := r.Doubts[0].Beside; (sign == Alike || sign == Overlap) != (beside != nil) || sign == Alike && beside.ID != "S003" {
				t.Errorf("beside %+v", beside)
			}
		})
	}
}

// TestQuickPages: who clicks through a group is told of with the group, against what is usual.
func TestQuickPages(t *testing.T) {
	s := shape(t)
	var all []*Interview
	for n := range 40 {
		i := held(t, s, n, nil)
		if n%4 == 0 {
			i.Interviewer = "luz"
			i.spent[s.at["/data/g"]] = 60
		}
		all = append(all, i)
	}
	r := s.Report(all)
	if len(r.Rows) != 2 || len(r.Rows[0].Fast) != 0 || len(r.Rows[1].Fast) != 1 {
		t.Fatalf("%+v", r.Rows)
	}
	f := r.Rows[1].Fast[0]
	if s.Nodes[f.Node].Path != "/data/g" || f.Median != time.Minute || f.Usual < 19*time.Minute {
		t.Errorf("%+v", f)
	}
}
