package surveydata_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"quipu/internal/app/surveydata"
	"quipu/internal/estimate"
)

// TestPublishedTable: where one office has few people, neither its share nor that of another
// office from which it would follow is in the table; the others are.
func TestPublishedTable(t *testing.T) {
	_, _, s := openedCrowd(t, map[string][3]int{"ESMAD": {30, 30, 30}, "USPAT": {3, 2, 1}, "CLSCL": {40, 40, 40}})
	for _, q := range []surveydata.Question{
		{Statistic: surveydata.Mean, Row: "age", By: "office", Level: 95}, {Statistic: surveydata.Share, Row: "sex", By: "office", Level: 95}, {Statistic: surveydata.Total, Row: "age", By: "office", Level: 95},
		{Statistic: surveydata.Share, Row: "office", Level: 95}, {Statistic: surveydata.Median, Row: "age", By: "office", Level: 95},
	} {
		all, _, err := s.Answer(q)
		if err != nil {
			t.Fatal(q, err)
		}
		a := &all[0]
		hidden, err := s.Hidden(q, a)
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]int{}
		for i := range a.Estimates {
			group, answer := s.Cell(q, a, i)
			if q.By == "" {
				group = answer
			}
			if !hidden[i] {
				told[group]++
			}
		}
		if told["USPAT"] != 0 || told["CLSCL"] == 0 || (told["ESMAD"] != 0) != (q.Statistic == surveydata.Median) {
			t.Errorf("%+v tells %v", q, told)
		}
		file, err := s.PublishedTable(q, a, func(i int) (string, string, bool) {
			group, answer := s.Cell(q, a, i)
			return group, answer, true
		})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil || len(lines) != len(hidden)+1 {
			t.Fatal(len(lines), err)
		}
		for i, l := range lines[1:] {
			if hidden[i] && (l[2] != "" || l[4] != "" || l[8] != "" || l[9] != string(estimate.Suppress)) || !hidden[i] && a.Estimates[i].Verdict != estimate.Suppress && l[2] == "" {
				t.Errorf("%v, hidden: %v", l, hidden[i])
			}
		}
	}
}

// TestNothingIsHiddenOfMany: a table of large cells is told whole.
func TestNothingIsHiddenOfMany(t *testing.T) {
	_, _, s := openedCrowd(t, map[string][3]int{"ESMAD": {30, 30, 30}, "USPAT": {30, 20, 10}, "CLSCL": {40, 40, 40}})
	q := surveydata.Question{Statistic: surveydata.Share, Row: "sex", By: "office", Level: 95}
	all, _, err := s.Answer(q)
	if err != nil {
		t.Fatal(err)
	}
	a := &all[0]
	hidden, err := s.Hidden(q, a)
	for i := range hidden {
		if hidden[i] || err != nil {
			t.Errorf("%+v is hidden, %v", a.Estimates[i], err)
		}
	}
}
