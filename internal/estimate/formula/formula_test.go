package formula_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/frame"
)

// Written as R 4.2.2 deparses it.
func TestDeparse(t *testing.T) {
	for src, want := range map[string]string{
		`I(x=="Yes")`:           `I(x == "Yes")`,
		`a+b*c/d^2-1`:           `a + b * c/d^2 - 1`,
		`!is.na(x)&y%in%c(1,2)`: `!is.na(x) & y %in% c(1, 2)`,
		`f(x,na.rm=TRUE)`:       `f(x, na.rm = TRUE)`,
		`-a^2`:                  `-a^2`,
		`(a+b)*c`:               `(a + b) * c`,
		`y~x1:x2`:               `y ~ x1:x2`,
		"`a b`+1e5":             "`a b` + 1e+05",
		`x[1,]`:                 `x[1, ]`,
		`d$x[["a"]]`:            `d$x[["a"]]`,
		`f(1)(x)$y(2)`:          `f(1)(x)$y(2)`,
		"function(w,x=1){w+x}":  "function(w, x = 1) `{`(w + x)",
		`if(a>1)b else c+1`:     `if (a > 1) b else c + 1`,
		`g(\(x)x^2, k=3)`:       `g(function(x) x^2, k = 3)`,
		"function(w) {\n a <- w\n if (a > 1)\n 2\n else 3 }": "function(w) `{`(a <- w, if (a > 1) 2 else 3)",
	} {
		e, err := formula.Parse(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if e.String() != want {
			t.Errorf("%s is written %s, R writes %s", src, e, want)
		}
	}
}

func data(t *testing.T) *frame.Frame {
	t.Helper()
	f, err := frame.ReadCSV(strings.NewReader("x,y,g,h,l\n1,2,a,u,TRUE\n2,,b,v,FALSE\n3,5,a,v,\n4,1,c,u,TRUE\n"), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Missing values and precedence as in R.
func TestEval(t *testing.T) {
	f, na := data(t), math.NaN()
	for src, want := range map[string][]float64{
		"-x^2":                         {-1, -4, -9, -16},
		"-1:2":                         {-1, 0, 1, 2},
		"x %% 3 + 2 * 3":               {7, 8, 6, 7},
		"y > 1 | x > 3":                {1, na, 1, 1},
		"y > 1 & x > 3":                {0, 0, 0, 0},
		"!l":                           {0, 1, na, 0},
		"l + 1":                        {2, 1, na, 2},
		`g == "a"`:                     {1, 0, 1, 0},
		`g %in% c("a", "c")`:           {1, 0, 1, 1},
		"is.na(y)":                     {0, 1, 0, 0},
		"ifelse(is.na(y), 0, y)":       {2, 0, 5, 1},
		"log(x, base = 2)":             {0, 1, math.Log(3) / math.Log(2), 2},
		"round(x / 3, 1)":              {0.3, 0.7, 1, 1.3},
		"pmin(x, 2)":                   {1, 2, 2, 2},
		"x - mean(x)":                  {-1.5, -0.5, 0.5, 1.5},
		"as.numeric(g)":                {1, 2, 1, 3},
		"x >= 2 && TRUE":               {0, 1, 1, 1},
		`as.numeric(g > "a")`:          {0, 1, 0, 1},
		"as.numeric(cut(x, c(0,2,4)))": {1, 1, 2, 2},
	} {
		c, err := formula.EvalText(src, f)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		got := formula.AsNumbers(c)
		same := len(got) == len(want)
		for i := 0; same && i < len(want); i++ {
			same = math.Abs(got[i]-want[i]) < 1e-15 || math.IsNaN(got[i]) && math.IsNaN(want[i])
		}
		if !same {
			t.Errorf("%s: %v, R has %v", src, got, want)
		}
	}
}

// Columns and their order are those of R's model.matrix.
func TestModelMatrix(t *testing.T) {
	f := data(t)
	for src, want := range map[string]string{
		"~x + g":         "(Intercept) x gb gc",
		"~g * h":         "(Intercept) gb gc hv gb:hv gc:hv",
		"~g:h":           "(Intercept) ga:hu gb:hu gc:hu ga:hv gb:hv gc:hv",
		"~0 + g + h":     "ga gb gc hv",
		"~x + x:g":       "(Intercept) x x:gb x:gc",
		"~x:g":           "(Intercept) x:ga x:gb x:gc",
		"~(x + g)^2 - x": "(Intercept) gb gc x:ga x:gb x:gc",
		"~l + log(x)":    "(Intercept) lTRUE log(x)",
		"~h + offset(x)": "(Intercept) hv",
		"~g / h":         "(Intercept) gb gc ga:hv gb:hv gc:hv",
	} {
		p, err := formula.ParseFormula(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		m, err := p.ModelMatrix(formula.Scope{Frame: f})
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if d := cmp.Diff(want, strings.Join(m.Names, " ")); d != "" {
			t.Errorf("%s: %s", src, d)
		}
	}
}

func TestRefused(t *testing.T) {
	f := data(t)
	for src, key := range map[string]string{
		"x +":             "formula.syntax",
		"x )":             "formula.syntax",
		`"a`:              "formula.syntax",
		"g + 1":           "formula.not_number",
		"nobody > 1":      "estimate.no_column",
		"system(x)":       "formula.unknown_function",
		"!g":              "formula.not_condition",
		`relevel(g, "z")`: "formula.level",
	} {
		if _, err := formula.EvalText(src, f); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v, want %s", src, err, key)
		}
	}
}

// What is parsed is written so that it is parsed to the same again.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"~a+b", `I(x == "y")`, "f(a, b = c(1, 2))", "-a^-b", "x[1,]", "a %in% b", "`a b`$c", "{a; b}", "a <- b", "!a == b", "function(w, x = 2) w + x", "if (a) b else c", "f(x)(y)$z(1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, err := formula.Parse(src)
		if err != nil {
			return
		}
		text := e.String()
		again, err := formula.Parse(text)
		if err == nil && again.String() != text {
			t.Errorf("%q is written %q, which is read as %q", src, text, again)
		}
	})
}

// Functions of all rows are of the rows that are in: a mean in a domain is the domain's.
func TestWholeRows(t *testing.T) {
	f := frame.New(5)
	for _, c := range []frame.Column{frame.Numbers("x", []float64{1, 2, 3, 4, 10}), frame.Texts("g", []string{"a", "b", "a", "b", "c"})} {
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	some := []bool{true, true, true, true, false}
	for _, c := range []struct {
		src  string
		in   []bool
		want []float64
	}{
		{"mean(x)", nil, []float64{4}}, {"mean(x)", some, []float64{2.5}}, {"median(x)", some, []float64{2.5}}, {"quantile(x, c(.25, 1))", nil, []float64{2, 10}},
		{"quantile(x, 1/3)", some, []float64{2}}, {"sd(x)^2", some, []float64{5. / 3}}, {"scale(x)[2]*sd(x)", some, []float64{-.5}}, {"nlevels(factor(g))", some, []float64{2}},
		{"nlevels(g)", some, []float64{3}}, {"c(5,6,7)[-1]", nil, []float64{6, 7}}, {"x[x>3]", nil, []float64{4, 10}},
	} {
		e, err := formula.Parse(c.src)
		if err != nil {
			t.Fatal(err)
		}
		v, err := formula.Eval(e, formula.Scope{Frame: f, In: c.in})
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		for i, want := range c.want {
			if v.Len() != len(c.want) || math.Abs(formula.AsNumbers(v)[i]-want) > 1e-12 {
				t.Errorf("%s of %v: %v, want %v", c.src, c.in, formula.AsNumbers(v), c.want)
			}
		}
	}
}

// Orthogonal polynomials have length 1 and nothing in common over the rows that are in.
func TestPoly(t *testing.T) {
	f := frame.New(6)
	if err := f.Add(frame.Numbers("x", []float64{1, 2, 4, 7, 11, 1000})); err != nil {
		t.Fatal(err)
	}
	p, err := formula.ParseFormula("~poly(x, 3)")
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.ModelMatrix(formula.Scope{Frame: f, In: []bool{true, true, true, true, true, false}})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Names) != 4 || m.Names[2] != "poly(x, 3)2" {
		t.Fatal(m.Names)
	}
	for a := range 4 {
		for b := 1; b <= a; b++ {
			sum := 0.0
			for i := range 5 {
				sum += m.Columns[a][i] * m.Columns[b][i]
			}
			if want := map[bool]float64{true: 1}[a == b]; math.Abs(sum-want) > 1e-12 {
				t.Errorf("columns %d and %d: %v", a, b, sum)
			}
		}
	}
	if _, err := formula.Variables("~poly(x, 6)", f); err == nil {
		t.Error("a polynomial of more degrees than values")
	}
}
