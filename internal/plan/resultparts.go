package plan

// Part gives what R's svyglm object calls by that name.
func (m *Model) Part(name string) (Value, bool) {
	switch name {
	case "df.residual":
		return Numbers(m.DF), true
	case "deviance":
		return Numbers(m.Deviance), true
	case "coefficients":
		return coefficients(m), true
	case "cov.unscaled":
		return covarianceOf(m), true
	case "iter":
		return Numbers(float64(m.Rounds)), true
	}
	return nil, false
}

// Part gives what R's htest object calls by that name.
func (t *TestResult) Part(name string) (Value, bool) {
	o := t.Outcome()
	switch name {
	case "p.value":
		p := Numbers(t.P)
		if t.Observed != nil { // made of Pearson's statistic, whose name it keeps in R
			p.Names = []string{"X-squared"}
		}
		return p, true
	case "statistic", "parameter", "estimate":
		g, ok := o.Named[name]
		if !ok {
			return nil, true
		}
		return &Vector{Num: g.Values, Names: g.Names}, true
	case "conf.int":
		return Numbers(o.Lists["conf_int"]...), true
	case "observed", "expected":
		return &Vector{Num: o.Lists[name], Rows: len(t.Rows), Cols: t.Columns}, true
	case "method":
		return Texts(t.Method), true
	}
	return nil, false
}

// Part gives what R's regTermTest object calls by that name.
func (w *WaldTest) Part(name string) (Value, bool) {
	x, ok := map[string]float64{"Ftest": w.F, "df": w.DF, "ddf": w.DDF, "p": w.P}[name]
	return Numbers(x), ok
}

// Part gives what R's regTermTestLRT object calls by that name.
func (r *RatioTest) Part(name string) (Value, bool) {
	if name == "lambda" {
		return Numbers(r.Effects...), true
	}
	x, ok := map[string]float64{"chisq": r.Chi, "df": r.DF, "ddf": r.DDF, "p": r.P}[name]
	return Numbers(x), ok
}

// Part gives the parts of R's summary of a table: the table, and the test of its variables.
func (s *tableSummary) Part(name string) (Value, bool) {
	switch name {
	case "table":
		return s.table, true
	case "statistic":
		return s.test, true
	}
	return nil, false
}
