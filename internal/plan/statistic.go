package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/fault"
)

// estimators gives the call of each estimator by the name that plans use.
var estimators = map[string]string{
	"mean": "svymean", "total": "svytotal", "ratio": "svyratio", "variance": "svyvar", "quantile": "svyquantile",
	"ciprop": "svyciprop", "chisq": "svychisq", "ttest": "svyttest", "ranktest": "svyranktest", "table": "svytable",
	"glm": "svyglm", "contrast": "svycontrast", "weights": "weights",
}

// argument names of R by those of plans; what is not here is called the same.
var renamed = map[string]string{"na_rm": "na.rm", "probs": "quantiles", "interval": "interval.type"}

// notR are arguments that are not passed on as they are.
var notR = []string{"lonely_psu", "adjust_domain_lonely", "interaction", "linear", "expr", "link", "covmat"}

// Statistic is the call of the estimator on the design d.
func (c *Case) Statistic() (string, error) {
	fun, ok := estimators[c.Estimator]
	if !ok {
		return "", fault.New(fault.Invalid, "plan.estimator", "name", c.Estimator, "estimators", strings.Join(slices.Sorted(maps.Keys(estimators)), ", "))
	}
	args := map[string]any{}
	if len(c.Args) > 0 {
		if err := json.Unmarshal(c.Args, &args); err != nil {
			return "", fault.New(fault.Invalid, "plan.args").Because(err)
		}
	}
	d := "d"
	if c.Domain != "" {
		d = "subset(d, " + c.Domain + ")"
	}
	if len(c.Vars) == 0 && c.Estimator != "weights" {
		return "", fault.New(fault.Invalid, "plan.no_vars", "estimator", c.Estimator)
	}
	switch c.Estimator {
	case "weights":
		return fmt.Sprintf("c(min=min(weights(%s)), max=max(weights(%s)), sum=sum(weights(%s)), sumsq=sum(weights(%s)^2))", d, d, d, d), nil
	case "contrast":
		return c.contrast(d, args)
	case "ratio":
		return c.ratio(d, args)
	case "ttest", "ranktest":
		if len(c.Vars) != 2 {
			return "", fault.New(fault.Invalid, "plan.two_vars", "estimator", c.Estimator)
		}
		return fmt.Sprintf("%s(%s~%s, %s%s)", fun, c.Vars[0], c.Vars[1], d, passed(args)), nil
	case "glm":
		return c.glm(d, args), nil
	case "table":
		return fmt.Sprintf("as.data.frame(svytable(%s, %s%s))", tilde(c.Vars), d, passed(args)), nil
	}
	vars := tilde(c.Vars)
	if args["interaction"] == true {
		vars = "~interaction(" + strings.Join(c.Vars, ", ") + ")"
	}
	if len(c.By) > 0 {
		return fmt.Sprintf("svyby(%s, %s, %s, %s%s)", vars, tilde(c.By), d, fun, passed(args)), nil
	}
	return fmt.Sprintf("%s(%s, %s%s)", fun, vars, d, passed(args)), nil
}

func (c *Case) ratio(d string, args map[string]any) (string, error) {
	if len(c.Vars) != 2 {
		return "", fault.New(fault.Invalid, "plan.two_vars", "estimator", c.Estimator)
	}
	num, den := tilde(c.Vars[:1]), tilde(c.Vars[1:])
	if len(c.By) > 0 {
		return fmt.Sprintf("svyby(%s, %s, %s, svyratio, denominator=%s%s)", num, tilde(c.By), d, den, passed(args)), nil
	}
	return fmt.Sprintf("svyratio(%s, %s, %s%s)", num, den, d, passed(args)), nil
}

// contrast is a function of means, or of totals where args say "of": "total".
func (c *Case) contrast(d string, args map[string]any) (string, error) {
	fun := "svymean"
	if args["of"] == "total" {
		fun = "svytotal"
	}
	delete(args, "of")
	stat := fmt.Sprintf("%s(%s, %s%s)", fun, tilde(c.Vars), d, passed(args))
	if len(c.By) > 0 {
		stat = fmt.Sprintf("svyby(%s, %s, %s, %s, covmat=TRUE%s)", tilde(c.Vars), tilde(c.By), d, fun, passed(args))
	}
	switch x := args["linear"].(type) {
	case []any, map[string]any:
		return fmt.Sprintf("svycontrast(%s, %s)", stat, written(x)), nil
	}
	if e, ok := args["expr"].(string); ok {
		return fmt.Sprintf("svycontrast(%s, quote(%s))", stat, e), nil
	}
	return "", fault.New(fault.Invalid, "plan.contrast")
}

func (c *Case) glm(d string, args map[string]any) string {
	right := strings.Join(c.Vars[1:], "+")
	if right == "" {
		right = "1"
	}
	if o, ok := args["offset"].(string); ok {
		right += "+offset(" + o + ")"
	}
	family, _ := args["family"].(string)
	if family == "" {
		family = "gaussian"
	}
	link := ""
	if l, ok := args["link"].(string); ok {
		link = "link=" + strconv.Quote(l)
	}
	return fmt.Sprintf("svyglm(%s~%s, %s, family=%s(%s))", c.Vars[0], right, d, family, link)
}

// passed writes arguments that go to the call as they are.
func passed(args map[string]any) string {
	out := ""
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if slices.Contains(notR, name) || args[name] == nil {
			continue
		}
		r := name
		if n, ok := renamed[name]; ok {
			r = n
		}
		out += ", " + r + "=" + written(args[name])
	}
	return out
}

// written is a value of JSON as R.
func written(v any) string {
	switch x := v.(type) {
	case bool:
		return strings.ToUpper(strconv.FormatBool(x))
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	case string:
		return strconv.Quote(x)
	case []any:
		all := make([]string, len(x))
		for i := range x {
			all[i] = written(x[i])
		}
		return "c(" + strings.Join(all, ", ") + ")"
	case map[string]any:
		var all []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			all = append(all, "`"+k+"`="+written(x[k]))
		}
		return "c(" + strings.Join(all, ", ") + ")"
	}
	return "NULL"
}

// line is the R line of a step, or the one that its fields mean.
func (s *Step) line() (string, error) {
	if s.R != "" {
		return s.R, nil
	}
	get := func(name string) string { t, _ := s.Raw[name].(string); return t }
	switch s.Op {
	case "replicates":
		line := "d <- as.svrepdesign(d, type=" + strconv.Quote(get("type"))
		for _, p := range [][2]string{{"rho", "fay.rho"}, {"mse", "mse"}, {"replicates", "replicates"}, {"compress", "compress"}} {
			if v, ok := s.Raw[p[0]]; ok {
				line += ", " + p[1] + "=" + written(v)
			}
		}
		return line + get("args") + ")", nil // cases write further arguments as R has them
	case "poststratify":
		return s.margins("postStratify", []any{map[string]any{"vars": s.Raw["vars"], "totals": s.Raw["totals"]}}, false)
	case "rake":
		m, _ := s.Raw["margins"].([]any)
		return s.margins("rake", m, true)
	case "calibrate":
		line := fmt.Sprintf("d <- calibrate(d, %s, %s", get("formula"), written(s.Raw["population"]))
		for _, name := range []string{"calfun", "bounds", "epsilon", "maxit", "aggregate_stage"} {
			if v, ok := s.Raw[name]; ok && v != nil {
				line += ", " + strings.ReplaceAll(name, "_", ".") + "=" + written(v)
			}
		}
		return line + ")", nil
	case "trim_weights":
		line := "d <- trimWeights(d"
		for _, name := range []string{"upper", "lower", "strict"} {
			if v, ok := s.Raw[name]; ok && v != nil {
				line += ", " + name + "=" + written(v)
			}
		}
		return line + ")", nil
	case "standardize":
		p := s.Raw["population"]
		if m, ok := p.(map[string]any); ok { // levels in their order, as the table has them
			var all []any
			for _, k := range slices.Sorted(maps.Keys(m)) {
				all = append(all, m[k])
			}
			p = all
		}
		return fmt.Sprintf("d <- svystandardize(d, by=~%s, over=~%s, population=%s)", get("by"), get("over"), written(p)), nil
	case "subset":
		return "d <- subset(d, " + get("domain") + ")", nil
	case "update":
		return fmt.Sprintf("d <- update(d, `%s`=%s)", get("name"), get("expr")), nil
	}
	return "", fault.New(fault.Invalid, "plan.step", "op", s.Op)
}

// margins writes known totals: of one variable by level.
func (s *Step) margins(fun string, margins []any, many bool) (string, error) {
	var formulas, tables []string
	for _, m := range margins {
		one, _ := m.(map[string]any)
		name, _ := one["vars"].(string)
		if list, ok := one["vars"].([]any); ok && len(list) == 1 {
			name, _ = list[0].(string)
		}
		totals, ok := one["totals"].(map[string]any)
		if name == "" || !ok {
			return "", fault.New(fault.Invalid, "plan.margins", "op", s.Op)
		}
		var levels, freq []any
		for _, k := range slices.Sorted(maps.Keys(totals)) {
			levels, freq = append(levels, k), append(freq, totals[k])
		}
		formulas = append(formulas, "~"+name)
		tables = append(tables, fmt.Sprintf("data.frame(`%s`=%s, Freq=%s)", name, written(levels), written(freq)))
	}
	if !many {
		return fmt.Sprintf("d <- %s(d, %s, %s)", fun, formulas[0], tables[0]), nil
	}
	line := fmt.Sprintf("d <- %s(d, list(%s), list(%s)", fun, strings.Join(formulas, ", "), strings.Join(tables, ", "))
	if c, ok := s.Raw["control"].(map[string]any); ok {
		var all []string
		for _, k := range slices.Sorted(maps.Keys(c)) {
			all = append(all, k+"="+written(c[k]))
		}
		line += ", control=list(" + strings.Join(all, ", ") + ")"
	}
	return line + ")", nil
}
