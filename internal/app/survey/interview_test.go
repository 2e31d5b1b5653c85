package survey_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/survey/study"
)

// TestInterviewUnderWay: an interview is its interviewer's alone, lies sealed on the disk, each
// time under another seal, and is a submission once it was sent.
func TestInterviewUnderWay(t *testing.T) {
	f := newField(t)
	if _, err := f.Surveys.BeginInterview(ctx, f.eva, f.survey, ""); !fault.Is(err, "interview.not_open") {
		t.Errorf("an interview of a survey that is not open: %v", err)
	}
	f.open()
	token, err := f.Surveys.BeginInterview(ctx, f.eva, f.survey, "")
	f.do(err)
	i, err := f.Surveys.Interview(f.eva, token)
	f.do(err)
	i.Answers = bytes.Repeat([]byte("<secreto/>"), 20)
	var before []byte
	for range 2 {
		f.do(f.Surveys.KeepInterview(f.eva, &i))
		file, err := os.ReadFile(filepath.Join(f.Dir(), "interviews", token+".interview"))
		f.do(err)
		if bytes.Contains(file, []byte("secreto")) || bytes.Contains(file, []byte(f.survey)) {
			t.Error("an interview under way is not sealed")
		}
		if bytes.Equal(file, before) {
			t.Error("an interview is sealed twice alike")
		}
		before = file
	}
	again, err := f.Surveys.Interview(f.eva, token)
	if f.do(err); !bytes.Equal(again.Answers, i.Answers) || again.Instance != i.Instance {
		t.Errorf("it was saved as %+v", again)
	}
	ivo := f.eva
	ivo.Login = "ivo"
	if _, err := f.Surveys.Interview(ivo, token); !fault.Is(err, "interview.gone") {
		t.Errorf("another opens it: %v", err)
	}
	if err := f.Surveys.DropInterview(ivo, token); !fault.Is(err, "interview.gone") {
		t.Errorf("another drops it: %v", err)
	}
	none := f.eva
	none.Role = authz.Auditor
	if _, err := f.Surveys.Interviews(none, f.survey); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who may not interview lists them: %v", err)
	}
	sent := []byte(`<data id="perfil" version="1"><meta><instanceID>` + i.Instance + `</instanceID></meta></data>`)
	got, err := f.Surveys.SendInterview(ctx, f.eva, token, sent)
	f.do(err)
	s, _, _, err := f.Surveys.Submission(ctx, f.eva, got.Submission)
	if f.do(err); s.Interviewer != "eva" || s.Standing != study.Received {
		t.Errorf("it arrived as %+v", s)
	}
	if own, err := f.Surveys.Interviews(f.eva, f.survey); err != nil || len(own) != 0 {
		t.Errorf("%d are left, %v", len(own), err)
	}
}
