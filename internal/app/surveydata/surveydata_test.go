package surveydata_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"quipu/internal/app"
	"quipu/internal/app/survey"
	"quipu/internal/app/surveydata"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/estimate/frame"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/plan"
	"quipu/internal/survey/codebook"
	"quipu/internal/survey/sample"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

const asked = `
	| survey | type | name | label::Español (es) | label::English (en) | relevant |
	| | hidden | quipu_case | | | |
	| | text | called | ¿Cómo se llama? | What is your name? | |
	| | select_one sex | sex | Sexo | Sex | |
	| | integer | age | ¿Cuántos años tiene? | How old are you? | |
	| | date | born | ¿Cuándo nació? | When were you born? | |
	| | geopoint | where | Lugar | Place | |
	| | select_one yes | sends | ¿Envía "dinero" a su casa? | Do you send "money" home? | |
	| | decimal | amount | ¿Cuánto? | How much? | ${sends} = '1' |
	| | select_multiple way | ways | ¿Por dónde? | By which way? | ${sends} = '1' |
	| choices | list_name | name | label::Español (es) | label::English (en) | |
	| | sex | woman | Mujer | Woman | |
	| | sex | man | Hombre | Man | |
	| | yes | 1 | Sí | Yes | |
	| | yes | 2 | No | No | |
	| | way | bank | Banco | Bank | |
	| | way | giro | Giro | Money order | |
	| settings | form_id | version | form_title | | |
	| | perfil | 1 | Perfil | | |
`

var (
	ctx  = context.Background()
	stat = survey.Actor{Login: "sara", Role: authz.Statistician, Office: "PELIM", Purpose: "registry"}
)

// setup is how a survey of a test differs from the one raked to sex and age.
type setup struct {
	units bool // they were drawn at places, five at each
	steps func(*weighting.Steps)
}

// enquired is a survey of 90 people of 300 in two strata, raked to sex and age, in Madrid.
func enquired(t *testing.T, how setup) (*app.App, string) {
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
	sv, err := a.Surveys.Plan(ctx, stat, study.PlanCmd{Title: "Perfil «piloto»", Footing: study.Probability, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	do(err)
	form, problems := xlsform.Read(surveytest.Sheets(asked), xlsform.Options{})
	do(problems.Err())
	do(a.Surveys.PutForm(ctx, stat, sv, study.Form{Name: "perfil", Version: "1"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	do(a.Surveys.Move(ctx, stat, sv, study.Open, id.Change{}))
	p := sample.Plan{Source: sample.Register, Strata: []sample.Stratum{{Name: "ESMAD A", Office: "ESMAD", Population: 100, Take: 40}, {Name: "ESMAD B", Office: "ESMAD", Population: 200, Take: 50}}}
	var drawn []study.Drawn
	for _, s := range p.Strata {
		for k := range s.Take {
			one := study.Drawn{Stratum: s.Name, Office: s.Office, Order: k + 1, Probability: float64(s.Take) / float64(s.Population)}
			if how.units {
				one.Unit, one.Probability = fmt.Sprintf("%s, lugar %d", s.Name, k/5), one.Probability*float64(k/5+3)/8
			}
			drawn = append(drawn, one)
		}
	}
	if how.units {
		p.Source = sample.Places
	}
	cases, err := a.Surveys.Draw(ctx, stat, sv, p.JSON(), drawn, nil)
	do(err)
	eva := survey.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD", Purpose: "registry"}
	for i, kase := range cases {
		more := "<sends>2</sends>"
		if i%3 > 0 {
			more = fmt.Sprintf("<sends>1</sends><amount>%d.5</amount><ways>%s</ways>", 50+(i*37)%200, []string{"bank", "giro", "bank giro"}[i%5%3])
		}
		if i%11 == 0 {
			more = ""
		}
		_, err := a.Surveys.Submit(ctx, eva, survey.Incoming{Instance: fmt.Appendf(nil, `<data id="perfil" version="1"><quipu_case>%s</quipu_case><called>Rosa %d</called><sex>%s</sex><age>%d</age>`+
			`<born>1980-05-1%d</born><where>40.41 -3.70 0 0</where>%s<meta><instanceID>uuid:%d</instanceID></meta></data>`, kase, i, []string{"woman", "man", "woman"}[i%7%3], 18+(i*13)%60, i%10, more, i)})
		do(err)
	}
	steps := weighting.Steps{Method: weighting.Rake, Variables: []weighting.Variable{{Of: weighting.BySex, Column: "sex"}, {Of: weighting.ByAge, Column: "age"}}, TrimHigh: 1.6}
	for i, g := range weighting.AgeGroups {
		steps.Counts = append(steps.Counts, weighting.Count{Key: []string{"ESMAD", "F", g}, N: 34 - 3*i}, weighting.Count{Key: []string{"ESMAD", "M", g}, N: 20})
	}
	if how.steps != nil {
		how.steps(&steps)
	}
	do(a.Surveys.KeepWeighting(ctx, stat, sv, steps, id.Change{}))
	return a, sv
}

func open(t *testing.T) *surveydata.Set { return openAs(t, setup{}) }

func openAs(t *testing.T, how setup) *surveydata.Set {
	t.Helper()
	a, sv := enquired(t, how)
	s, err := surveydata.Open(ctx, a.Surveys, stat, sv)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func table(t *testing.T, s *surveydata.Set) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var questions = map[string]surveydata.Question{
	"share":    {Statistic: surveydata.Share, Row: "sends", Level: 95},
	"shares":   {Statistic: surveydata.Share, Row: "sends", By: "sex", Level: 90},
	"ticks":    {Statistic: surveydata.Share, Row: "ways.bank", By: "sex", Level: 95},
	"mean":     {Statistic: surveydata.Mean, Row: "age", By: "sends", Domain: "sex=woman", Level: 95},
	"domain":   {Statistic: surveydata.Mean, Row: "amount", Domain: "ways.giro=TRUE", Level: 99},
	"total":    {Statistic: surveydata.Total, Row: "amount", By: "sex", Level: 95},
	"ratio":    {Statistic: surveydata.Ratio, Row: "amount", Denominator: "age", By: "sex", Level: 95},
	"median":   {Statistic: surveydata.Median, Row: "age", Level: 95},
	"quantile": {Statistic: surveydata.Quantile, Row: "age", By: "sex", Probability: 0.25, Level: 95},
	"chisq":    {Statistic: surveydata.Chi, Row: "sends", By: "sex", Level: 95},
	"t":        {Statistic: surveydata.T, Row: "age", By: "sex", Level: 95},
	"two":      {Statistic: surveydata.Mean, Row: "age", By: "sex", By2: "sends", Level: 95},
	"beta":     {Statistic: surveydata.Interval, Answer: "sends=1", Method: "beta", Level: 95},
	"variance": {Statistic: surveydata.Variance, Row: "age", By: "sex", Level: 95},
	"hf7":      {Statistic: surveydata.Quantile, Row: "age", Probability: 0.75, Rule: "hf7", Level: 95},
	"contrast": {Statistic: surveydata.Contrast, Row: "age", Answer: "sex=woman", Against: "sex=man", Level: 95},
	"rows":     {Statistic: surveydata.Cross, Row: "sends", By: "sex", Level: 95},
	"columns":  {Statistic: surveydata.Cross, Row: "sends", By: "sex", Percent: "column", Test: "saddlepoint", Level: 95},
	"cells":    {Statistic: surveydata.Cross, Row: "sends", By: "sex", Percent: "all", Level: 95},
	"rank":     {Statistic: surveydata.Rank, Row: "age", By: "sex", Test: "KruskalWallis", Level: 95},
	"linear":   {Statistic: surveydata.Linear, Row: "age", Terms: []string{"sex", "sends"}, Level: 95},
	"logistic": {Statistic: surveydata.Logistic, Answer: "sends=1", Terms: []string{"sex", "age"}, Level: 95},
	"poisson":  {Statistic: surveydata.Poisson, Row: "age", Terms: []string{"sex"}, Level: 95},
}

// TestPlanOfTheScreen: what the screen says and what `quipu survey analyse` makes of the
// exported table with the plan of the screen are the same figures.
func TestPlanOfTheScreen(t *testing.T) {
	for name, s := range designs(t) {
		t.Run(name, func(t *testing.T) { planGivesTheScreen(t, s) })
	}
}

func planGivesTheScreen(t *testing.T, s *surveydata.Set) {
	file := table(t, s)
	for name, q := range questions {
		t.Run(name, func(t *testing.T) {
			all, text, err := s.Answer(q)
			if err != nil {
				t.Fatal(err)
			}
			p, err := plan.ReadPlan(text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Run(func(string) (*frame.Frame, error) { return frame.ReadCSV(bytes.NewReader(file), frame.Options{}) })
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if len(all) != len(got.Analyses) {
				t.Fatalf("%d analyses, and %d of the file", len(all), len(got.Analyses))
			}
			a, b := &all[0], &got.Analyses[0]
			if len(a.Estimates) != len(b.Estimates) || len(a.Estimates) == 0 && len(a.Outcome.Single) == 0 {
				t.Fatalf("%d estimates, and %d of the file", len(a.Estimates), len(b.Estimates))
			}
			for i, e := range a.Estimates {
				f := b.Estimates[i]
				if e.Term != f.Term || e.N != f.N || !near(e.Estimate, f.Estimate) || !near(e.SE, f.SE) || !near(e.Low, f.Low) || !near(e.High, f.High) || !near(e.Deff, f.Deff) {
					t.Errorf("%+v of the screen, %+v of the file", e, f)
				}
			}
			for k, x := range a.Outcome.Single {
				if !near(x, b.Outcome.Single[k]) {
					t.Errorf("%s is %v, and %v of the file", k, x, b.Outcome.Single[k])
				}
			}
		})
	}
}

func near(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-8*math.Abs(a)+1e-12
}

// TestNobodyIsNamed: no name, case, exact day or place leaves with the table.
func TestNobodyIsNamed(t *testing.T) {
	s := open(t)
	text := string(table(t, s))
	for _, word := range []string{"Rosa", "40.41", "1980-05", "uuid", "case"} {
		if strings.Contains(text, word) {
			t.Errorf("the table has %q", word)
		}
	}
	head, _, _ := strings.Cut(text, "\n")
	if want := "sex,age,born_year,sends,amount,ways.bank,ways.giro,row,office,stratum,weight_base,fpc,cal_sex,cal_age,weight"; head != want {
		t.Errorf("the columns are %s", head)
	}
}

func TestBook(t *testing.T) {
	s := open(t)
	v := s.Book.Find("sends")
	if v == nil || v.Kind != codebook.Choice || v.Label.In("en") != `Do you send "money" home?` || v.N+v.Missing != 90 || v.Missing != 9 || v.Values[0].Label.In("es") != "Sí" {
		t.Errorf("%+v", v)
	}
	if v := s.Book.Find("ways.giro"); v == nil || v.Kind != codebook.Tick || v.Label.In("en") != "By which way?: Money order" || v.Relevant != "${sends} = '1'" {
		t.Errorf("%+v", v)
	}
}

func TestRefusals(t *testing.T) {
	s := open(t)
	for key, q := range map[string]surveydata.Question{
		"surveydata.choose":          {Statistic: surveydata.Share, Level: 95},
		"surveydata.no_column":       {Statistic: surveydata.Share, Row: "weight", Level: 95},
		"surveydata.share_of_number": {Statistic: surveydata.Share, Row: "age", Level: 95},
		"surveydata.no_number":       {Statistic: surveydata.Mean, Row: "sex", Level: 95},
		"surveydata.many_values":     {Statistic: surveydata.Mean, Row: "amount", By: "age", Level: 95},
		"surveydata.probability":     {Statistic: surveydata.Quantile, Row: "age", Probability: 1, Level: 95},
		"surveydata.level":           {Statistic: surveydata.Mean, Row: "age", Level: 50},
		"surveydata.test_needs":      {Statistic: surveydata.T, Row: "age", Level: 95},
		"surveydata.no_answer":       {Statistic: surveydata.Mean, Row: "age", Domain: "sex=other", Level: 95},
		"surveydata.choice":          {Statistic: surveydata.Interval, Answer: "sends=1", Method: "wilson", Level: 95},
		"surveydata.answer":          {Statistic: surveydata.Logistic, Terms: []string{"age"}, Level: 95},
		"surveydata.terms":           {Statistic: surveydata.Linear, Row: "age", Level: 95},
		"surveydata.groups":          {Statistic: surveydata.Contrast, Row: "age", Answer: "sex=woman", Against: "sends=1", Level: 95},
		"surveydata.same":            {Statistic: surveydata.Mean, Row: "age", By: "sex", By2: "sex", Level: 95},
		"surveydata.statistic":       {Statistic: "mode", Row: "age", Level: 95},
	} {
		if _, _, err := s.Answer(q); !fault.Is(err, key) {
			t.Errorf("%+v: %v, want %s", q, err, key)
		}
	}
}
