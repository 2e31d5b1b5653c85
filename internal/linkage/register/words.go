package register

import (
	"cmp"
	"math"
	"slices"

	"quipu/internal/fault"
	"quipu/internal/linkage"
)

// Reason is why two records look like one person, or not. Key names a message of the
// catalogue, with what fills its places; Weight is what it adds to the log2 odds, in bits.
type Reason struct {
	Field  string // the column
	Key    string
	Args   []fault.Arg
	Weight float64
}

// said is the message of a level of a column, without the family "alike."; what is not here
// says too little to be said.
var said = map[string]map[string]string{
	given: {"equal": "given", "contained": "given_some", "alike": "given_alike", "near": "given_near", "shared": "given_some",
		"faint": "given_faint", "other_role": "given_elsewhere", "initial": "given_initial", "different": "given_other"},
	paternal: {"equal": "paternal", "contained": "paternal_part", "alike": "paternal_alike", "near": "paternal_near", "shared": "paternal_part",
		"faint": "paternal_faint", "other_role": "paternal_elsewhere", "initial": "paternal_initial", "different": "paternal_other"},
	maternal: {"equal": "maternal", "contained": "maternal_part", "alike": "maternal_alike", "near": "maternal_near", "shared": "maternal_part",
		"faint": "maternal_faint", "other_role": "maternal_elsewhere", "initial": "maternal_initial", "different": "maternal_other"},
	birth: {"equal": "birth", "compatible": "birth_compatible", "swapped": "birth_swapped", "slip": "birth_near", "parts": "birth_parts", "day": "birth_parts", "weeks": "birth_weeks",
		"year": "birth_year", "different": "birth_other"},
	sex:      {"different": "sex_other"},
	national: {"equal": "document", "near": "document_near", "conflict": "document_conflict", "different": "document_other"},
	document: {"equal": "document", "near": "document_near"},
	phone:    {"equal": "phone", "near": "phone_near"},
	email:    {"equal": "email", "near": "email_near", "local": "email_near"},
}

// Words puts what a model says of two records into words, the weightiest first. Surnames
// that stand in each other's place are one reason.
func Words(all []linkage.Evidence) []Reason {
	var out []Reason
	for _, e := range all {
		key := said[e.Field][e.Level]
		if key == "" {
			continue
		}
		out = append(out, Reason{Field: e.Field, Key: "alike." + key, Weight: e.Weight,
			Args: []fault.Arg{{Name: "a", Value: e.A}, {Name: "b", Value: e.B}}})
	}
	out = crossed(out)
	slices.SortStableFunc(out, func(x, y Reason) int { return cmp.Compare(math.Abs(y.Weight), math.Abs(x.Weight)) })
	return out
}

func crossed(all []Reason) []Reason {
	at := func(key string) int { return slices.IndexFunc(all, func(r Reason) bool { return r.Key == key }) }
	p, m := at("alike.paternal_elsewhere"), at("alike.maternal_elsewhere")
	if p < 0 || m < 0 {
		return all
	}
	all[p] = Reason{Field: paternal, Key: "alike.surnames_swapped", Weight: all[p].Weight + all[m].Weight}
	return slices.Delete(all, m, m+1)
}
