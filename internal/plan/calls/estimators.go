package calls

import (
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// estimateFunctions are the estimators of package estimate. Those of others have a table of
// their own, which New takes in.
func estimateFunctions() map[string]function {
	return map[string]function{
		"svymean":     {[]string{"x", "design", "na.rm", "deff", "influence", "return.replicates", "rho", "..."}, svymean},
		"svytotal":    {[]string{"x", "design", "na.rm", "deff", "influence", "return.replicates", "rho", "..."}, svymean},
		"svyratio":    {[]string{"numerator", "denominator", "design", "separate", "na.rm", "formula", "covmat", "return.replicates", "deff", "influence", "..."}, svyratio},
		"svyvar":      {[]string{"x", "design", "na.rm", "return.replicates", "..."}, svyvar},
		"svyby":       {[]string{"formula", "by", "design", "FUN", "...", "deff", "keep.var", "keep.names", "verbose", "vartype", "drop.empty.groups", "covmat", "influence", "return.replicates", "na.rm.by", "na.rm.all", "multicore"}, svyby},
		"svytable":    {[]string{"formula", "design", "Ntotal", "round", "..."}, svytable},
		"svycontrast": {[]string{"stat", "contrasts", "add", "..."}, svycontrast},
		"unwtd.count": {[]string{"x", "design", "..."}, unweighted},
	}
}

// statOptions are the arguments that estimators share.
func statOptions(a *lang.Args) (o estimate.Options, err error) {
	o.Level, o.Publish = a.Session.Level, a.Session.Publish
	if o.DropMissing, err = a.Bool("na.rm", false); err != nil {
		return o, err
	}
	o.Deff, err = deffOf(a)
	return o, err
}

func deffOf(a *lang.Args) (estimate.Deff, error) {
	v, err := a.Value("deff")
	if err != nil || v == nil {
		return estimate.NoDeff, err
	}
	x, ok := v.(*lang.Vector)
	switch {
	case ok && x.Kind == lang.Text && x.Len() == 1 && x.Str[0] == "replace":
		return estimate.WithBack, nil
	case ok && x.Kind == lang.Condition && x.Num[0] == 1:
		return estimate.WithoutBack, nil
	case ok && x.Kind == lang.Condition && x.Num[0] == 0:
		return estimate.NoDeff, nil
	}
	return estimate.NoDeff, a.Misfit("deff")
}

// svymean is svymean and svytotal.
func svymean(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "x")
	if err != nil {
		return nil, err
	}
	o, err := statOptions(a)
	if err != nil {
		return nil, err
	}
	f := estimate.Mean
	if a.Call.Fun == "svytotal" {
		f = estimate.Total
	}
	return statOf(a, "stat", d, func() (estimate.Result, error) { return f(d, vars, o) })
}

// statOf makes a value of a result; its replicates stay only where they were asked for,
// because contrasts then go through them.
func statOf(a *lang.Args, of string, d *design.Design, f func() (estimate.Result, error)) (lang.Value, error) {
	r, err := f()
	if err != nil {
		return nil, err
	}
	keep, err := a.Bool("return.replicates", false)
	if err != nil {
		return nil, err
	}
	if !keep {
		r.Replicates = nil
	}
	return &Stat{Result: r, Of: of, Design: d}, nil
}

func svyratio(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, err := a.Design("design")
	if err != nil {
		return nil, err
	}
	over := "numerator"
	if !a.Has(over) {
		over = "formula"
	}
	num, err := variables(a, over, d)
	if err != nil {
		return nil, err
	}
	den, err := variables(a, "denominator", d)
	if err != nil {
		return nil, err
	}
	o, err := statOptions(a)
	if err != nil {
		return nil, err
	}
	if separate, err := a.Bool("separate", false); err != nil || separate {
		return nil, fault.New(fault.Invalid, "plan.separate")
	}
	covmat, err := a.Bool("covmat", false)
	if err != nil {
		return nil, err
	}
	return statOf(a, "ratio", d, func() (estimate.Result, error) {
		r, err := estimate.Ratio(d, num, den, o)
		if err == nil && s.Lenient && !covmat {
			r.Cov = diagonalOnly(r.Cov) // R has no more unless it is asked for
		}
		return r, err
	})
}

// diagonalOnly is a covariance matrix of which no more than the variances is known.
func diagonalOnly(v *mat.SymDense) *mat.SymDense {
	out := mat.NewSymDense(v.SymmetricDim(), nil)
	for i := range v.SymmetricDim() {
		for j := i; j < v.SymmetricDim(); j++ {
			out.SetSym(i, j, na)
		}
		out.SetSym(i, i, v.At(i, i))
	}
	return out
}

func svyvar(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "x")
	if err != nil {
		return nil, err
	}
	o, err := statOptions(a)
	if err != nil {
		return nil, err
	}
	of := "variance"
	if len(vars) == 1 && !d.Replicated() {
		of = "stat"
	}
	return statOf(a, of, d, func() (estimate.Result, error) { return estimate.Variance(d, vars, o) })
}

func svytable(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "formula")
	if err != nil {
		return nil, err
	}
	v, err := a.Value("Ntotal")
	if err != nil {
		return nil, err
	}
	total := 0.0
	if f, ok := v.(*frame.Frame); ok {
		if d, err = scaledByStratum(a, d, vars, f); err != nil {
			return nil, err
		}
	} else if total, err = a.Number("Ntotal", 0); err != nil {
		return nil, err
	}
	t, err := estimate.Tabulate(d, vars, total)
	if err != nil {
		return nil, err
	}
	round, err := a.Bool("round", false)
	if err != nil {
		return nil, err
	}
	made := newTable(t, round)
	made.design, made.vars = d, vars
	return made, nil
}

// unweighted counts the rows of each group of a by.
func unweighted(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, vars, err := asked(a, "x")
	if err != nil {
		return nil, err
	}
	n := 0.0
	for i, ok := range estimate.Complete(d.Frame().N(), vars) {
		if ok && d.Weights()[i] != 0 {
			n++
		}
	}
	r := estimate.Result{DF: d.DF(), Estimates: []estimate.Estimate{{Term: "counts", Estimate: n, DF: d.DF(), N: int(n), PSUs: d.PSUs(), Deff: na}}}
	r.Finish(estimate.Options{})
	return &Stat{Result: r, Of: "stat", Design: d}, nil
}

func svyby(s *lang.Session, a *lang.Args) (lang.Value, error) {
	d, by, err := asked(a, "by")
	if err != nil {
		return nil, err
	}
	if d, err = keepRows(a, d, by); err != nil {
		return nil, err
	}
	name, ok := a.Expr("FUN").(formula.Name)
	if !ok {
		return nil, a.Misfit("FUN")
	}
	covmat, err := a.Bool("covmat", false)
	if err != nil {
		return nil, err
	}
	keepReplicates, err := a.Bool("return.replicates", false)
	if err != nil {
		return nil, err
	}
	inner := &lang.Args{Call: formula.Call{Fun: string(name), Args: a.Rest}, Session: s, Given: map[string]formula.Expr{}}
	if f, ok := s.Function(string(name)); ok {
		if inner, err = lang.Match(inner.Call, f.Formals); err != nil {
			return nil, err
		}
		inner.Session = s
	}
	o, err := statOptions(inner)
	if err != nil {
		return nil, err
	}
	if o.Deff, err = deffOf(a); err != nil {
		return nil, err
	}
	o.Cov = covmat
	r, err := byGroup(s, a, inner, d, by, o)
	if err != nil {
		return nil, err
	}
	if drop, err := a.Bool("drop.empty.groups", true); err != nil {
		return nil, err
	} else if !drop {
		if r, err = r.WithEmpty(by); err != nil {
			return nil, err
		}
	}
	if !covmat && !keepReplicates {
		r.Cov = nil
	}
	if !keepReplicates {
		r.Replicates = nil
	}
	named, err := a.Bool("keep.names", true)
	if err != nil {
		return nil, err
	}
	if !named { // rows are numbered
		for i := range r.Estimates {
			e := &r.Estimates[i]
			group := r.Groups[i%len(r.Groups)]
			e.Term = strconv.Itoa(i%len(r.Groups)+1) + strings.TrimPrefix(e.Term, group)
		}
	}
	return &Stat{Result: r.Result, Of: "by", By: r, Design: d}, nil
}

// keepRows applies na.rm.by and na.rm.all.
func keepRows(a *lang.Args, d *design.Design, by []formula.Variable) (*design.Design, error) {
	all, err := a.Bool("na.rm.all", false)
	if err != nil || !all {
		return d, err
	}
	vars, err := variables(a, "formula", d)
	if err != nil {
		return nil, err
	}
	return d.Subset(estimate.Complete(d.Frame().N(), append(vars, by...))), nil
}

// byGroup uses the estimators that do all groups in one pass, and runs any other on the
// subset of each group.
func byGroup(s *lang.Session, a, inner *lang.Args, d *design.Design, by []formula.Variable, o estimate.Options) (*estimate.ByResult, error) {
	switch inner.Call.Fun {
	case "svymean", "svytotal":
		vars, err := variables(a, "formula", d)
		if err != nil {
			return nil, err
		}
		if inner.Call.Fun == "svytotal" {
			return estimate.TotalBy(d, vars, by, o)
		}
		return estimate.MeanBy(d, vars, by, o)
	case "svyratio":
		if inner.Has("denominator") && o.Deff == estimate.NoDeff {
			num, err := variables(a, "formula", d)
			if err != nil {
				return nil, err
			}
			den, err := variables(inner, "denominator", d)
			if err != nil {
				return nil, err
			}
			return estimate.RatioBy(d, num, den, by, o)
		}
	}
	const group = "the design of a group"
	call := formula.Call{Fun: inner.Call.Fun, Args: append([]formula.Arg{{Value: a.Given["formula"]}}, slices.Clone(inner.Call.Args)...)}
	call.Args = append(call.Args, formula.Arg{Name: "design", Value: formula.Name(group)})
	if e := a.Expr("deff"); e != nil {
		call.Args = append(call.Args, formula.Arg{Name: "deff", Value: e})
	}
	return estimate.By(d, by, o, func(d *design.Design) (estimate.Result, error) {
		s.Set(group, d)
		defer s.Unset(group)
		v, err := s.Call(call)
		if err != nil {
			return estimate.Result{}, err
		}
		return resultOf(v)
	})
}

// Resulter is a value that can be taken for a plain result, as svyby does with any estimator.
type Resulter interface{ AsResult() estimate.Result }

// resultOf makes a result of what an estimator gave.
func resultOf(v lang.Value) (estimate.Result, error) {
	switch x := v.(type) {
	case *Stat:
		return x.Result, nil
	case Resulter:
		return x.AsResult(), nil
	case lang.Outcomer:
		o := x.Outcome()
		r := estimate.Result{}
		for _, row := range o.Rows {
			r.Estimates = append(r.Estimates, estimate.Estimate{Term: row.Term, Estimate: row.Number("estimate"), SE: row.Number("se"), Deff: na})
		}
		if len(o.Vcov) == len(o.Rows) {
			r.Cov = symmetric(o.Vcov)
		}
		r.Finish(estimate.Options{})
		return r, nil
	}
	return estimate.Result{}, fault.New(fault.Invalid, "plan.no_estimate")
}
