package review

import (
	"context"
	"slices"

	"quipu/internal/app/alike"
	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/linkage"
	"quipu/internal/linkage/register"
	"quipu/internal/store"
)

// Reason is why two entries look like one person, or not, in words: a key of the catalogue
// with what fills its places. Weight is in bits.
type Reason struct {
	Key    string
	Args   []fault.Arg
	Weight float64
}

// reasons are what the model in force says of the two as they stand now.
func reasons(w *linkage.Weigher, a, b register.Traits) (out []Reason, err error) {
	all, err := w.Evidence(a.Values(), b.Values())
	if err != nil {
		return nil, err
	}
	for _, x := range register.Words(all) {
		out = append(out, Reason{Key: x.Key, Args: x.Args, Weight: x.Weight})
	}
	if register.Shared(&a, &b) && !slices.ContainsFunc(out, func(r Reason) bool { return r.Key == "alike.document" }) {
		out = append([]Reason{{Key: "alike.document", Weight: alike.StrongLike}}, out...) // one of several that they hold
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
	return out, nil
}

func abs(x float64) float64 { return max(x, -x) }

// traits are what rows and their keys are compared by.
func traits(p *store.PersonRow, keys []string) register.Traits {
	return register.Traits{Paternal: p.SurnamePaternal, Maternal: p.SurnameMaternal, Given: p.GivenNames, Birth: p.Birth, Sex: p.Sex, Keys: keys}
}

// SameName is the pair of somebody who comes in from a list and somebody of the register
// with the same full name and date of birth.
func SameName(made, there string) Scored {
	return Scored{A: made, B: there, Weight: alike.StrongLike, Model: "name", Source: AtImport}
}

// weigh is what the model in force says of two people, in bits.
func (r *Review) weigh(ctx context.Context, tx *store.Tx, one, other string) (float64, error) {
	rows, err := tx.PeopleByID(ctx, []string{one, other})
	if err != nil || len(rows) != 2 {
		return 0, node.NotFound(err, "person", one)
	}
	keys, err := tx.KeysOf(ctx, rows)
	if err != nil {
		return 0, err
	}
	w, _, err := r.alike.Weigher(ctx, tx)
	if err != nil {
		return 0, err
	}
	a, b := traits(&rows[0], keys[rows[0].Row]), traits(&rows[1], keys[rows[1].Row])
	pairs, err := w.Weigh(a.Values(), [][]string{b.Values()})
	if err != nil {
		return 0, err
	}
	return float64(pairs[0].Weight), nil
}
