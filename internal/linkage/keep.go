package linkage

import (
	"fmt"
	"slices"
	"strconv"

	"quipu/internal/fault"
)

// fits reports whether a list with these fields can be linked by the model.
func (m *Model) fits(fields []Field) error {
	if !slices.Equal(fields, m.Fields) {
		return fault.New(fault.Invalid, "linkage.model_fields", "list", len(fields), "model", len(m.Fields))
	}
	return nil
}

// copy is a model that may be changed without changing m.
func (m *Model) copy() *Model {
	c := *m
	c.Comparisons = slices.Clone(m.Comparisons)
	return &c
}

// keep puts the frequencies of values into the model.
func (m *Model) keep(tf []map[uint32]uint32, p *plan, w *words) {
	for i := range m.Comparisons {
		c := &m.Comparisons[i]
		c.TF = make(map[string]uint32, len(tf[i]))
		for v, n := range tf[i] {
			if p.cmps[i].isWord(0) {
				c.TF[w.text(v)] = n
			} else {
				c.TF[strconv.FormatUint(uint64(v), 16)] = n
			}
		}
	}
}

// counts are the frequencies of a model by slot value.
func (m *Model) counts(p *plan, w *words) []map[uint32]uint32 {
	out := make([]map[uint32]uint32, len(m.Comparisons))
	for i := range m.Comparisons {
		out[i] = make(map[uint32]uint32, len(m.Comparisons[i].TF))
		for s, n := range m.Comparisons[i].TF {
			if p.cmps[i].isWord(0) {
				out[i][w.add(s)] = n
			} else if v, err := strconv.ParseUint(s, 16, 32); err == nil {
				out[i][uint32(v)] = n
			}
		}
	}
	return out
}

// known are the keys to split by depth.
func (r *Rule) known() []map[uint64]bool {
	out := make([]map[uint64]bool, len(r.Split))
	for d, keys := range r.Split {
		out[d] = make(map[uint64]bool, len(keys))
		for _, k := range keys {
			out[d][k] = true
		}
	}
	return out
}

// rulesOf checks that the rules of a model are those of a plan.
func (m *Model) rulesOf(p *plan) error {
	if len(m.Rules) != len(p.rules) {
		return fmt.Errorf("linkage: the model has %d blocking rules, not %d", len(m.Rules), len(p.rules))
	}
	for i, r := range m.Rules {
		if r.Name != p.rules[i].name {
			return fmt.Errorf("linkage: blocking rule %d of the model is %q, not %q", i+1, r.Name, p.rules[i].name)
		}
	}
	return nil
}
