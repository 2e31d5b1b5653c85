package calls

import (
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/plan/lang"
)

// subset is the design for a domain, or rows of a table.
func subset(s *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	e := a.Expr("subset")
	if e == nil {
		return nil, a.Misfit("subset")
	}
	switch x := v.(type) {
	case *design.Design:
		if err := soundCondition(s, e, x.Frame()); err != nil {
			return nil, err
		}
		in, err := formula.Condition(e, s.ScopeOf(x))
		if err != nil {
			return nil, err
		}
		return x.Subset(in), nil
	case *frame.Frame:
		in, err := formula.Condition(e, s.Scope(x))
		if err != nil {
			return nil, err
		}
		var rows []int
		for i, ok := range in {
			if ok {
				rows = append(rows, i)
			}
		}
		return x.Rows(rows), nil
	}
	return nil, a.Misfit("x")
}

// update adds variables to a design or a table; each is worked out from those before the call.
func update(s *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Value("object")
	if err != nil {
		return nil, err
	}
	var f *frame.Frame
	d, isDesign := v.(*design.Design)
	switch x := v.(type) {
	case *Loglinear:
		return x.again(a)
	case *design.Design:
		f = x.Frame()
	case *frame.Frame:
		f = x
	default:
		return nil, a.Misfit("object")
	}
	scope := s.Scope(f)
	if isDesign {
		scope.In = d.Present()
	}
	var columns []frame.Column
	for _, r := range a.Rest {
		if r.Name == "" || r.Value == nil {
			return nil, lang.Misfit(a.Call, r)
		}
		c, err := formula.Full(r.Value, scope)
		if err != nil {
			return nil, err
		}
		named := *c
		named.Name = r.Name
		columns = append(columns, named)
	}
	if f, err = f.With(columns...); err != nil {
		return nil, err
	}
	if isDesign {
		return d.WithFrame(f)
	}
	return f, nil
}

// weightsOf gives the weights of the rows that are there: those in force, or, for replicate
// weights, of each replicate.
func weightsOf(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("object")
	if err != nil {
		return nil, err
	}
	def := "sampling"
	if d.Replicated() {
		def = "replication"
	}
	kind := def
	if a.Has("type") {
		if kind, err = a.Choice("type", "replication", "sampling", "analysis", "final"); err != nil {
			return nil, err
		}
	}
	keep := func(w []float64) (out []float64) {
		present := d.Present()
		for i, x := range w {
			if present == nil || present[i] {
				out = append(out, x)
			}
		}
		return out
	}
	if !d.Replicated() || kind == "sampling" {
		return lang.Numbers(keep(d.Weights())...), nil
	}
	out := &lang.Vector{Rows: d.Rows()}
	reps := d.Replicates()
	for r := range reps.Weights {
		w := make([]float64, d.Frame().N())
		if kind == "analysis" || reps.Combined {
			d.ReplicateWeights(r, w)
		} else {
			for i := range w {
				u := i
				if reps.Unit != nil {
					u = int(reps.Unit[i])
				}
				w[i] = reps.Weights[r][u]
			}
		}
		out.Num = append(out.Num, keep(w)...)
	}
	return out, nil
}

func degf(s *lang.Session, a *lang.Args) (lang.Value, error) {
	if v, err := a.Need("design"); err != nil {
		return nil, err
	} else if l, ok := v.(*Loglinear); ok {
		return lang.Numbers(l.DF), nil
	}
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	return lang.Numbers(d.DF()), nil
}
