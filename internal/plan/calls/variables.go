package calls

import (
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// variables evaluates "~a + b" over the data of a design; a table, or a matrix whose columns
// have names, is taken column by column.
func variables(a *lang.Args, name string, d *design.Design) ([]formula.Variable, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *lang.Vector:
		if x.Kind != lang.Text && len(x.Cols) > 0 && x.Rows == d.Frame().N() {
			var out []formula.Variable
			for j, col := range x.Cols {
				out = append(out, formula.Variable{Name: col, Column: &frame.Column{Kind: frame.Number, Num: x.Column(j)}})
			}
			return out, nil
		}
	case *frame.Frame:
		if x.N() == d.Frame().N() {
			var out []formula.Variable
			for _, col := range x.Names() {
				c, err := x.Col(col)
				if err != nil {
					return nil, err
				}
				out = append(out, formula.Variable{Name: col, Column: c})
			}
			return out, nil
		}
	}
	f, err := a.Formula(name)
	if err != nil {
		return nil, err
	}
	vars, err := f.Values(a.Session.ScopeOf(d))
	if err != nil {
		return nil, err
	}
	levels := 0
	for _, v := range vars {
		if v.Wide != nil {
			return nil, fault.New(fault.Invalid, "formula.matrix", "function", v.Name)
		}
		levels += len(v.Column.Levels)
	}
	if levels > mostLevels {
		return nil, fault.New(fault.Invalid, "formula.levels", "levels", levels)
	}
	return vars, soundValues(a.Session, d, vars)
}
