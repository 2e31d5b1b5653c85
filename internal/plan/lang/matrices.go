package lang

import (
	"slices"

	"quipu/internal/estimate/design"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
	"quipu/internal/fault"
)

func cbind(s *Session, a *Args) (Value, error) {
	values, err := a.values()
	if err != nil {
		return nil, err
	}
	if a.Call.Fun == "cbind" && slices.ContainsFunc(values, func(v Value) bool { _, table := v.(*frame.Frame); return table }) {
		return a.table(values) // as R: with a table among them the result is one
	}
	out := &Vector{}
	for i, r := range a.Rest {
		v := values[i]
		if f, ok := v.(*frame.Frame); ok {
			v = MatrixOf(f)
		}
		x, ok := v.(*Vector)
		if !ok || x.Kind == Text {
			return nil, Misfit(a.Call, r)
		}
		rows, cols := x.Matrix()
		if out.Rows != 0 && rows != out.Rows {
			return nil, Misfit(a.Call, r)
		}
		out.Rows = rows
		out.Num = append(out.Num, x.Num...)
		for j := range cols {
			name := r.Name
			if j < len(x.Cols) {
				name = x.Cols[j]
			} else if n, ok := r.Value.(formula.Name); ok && name == "" {
				name = string(n)
			}
			out.Cols = append(out.Cols, name)
		}
	}
	return out, nil
}

func rbind(s *Session, a *Args) (Value, error) {
	v, err := cbind(s, a)
	if err != nil {
		return nil, err
	}
	return transposed(v.(*Vector)), nil
}

func transposed(m *Vector) *Vector {
	rows, cols := m.Matrix()
	out := &Vector{Rows: cols, Num: make([]float64, len(m.Num))}
	for i := range rows {
		for j := range cols {
			out.Num[i*cols+j] = m.Num[j*rows+i]
		}
	}
	return out
}

func makeMatrix(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("data")
	if err != nil {
		return nil, err
	}
	r, err := a.Number("nrow", 0)
	if err != nil {
		return nil, err
	}
	c, err := a.Number("ncol", 0)
	if err != nil {
		return nil, err
	}
	byRow, err := a.Bool("byrow", false)
	if err != nil {
		return nil, err
	}
	rows, cols := int(r), int(c)
	switch {
	case rows == 0 && cols == 0:
		rows, cols = len(x), 1
	case rows == 0:
		rows = (len(x) + cols - 1) / max(cols, 1)
	case cols == 0:
		cols = (len(x) + rows - 1) / rows
	}
	if len(x) == 0 || rows < 1 || cols < 1 || rows*cols > 1e8 {
		return nil, a.Misfit("data")
	}
	out := &Vector{Rows: rows, Num: make([]float64, rows*cols)}
	for i := range out.Num {
		out.Num[i] = x[i%len(x)]
	}
	if byRow {
		out.Rows = cols
		return transposed(out), nil
	}
	return out, nil
}

func asMatrix(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *frame.Frame:
		return MatrixOf(x), nil
	case *Vector:
		out := *x
		out.Rows, _ = x.Matrix()
		return &out, nil
	}
	return nil, a.Misfit("x")
}

func diagonal(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	x, ok := v.(*Vector)
	if !ok || x.Kind == Text {
		return nil, a.Misfit("x")
	}
	if x.Rows == 0 {
		return square(x.Num), nil
	}
	out := &Vector{Names: x.Cols}
	rows, cols := x.Matrix()
	for i := range min(rows, cols) {
		out.Num = append(out.Num, x.Num[i*rows+i])
	}
	return out, nil
}

func diagonalOf(s *Session, a *Args) (Value, error) {
	x, err := a.Numbers("x")
	if err != nil {
		return nil, err
	}
	return square(x), nil
}

func square(x []float64) *Vector {
	out := &Vector{Rows: len(x), Num: make([]float64, len(x)*len(x))}
	for i, v := range x {
		out.Num[i*len(x)+i] = v
	}
	return out
}

// places turns an index into positions from 0: numbers from 1, negative ones leave out,
// conditions, names. nil (left out) is everything.
func places(v Value, n int, names []string) ([]int, bool) {
	x, ok := v.(*Vector)
	if v == nil {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all, true
	}
	if !ok {
		return nil, false
	}
	var out []int
	switch x.Kind {
	case Text:
		for _, t := range x.Str {
			i := slices.Index(names, t)
			if i < 0 {
				return nil, false
			}
			out = append(out, i)
		}
	case Condition:
		for i := range n {
			if x.Num[i%x.Len()] == 1 {
				out = append(out, i)
			}
		}
	default:
		leave := map[int]bool{}
		for _, k := range x.Num {
			switch {
			case k < 0:
				leave[int(-k)-1] = true
			case k >= 1 && int(k) <= n:
				out = append(out, int(k)-1)
			default:
				return nil, false
			}
		}
		if len(leave) > 0 {
			for i := range n {
				if !leave[i] {
					out = append(out, i)
				}
			}
		}
	}
	return out, true
}

// Picked are results of which x[i] picks estimates.
type Picked interface {
	Outcomer
	Picked()
}

// index is x[i], x[i, j]: of vectors, matrices, tables; of a design the rows of a domain.
func index(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	at := make([]Value, len(a.Rest))
	for i, r := range a.Rest {
		if r.Value != nil && r.Name == "" {
			if at[i], err = s.Eval(r.Value); err != nil {
				return nil, err
			}
		}
	}
	if len(at) == 0 {
		return v, nil
	}
	switch x := v.(type) {
	case *frame.Frame:
		return tablePart(a, x, at)
	case *design.Design:
		rows, ok := places(at[0], x.Frame().N(), nil)
		if !ok {
			return nil, a.Misfit("i")
		}
		in := make([]bool, x.Frame().N())
		for _, r := range rows {
			in[r] = true
		}
		return x.Subset(in), nil
	case Picked:
		c := Coefficients(x)
		keep, ok := places(at[0], c.Len(), c.Names)
		if !ok {
			return nil, a.Misfit("i")
		}
		return c.Take(keep), nil
	case *Vector:
		if len(at) == 2 {
			return matrixPart(a, x, at)
		}
		keep, ok := places(at[0], x.Len(), x.Names)
		if !ok {
			return nil, a.Misfit("i")
		}
		return x.Take(keep), nil
	}
	return nil, a.Misfit("x")
}

func (v *Vector) Take(keep []int) *Vector {
	out := &Vector{Kind: v.Kind}
	for _, i := range keep {
		if v.Kind == Text {
			out.Str = append(out.Str, v.Str[i])
		} else {
			out.Num = append(out.Num, v.Num[i])
		}
		if v.Names != nil {
			out.Names = append(out.Names, v.Name(i))
		}
	}
	return out
}

func matrixPart(a *Args, x *Vector, at []Value) (Value, error) {
	n, k := x.Matrix()
	rows, ok := places(at[0], n, nil)
	cols, ok2 := places(at[1], k, x.Cols)
	if !ok || !ok2 {
		return nil, a.Misfit("i")
	}
	out := &Vector{Kind: x.Kind, Rows: len(rows)}
	for _, j := range cols {
		for _, i := range rows {
			out.Num = append(out.Num, x.Num[j*n+i])
		}
		if x.Cols != nil {
			out.Cols = append(out.Cols, x.Cols[j])
		}
	}
	if len(cols) == 1 || len(rows) == 1 {
		out.Rows, out.Cols = 0, nil
	}
	return out, nil
}

func tablePart(a *Args, f *frame.Frame, at []Value) (Value, error) {
	names := f.Names()
	cols, ok := places(at[len(at)-1], len(names), names)
	rows, ok2 := places(nil, f.N(), nil)
	if len(at) == 2 && at[0] != nil {
		rows, ok2 = places(at[0], f.N(), nil)
	}
	if !ok || !ok2 {
		return nil, a.Misfit("i")
	}
	if len(rows) != f.N() || len(at) == 2 && at[0] != nil {
		f = f.Rows(rows)
	}
	if len(at) == 2 && len(cols) == 1 {
		c, err := f.Col(names[cols[0]])
		if err != nil {
			return nil, err
		}
		return VectorOf(c), nil
	}
	out := frame.New(f.N())
	for _, j := range cols {
		c, err := f.Col(names[j])
		if err != nil {
			return nil, err
		}
		if err := out.Add(*c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// element is x[["name"]] or x[[i]].
func element(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	if len(a.Rest) != 1 {
		return nil, a.Misfit("i")
	}
	i, err := s.Eval(a.Rest[0].Value)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case *List:
		at, ok := places(i, len(x.Values), x.Names)
		if !ok || len(at) != 1 {
			return nil, a.Misfit("i")
		}
		return x.Values[at[0]], nil
	case *frame.Frame:
		at, ok := places(i, len(x.Names()), x.Names())
		if !ok || len(at) != 1 {
			return nil, a.Misfit("i")
		}
		c, err := x.Col(x.Names()[at[0]])
		if err != nil {
			return nil, err
		}
		return VectorOf(c), nil
	case *Vector:
		at, ok := places(i, x.Len(), x.Names)
		if !ok || len(at) != 1 {
			return nil, a.Misfit("i")
		}
		y := x.Take(at)
		y.Names = nil
		return y, nil
	case Parted:
		if name, ok := i.(*Vector); ok && name.Kind == Text && name.Len() == 1 {
			if e, ok := x.Part(name.Str[0]); ok {
				return e, nil
			}
		}
	}
	return nil, a.Misfit("x")
}

// Parted are values with parts that $ gives, such as the deviance of a model.
type Parted interface {
	Part(name string) (Value, bool)
}

func dollar(s *Session, a *Args) (Value, error) {
	v, err := a.Need("x")
	if err != nil {
		return nil, err
	}
	name := ""
	switch n := a.Given["name"].(type) {
	case formula.Name:
		name = string(n)
	case formula.Str:
		name = string(n)
	}
	switch x := v.(type) {
	case *frame.Frame:
		c, err := x.Col(name)
		if err != nil {
			return nil, err
		}
		return VectorOf(c), nil
	case *List:
		if e, ok := x.Get(name); ok {
			return e, nil
		}
		return nil, nil
	case Parted:
		if e, ok := x.Part(name); ok {
			return e, nil
		}
	}
	return nil, fault.New(fault.NotFound, "plan.no_part", "name", name, "of", a.Given["x"].String())
}
