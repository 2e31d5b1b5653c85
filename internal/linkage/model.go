package linkage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"quipu/internal/fault"
)

// ModelVersion is the version of the form in which models are kept.
const ModelVersion = 2

// Model is what was learnt from a list and what Link and Live apply: how much each level of
// agreement says, how common values are, and which keys bring records together.
type Model struct {
	Version     int          `json:"version"`
	Records     int          `json:"records"` // of the list it was learnt from
	Fields      []Field      `json:"fields"`
	Comparisons []Comparison `json:"comparisons"`
	Rules       []Rule       `json:"rules"`
	Prior       float64      `json:"prior"`     // log2 odds that two random records are one person
	Threshold   float64      `json:"threshold"` // log2 odds
	Classes     []Class      `json:"classes,omitempty"`
	Bonds       []Bond       `json:"bonds,omitempty"`
}

// Bond is two comparisons that go together: who has moved has another town and another postal
// code. Same is by how many bits the two levels, given by A and then B, come together more often
// in one person than if they were independent, Strange the same of strangers.
type Bond struct {
	A       int         `json:"a"` // places in Model.Comparisons
	B       int         `json:"b"`
	Same    [][]float64 `json:"same"`
	Strange [][]float64 `json:"strange"`
}

// Comparison compares one thing of two records: a column, or several that belong together.
type Comparison struct {
	Name   string            `json:"name"`
	Kind   Kind              `json:"kind"`
	Fields []int             `json:"fields"`       // places in Model.Fields
	Levels []Level           `json:"levels"`       // by number; 0 is "missing", 1 "different"
	TF     map[string]uint32 `json:"tf,omitempty"` // how often each folded value occurs; those not here occur once
	Total  uint32            `json:"total,omitempty"`
	Values uint32            `json:"values,omitempty"` // distinct
	Others bool              `json:"others,omitempty"` // TF counts persons besides one, not records
	// Checked says that the numbers of a column carry a check character, which is then no part of them.
	Checked bool `json:"checked,omitempty"`
}

// Level is a degree of agreement. M and U are the chances of it in two records of one
// person and of two; Weight is log2(M/U), in bits.
type Level struct {
	Key    string  `json:"key"`
	M      float64 `json:"m"`
	U      float64 `json:"u"`
	Weight float64 `json:"weight"`
	TF     bool    `json:"tf,omitempty"` // the value's own frequency takes the place of U
}

// Rule is a blocking rule: records that share its key are compared.
type Rule struct {
	Name  string     `json:"name"`
	Idle  bool       `json:"idle,omitempty"`  // left out: a trial showed that it brings nothing new
	Split [][]uint64 `json:"split,omitempty"` // by depth: the keys that are split by a further field, sorted
}

// Class is a kind of two persons who look like one: siblings, twins, parent and child.
type Class struct {
	Name  string      `json:"name"`
	Prior float64     `json:"prior"` // log2 odds against two random records
	Level [][]float64 `json:"level"` // by comparison and level: the chance of it
}

// Encode writes the model as JSON.
func (m *Model) Encode() ([]byte, error) { return json.MarshalIndent(m, "", "\t") }

// DecodeModel reads what Encode wrote.
func DecodeModel(b []byte) (*Model, error) {
	m := new(Model)
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("linkage: read a model: %w", err)
	}
	if m.Version != ModelVersion {
		return nil, fmt.Errorf("linkage: the model has version %d, this program reads %d: learn it again from its list", m.Version, ModelVersion)
	}
	return m, nil
}

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
