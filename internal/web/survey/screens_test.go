package survey

import (
	"testing"

	"quipu/internal/web/ui"
	"quipu/internal/web/uitest"
)

func TestScreensFitTheirData(t *testing.T) {
	set, err := ui.Parse(Screens)
	if err != nil {
		t.Fatal(err)
	}
	uitest.Check(t, set, map[string]ui.Framed{"surveys.html": &listScreen{}, "newsurvey.html": &planScreen{}, "survey.html": &planScreen{}, "surveyform.html": &formScreen{},
		"field.html": &fieldScreen{}, "case.html": &caseScreen{}, "answers.html": &answersScreen{}, "answer.html": &answerScreen{}, "interviewcode.html": &codeScreen{},
		"surveysample.html": &sampleScreen{}, "surveyweights.html": &weightsScreen{}, "profile.html": &profileScreen{}, "surveyrates.html": &ratesScreen{}, "analysis.html": &analysisScreen{}, "variables.html": &variablesScreen{},
		"chainplan.html": &chainPlanScreen{}, "coupon.html": &takeScreen{}, "coupons.html": &couponsScreen{}, "chainreport.html": &chainReportScreen{}})
}
