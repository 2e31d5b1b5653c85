package xform

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quipu/internal/survey"
)

// TestReadBack: what is written and read back is written the same again.
func TestReadBack(t *testing.T) {
	for name, sheets := range forms(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			first := Write(read(t, sheets))
			f, err := Read(bytes.NewReader(first))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(canonical(t, first), "\n"), strings.Split(canonical(t, Write(f)), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReadBackIsTheQuestionnaire: what is written and read back is the same questionnaire, but
// for what an XForm does not say.
func TestReadBackIsTheQuestionnaire(t *testing.T) {
	for name, sheets := range forms(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			want := read(t, sheets)
			got, err := Read(bytes.NewReader(Write(want)))
			if err != nil {
				t.Fatal(err)
			}
			settle(want)
			settle(got)
			if diff := cmp.Diff(want, got, loose...); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// loose passes over what is the same for everybody who reads a form.
var loose = []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(survey.Form{}, "Languages"), cmpopts.IgnoreFields(survey.List{}, "Columns")}

// settle takes out of a form what an XForm does not say.
func settle(f *survey.Form) {
	var first, rest []*survey.Item
	for _, n := range f.Nodes() {
		settleItem(f, n.Item)
	}
	for _, i := range f.Children {
		if i.Type == survey.Audit || i.External() {
			first = append(first, i)
			continue
		}
		rest = append(rest, i)
	}
	f.Children = append(first, rest...)
	var lists []*survey.List
	for _, l := range f.Lists {
		if l.External {
			continue
		}
		for i := range l.Choices {
			l.Choices[i].At = survey.Place{}
			settleText(f, l.Choices[i].Label, itextList(l))
			for _, m := range l.Choices[i].Media {
				settleText(f, m, true)
			}
		}
		lists = append(lists, l)
	}
	f.Lists = lists
	f.Settings.InstanceName = tight(f.Settings.InstanceName)
	f.Settings.AllowDuplicates = false
}

func settleItem(f *survey.Form, i *survey.Item) {
	i.At, i.Notes = survey.Place{}, nil
	for _, s := range []*string{&i.Relevant, &i.Constraint, &i.Required, &i.ReadOnly, &i.Calculation, &i.ChoiceFilter, &i.RepeatCount} {
		*s = tight(*s)
	}
	settleText(f, i.Label, needsItext(i))
	for _, m := range i.Media {
		settleText(f, m, true)
	}
	settleText(f, i.Guidance, true)
	settleText(f, i.Hint, len(i.Guidance) > 0)
	settleText(f, i.ConstraintMessage, translates(i.ConstraintMessage))
	settleText(f, i.RequiredMessage, translates(i.RequiredMessage))
	if i.Type == survey.String && i.ReadOnly == "true()" && i.Calculation == "" {
		i.Type, i.ReadOnly = survey.Note, ""
	}
	if i.Type == survey.Image {
		i.Default = strings.TrimPrefix(i.Default, "jr://images/")
	}
	if i.Type == survey.Range {
		start, end, step := i.Bounds()
		for name, v := range map[string]bool{"start": start == 1, "end": end == 10, "step": step == 1} {
			if v {
				delete(i.Parameters, name)
			}
		}
	}
	if i.Appearance != "" && i.Appearance != "annotate" {
		delete(i.Parameters, "app") // has no effect there
	}
	if !i.Shown() && i.Type == survey.String {
		i.Type = survey.Calculate
	}
	if i.Type == survey.Calculate && (i.Calculation == "" || len(i.Trigger) > 0) {
		i.Type = survey.Hidden
	}
}

// settleText puts a text without a language among the translations, where it is written so.
func settleText(f *survey.Form, t survey.Text, translated bool) {
	if plain, ok := t[""]; ok && translated {
		delete(t, "")
		t[f.DefaultLanguage()] = plain
	}
}
