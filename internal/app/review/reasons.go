package review

import (
	"context"
	"encoding/json"
	"slices"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/linkage"
	"quipu/internal/store"
)

// Reason is why two entries look like one person, or not, in words: a key of the catalogue
// with what fills its places. Weight is in bits.
type Reason struct {
	Key    string
	Args   []fault.Arg
	Weight float64
}

// Bits is the weight of the simple rules in bits, such that their score is the probability.
func Bits(l linkage.Likeness) float64 {
	const strong = 3.17 // log2(0.9/0.1)
	return strong * float64(l.Weight-linkage.WorthALook) / (linkage.StrongLike - linkage.WorthALook)
}

// reasons are those that the model kept, else those of the rules on what stands now.
func reasons(row *store.PairRow, a, b linkage.Traits) (out []Reason) {
	var kept []Evidence
	if row.Evidence != "" && json.Unmarshal([]byte(row.Evidence), &kept) == nil && len(kept) > 0 {
		for _, e := range kept {
			out = append(out, Reason{Key: e.Level, Weight: e.Weight})
		}
	} else {
		l := linkage.Alike(a, b)
		for _, x := range l.Reasons {
			out = append(out, Reason{Key: "alike." + x.Key, Args: x.Args, Weight: Bits(linkage.Likeness{Weight: x.Weight + linkage.WorthALook})})
		}
	}
	slices.SortStableFunc(out, func(x, y Reason) int {
		switch d := abs(y.Weight) - abs(x.Weight); {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	return out
}

func abs(x float64) float64 { return max(x, -x) }

// traits are what rows and their keys are compared by.
func traits(p *store.PersonRow, keys []string) linkage.Traits {
	return linkage.Traits{Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal, Given: p.GivenNames, Birth: p.Birth, Sex: p.Sex, Keys: keys}
}

// SameName is the pair of somebody who comes in from a list and somebody of the register
// with the same full name and date of birth.
func SameName(made, there string) Scored {
	return Scored{A: made, B: there, Weight: Bits(linkage.Likeness{Weight: linkage.StrongLike}), Model: "alike", Source: AtImport}
}

// weigh is what the rules say of two people, in bits.
func (r *Review) weigh(ctx context.Context, tx *store.Tx, one, other string) (float64, error) {
	rows, err := tx.PeopleByID(ctx, []string{one, other})
	if err != nil || len(rows) != 2 {
		return 0, node.NotFound(err, "person", one)
	}
	keys, err := tx.KeysOf(ctx, rows)
	if err != nil {
		return 0, err
	}
	return Bits(linkage.Alike(traits(&rows[0], keys[rows[0].Row]), traits(&rows[1], keys[rows[1].Row]))), nil
}
