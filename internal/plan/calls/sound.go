package calls

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// This file refuses what would give a number that is not the answer. A session that follows R
// (Lenient) lets it through, as R does.

// Bounds of what is worked out at once; beyond them memory ends before patience does.
const (
	mostReplicates = 100_000
	mostLevels     = 20_000
)

// soundColumns refuses weights, probabilities and population sizes that are none.
func soundColumns(s *lang.Session, f *frame.Frame, spec *design.Spec) (warnings []string, err error) {
	if s.Lenient {
		return nil, nil
	}
	if spec.Weights != "" {
		zero := false
		err := every(f, "weights", spec.Weights, "plan.weights", func(x float64) bool {
			zero = zero || x == 0
			return x >= 0 && !math.IsInf(x, 0)
		})
		if err != nil {
			return nil, err
		}
		if zero {
			warnings = append(warnings, "plan.warning.zero_weights")
		}
	}
	for _, name := range spec.Probs {
		if err := every(f, "probs", name, "plan.probability", func(x float64) bool { return x > 0 && x <= 1 }); err != nil {
			return nil, err
		}
	}
	for _, name := range spec.FPC {
		if err := every(f, "fpc", name, "plan.fpc", func(x float64) bool { return x > 0 }); err != nil {
			return nil, err
		}
	}
	return warnings, nil
}

// every refuses a column of a design, or an expression, unless all its numbers are as holds says;
// key is what is said of the first that is not. Missing ones are the design's own to refuse.
func every(f *frame.Frame, what, text, key string, holds func(x float64) bool) error {
	if text == "1" {
		return nil
	}
	c, err := f.Col(text)
	if err != nil {
		e, wrong := formula.Parse(text)
		if wrong != nil {
			return wrong
		}
		if c, err = formula.Full(e, formula.Scope{Frame: f}); err != nil {
			return err
		}
	}
	if c.Kind != frame.Number {
		return fault.New(fault.Invalid, "plan.design_text", "what", what, "column", text, "value", firstWord(c))
	}
	for i, x := range c.Num {
		if !math.IsNaN(x) && !holds(x) {
			return fault.New(fault.Invalid, key, "row", i+1, "column", text, "value", x)
		}
	}
	return nil
}

// firstWord is a level of a column that is no number, or its first.
func firstWord(c *frame.Column) string {
	for _, l := range c.Levels {
		var x json.Number
		if json.Unmarshal([]byte(l), &x) != nil {
			return l
		}
	}
	if len(c.Levels) > 0 {
		return c.Levels[0]
	}
	return ""
}

// soundValues refuses an expression that has no value where the columns in it have theirs: the logarithm
// of 0, a division by 0. To leave such rows out as if nobody had answered would give the figure of
// others.
func soundValues(s *lang.Session, d *design.Design, vars []formula.Variable) error {
	if s.Lenient {
		return nil
	}
	for _, v := range vars {
		if v.Column == nil || v.Column.Kind != frame.Number {
			continue
		}
		e, err := formula.Parse(v.Name)
		if err != nil {
			continue // a name that is no expression, of a matrix
		}
		if err := codes(d.Frame(), e); err != nil {
			return err
		}
		if err := soundOne(d, v, e); err != nil {
			return err
		}
	}
	return nil
}

func soundOne(d *design.Design, v formula.Variable, e formula.Expr) error {
	var of []*frame.Column
	var names []string
	if _, plain := e.(formula.Name); !plain {
		for _, n := range formula.Names(e) {
			if c, err := d.Frame().Col(n); err == nil {
				of, names = append(of, c), append(names, n)
			}
		}
	}
	saysMissing := false // the expression itself makes values missing
	formula.Walk(e, func(x formula.Expr) {
		_, na := x.(formula.NA)
		saysMissing = saysMissing || na
	})
	w := d.Weights()
	for i, x := range v.Column.Num {
		if w[i] == 0 || !math.IsInf(x, 0) && (!math.IsNaN(x) || saysMissing || len(of) == 0) {
			continue
		}
		var values []string
		missing := false
		for k, c := range of {
			if missing = missing || c.IsMissing(i); missing {
				break
			}
			values = append(values, names[k]+" = "+c.Text(i))
		}
		if missing {
			continue
		}
		if len(values) == 0 {
			return fault.New(fault.Invalid, "plan.infinite", "column", v.Name, "row", i+1)
		}
		return fault.New(fault.Invalid, "plan.no_number", "expression", v.Name, "row", i+1, "values", strings.Join(values, ", "))
	}
	return nil
}

// codes refuses as.numeric of words: it would give the places of the words in the alphabet.
func codes(f *frame.Frame, e formula.Expr) (err error) {
	formula.Walk(e, func(x formula.Expr) {
		c, ok := x.(formula.Call)
		if !ok || c.Fun != "as.numeric" && c.Fun != "as.integer" || len(c.Args) != 1 {
			return
		}
		name, ok := c.Args[0].Value.(formula.Name)
		if !ok {
			return
		}
		if col, wrong := f.Col(string(name)); wrong == nil && col.Kind == frame.Factor && !slices.Equal(col.Levels, []string{"FALSE", "TRUE"}) {
			if word := firstWord(col); word != "" {
				err = fault.New(fault.Invalid, "plan.codes", "column", string(name), "value", word)
			}
		}
	})
	return err
}

// soundContrasts refuses an expression that has no value at the estimates.
func soundContrasts(s *lang.Session, all []estimate.Contrast, at []estimate.Estimate) error {
	if s.Lenient {
		return nil
	}
	for _, c := range all {
		if c.Expr == nil {
			continue
		}
		f := frame.New(1)
		var said []string
		for _, e := range at {
			if err := f.Add(frame.Numbers(e.Term, []float64{e.Estimate})); err != nil {
				return err
			}
		}
		for _, n := range formula.Names(c.Expr) {
			if col, err := f.Col(n); err == nil {
				said = append(said, n+" = "+col.Text(0))
			}
		}
		v, err := formula.Eval(c.Expr, formula.Scope{Frame: f})
		if err != nil || v.Kind != frame.Number {
			continue // the contrast says so
		}
		if x := v.Num[0]; math.IsNaN(x) || math.IsInf(x, 0) {
			return fault.New(fault.Invalid, "plan.contrast_value", "expression", c.Expr.String(), "values", strings.Join(said, ", "))
		}
	}
	return nil
}

// soundCondition refuses a column of other numbers than 0 and 1, or of words, for a condition.
func soundCondition(s *lang.Session, e formula.Expr, f *frame.Frame) error {
	if s.Lenient {
		return nil
	}
	c, err := formula.Eval(e, s.Scope(f))
	if err != nil || c.Kind != frame.Number {
		return nil // the condition itself says what it is
	}
	for i, x := range c.Num {
		if x != 0 && x != 1 && !math.IsNaN(x) {
			return fault.New(fault.Invalid, "plan.no_condition", "expression", e.String(), "row", i+1, "value", x)
		}
	}
	return nil
}

// soundNumber refuses categories where only numbers have a meaning.
func soundNumber(s *lang.Session, name string, c *frame.Column) error {
	if s.Lenient || c.Kind == frame.Number || len(c.Levels) == 2 && c.Levels[0] == "FALSE" {
		return nil
	}
	return fault.New(fault.Invalid, "estimate.not_numeric", "column", name)
}

// soundModel refuses a factor of one level in a model: it says nothing, and R refuses it too.
func soundModel(s *lang.Session, d *design.Design, f *formula.Formula) error {
	if s.Lenient {
		return nil
	}
	vars, err := f.Values(s.ScopeOf(d))
	if err != nil {
		return nil // the model says so
	}
	terms := len(vars)
	for _, e := range append(slices.Clone(f.Offsets), f.Response) {
		if e == nil {
			continue
		}
		c, err := formula.Full(e, s.ScopeOf(d))
		if err != nil {
			return nil
		}
		vars = append(vars, formula.Variable{Name: e.String(), Column: c})
	}
	if err := soundValues(s, d, vars); err != nil {
		return err
	}
	w := d.Weights()
	for _, v := range vars[:terms] {
		if v.Column == nil || v.Column.Kind != frame.Factor {
			continue
		}
		seen := map[int32]bool{}
		for i, c := range v.Column.Code {
			if w[i] != 0 && c >= 0 {
				seen[c] = true
			}
		}
		if len(seen) == 1 {
			return fault.New(fault.Invalid, "plan.one_level", "column", v.Name)
		}
	}
	return nil
}

// jackknife reports whether replicates leave one unit out each.
func jackknife(d *design.Design) bool {
	k := d.Replicates().Type
	return k == "JK1" || k == "JKn"
}
