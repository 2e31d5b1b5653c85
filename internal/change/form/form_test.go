package form

import (
	"strings"
	"testing"

	"quipu/internal/change"
	"quipu/internal/fault"
)

func TestForms(t *testing.T) {
	short := Kept(func(_, text string, _ bool) (string, error) { return strings.TrimSpace(text), nil })
	for name, c := range map[string]struct {
		f         Form
		good, bad []string
	}{
		"among":     {Among([]string{"a", "b"}), []string{"a", "b"}, []string{"c", "A", "a b"}},
		"each":      {Each(Among([]string{"a", "b"})), []string{"a", "a b", "b  a"}, []string{"a c"}},
		"kept":      {short, []string{"a b"}, []string{" a", "a\n"}},
		"up to":     {UpTo(9), []string{"0", "9"}, []string{"10", "-1", "x", "1.0"}},
		"reference": {Reference, []string{"ESMAD-1:7", strings.Repeat("x", 200)}, []string{"a b", "a\nb", strings.Repeat("x", 201)}},
		"name":      {Name, []string{"ESMAD", "ESMAD-2"}, []string{"Madrid centro", "ES/MAD"}},
		"day":       {Day, []string{"2026-11-26"}, []string{"2026-11", "2026", "26/11/2026x", "2026-13-01"}},
		"yes":       {Yes, []string{"yes"}, []string{"no", "Yes", "1"}},
		"hash":      {Hash, []string{strings.Repeat("0f", 32)}, []string{strings.Repeat("0f", 31), strings.Repeat("0F", 32)}},
	} {
		for _, text := range c.good {
			if !c.f(text) {
				t.Errorf("%s refuses %q", name, text)
			}
		}
		for _, text := range c.bad {
			if c.f(text) {
				t.Errorf("%s takes %q", name, text)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	f := Fields{change.Person: {"done": Yes}}
	for _, c := range []struct {
		kind        change.Kind
		field, text string
		want        string
	}{
		{change.Person, "done", "yes", ""}, {change.Person, "done", "", ""}, {change.Person, "done", "no", "values.form"},
		{change.Person, "undone", "", "values.unknown"}, {change.User, "done", "yes", "values.unknown"},
	} {
		err := f.Check(c.kind, c.field, c.text)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%s of %s is %q: %v, want %q", c.field, c.kind, c.text, err, c.want)
		}
		if c.want != "" && fault.As(err).Field != c.field {
			t.Errorf("the fault is of %q", fault.As(err).Field)
		}
	}
}
