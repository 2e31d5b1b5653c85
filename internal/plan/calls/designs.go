package calls

import (
	"math"
	"regexp"
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
	"quipu/internal/plan/lang"
)

// designFunctions make and change designs.
func designFunctions() map[string]function {
	return map[string]function{
		"svydesign":        {[]string{"ids", "probs", "strata", "variables", "fpc", "data", "nest", "check.strata", "weights", "pps", "variance", "..."}, svydesign},
		"svrepdesign":      {[]string{"variables", "repweights", "weights", "data", "type", "combined.weights", "rho", "bootstrap.average", "scale", "rscales", "fpc", "fpctype", "mse", "..."}, svrepdesign},
		"subset":           {[]string{"x", "subset", "..."}, subset},
		"update":           {[]string{"object", "..."}, update},
		"transform":        {[]string{"object", "..."}, update},
		"weights":          {[]string{"object", "type", "..."}, weightsOf},
		"degf":             {[]string{"design", "..."}, degf},
		"ppsmat":           {[]string{"jointprob", "tolerance"}, ppsmat},
		"ppscov":           {[]string{"probcov", "weighted"}, ppscov},
		"poisson_sampling": {[]string{"p"}, poissonSampling},
		"HR":               {[]string{"psum", "strata"}, hartleyRao},
	}
}

func svydesign(s *lang.Session, a *lang.Args) (lang.Value, error) {
	f, err := frameOf(a)
	if err != nil {
		return nil, err
	}
	spec := design.Spec{Equal: s.Lenient, Lonely: s.Options.Lonely, LonelyInAll: s.Options.InAll, OneStage: s.Options.OneStage}
	if a.Expr("ids") == nil && !s.Lenient {
		return nil, a.Misfit("ids")
	}
	for _, c := range []struct {
		name string
		to   *[]string
	}{{"ids", &spec.IDs}, {"probs", &spec.Probs}, {"strata", &spec.Strata}, {"fpc", &spec.FPC}} {
		if f, *c.to, err = designColumns(a, c.name, f); err != nil {
			return nil, err
		}
	}
	var weights []string
	if f, weights, err = designColumns(a, "weights", f); err != nil {
		return nil, err
	}
	if len(weights) == 1 {
		spec.Weights = weights[0]
	} else if len(weights) > 1 {
		for _, w := range weights { // of each stage
			spec.Probs = append(spec.Probs, "1/("+w+")")
		}
	}
	if spec.Nest, err = a.Bool("nest", false); err != nil {
		return nil, err
	}
	if spec.PPS, err = ppsOf(a); err != nil {
		return nil, err
	}
	warnings, err := soundColumns(s, f, &spec)
	if err != nil {
		return nil, err
	}
	d, err := design.New(f, spec)
	if err == nil {
		d.Warnings = append(d.Warnings, warnings...)
	}
	return d, err
}

// frameOf is the data of a design: a table, or the names of its columns in "variables".
func frameOf(a *lang.Args) (*frame.Frame, error) {
	v, err := a.Need("data")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *frame.Frame:
		return x, nil
	case *design.Design:
		return x.Frame(), nil
	}
	return nil, a.Misfit("data")
}

// designColumns are the columns of ~a + b; values that are not of the data, such as
// weights = w, become a column of their own.
func designColumns(a *lang.Args, name string, f *frame.Frame) (*frame.Frame, []string, error) {
	if !a.Has(name) {
		return f, nil, nil
	}
	v, err := a.Value(name)
	if err != nil {
		return nil, nil, err
	}
	x, isVector := v.(*lang.Vector)
	if t, ok := v.(*frame.Frame); ok {
		x, isVector = lang.MatrixOf(t), true
	}
	if isVector && x.Kind == lang.Text && x.Len() != f.N() {
		return nil, nil, a.Misfit(name)
	}
	if isVector {
		_, cols := x.Matrix()
		var names []string
		for j := range cols {
			c := x.AsColumn()
			if cols > 1 {
				c = &frame.Column{Kind: frame.Number, Num: x.Column(j)}
			}
			c = lang.Full(c, f.N())
			c.Name = name + " (" + a.Given[name].String() + ")"
			if cols > 1 {
				c.Name += string(rune('1' + j))
			}
			if f, err = f.With(*c); err != nil {
				return nil, nil, err
			}
			names = append(names, c.Name)
		}
		return f, names, nil
	}
	texts, err := a.Texts(name)
	if len(texts) == 1 && texts[0] == "1" && name != "ids" {
		if name == "weights" || name == "probs" {
			return f, texts, err
		}
		return f, nil, err
	}
	return f, texts, err
}

// ppsValue is what ppsmat, HR and the like give to pps =.
type ppsValue struct{ design.PPS }

func ppsOf(a *lang.Args) (*design.PPS, error) {
	v, err := a.Value("pps")
	if err != nil || v == nil {
		return nil, err
	}
	form, err := a.Choice("variance", "HT", "YG")
	if err != nil {
		return nil, err
	}
	yg := form == "YG"
	switch x := v.(type) {
	case *lang.Vector:
		if x.Kind == lang.Condition {
			if x.Num[0] != 0 {
				return nil, a.Misfit("pps")
			}
			return nil, nil
		}
		t, err := a.Choice("pps", "brewer", "overton", "other")
		if err != nil {
			return nil, err
		}
		if t == "other" {
			t, yg = "brewer", false
		}
		return &design.PPS{Method: design.Method(t), YatesGrundy: yg}, nil
	case *ppsValue:
		p := x.PPS
		p.YatesGrundy = yg
		return &p, nil
	}
	return nil, a.Misfit("pps")
}

func ppsmat(s *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := squareOf(a, "jointprob")
	if err != nil {
		return nil, err
	}
	tol, err := a.Number("tolerance", 1e-4)
	if err != nil {
		return nil, err
	}
	return &ppsValue{design.PPS{Method: design.Joint, Matrix: m, Tolerance: tol}}, nil
}

func ppscov(s *lang.Session, a *lang.Args) (lang.Value, error) {
	m, err := squareOf(a, "probcov")
	if err != nil {
		return nil, err
	}
	weighted, err := a.Bool("weighted", false)
	if err != nil {
		return nil, err
	}
	p := design.PPS{Method: design.Covariance, Matrix: m}
	if !weighted { // covariances of the indicators of selection: delta_ij / pi_ij needs the probabilities
		return nil, fault.New(fault.Invalid, "plan.ppscov")
	}
	return &ppsValue{p}, nil
}

// squareOf is a square matrix as rows.
func squareOf(a *lang.Args, name string) ([][]float64, error) {
	v, err := a.Need(name)
	if err != nil {
		return nil, err
	}
	if f, ok := v.(*frame.Frame); ok {
		v = lang.MatrixOf(f)
	}
	x, ok := v.(*lang.Vector)
	if !ok || x.Kind == lang.Text {
		return nil, a.Misfit(name)
	}
	n, k := x.Matrix()
	if n != k {
		return nil, a.Misfit(name)
	}
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = x.Num[j*n+i]
		}
	}
	return m, nil
}

func poissonSampling(s *lang.Session, a *lang.Args) (lang.Value, error) {
	p, err := a.Numbers("p")
	if err != nil {
		return nil, err
	}
	return &ppsValue{design.PPS{Method: design.Poisson, Given: p}}, nil
}

func hartleyRao(s *lang.Session, a *lang.Args) (lang.Value, error) {
	mean, err := a.Numbers("psum")
	if err != nil {
		return nil, err
	}
	strata, err := a.Value("strata")
	if err != nil {
		return nil, err
	}
	if x, ok := strata.(*lang.Vector); ok && x.Len() == len(mean) { // one value a row: take the first of each stratum
		f := x.AsColumn().AsFactor()
		one := make([]float64, len(f.Levels))
		for i, k := range f.Code {
			one[k] = mean[i]
		}
		mean = one
	}
	return &ppsValue{design.PPS{Method: design.HartleyRao, Mean: mean}}, nil
}

// svrepdesign makes a design of weights that come with replicates.
func svrepdesign(s *lang.Session, a *lang.Args) (lang.Value, error) {
	f, err := frameOf(a)
	if err != nil {
		return nil, err
	}
	reps, err := replicatesOf(a, f)
	if err != nil {
		return nil, err
	}
	w, err := a.Value("weights")
	if err != nil {
		return nil, err
	}
	weights := slices.Repeat([]float64{1}, f.N())
	switch x := w.(type) {
	case nil:
		if !s.Lenient {
			return nil, fault.New(fault.Invalid, "estimate.no_weights")
		}
	case *lang.Vector:
		weights = x.Num
	case lang.Quoted:
		v, err := columnsOf(a, "weights", f)
		if err != nil {
			return nil, err
		}
		weights = formula.AsNumbers(v[0].Column)
	}
	r, err := repSpec(s, a, reps)
	if err != nil {
		return nil, err
	}
	return design.FromReplicates(f, weights, r)
}

// columnsOf evaluates "~a + b" over a table.
func columnsOf(a *lang.Args, name string, f *frame.Frame) ([]formula.Variable, error) {
	p, err := a.Formula(name)
	if err != nil {
		return nil, err
	}
	return p.Values(a.Session.Scope(f))
}

// replicatesOf are the columns of repweights: a matrix, a table, ~w1 + w2, or a pattern of names.
func replicatesOf(a *lang.Args, f *frame.Frame) ([][]float64, error) {
	v, err := a.Need("repweights")
	if err != nil {
		return nil, err
	}
	var out [][]float64
	switch x := v.(type) {
	case *frame.Frame:
		v = lang.MatrixOf(x)
	case lang.Quoted:
		vars, err := columnsOf(a, "repweights", f)
		if err != nil {
			return nil, err
		}
		for _, w := range vars {
			out = append(out, formula.AsNumbers(w.Column))
		}
		return out, nil
	case *lang.Vector:
		if x.Kind != lang.Text {
			break
		}
		re, err := regexp.Compile(x.Str[0])
		if err != nil {
			return nil, a.Misfit("repweights")
		}
		for _, name := range f.Names() {
			if c, _ := f.Col(name); re.MatchString(name) {
				out = append(out, formula.AsNumbers(c))
			}
		}
		return out, nil
	}
	x, ok := v.(*lang.Vector)
	if !ok {
		return nil, a.Misfit("repweights")
	}
	_, cols := x.Matrix()
	for j := range cols {
		out = append(out, x.Column(j))
	}
	return out, nil
}

// repSpec gives scales what R gives them for each type (svrepdesign).
func repSpec(s *lang.Session, a *lang.Args, reps [][]float64) (r design.Replicates, err error) {
	r = design.Replicates{Weights: reps}
	if r.Type, err = a.Choice("type", "BRR", "Fay", "JK1", "JKn", "bootstrap", "ACS", "successive-difference", "JK2", "other"); err != nil {
		return r, err
	}
	if r.Combined, err = a.Bool("combined.weights", true); err != nil {
		return r, err
	}
	if r.MSE, err = a.Bool("mse", s.Options.MSE); err != nil {
		return r, err
	}
	scale, err := a.Number("scale", na)
	if err != nil {
		return r, err
	}
	if r.RScales, err = a.Numbers("rscales"); err != nil {
		return r, err
	}
	n := float64(len(reps))
	if len(r.RScales) == 1 {
		r.RScales = slices.Repeat(r.RScales, len(reps))
	}
	given := !math.IsNaN(scale)
	switch r.Type {
	case "BRR":
		scale = 1 / n
	case "Fay":
		rho, err := a.Number("rho", na)
		if err != nil {
			return r, err
		}
		if math.IsNaN(rho) {
			return r, fault.New(fault.Invalid, "formula.argument", "function", "svrepdesign", "argument", "rho")
		}
		scale = 1 / (n * (1 - rho) * (1 - rho))
	case "bootstrap":
		average, err := a.Number("bootstrap.average", 1)
		if err != nil {
			return r, err
		}
		if !given {
			scale = average / (n - 1)
		}
	case "JK1":
		if !given {
			scale = (n - 1) / n
			if !r.Combined {
				scale = 1 / largest(reps[0])
			}
		}
	case "JKn":
		if r.RScales == nil {
			if r.Combined {
				return r, fault.New(fault.Invalid, "formula.argument", "function", "svrepdesign", "argument", "rscales")
			}
			for _, w := range reps {
				r.RScales = append(r.RScales, 1/largest(w))
			}
		}
	case "ACS", "successive-difference":
		scale, r.RScales = 4/n, nil
	case "JK2":
		scale, r.RScales = 1, nil
	}
	if math.IsNaN(scale) {
		scale = 1
	}
	r.Scale = scale
	return r, repFPC(a, &r)
}

func repFPC(a *lang.Args, r *design.Replicates) error {
	fpc, err := a.Numbers("fpc")
	if err != nil || fpc == nil {
		return err
	}
	kind, err := a.Choice("fpctype", "fraction", "correction")
	if err != nil {
		return err
	}
	if r.RScales == nil {
		r.RScales = slices.Repeat([]float64{1}, len(r.Weights))
	}
	if len(fpc) != len(r.RScales) {
		return a.Misfit("fpc")
	}
	scales := append([]float64(nil), r.RScales...)
	for i, f := range fpc {
		if kind == "fraction" {
			f = 1 - f
		}
		scales[i] *= f
	}
	r.RScales = scales
	return nil
}

func largest(x []float64) float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = max(m, v)
	}
	return m
}
