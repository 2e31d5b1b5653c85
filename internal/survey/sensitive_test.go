package survey_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"quipu/internal/survey"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

const withPapers = `
	| survey | type | name | label | relevant | calculation | constraint | default | choice_filter | repeat_count | quipu_sensitive |
	| | text | city | Ciudad | | | | | | | |
	| | begin group | last | Final | | | | | | | |
	| | select_one p | papers | Documentos | | | | | | | yes |
	| | text | why | ¿Por qué? | ${papers} = 'none' | | | | | | |
	| | end group | | | | | | | | | |
	| | calculate | by_name | | | concat(${papers}, '-', ${city}) | | | | | |
	| | calculate | by_path | | | string(/data/last/papers) | | | | | |
	| | calculate | by_label | | | jr:choice-name(${papers}, '${papers}') | | | | | |
	| | calculate | by_group | | | string(/data/last) | | | | | |
	| | calculate | by_all | | | concat(/data/last/*, '') | | | | | |
	| | calculate | again | | | if(${by_name} = '', 1, 2) | | | | | |
	| | calculate | apart | | | if(${city} = 'papers', 1, 2) | | | | | |
	| | integer | age | Edad | | | . > 15 | | | | |
	| | integer | bound | Años | | | . > string-length(${papers}) | | | | |
	| | text | filled | Nota | | | | concat('x', ${papers}) | | | |
	| | begin repeat | times | Veces | | | | | | string-length(${papers}) | |
	| | integer | each | Cuánto | | | | | | | |
	| | end repeat | | | | | | | | | |
	| | begin group | asked | Solo sin | ${papers} = 'none' | | | | | | |
	| | integer | inside | Dentro | | | | | | | |
	| | end group | | | | | | | | | |
	| choices | list_name | name | label |
	| | p | yes | Sí |
	| | p | none | Sin |
	| settings | form_id | version |
	| | f | 1 |
`

// TestWhatTellsOfAnAnswerIsWithheld: every way in which another question takes over, or comes
// of, the answer to a marked one, and nothing besides.
func TestWhatTellsOfAnAnswerIsWithheld(t *testing.T) {
	f := surveytest.Form(t, withPapers)
	want := strings.Fields("again asked asked/inside bound by_all by_group by_label by_name by_path filled last/papers last/why times times/each times_count")
	if got := slices.Sorted(maps.Keys(survey.Sensitive(f))); !slices.Equal(got, want) {
		t.Errorf("withheld are %v", got)
	}
	back, err := xform.Read(bytes.NewReader(xform.Write(f)))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(survey.Sensitive(back))); !slices.Equal(got, want) {
		t.Errorf("after it was an XForm %v", got)
	}
}

// TestAMarkHoldsInEveryVersion: the first version forgot the mark, and reckons from the question.
func TestAMarkHoldsInEveryVersion(t *testing.T) {
	first := surveytest.Form(t, strings.Replace(withPapers, "| yes |\n	| | text | why", "| |\n	| | text | why", 1))
	if n := len(survey.Sensitive(first)); n != 0 {
		t.Fatalf("%d questions are withheld without a mark", n)
	}
	second := surveytest.Form(t, `
		| survey | type | name | label | quipu_sensitive |
		| | text | papers | Documentos | true() |
		| settings | form_id | version |
		| | f | 2 |`)
	got := survey.Sensitive(first, second)
	for _, path := range []string{"papers", "last/papers", "last/why", "by_name", "again"} {
		if !got[path] {
			t.Errorf("%s is not withheld", path)
		}
	}
}

// TestMarkOfAGroup: a marked group withholds what is in it; no is no mark.
func TestMarkOfAGroup(t *testing.T) {
	f := surveytest.Form(t, `
		| survey | type | name | label | quipu_sensitive |
		| | begin group | g | G | TRUE |
		| | integer | a | A | |
		| | end group | | | |
		| | integer | b | B | no |
		| settings | form_id | version |
		| | f | 1 |`)
	if got := slices.Sorted(maps.Keys(survey.Sensitive(f))); !slices.Equal(got, []string{"g", "g/a"}) {
		t.Errorf("withheld are %v", got)
	}
	if doc := xform.Write(f); !bytes.Contains(doc, []byte(`nodeset="/data/g" quipu:sensitive="true()"`)) || !bytes.Contains(doc, []byte(`xmlns:quipu="urn:quipu:survey"`)) {
		t.Errorf("the XForm does not say it:\n%s", doc)
	}
	plain := surveytest.Form(t, "| survey | type | name | label |\n| | integer | b | B |\n| settings | form_id | version |\n| | f | 1 |")
	if bytes.Contains(xform.Write(plain), []byte("quipu")) {
		t.Error("a questionnaire without a mark names our namespace")
	}
}
