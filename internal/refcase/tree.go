package refcase

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// tree compares objects, lists, numbers and texts along what is expected, whatever else came out.
type tree struct {
	id        string
	tolerance float64
	failures  []Failure
}

func (m *tree) compare(path string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		m.object(path, want, got)
	case []any:
		m.list(path, want, got)
	default:
		if !same(want, got, m.tolerance) {
			m.differ(path, want, got)
		}
	}
}

func (m *tree) object(path string, want map[string]any, got any) {
	have, ok := got.(map[string]any)
	if !ok {
		m.differ(path, want, got)
		return
	}
	var keys []string
	for k := range want {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		at := k
		if path != "" {
			at = path + "." + k
		}
		g, there := have[k]
		if !there {
			m.differ(at, want[k], nil)
			continue
		}
		m.compare(at, want[k], g)
	}
}

func (m *tree) list(path string, want []any, got any) {
	have, ok := got.([]any)
	if !ok || len(have) != len(want) {
		m.differ(path, want, got)
		return
	}
	for i := range want {
		m.compare(fmt.Sprintf("%s[%d]", path, i), want[i], have[i])
	}
}

func (m *tree) differ(path string, want, got any) {
	m.failures = append(m.failures, Failure{Case: m.id, What: path, Expected: text(want), Got: text(got)})
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case float64:
		return show(v)
	}
	return fmt.Sprint(v)
}

// same compares numbers by the relative tolerance (absolute at 0) and anything else as text; a level
// that is a number or a condition in the file is the text that names it here.
func same(want, got any, tolerance float64) bool {
	g, isNumber := number(got)
	switch want := want.(type) {
	case nil:
		return got == nil || isNumber && math.IsNaN(g)
	case float64:
		return isNumber && (math.Abs(g-want) <= tolerance*math.Abs(want) || want == 0 && math.Abs(g) <= tolerance)
	case bool:
		name := "FALSE"
		if want {
			name = "TRUE"
		}
		return got == any(want) || got == any(name)
	}
	return got == want
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case string:
		x, err := strconv.ParseFloat(v, 64)
		return x, err == nil
	}
	return 0, false
}
