package xlsform_test

import (
	"strings"
	"testing"

	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
	"quipu/internal/survey/xlsform"
)

// FuzzRead: whatever the sheets say, reading them ends; each problem has its sheet; and a form
// without errors can be written.
func FuzzRead(f *testing.F) {
	f.Add("| survey | type | name | label |\n| | text | a | A ${a} |\n| | begin repeat | r | |\n| | select_one l or_other | b | B |\n| | end repeat | | |\n| choices | list_name | name | label |\n| | l | x | X |")
	f.Add("| survey | type | name | label:en | hint::en | bind::jr:x | media::image::en | relevant | calculation |\n| | end group | | | | | | ${x | |\n| settings | form_id | name |\n| | a b | 1 |")
	f.Add("| survey | type | name | parameters | trigger | default | repeat_count | choice_filter |\n| | range | a | start=x end=1 step=0 | ${b}, c | ${a} + 1 | 1 + | x = |\n| | audit | | | | | | |")
	f.Fuzz(func(t *testing.T, text string) {
		if !strings.HasPrefix(strings.TrimSpace(text), "|") {
			text = "| survey | type | name | label |\n" + text
		}
		first := strings.TrimSpace(strings.Trim(strings.TrimSpace(strings.SplitN(strings.TrimSpace(text), "\n", 2)[0]), "|"))
		if first == "" || strings.TrimSpace(strings.SplitN(first, "|", 2)[0]) == "" {
			return
		}
		form, problems := xlsform.Read(surveytest.Sheets(text), xlsform.Options{Name: "f"})
		for _, p := range problems {
			if p.Sheet == "" || p.Fault == nil {
				t.Fatalf("%+v", p)
			}
		}
		if problems.Err() == nil {
			xform.Write(form)
		}
	})
}
