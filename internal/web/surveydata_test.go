package web_test

import (
	"fmt"
	"os"
	"testing"

	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/web/webtest"
)

// TestAnalysisInBrowser asks questions of answers, in both languages and at both widths: a table
// with its chart, a test, a refusal, and the codebook.
func TestAnalysisInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at some ten pages")
	}
	s := newSite(t)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	stat := authz.Actor{Login: "sara", Role: authz.Statistician, Office: "ESMAD", Purpose: "registry"}
	asker := authz.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	today := civil.FromTime(s.app.Now())
	of, err := s.app.Surveys.Plan(t.Context(), stat, study.PlanCmd{Title: "Quienes vienen", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	do(err)
	form := surveytest.Form(t, `
		| survey | type | name | label |
		| | select_one sexo | sexo | ¿Es mujer u hombre? |
		| | integer | edad | ¿Cuántos años tiene? |
		| choices | list_name | name | label |
		| | sexo | mujer | Mujer |
		| | sexo | hombre | Hombre |
		| settings | form_id | version | form_title |
		| | cola | 1 | Cola |
	`)
	do(s.app.Surveys.PutForm(t.Context(), stat, of, study.Form{Name: "cola", Version: "1", Title: "Cola"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	do(s.app.Surveys.Move(t.Context(), stat, of, study.Open, id.Change{}))
	for i := range 40 {
		_, err := s.app.Surveys.Submit(t.Context(), asker, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="cola" version="1"><sexo>%s</sexo><edad>%d</edad><meta><instanceID>uuid:q%d</instanceID></meta></data>`,
			[]string{"mujer", "hombre", "mujer"}[i%3], 20+i, i)})
		do(err)
	}
	at := "/encuestas/" + of
	sara := s.as("sara")
	sara.get(at+"/analisis?statistic=share&row=sexo&level=95").has(t, "67,5\u00a0%", "q-forest", "quipu survey analyse", "Quien vino a la oficina", "✓ Sí")
	sara.get(at+"/analisis?statistic=mean&row=sexo&level=95").has(t, "«sexo» no es un número")
	sara.get(at+"/analisis?statistic=mean&row=edad&by=sexo&level=95").has(t, "Hombre", "q-forest")
	sara.get(at+"/analisis?statistic=t&row=edad&by=sexo&level=95").has(t, "Valor p")
	sara.get(at+"/variables").has(t, "40 entrevistas cuentan", "Mujer")
	b := &tab{s, webtest.Browser(t)}
	for _, lang := range i18n.Langs {
		b.open("/idioma/" + string(lang) + "?volver=/entrar")
		b.signInAgain("sara")
		webtest.Arrive(t, b.ctx, "/codigos")
		for name, to := range map[string]string{"analisis": "/analisis?statistic=mean&row=edad&by=sexo&level=95", "analisis-no": "/analisis?statistic=mean&row=sexo&level=95",
			"analisis-prueba": "/analisis?statistic=chisq&row=sexo&by=office&level=95", "variables": "/variables"} {
			webtest.NoViolations(t, b.ctx, s.srv.URL+at+to)
			if os.Getenv("QUIPU_SCREENSHOTS") != "" {
				b.shot(name, lang)
			}
		}
		b.press(`.q-session form button`)
		webtest.Arrive(t, b.ctx, "/entrar")
	}
}
