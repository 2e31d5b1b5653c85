package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"quipu/internal/app/account"
	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

// TestSurveyFiles: with a token for analysis alone every file of a survey can be had, and none
// has the answer to a sensitive question.
func TestSurveyFiles(t *testing.T) {
	d := open(t)
	ctx := t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stat := survey.Actor{Login: "sara", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	d.officer(account.NewAccount{Login: "sara", Name: "Sara", Office: "ESMAD", Role: authz.Statistician, Lang: "en"})
	today := civil.FromTime(d.app.Now())
	of, err := d.app.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Piloto", Footing: study.Queue, First: today, Last: today.AddDays(3), Posts: []string{"ESMAD"}})
	do(err)
	form := xform.Write(surveytest.Form(t, `
		| survey | type | name | label | quipu_sensitive |
		| | integer | age | Edad | |
		| | integer | papers | Papeles | yes |
		| settings | form_id | version |
		| | p | 1 |`))
	do(d.app.Surveys.PutForm(ctx, stat, of, study.Form{Name: "p", Version: "1"}, survey.FormFiles{XForm: form}, id.Change{}))
	do(d.app.Surveys.Move(ctx, stat, of, study.Open, id.Change{}))
	sara := d.token("sara", authz.Analyse)
	file := "/surveys/" + of + "/files/"
	d.send(sara, "GET", file+"csv", "").want(http.StatusUnprocessableEntity, "weighting.too_few")
	eva := survey.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	for i := range 12 {
		_, err := d.app.Surveys.Submit(ctx, eva, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="p" version="1"><age>%d</age><papers>987654</papers><meta><instanceID>uuid:%d</instanceID></meta></data>`, 30+i, i)})
		do(err)
	}
	if all := d.send(sara, "GET", "/surveys", "").want(http.StatusOK).each("surveys"); len(all) != 1 || all[0]["survey"] != of || all[0]["title"] != "Piloto" {
		t.Errorf("listed are %v", all)
	}
	for _, format := range surveydata.Formats {
		a := d.send(sara, "GET", file+format, "").want(http.StatusOK)
		if strings.Contains(a.raw, "987654") || !strings.Contains(a.raw, "age") || !strings.Contains(a.header.Get("Content-Disposition"), "answers") {
			t.Errorf("%s: %v %.300q", format, a.header, a.raw)
		}
	}
	d.send(sara, "GET", file+"sas", "").want(http.StatusNotFound, "surveydata.format")
	d.send(sara, "GET", "/surveys/"+string(id.NewEntity(5, [10]byte{3}))+"/files/csv", "").want(http.StatusNotFound)
	d.send(d.token("saul", all...), "GET", file+"csv", "").want(http.StatusForbidden)
}
