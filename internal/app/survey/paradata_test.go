package survey_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/paradata"
	"quipu/internal/survey/study"
)

// held is an interview of 20 minutes of which an audit came.
func held(n int, at time.Time, audit []byte) survey.Incoming {
	end := at.Add(20 * time.Minute)
	b := instance(fmt.Sprint("uuid:held", n), "", fmt.Sprint("answer ", n), "<audit>audit.csv</audit>")
	b = bytes.Replace(b, []byte("<a>"), []byte("<start>"+at.Format(time.RFC3339)+"</start><end>"+end.Format(time.RFC3339)+"</end><a>"), 1)
	return survey.Incoming{Instance: b, Files: []survey.Upload{{Name: paradata.FileName, Type: "text/csv", Data: audit}}}
}

func audit(at time.Time, took time.Duration) []byte {
	var b bytes.Buffer
	if err := paradata.Write(&b, []paradata.Event{{Kind: "form start", Start: at}, {Kind: "question", Node: "/data/a", Start: at, End: at.Add(took)}}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestConduct: how interviews were held is read from their audits, grows with what comes, forgets
// what is set aside, and is of who runs the fieldwork.
func TestConduct(t *testing.T) {
	f := newField(t).open()
	head := f.eva
	head.Login, head.Role = "jefa", authz.Head
	day := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	var last string
	for n := range 12 {
		at := day.Add(time.Duration(n) * 30 * time.Minute)
		took := 15 * time.Minute
		if n == 11 {
			took = 2 * time.Minute
		}
		got, err := f.Surveys.Submit(ctx, f.eva, held(n, at, audit(at, took)))
		f.do(err)
		last = got.Submission
	}
	if _, err := f.Surveys.Conduct(ctx, f.eva, f.survey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an interviewer sees how others interview: %v", err)
	}
	c, err := f.Surveys.Conduct(ctx, head, f.survey)
	f.do(err)
	if c.N != 12 || c.Audited != 12 || c.Median != 15*time.Minute || len(c.Rows) != 1 || c.Rows[0].Interviewer != "eva" || len(c.Doubts) != 1 || c.Doubts[0].ID != last || c.Doubts[0].Signs[0] != paradata.Short {
		t.Errorf("%+v", c.Report)
	}
	broken, err := f.Surveys.Submit(ctx, f.eva, held(20, day.Add(-time.Hour), []byte("\x00nothing")))
	f.do(err)
	f.do(f.Surveys.Judge(ctx, head, last, study.SetAside, "inventada", id.Change{}))
	c, err = f.Surveys.Conduct(ctx, f.stat, f.survey)
	f.do(err)
	if c.N != 12 || c.Audited != 11 || c.Lost != 1 || len(c.Doubts) != 0 {
		t.Errorf("after one more, whose audit is none, and one that was set aside: %+v", c.Report)
	}
	f.do(f.Surveys.Judge(ctx, head, last, study.Checked, "", id.Change{}))
	other := f.another("otra")
	elsewhere := held(30, day, audit(day, time.Minute))
	elsewhere.Instance = of("otra", elsewhere.Instance)
	_, err = f.Surveys.Submit(ctx, f.eva, elsewhere)
	f.do(err)
	c, err = f.Surveys.Conduct(ctx, f.stat, f.survey)
	f.do(err)
	if c.N != 13 || c.Audited != 12 || len(c.Doubts) != 1 {
		t.Errorf("after the one that was set aside counts again, and one of another survey: %+v", c.Report)
	}
	if c, err = f.Surveys.Conduct(ctx, f.stat, other); err != nil || c.N != 1 {
		t.Errorf("the other survey: %+v, %v", c, err)
	}
	l, err := f.Surveys.Audit(ctx, f.eva, broken.Submission)
	if f.do(err); l == nil || l.Lost == 0 {
		t.Errorf("what is no audit: %+v", l)
	}
	head.Office = "USPAT"
	if _, err := f.Surveys.Conduct(ctx, head, f.survey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an office that takes no part: %v", err)
	}
}
