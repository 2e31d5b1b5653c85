package xlsform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/i18n"
	"quipu/internal/survey"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xlsform"
)

// TestEveryErrorSaysItsPlace reads workbooks with one slip each: the cell, the key, and that
// there is a message in both languages.
func TestEveryErrorSaysItsPlace(t *testing.T) {
	list := "\n| choices | list_name | name | label |\n| | yn | y | Yes |\n| | yn | n | No |\n"
	for _, c := range []struct{ name, form, want string }{
		{"unknown type", "| survey | type | name | label |\n| | txt | a | A |", "survey A2 type_unknown"},
		{"unknown type, what refers to it is not blamed", "| survey | type | name | label | relevant |\n| | txt | a | A | |\n| | text | b | B | ${a} = 1 |", "survey A2 type_unknown"},
		{"no name", "| survey | type | name | label |\n| | text | | A |", "survey B2 no_name"},
		{"bad name", "| survey | type | name | label |\n| | text | a b | A |", "survey B2 name_bad"},
		{"name twice", "| survey | type | name | label |\n| | text | a | A |\n| | text | a | B |", "survey B3 name_twice"},
		{"no type", "| survey | type | name | label |\n| | | a | A |", "survey A2 no_type"},
		{"group not closed", "| survey | type | name | label |\n| | begin group | g | G |\n| | text | a | A |", "survey A2 not_closed"},
		{"group not open", "| survey | type | name | label |\n| | text | a | A |\n| | end group | | |", "survey A3 not_open"},
		{"wrong end", "| survey | type | name | label |\n| | begin repeat | r | R |\n| | text | a | A |\n| | end group | | |", "survey A4 wrong_end"},
		{"unknown reference", "| survey | type | name | label | relevant |\n| | text | age | A | |\n| | text | b | B | ${aeg} > 3 |", "survey D3 ref_unknown"},
		{"unknown reference in a label", "| survey | type | name | label |\n| | text | a | Hello ${b} |", "survey C2 ref_unknown"},
		{"reference to two", "| survey | type | name | label | relevant |\n| | begin group | g | G | |\n| | text | a | A | |\n| | end group | | | |\n| | text | a | A | |\n| | text | b | B | ${a} = 1 |", "survey D6 ref_twice"},
		{"unknown list", "| survey | type | name | label |\n| | select_one ny | a | A |\n| | select_one yn | b | B |" + list, "survey A2 list_unknown"},
		{"no list at all", "| survey | type | name | label |\n| | select_one yn | a | A |", "survey A2 list_none"},
		{"two lists", "| survey | type | name | label |\n| | select_one yn yn | a | A |\n| | select_one yn | b | B |" + list, "survey A2 select_list"},
		{"no label", "| survey | type | name | label |\n| | text | a | |", "survey C2 no_label"},
		{"circle", "| survey | type | name | calculation |\n| | calculate | a | ${b} + 1 |\n| | calculate | b | ${c} + 1 |\n| | calculate | c | ${a} + 1 |", "survey C2 circle"},
		{"circle of one", "| survey | type | name | label | relevant |\n| | text | a | A | ${a} = 1 |", "survey D2 circle"},
		{"circle through a group", "| survey | type | name | label | relevant |\n| | begin group | g | G | ${a} = 1 |\n| | text | a | A | |\n| | end group | | | |", "survey D2 circle"},
		{"bad expression", "| survey | type | name | label | constraint |\n| | integer | a | A | . > and . < 3 |", "survey D2 xpath.unexpected"},
		{"unknown function", "| survey | type | name | label | constraint |\n| | integer | a | A | selcted(., 'x') |", "survey D2 xpath.function"},
		{"few arguments", "| survey | type | name | label | constraint |\n| | integer | a | A | selected(.) |", "survey D2 xpath.arguments"},
		{"no calculation", "| survey | type | name | label |\n| | calculate | a | |", "survey 2 no_calculation"},
		{"filter column", "| survey | type | name | label | choice_filter |\n| | select_one c | a | A | regoin = 'x' |\n| choices | list_name | name | label | region |\n| | c | 1 | One | x |", "survey D2 filter_column"},
		{"choice without a name", "| survey | type | name | label |\n| | select_one c | a | A |\n| choices | list_name | name | label |\n| | c | | One |\n| | c | 2 | Two |", "choices B2 choice_name"},
		{"choice without a label", "| survey | type | name | label |\n| | select_one c | a | A |\n| choices | list_name | name | label |\n| | c | 1 | |", "choices C2 choice_label"},
		{"choice without its first language", "| survey | type | name | label::es | label::en |\n| | select_one c | a | A | B |\n| choices | list_name | name | label::es | label::en |\n| | c | 1 | | One |", "choices C2 choice_language"},
		{"choice twice", "| survey | type | name | label |\n| | select_one c | a | A |\n| choices | list_name | name | label |\n| | c | 1 | One |\n| | c | 1 | Uno |", "choices B3 choice_twice"},
		{"choice with a space", "| survey | type | name | label |\n| | select_multiple c | a | A |\n| choices | list_name | name | label |\n| | c | 1 2 | One |", "choices 2 choice_space"},
		{"choice of no list", "| survey | type | name | label |\n| | select_one yn | a | A |" + list + "| | | 3 | Three |", "choices A4 no_list_name"},
		{"range", "| survey | type | name | label | parameters |\n| | range | a | A | start=5 end=2 |", "survey D2 range"},
		{"parameter", "| survey | type | name | label | parameters |\n| | range | a | A | begin=5 |", "survey D2 parameter_unknown"},
		{"parameter without a value", "| survey | type | name | label | parameters |\n| | text | a | A | rows |", "survey D2 parameter"},
		{"trigger", "| survey | type | name | label | trigger | calculation |\n| | text | a | A | | |\n| | calculate | b | | a | 1 |", "survey D3 trigger"},
		{"trigger that nobody sees", "| survey | type | name | label | trigger | calculation |\n| | hidden | a | | | |\n| | text | c | C | | |\n| | calculate | b | | ${a} | 1 |", "survey D4 trigger_hidden"},
		{"column twice", "| survey | type | name | label | relevant | relevance |\n| | text | a | A | | |", "survey E1 column_twice"},
		{"no survey sheet", "| survye | type | name | label |\n| | text | a | A |", "survey  no_survey"},
		{"media not in the main language", "| survey | type | name | label::es | label::en | image::en |\n| | text | a | A | A | a.png |", "survey E2 media_language"},
		{"media of a choice not in the main language", "| survey | type | name | label::es | label::en |\n| | select_one c | a | A | A |\n| choices | list_name | name | label::es | label::en | audio::en |\n| | c | 1 | Uno | One | a.mp3 |", "choices E2 media_language"},
		{"draft of nothing", "| survey | type | name | label |\n| | text | a | A |\n| drafts | language | sheet | list | item | text | reviewer |\n| | qu | survey | | b | B | |", "drafts D2 draft_item"},
		{"file", "| survey | type | name | label |\n| | select_one_from_file towns | a | A |", "survey A2 select_file"},
		{"sensitive", "| survey | type | name | label | quipu_sensitive |\n| | text | a | A | maybe |", "survey D2 sensitive"},
		{"audit", "| survey | type | name | label |\n| | audit | log | |\n| | text | a | A |", "survey B2 audit_name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := xlsform.Read(surveytest.Sheets(c.form), xlsform.Options{Name: "f"})
			var got []string
			for _, p := range problems.Errors() {
				got = append(got, fmt.Sprintf("%s %s %s", p.Sheet, p.Cell(), strings.TrimPrefix(p.Fault.Key, "xlsform.")))
				for _, lang := range i18n.Langs {
					if s := i18n.Fault(lang, p.Fault); strings.ContainsAny(s, "⟦") || strings.Contains(strings.ReplaceAll(s, "${", ""), "{") {
						t.Errorf("%s: %s", lang, s)
					}
				}
			}
			if diff := cmp.Diff([]string{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAllErrorsAtOnce: a workbook with many slips tells all of them, in its order.
func TestAllErrorsAtOnce(t *testing.T) {
	_, problems := xlsform.Read(surveytest.Sheets(`
| survey  | type            | name | label   | relevant  | constraint |
|         | txt             | a    | A       |           |            |
|         | select_one nope | b    | B       | ${x} = 1  |            |
|         | begin group     | g    | G       |           |            |
|         | integer         | c    |         |           | . >        |
|         | text            | b    | B again |           |            |
| choices | list_name       | name | label   |
|         | yn              | y    |         |`), xlsform.Options{Name: "f"})
	var got []string
	for _, p := range problems.Errors() {
		got = append(got, p.Sheet+" "+p.Cell())
	}
	want := []string{"survey A2", "survey A3", "survey D3", "survey A4", "survey C5", "survey E5", "choices C2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWhatARowSays reads each column of the standard.
func TestWhatARowSays(t *testing.T) {
	f := surveytest.Form(t, `
| survey | type | name | label::Español (es) | label::English (en) | hint::English (en) | relevant | required | required_message::Español (es) | constraint | constraint_message | calculation | default | appearance | read only | choice_filter | trigger | parameters | image | bind::odk:x | concept |
| | text | first | Uno | One | help | | yes | | | | | Lima | multiline | no | | | rows=3 | a.png | 1 | age |
| | select one from towns or other | town | Dos | Two | | ${first} = ‘x’ | | falta | . != 'q' | no q | | | minimal | | | | | | | |
| | begin_repeat | kin | Parientes | Kin | | | | | | | | | | | | | | | | |
| | integer | age | Edad | Age | | | | | | | | ${first} + 1 | | | | | | | | |
| | end repeat | | | | | | | | | | | | | | | | | | | |
| | text | later | L | L | | | | | | | now() | | | | | ${first}, ${town} | | | | |
| choices | list_name | name | label::Español (es) | label::English (en) | region |
| | towns | lim | Lima | Lima | coast |
| settings | form_id | form_title | version | default_language | allow_choice_duplicates | instance_name |
| | pilot | The pilot | 7 | Español (es) | yes | concat(${first}, ' ') |`)
	want := []*survey.Item{
		{Type: survey.String, Name: "first", Label: survey.Text{"Español (es)": "Uno", "English (en)": "One"}, Hint: survey.Text{"English (en)": "help"},
			Required: "true()", Default: "Lima", Appearance: "multiline", ReadOnly: "false()", Parameters: map[string]string{"rows": "3"},
			Media: survey.Media{"image": {"": "a.png"}}, Extra: map[string]string{"bind::odk:x": "1"}, Notes: map[string]string{"concept": "age"}, At: survey.Place{Sheet: "survey", Row: 2}},
		{Type: survey.SelectOne, Name: "town", List: "towns", OrOther: true, Label: survey.Text{"Español (es)": "Dos", "English (en)": "Two"},
			Relevant: "${first} = 'x'", RequiredMessage: survey.Text{"Español (es)": "falta"}, Constraint: ". != 'q'", ConstraintMessage: survey.Text{"": "no q"},
			Appearance: "minimal", At: survey.Place{Sheet: "survey", Row: 3}},
		{Type: survey.Repeat, Name: "kin", Label: survey.Text{"Español (es)": "Parientes", "English (en)": "Kin"}, At: survey.Place{Sheet: "survey", Row: 4}, Children: []*survey.Item{
			{Type: survey.Integer, Name: "age", Label: survey.Text{"Español (es)": "Edad", "English (en)": "Age"}, Default: "${first} + 1", At: survey.Place{Sheet: "survey", Row: 5}}}},
		{Type: survey.String, Name: "later", Label: survey.Text{"Español (es)": "L", "English (en)": "L"}, Calculation: "now()", Trigger: []string{"first", "town"}, At: survey.Place{Sheet: "survey", Row: 7}},
	}
	if diff := cmp.Diff(want, f.Children); diff != "" {
		t.Error(diff)
	}
	settings := survey.Settings{ID: "pilot", Title: "The pilot", Version: "7", DefaultLanguage: "Español (es)", AllowDuplicates: true, InstanceName: "concat(${first}, ' ')"}
	if diff := cmp.Diff(settings, f.Settings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Español (es)", "English (en)"}, f.Languages); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]survey.Choice{{Value: "lim", Label: survey.Text{"Español (es)": "Lima", "English (en)": "Lima"}, Attr: map[string]string{"region": "coast"}, At: survey.Place{Sheet: "choices", Row: 2}}}, f.List("towns").Choices); diff != "" {
		t.Error(diff)
	}
}
