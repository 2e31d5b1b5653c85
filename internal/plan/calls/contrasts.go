package calls

import (
	"gonum.org/v1/gonum/mat"

	"quipu/internal/estimate"
	"quipu/internal/plan/lang"
)

func symmetric(rows [][]float64) *mat.SymDense {
	n := len(rows)
	m := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			m.SetSym(i, j, rows[i][j])
		}
	}
	return m
}

// svycontrast estimates functions of estimates: weights by name or by place, or quoted
// expressions. Replicates that the statistic carries are used for expressions.
func svycontrast(s *lang.Session, a *lang.Args) (lang.Value, error) {
	v, err := a.Need("stat")
	if err != nil {
		return nil, err
	}
	r, err := resultOf(v)
	if err != nil {
		return nil, err
	}
	if r.Cov == nil { // only the variances are known: R says so and goes on
		r.Cov = mat.NewSymDense(len(r.Estimates), nil)
		for i, e := range r.Estimates {
			r.Cov.SetSym(i, i, e.SE*e.SE)
		}
	}
	c, err := a.Need("contrasts")
	if err != nil {
		return nil, err
	}
	all, err := contrastsOf(a, c)
	if err != nil {
		return nil, err
	}
	add, err := a.Bool("add", false)
	if err != nil {
		return nil, err
	}
	if add {
		for _, t := range r.Terms() {
			all = append(all, estimate.Contrast{Name: t, Linear: map[string]float64{t: 1}})
		}
	}
	if err := soundContrasts(s, all, r.Estimates); err != nil {
		return nil, err
	}
	out := &Stat{Of: "stat"}
	if st, ok := v.(*Stat); ok {
		out.Design = st.Design
		if st.Replicates != nil && all[0].Expr != nil {
			out.Result, err = estimate.ContrastsInReplicates(st.Design, &r, all)
			return out, err
		}
	}
	out.Result, err = estimate.Contrasts(&r, all)
	return out, err
}

func contrastsOf(a *lang.Args, v lang.Value) ([]estimate.Contrast, error) {
	switch x := v.(type) {
	case lang.Quoted:
		return []estimate.Contrast{{Name: "contrast", Expr: x.Expr}}, nil
	case *lang.Vector:
		if x.Kind == lang.Text {
			break
		}
		c := estimate.Contrast{Name: "contrast", Order: x.Num}
		if x.Names != nil {
			c = estimate.Contrast{Name: "contrast", Linear: map[string]float64{}}
			for i, k := range x.Num {
				c.Linear[x.Name(i)] = k
			}
		}
		return []estimate.Contrast{c}, nil
	case *lang.List:
		var all []estimate.Contrast
		for i, e := range x.Values {
			part, err := contrastsOf(a, e)
			if err != nil {
				return nil, err
			}
			part[0].Name = x.Names[i]
			all = append(all, part...)
		}
		if len(all) > 0 {
			return all, nil
		}
	}
	return nil, a.Misfit("contrasts")
}
