package refcase

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/plan"
)

// comparison holds an answer against what is expected.
type comparison struct {
	id       string
	tol, df  float64
	got      *plan.Outcome
	failures []Failure
}

func (m *comparison) differs(what, expected, got string) {
	m.failures = append(m.failures, Failure{Case: m.id, What: what, Expected: expected, Got: got})
}

// number compares one number: relative to what is expected, or, where rounding is all there
// is, to the scale of what it was worked out from.
func (m *comparison) number(what string, expected any, got, scale float64) {
	if expected == nil || expected == "NaN" || expected == "NA" {
		if !math.IsNaN(got) && !(expected == nil && math.IsInf(got, 0)) { // JSON has no infinity: it is written as null, too
			m.differs(what, "missing", show(got))
		}
		return
	}
	want, ok := asNumber(expected)
	if !ok {
		m.differs(what, fmt.Sprint(expected), show(got))
		return
	}
	if want == got || math.Abs(want-got) <= m.tol*math.Abs(want) || math.Abs(want-got) <= 1e-13*math.Abs(scale) || want == 0 && math.Abs(got) < 1e-13 {
		return
	}
	m.differs(what, show(want), show(got))
}

func asNumber(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case bool:
		if x {
			return 1, true
		}
		return 0, true
	case string:
		switch x {
		case "Inf":
			return math.Inf(1), true
		case "-Inf":
			return math.Inf(-1), true
		}
	}
	return 0, false
}

func show(x float64) string { return strconv.FormatFloat(x, 'g', 15, 64) }

// compare looks at everything in expected that is a number.
func (m *comparison) compare(expected map[string]any) {
	if kind, _ := expected["type"].(string); kind != m.got.Type {
		m.differs("type", kind, m.got.Type)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(expected)) {
		v := expected[key]
		switch {
		case key == "type" || key == "method":
		case key == "results":
			m.results(v)
		case key == "vcov":
			m.vcov(v, expected["results"])
		case key == "by_levels":
			m.levels(v)
		case key == "df" && m.got.Single["df"] == 0 && m.got.Type != "wald_test":
			m.number("df", v, m.df, m.df)
		default:
			m.single(key, v)
		}
	}
}

// single compares a figure of the whole: a number, numbers with names, or a list.
func (m *comparison) single(key string, expected any) {
	switch x := expected.(type) {
	case map[string]any:
		group := m.got.Named[key]
		for _, name := range slices.Sorted(maps.Keys(x)) {
			i := slices.Index(group.Names, name)
			if i < 0 && len(x) == 1 && len(group.Values) == 1 {
				i = 0 // one number is meant, whatever it is called
			}
			if i < 0 {
				m.differs(key+" "+name, fmt.Sprint(x[name]), "nothing")
				continue
			}
			m.number(key+" "+name, x[name], group.Values[i], 0)
		}
	case []any:
		list, ok := m.got.Lists[key]
		if !ok || len(list) != len(x) {
			if len(x) > 0 {
				m.differs(key, fmt.Sprint(len(x), " numbers"), fmt.Sprint(len(list)))
			}
			return
		}
		for i := range x {
			m.number(fmt.Sprintf("%s[%d]", key, i+1), x[i], list[i], 0)
		}
	case nil:
	default:
		got, ok := m.got.Single[key]
		if list := m.got.Lists[key]; !ok && len(list) == 1 {
			got, ok = list[0], true
		}
		if !ok {
			m.differs(key, fmt.Sprint(x), "nothing")
			return
		}
		m.number(key, x, got, 0)
	}
}

// levels compares the groups of a by, in whatever order they stand.
func (m *comparison) levels(expected any) {
	list, _ := expected.([]any)
	if len(list) != len(m.got.Levels) {
		m.differs("groups", fmt.Sprint(len(list)), fmt.Sprint(len(m.got.Levels)))
		return
	}
	for i, e := range list {
		want, _ := e.(map[string]any)
		if slices.ContainsFunc(m.got.Levels, func(got map[string]string) bool { return alike(want, got) }) {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			if got := m.got.Levels[i][name]; got != fmt.Sprint(want[name]) {
				m.differs(fmt.Sprintf("group %d, %s", i+1, name), fmt.Sprint(want[name]), got)
			}
		}
	}
}

func alike(want map[string]any, got map[string]string) bool {
	for name, v := range want {
		if got[name] != fmt.Sprint(v) {
			return false
		}
	}
	return true
}

// results compares row by row; rows are found by their term, or by their place.
func (m *comparison) results(expected any) {
	list, _ := expected.([]any)
	want := make([]map[string]any, 0, len(list))
	for _, e := range list {
		row, _ := e.(map[string]any)
		want = append(want, spread(row, len(m.got.Rows), len(list))...)
	}
	if len(m.got.Rows) == 1 && len(want) > 1 {
		if x := m.got.Rows[0].Values["estimate"]; len(x) == len(want) { // numbers without names
			m.got.Rows = nil
			for i := range x {
				term, _ := want[i]["term"].(string)
				m.got.Rows = append(m.got.Rows, plan.Row{Term: term, Values: map[string][]float64{"estimate": x[i : i+1]}})
			}
		}
	}
	if len(want) > len(m.got.Rows) {
		m.differs("rows", fmt.Sprint(len(want)), fmt.Sprint(len(m.got.Rows)))
		return
	}
	for i, row := range want {
		at := m.place(row, i)
		if at < 0 {
			m.differs(label(row), "a row", "none of that name")
			continue
		}
		m.row(row, m.got.Rows[at])
	}
}

// spread makes rows of one whose figures are lists, as R writes a matrix of ratios.
func spread(row map[string]any, got, rows int) []map[string]any {
	if rows != 1 || got < 2 {
		return []map[string]any{row}
	}
	list, ok := row["estimate"].([]any)
	if !ok || len(list) != got {
		return []map[string]any{row}
	}
	out := make([]map[string]any, got)
	for i := range out {
		out[i] = map[string]any{}
		for k, v := range row {
			if l, ok := v.([]any); ok && len(l) == got && k != "term" {
				out[i][k] = l[i]
			}
		}
	}
	return out
}

func label(row map[string]any) string {
	if t, ok := row["term"].(string); ok {
		if p, ok := row["p"].(float64); ok {
			return t + " p=" + show(p)
		}
		return t
	}
	text := ""
	for _, k := range slices.Sorted(maps.Keys(row)) {
		if s, ok := row[k].(string); ok {
			text += k + "=" + s + " "
		}
	}
	return text
}

// place finds the row that is meant: the same term (or levels) at the same place, then
// anywhere, then the same place where terms are only numbered.
func (m *comparison) place(row map[string]any, i int) int {
	if i < len(m.got.Rows) && m.fits(row, m.got.Rows[i]) {
		return i
	}
	for k, g := range m.got.Rows {
		if m.fits(row, g) {
			return k
		}
	}
	_, named := row["term"]
	if i < len(m.got.Rows) && (!named || m.got.Type == "variance" || m.got.Type == "ratio" || m.got.Type == "numeric" || m.numbered(row, i)) {
		return i
	}
	return -1
}

// numbered is whether a group's figure is named by number alone, as R does with what has no names
// of its own: E:V1 is the first figure of group E.
func (m *comparison) numbered(row map[string]any, i int) bool {
	term, _ := row["term"].(string)
	group, figure, ok := strings.Cut(term, ":V")
	if _, err := strconv.Atoi(figure); !ok || err != nil || m.got.Type != "by" {
		return false
	}
	return strings.HasPrefix(m.got.Rows[i].Term, group+":")
}

func (m *comparison) fits(row map[string]any, g plan.Row) bool {
	if g.Keys != nil {
		for k, v := range row {
			if s, ok := v.(string); ok && g.Keys[k] != s {
				return false
			}
			if x, ok := v.(float64); ok && g.Keys[k] != "" && g.Keys[k] != show(x) {
				return false
			}
		}
		return true
	}
	if p, ok := row["p"].(float64); ok && math.Abs(p-g.Number("p")) > 1e-9 {
		return false
	}
	term, ok := row["term"].(string)
	return ok && term == g.Term
}

func (m *comparison) row(want map[string]any, got plan.Row) {
	name := label(want)
	if name == "" {
		name = got.Term
	}
	scale := got.Number("estimate")
	tol := m.tol
	defer func() { m.tol = tol }()
	if own, ok := want["rel_tol"].(float64); ok {
		m.tol = own
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if key == "term" || key == "rel_tol" || got.Keys[key] != "" {
			continue
		}
		values, ok := got.Values[key]
		switch x := want[key].(type) {
		case []any:
			if len(values) != len(x) {
				m.differs(name+" "+key, fmt.Sprint(len(x), " numbers"), fmt.Sprint(len(values)))
				continue
			}
			for i := range x {
				m.number(fmt.Sprintf("%s %s[%d]", name, key, i+1), x[i], values[i], scale*m.tol*1e13)
			}
		case string:
			switch v, err := strconv.ParseFloat(x, 64); {
			case x == "NaN" || x == "Inf" || x == "-Inf" || x == "NA":
				m.number(name+" "+key, x, got.Number(key), scale)
			case err == nil:
				m.number(name+" "+key, v, got.Number(key), scale)
			}
		case nil:
			if ok {
				m.number(name+" "+key, nil, values[0], scale)
			}
		default:
			if !ok || len(values) != 1 {
				m.differs(name+" "+key, fmt.Sprint(x), "nothing")
				continue
			}
			m.number(name+" "+key, x, values[0], scale)
		}
	}
}

// vcov compares covariances; the order is that of the expected rows, and rounding counts
// against the two standard errors.
func (m *comparison) vcov(expected, results any) {
	list, _ := expected.([]any)
	if len(list) == 0 {
		return
	}
	rows, _ := results.([]any)
	at := make([]int, len(list))
	for i := range at {
		at[i] = i
		if i < len(rows) {
			if row, ok := rows[i].(map[string]any); ok {
				at[i] = m.place(row, i)
			}
		}
	}
	for i := range list {
		line, ok := list[i].([]any)
		if !ok {
			line = []any{list[i]}
		}
		for j := range line {
			what := fmt.Sprintf("vcov[%d,%d]", i+1, j+1)
			if j >= len(at) || at[i] < 0 || at[j] < 0 || at[i] >= len(m.got.Vcov) || at[j] >= len(m.got.Vcov) {
				m.differs(what, fmt.Sprint(line[j]), "nothing")
				return
			}
			v := m.got.Vcov
			a, b := math.Sqrt(math.Abs(v[at[i]][at[i]])), math.Sqrt(math.Abs(v[at[j]][at[j]]))
			m.number(what, line[j], v[at[i]][at[j]], a*b*max(1, m.tol*1e13/10)+m.rounding(at[i], at[j], a, b))
		}
	}
}

// rounding is what is lost of a covariance when deviations are worked out from estimates to a
// part in 1e13: all of it, where an adjustment of weights leaves an estimate without error.
func (m *comparison) rounding(i, j int, a, b float64) float64 {
	if i >= len(m.got.Rows) || j >= len(m.got.Rows) {
		return 0
	}
	x, y := math.Abs(m.got.Rows[i].Number("estimate")), math.Abs(m.got.Rows[j].Number("estimate"))
	if math.IsNaN(x) || math.IsNaN(y) {
		return 0
	}
	return x*b + y*a + 1e-13*x*y
}
