package surveydata_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/estimate"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

// reserved has a marked question, one that is reckoned of it and one that is asked because of
// it. What is planted in them begins with zq, or is 987654.
const reserved = `
	| survey | type | name | label | relevant | calculation | quipu_sensitive |
	| | select_one sex | sex | Sexo | | | |
	| | integer | age | Edad | | | |
	| | select_one papers | papers | Documentos | | | yes |
	| | calculate | told | | | concat('zqtold-', ${papers}) | |
	| | integer | fine | Multa | ${papers} = 'zqnone' | | |
	| | integer | years | Años de trámite | | | yes |
	| | select_multiple papers | had | Tuvo | | | yes |
	| choices | list_name | name | label |
	| | sex | woman | Mujer |
	| | sex | man | Hombre |
	| | papers | zqcitizen | zqCiudadana |
	| | papers | zqresident | zqResidente |
	| | papers | zqnone | zqSin |
	| settings | form_id | version |
	| | f | 1 |
`

// unpacked is a Parquet file as text: its description and every value.
func unpacked(t *testing.T, content []byte) []byte {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	about, _ := file.Lookup(surveydata.MetadataKey)
	out := []byte(file.Schema().String() + about)
	rows := make([]parquet.Row, 500)
	n, _ := parquet.NewReader(file).ReadRows(rows)
	if n == 0 {
		t.Fatal("the file has no rows")
	}
	for _, row := range rows[:n] {
		out = fmt.Append(out, row)
	}
	return out
}

var planted = []string{"zq", "987654", "Documentos"}

// crowd is a survey of whoever came, at offices of three countries, in which so many gave each
// of the three answers.
func crowd(t *testing.T, answers map[string][3]int) (*app.App, string) {
	t.Helper()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, err := app.Open(ctx, t.TempDir(), app.Options{Create: true})
	do(err)
	t.Cleanup(func() { a.Close() })
	today := civil.FromTime(a.Now())
	offices := []string{"ESMAD", "USPAT", "CLSCL"}
	sv, err := a.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Reservada", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: offices})
	do(err)
	do(a.Surveys.PutForm(ctx, stat, sv, study.Form{Name: "f", Version: "1"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(t, reserved))}, id.Change{}))
	do(a.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
	n := 0
	for _, office := range offices {
		eva := survey.Actor{Login: "eva" + office, Role: authz.Interviewer, Office: office, Purpose: "registry"}
		for k, many := range answers[office] {
			for range many {
				n++
				papers, fine := []string{"zqcitizen", "zqresident", "zqnone"}[k], ""
				if k == 2 {
					fine = "<fine>987654</fine>"
				}
				_, err := a.Surveys.Submit(ctx, eva, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="f" version="1"><sex>%s</sex><age>%d</age><papers>%s</papers><told>zqtold-%s</told>%s<years>987654</years><had>%s</had><meta><instanceID>uuid:%d</instanceID></meta></data>`,
					[]string{"woman", "man"}[n%2], 20+n%50, papers, papers, fine, papers, n)})
				do(err)
			}
		}
	}
	return a, sv
}

func openedCrowd(t *testing.T, answers map[string][3]int) (*app.App, string, *surveydata.Set) {
	t.Helper()
	a, sv := crowd(t, answers)
	s, err := surveydata.Open(ctx, a.Surveys, stat, sv)
	if err != nil {
		t.Fatal(err)
	}
	return a, sv, s
}

// TestSensitiveAnswersLeaveInNoFile goes over every export, and over the page of a submission.
func TestSensitiveAnswersLeaveInNoFile(t *testing.T) {
	a, sv, s := openedCrowd(t, map[string][3]int{"ESMAD": {12, 12, 12}, "USPAT": {12, 12, 12}, "CLSCL": {12, 12, 12}})
	for _, format := range surveydata.Formats {
		for _, lang := range i18n.Langs {
			f, err := s.Export(format, lang)
			if err != nil {
				t.Fatal(format, err)
			}
			for _, word := range planted {
				content := f.Content
				if format == surveydata.Parquet { // compressed: what is in it is looked for as it is read
					content = unpacked(t, f.Content)
				}
				if bytes.Contains(content, []byte(word)) && !(word == "Documentos" && format == "ddi") { // the question is told there, and no answer
					t.Errorf("%s has %q", f.Name, word)
				}
			}
			if !bytes.Contains(f.Content, []byte("age")) {
				t.Errorf("%s has no age: nothing was looked at", f.Name)
			}
		}
	}
	for _, v := range s.Book.Variables {
		if strings.Contains(fmt.Sprint(v), "zq") {
			t.Errorf("the codebook has %+v", v)
		}
	}
	for _, v := range s.Book.Withheld {
		if strings.Contains(fmt.Sprint(v), "told-") || v.N != 0 || v.Missing != 0 || v.High == v.High {
			t.Errorf("the codebook tells of %+v", v)
		}
		for _, x := range v.Values {
			if x.N != 0 || x.Weighted != 0 {
				t.Errorf("the codebook counts %+v", x)
			}
		}
	}
	if len(s.Book.Withheld) != 7 { // papers, told, fine, years, and a column for each of had
		t.Errorf("%d columns are withheld: %+v", len(s.Book.Withheld), s.Book.Withheld)
	}
	boss := survey.Actor{Login: "luz", Role: authz.Supervisor, Office: "ESMAD", Purpose: "registry"}
	for _, who := range []survey.Actor{boss, stat, {Login: "evaESMAD", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}} {
		rows, err := a.Surveys.Submissions(ctx, who, survey.SubmissionFilter{Survey: sv}, survey.Place{}, false, 1)
		if err != nil || len(rows) != 1 {
			t.Fatal(len(rows), err)
		}
		sub, _, past, err := a.Surveys.Submission(ctx, who, rows[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range planted {
			if strings.Contains(sub.Answers, word) || strings.Contains(fmt.Sprint(past), word) {
				t.Errorf("%s reads %q in a submission: %s", who.Role, word, sub.Answers)
			}
		}
		if !strings.Contains(sub.Answers, "<sex>") || strings.Join(sub.Withheld, " ") != "papers told fine years had" {
			t.Errorf("%s; withheld: %v", sub.Answers, sub.Withheld)
		}
	}
}

// TestSensitiveAnswersInNoGroup tries every way of the builder to tell of fewer people than a
// country's, and weights that would be made of the answers.
func TestSensitiveAnswersInNoGroup(t *testing.T) {
	a, sv, s := openedCrowd(t, map[string][3]int{"ESMAD": {12, 12, 12}, "USPAT": {12, 12, 12}, "CLSCL": {12, 12, 12}})
	for _, q := range []surveydata.Question{
		{Statistic: surveydata.Share, Row: "papers", By: "office"}, {Statistic: surveydata.Share, Row: "papers", By: "stratum"}, {Statistic: surveydata.Share, Row: "papers", By: "sex"},
		{Statistic: surveydata.Share, Row: "papers", By: "told"}, {Statistic: surveydata.Share, Row: "papers", Domain: "office=ESMAD"}, {Statistic: surveydata.Share, Row: "papers", Domain: "sex=man"},
		{Statistic: surveydata.Share, Row: "papers", Domain: "papers=zqnone"}, {Statistic: surveydata.Share, Row: "sex", By: "papers"}, {Statistic: surveydata.Share, Row: "sex", Domain: "papers=zqnone"},
		{Statistic: surveydata.Share, Row: "sex", By: "told"}, {Statistic: surveydata.Share, Row: "sex", Domain: "had.zqnone=TRUE"}, {Statistic: surveydata.Mean, Row: "age", By: "had.zqnone"},
		{Statistic: surveydata.Ratio, Row: "age", Denominator: "fine"}, {Statistic: surveydata.Ratio, Row: "fine", Denominator: "age"}, {Statistic: surveydata.Median, Row: "years"},
		{Statistic: surveydata.Quantile, Row: "years", Probability: 0.01}, {Statistic: surveydata.Chi, Row: "papers", By: "sex"}, {Statistic: surveydata.Chi, Row: "sex", By: "papers"},
		{Statistic: surveydata.T, Row: "age", By: "had.zqnone"}, {Statistic: surveydata.T, Row: "years", By: "sex"}, {Statistic: surveydata.Share, Row: "papers", By: surveydata.ByCountry, Domain: "office=ESMAD"},
	} {
		q.Level = 95
		got, text, err := s.Answer(q)
		if !fault.Is(err, "surveydata.sensitive") && !fault.Is(err, "surveydata.sensitive_statistic") {
			t.Errorf("%+v: %v, %v, %s", q, got, err, text)
		}
		if _, err := s.Plan(q); err == nil {
			t.Errorf("%+v has a plan", q)
		}
	}
	if _, _, err := s.Answer(surveydata.Question{Statistic: surveydata.Share, Row: "sex", By: surveydata.ByCountry, Level: 95}); !fault.Is(err, "surveydata.country") {
		t.Error(err)
	}
	steps := weighting.Steps{Method: weighting.Rake, Variables: []weighting.Variable{{Of: weighting.BySex, Column: "papers"}}, Counts: []weighting.Count{{Key: []string{"ESMAD", "F", "15-24"}, N: 9}}}
	if _, err := a.Surveys.WeightedBy(ctx, stat, sv, steps); err == nil {
		t.Error("weights are made of a sensitive question")
	}
	if _, err := a.Surveys.WeightedBy(ctx, stat, sv, weighting.Steps{Visits: "years"}); err == nil {
		t.Error("visits are taken from a sensitive question")
	}
	if _, form, err := a.Surveys.Columns(ctx, stat, sv); err != nil || len(form.Questions) != 2 {
		t.Errorf("%+v are offered for weights: %v", form, err)
	}
}

// TestSensitiveAnswersByCountry: for everybody, and by country where a cell is no fewer than ten
// people; what is hidden does not follow from the sums.
func TestSensitiveAnswersByCountry(t *testing.T) {
	_, _, s := openedCrowd(t, map[string][3]int{"ESMAD": {30, 20, 15}, "USPAT": {20, 20, 4}, "CLSCL": {30, 12, 25}})
	ask := func(q surveydata.Question) map[string]estimate.Estimate {
		q.Level = 95
		all, text, err := s.Answer(q)
		if err != nil || text != nil {
			t.Fatal(err, text)
		}
		a := &all[0]
		if a.Outcome.Vcov != nil || a.Outcome.Rows != nil {
			t.Error("the outcome has what the table does not tell")
		}
		out := map[string]estimate.Estimate{}
		for i, e := range a.Estimates {
			group, answer := s.Cell(q, a, i)
			out[group+" "+answer] = e
		}
		return out
	}
	all := ask(surveydata.Question{Statistic: surveydata.Share, Row: "papers"})
	if e := all[" zqnone"]; math.Abs(e.Estimate-44./176) > 1e-12 || e.SE <= 0 || e.N != 176 {
		t.Errorf("%+v", e)
	}
	by := ask(surveydata.Question{Statistic: surveydata.Share, Row: "papers", By: surveydata.ByCountry})
	hidden := 0
	for k, e := range by {
		if e.Verdict == estimate.Suppress && math.IsNaN(e.Estimate) && math.IsNaN(e.SE) && math.IsNaN(e.CV) && e.N == 0 {
			hidden++
		} else if math.IsNaN(e.Estimate) {
			t.Errorf("%s: %+v", k, e)
		}
	}
	if len(by) != 9 || hidden != 4 || !math.IsNaN(by["US zqnone"].Estimate) || math.Abs(by["CL zqnone"].Estimate-25./67) > 1e-12 {
		t.Errorf("%d cells, %d hidden: %+v", len(by), hidden, by)
	}
	if e := ask(surveydata.Question{Statistic: surveydata.Mean, Row: "years"})[" "]; math.Abs(e.Estimate-987654) > 1e-6 {
		t.Errorf("%+v", e)
	}
	// What somebody wrote that the questionnaire does not offer is named for ten people at least.
	told := ask(surveydata.Question{Statistic: surveydata.Share, Row: "told", By: surveydata.ByCountry})
	if len(told) != 9 {
		t.Errorf("%+v", told)
	}
}

// TestFewSensitiveAnswers: one that three people of everybody gave is told of nobody, in no
// country, and is not named where the questionnaire does not offer it.
func TestFewSensitiveAnswers(t *testing.T) {
	_, _, s := openedCrowd(t, map[string][3]int{"ESMAD": {30, 20, 2}, "USPAT": {20, 20, 1}, "CLSCL": {30, 14, 0}})
	for _, by := range []string{"", surveydata.ByCountry} {
		for _, row := range []string{"papers", "told"} {
			q := surveydata.Question{Statistic: surveydata.Total, Row: row, By: by, Level: 95}
			all, _, err := s.Answer(q)
			if err != nil {
				t.Fatal(err)
			}
			a := &all[0]
			for i, e := range a.Estimates {
				_, answer := s.Cell(q, a, i)
				if told := !math.IsNaN(e.Estimate); told != strings.HasSuffix(answer, "zqcitizen") || row == "told" && strings.HasSuffix(answer, "zqnone") {
					t.Errorf("%s by %q: %s is %v", row, by, answer, e.Estimate)
				}
			}
		}
	}
}
