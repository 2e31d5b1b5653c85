package surveydata

import (
	"testing"

	"quipu/internal/survey"
	"quipu/internal/survey/surveytest"
)

// TestWhenAQuestionIsAsked: the words of a questionnaire's conditions, with what is asked of the
// group around, and the condition itself where it is more than comparisons.
func TestWhenAQuestionIsAsked(t *testing.T) {
	f := surveytest.Form(t, `
		| survey | type | name | label | relevant |
		| | select_one yn | sends | Envía | |
		| | integer | age | Edad | |
		| | select_multiple way | ways | Vías | |
		| | begin group | money | Dinero | ${sends} = 'yes' |
		| | integer | amount | Monto | |
		| | integer | fee | Comisión | ${age} >= 18 or selected(${ways}, 'bank') |
		| | end group | | | |
		| | integer | plain | Simple | 18 <= ${age} and (${sends} != 'no' or ${age} < 65) |
		| | integer | never | Nunca | not(${ways} = '') |
		| | integer | more | Más | string-length(${ways}) > 3 |
		| choices | list_name | name | label |
		| | yn | yes | Sí |
		| | yn | no | No |
		| | way | bank | Banco |
		| settings | form_id | version |
		| | f | 1 |`)
	a, names := newAsker(f), survey.Names(f.Nodes())
	for name, want := range map[string]string{
		"sends": "", "amount": "sends = Sí", "fee": "sends = Sí and (age ≥ 18 or ways includes Banco)",
		"plain": "age ≥ 18 and (sends ≠ No or age < 65)", "never": "not (ways is not answered)", "more": "string-length(${ways}) > 3",
	} {
		if got := a.when(names[name]).In("en"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := a.when(names["fee"]).In("es"); got != "sends = Sí y (age ≥ 18 o ways incluye Banco)" {
		t.Errorf("%q", got)
	}
}
