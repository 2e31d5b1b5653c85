package survey_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"quipu/internal/app/survey"
	"quipu/internal/estimate/rds"
	"quipu/internal/estimate/weighting"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

const choiceSheets = `
	| survey   | type | name       | label |
	| | text | quipu_case | Case |
	| | select_one sex | sex | Sex |
	| settings | form_id | version | form_title |
	| | cadena  | 2       | Cadena |
	| choices | list_name | name | label |
	| | sex | F | F |
	| | sex | M | M |
`

// grow lets every chain of a survey go on for some waves: three of five bring somebody of their own sex.
func (f *field) grow(of string, waves int) {
	f.Helper()
	f.do(f.Surveys.PutForm(ctx, f.stat, of, study.Form{Name: "cadena", Version: "2"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(f.T, choiceSheets))}, id.Change{}))
	ask := func(kase, sex string) {
		f.Helper()
		got, err := f.Surveys.Submit(ctx, jefa, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="cadena" version="2"><quipu_case>%s</quipu_case><sex>%s</sex><meta><instanceID>uuid:%s</instanceID></meta></data>`, kase, sex, kase)})
		f.do(err)
		if len(got.Reasons) > 0 {
			f.Fatal(got.Reasons)
		}
	}
	type one struct{ kase, sex string }
	var last []one
	for i, sex := range []string{"F", "M", "F"} {
		kase, err := f.Surveys.AddSeed(ctx, jefa, of, "ESMAD", 5+i)
		f.do(err)
		ask(kase, sex)
		last = append(last, one{kase, sex})
	}
	n := 0
	for range waves {
		var next []one
		for _, p := range last {
			f.do(f.Surveys.HandOut(ctx, jefa, p.kase, 2))
			sheet, err := f.Surveys.Coupons(ctx, jefa, p.kase)
			f.do(err)
			for k, code := range sheet.Codes {
				if n++; n%3 == 0 { // one of three stays out
					continue
				}
				sex := p.sex
				if (n*7+k*3)%5 < 2 {
					sex = map[string]string{"F": "M", "M": "F"}[sex]
				}
				kase, err := f.Surveys.Redeem(ctx, jefa, of, survey.RedeemCmd{Code: code, Degree: 2 + n*7%23, Relation: study.Friend})
				f.do(err)
				ask(kase, sex)
				next = append(next, one{kase, sex})
			}
		}
		last = next
	}
}

// TestChainWeights: answers of chains are weighed by the network of who gave them, their error
// comes of trees drawn again, and the report says what is doubtful.
func TestChainWeights(t *testing.T) {
	f := newField(t)
	of := f.chainOf("Cadenas")
	f.grow(of, 4)
	w, err := f.Surveys.Weighted(ctx, f.stat, of)
	f.do(err)
	col := func(name string) []float64 {
		c, err := w.Frame.Col(name)
		f.do(err)
		return c.Num
	}
	degree, weight, by := col("rds_network_size"), col("weight"), col("rds_recruiter")
	for i := range degree {
		if math.Abs(weight[i]*degree[i]-weight[0]*degree[0]) > 1e-9 {
			t.Fatalf("row %d weighs %v with %v acquaintances", i, weight[i], degree[i])
		}
	}
	seeds := 0
	for i, r := range by {
		if r == 0 {
			seeds++
		} else if int(r) > i {
			t.Errorf("row %d was recruited by %v, who came later", i+1, r)
		}
	}
	if seeds != 3 || w.Chain != rds.MethodII || !w.Design.Replicated() || len(w.Replicates) != 500 {
		t.Errorf("%d seeds, %s, %d replicates", seeds, w.Chain, len(w.Replicates))
	}
	f.otherMethods(of, w)
	r, err := f.Surveys.ChainReport(ctx, f.stat, of, "")
	f.do(err)
	if r.Question != "sex" || r.Diagnosis.Waves != 4 || !slices.Contains(r.Diagnosis.Doubts, rds.FewWaves) || len(r.Branches) != 3 || r.Branches[0].Seed[:6] != "ESMAD-" || len(r.Estimate) != 2 {
		t.Errorf("%+v", r)
	}
	if r.Diagnosis.CouponsGiven <= r.Diagnosis.CouponsReturned || r.Matrix.Homophily <= 1 {
		t.Errorf("%+v", r.Diagnosis)
	}
}

// otherMethods: successive sampling needs the size of the population, RDS-I a question.
func (f *field) otherMethods(of string, plain survey.Weighted) {
	f.Helper()
	f.fails("weighting.chain_size", f.Surveys.WeightSurvey(ctx, f.stat, of, weighting.Steps{Chain: rds.MethodSS}, id.Change{}))
	f.fails("weighting.chain_group", f.Surveys.WeightSurvey(ctx, f.stat, of, weighting.Steps{Chain: rds.MethodI}, id.Change{}))
	steps := weighting.Steps{Chain: rds.MethodSS, Population: 300, Replicates: 60}
	f.do(f.Surveys.WeightSurvey(ctx, f.stat, of, steps, id.Change{}))
	w, err := f.Surveys.Weighted(ctx, f.stat, of)
	f.do(err)
	if got := w.Design.Population(); math.Abs(got-300) > 1e-6 || w.Chain != rds.MethodSS || len(w.Replicates) != 60 {
		f.Errorf("weights add up to %v", got)
	}
	// the smaller the population, the nearer are weights to one another
	if spread(w.Design.Weights()) >= spread(plain.Design.Weights()) {
		f.Errorf("weights spread by %v, without an end of the population by %v", spread(w.Design.Weights()), spread(plain.Design.Weights()))
	}
	one, err := f.Surveys.WeightedBy(ctx, f.stat, of, weighting.Steps{Chain: rds.MethodI, Group: "sex", Replicates: 100})
	f.do(err)
	if one.Chain != rds.MethodI {
		f.Errorf("%+v", one.Chain)
	}
	_, err = f.Surveys.WeightedBy(ctx, f.stat, of, weighting.Steps{Chain: rds.MethodSS, Population: 4})
	if !fault.Is(err, "rds.population") {
		f.Errorf("a population smaller than the sample: %v", err)
	}
}

func spread(w []float64) float64 { return slices.Max(w) / slices.Min(w) }
