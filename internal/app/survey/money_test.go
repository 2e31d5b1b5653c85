package survey_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"quipu/internal/app/survey"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/survey/rates"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

const moneyForm = `
	| survey | type | name | label |
	| | select_one currency | currency | Moneda |
	| | decimal | amount | Monto |
	| choices | list_name | name | label |
	| | currency | USD | Dólares |
	| | currency | EUR | Euros |
	| settings | form_id | version | form_title |
	| | perfil | 2 | Perfil |
`

// TestRates: amounts are brought to dollars by the rate of their currency and month; where there
// is none they have no value, and are counted.
func TestRates(t *testing.T) {
	f := newField(t)
	form, problems := xlsform.Read(surveytest.Sheets(moneyForm), xlsform.Options{})
	f.do(problems.Err())
	f.do(f.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "2"}, survey.FormFiles{XForm: xform.Write(form)}, id.Change{}))
	f.open()
	for i, currency := range []string{"USD", "EUR", "EUR", ""} {
		_, err := f.Surveys.Submit(ctx, f.eva, survey.Incoming{Instance: fmt.Appendf(nil,
			`<data id="perfil" version="2"><currency>%s</currency><amount>%d</amount><meta><instanceID>uuid:%d</instanceID></meta></data>`, currency, 100*(i+1), i)})
		f.do(err)
	}
	w, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
	f.do(err)
	if w.Frame.Has("amount_usd") {
		t.Fatal("a questionnaire of no pack has amounts in dollars before anybody said which")
	}
	month := f.Now().UTC().Format("2006-01")
	table := rates.Table{Currency: "currency", Amounts: []string{"amount"}}
	if err := f.Surveys.KeepRates(ctx, f.stat, f.survey, rates.Table{Currency: "moneda", Amounts: []string{"amount"}}, id.Change{}); !fault.Is(err, "rates.no_column") {
		t.Errorf("a question that nobody asks: %v", err)
	}
	if err := f.Surveys.KeepRates(ctx, f.eva, f.survey, table, id.Change{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an interviewer keeps rates: %v", err)
	}
	dollars := func() ([]float64, survey.Dollars) {
		t.Helper()
		f.do(f.Surveys.KeepRates(ctx, f.stat, f.survey, table, id.Change{}))
		w, err := f.Surveys.Weighted(ctx, f.stat, f.survey)
		f.do(err)
		c, err := w.Frame.Col("amount_usd")
		f.do(err)
		return c.Num, w.Money.Columns[0]
	}
	got, d := dollars()
	if want := []rates.Lack{{N: 1}, {Currency: "EUR", Month: month, N: 2}}; got[0] != 100 || !math.IsNaN(got[1]) || d.N != 1 || d.Lost != 3 || !slices.Equal(d.Lacks, want) {
		t.Errorf("without rates %v, %+v", got, d)
	}
	table.Rates = []rates.Rate{{Currency: "EUR", Month: month, USD: 1.25, Source: "prueba"}}
	if got, d = dollars(); got[1] != 250 || got[2] != 375 || !math.IsNaN(got[3]) || d.Lost != 1 {
		t.Errorf("with a rate %v, %+v", got, d)
	}
}
