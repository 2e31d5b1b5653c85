package xform

import (
	"slices"

	"quipu/internal/survey"
	"quipu/internal/survey/xpath"
)

// pulled are the files into which the expressions of an item look with pulldata.
func pulled(n *survey.Node) []string {
	var out []string
	for _, s := range []string{n.Calculation, n.Constraint, n.ReadOnly, n.Required, n.Relevant, n.ChoiceFilter, n.Default} {
		e, err := xpath.Parse(s)
		if err != nil {
			continue // empty, or told when the form was read
		}
		for _, c := range e.Calls() {
			if c.Name == "pulldata" && len(c.Text) > 1 && c.Text[0] != "" && !slices.Contains(out, c.Text[0]) {
				out = append(out, c.Text[0])
			}
		}
	}
	return out
}
