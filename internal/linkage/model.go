package linkage

import (
	"encoding/json"
	"fmt"
)

// ModelVersion is the version of the form in which models are kept.
const ModelVersion = 1

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
		return nil, fmt.Errorf("linkage: the model has version %d, this program reads %d", m.Version, ModelVersion)
	}
	return m, nil
}
