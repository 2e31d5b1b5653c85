package plan

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"quipu/internal/fault"
	"quipu/internal/plan/calls"
	"quipu/internal/plan/lang"
)

// check refuses a plan whose limits are none.
func (p *Plan) check() error {
	if p.Level != 0 {
		if err := lang.SoundLevel(p.Level); err != nil {
			return err
		}
	}
	q := &p.Publish
	if q.FlagCV < 0 || q.SuppressCV < 0 || q.MinN < 0 || q.SuppressCV > 0 && q.FlagCV > q.SuppressCV {
		return fault.New(fault.Invalid, "plan.publish", "flag", q.FlagCV, "suppress", q.SuppressCV)
	}
	return nil
}

// unread says in words why JSON is no plan: at which line, or in which field.
func unread(text []byte, err error) error {
	var wrong *json.SyntaxError
	var kind *json.UnmarshalTypeError
	at := func(offset int64) (line, column int) {
		before := string(text[:min(max(0, int(offset)-1), len(text))])
		return strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')
	}
	switch {
	case len(strings.TrimSpace(string(text))) == 0:
		return fault.New(fault.Invalid, "plan.empty_file").Because(err)
	case errors.As(err, &wrong):
		line, column := at(wrong.Offset)
		return fault.New(fault.Invalid, "plan.json_syntax", "line", line, "column", column).Because(err)
	case errors.As(err, &kind) && kind.Field == "":
		return fault.New(fault.Invalid, "plan.json_object").Because(err)
	case errors.As(err, &kind):
		line, _ := at(kind.Offset)
		field := kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
		return fault.New(fault.Invalid, "plan.json_field", "field", field, "line", line, "value", kind.Value).Because(err)
	case strings.Contains(err.Error(), "unexpected EOF"):
		return fault.New(fault.Invalid, "plan.json_ends").Because(err)
	}
	return fault.New(fault.Invalid, "plan.no_json", "reason", strings.TrimPrefix(err.Error(), "json: ")).Because(err)
}

// furtherArgs are arguments of fields beside those that the call names.
var furtherArgs = map[string][]string{
	"glm": {"family", "link", "offset"}, "contrast": {"of", "linear", "expr", "covmat"}, "ciprop": {"na.rm"}, "ttest": {"na.rm"}, "ranktest": {"na.rm"}, "mean": {"interaction"}, "total": {"interaction"},
}

// soundArgs refuses "args" that no call takes: they are misspelt, and would change nothing.
func (c *Case) soundArgs() error {
	args := map[string]any{}
	if len(c.Args) > 0 && json.Unmarshal(c.Args, &args) != nil {
		return nil // Statistic says so
	}
	s := calls.New(nil)
	known := append([]string{"lonely_psu", "adjust_domain_lonely"}, furtherArgs[c.Estimator]...)
	calls := []string{estimators[c.Estimator]}
	if len(c.By) > 0 {
		calls = append(calls, "svyby")
	}
	if c.Estimator == "contrast" {
		calls = append(calls, "svymean")
	}
	for _, call := range calls {
		f, _ := s.Function(call)
		known = append(known, f.Formals...)
	}
	known = slices.DeleteFunc(known, func(n string) bool {
		return slices.Contains([]string{"...", "x", "design", "formula", "FUN", "by", "stat", "contrasts", "numerator", "denominator", "model", "multicore"}, n)
	})
	for ours, r := range renamed { // as plans call them
		if i := slices.Index(known, r); i >= 0 {
			known[i] = ours
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(known, name) && !slices.Contains(slices.Collect(maps.Values(renamed)), name) {
			return fault.New(fault.Invalid, "plan.arg_unknown", "argument", name, "estimator", c.Estimator, "arguments", strings.Join(known, ", "))
		}
	}
	return nil
}
