package replicate

import (
	"quipu/internal/fault"
	"slices"
)

// Pairing says what balanced half-samples do with strata that have not two units: Small of
// one unit are refused ("fail", or ""), halved ("split") or joined in pairs ("merge"); Large ones
// are cut into strata of two ("split", or "", for an even number), into two halves ("merge") or
// refused ("fail").
type Pairing struct{ Small, Large string }

// half is the side of a unit: it counts 2−rho times where the column of the matrix at
// row says side, rho times elsewhere; a split unit counts once in both.
type half struct {
	row  int
	one  bool
	both bool
}

// BRR takes one unit of each stratum's two, in as many replicates as the Hadamard matrix
// has columns: it counts 2−rho times, the other rho times (Fay's method; rho = 0 is
// McCarthy's half-samples). Strata take the rows of the matrix in the order given. The
// scale is 1/(R(1−rho)²). Finite population corrections have no place in it.
func BRR(strata []Stratum, rho float64, p Pairing) (*Weights, error) {
	if !(rho >= 0 && rho < 1) {
		return nil, fault.New(fault.Invalid, "replicate.rho", "rho", rho)
	}
	sides := make([]half, units(strata))
	upto, err := pairSmall(strata, sides, p.Small)
	if err != nil {
		return nil, err
	}
	if upto, err = pairLarge(strata, sides, p.Large, upto); err != nil {
		return nil, err
	}
	for _, s := range strata {
		if len(s.Units) == 2 {
			upto++
			sides[s.Units[0]], sides[s.Units[1]] = half{row: upto}, half{row: upto, one: true}
		}
	}
	h := Hadamard(upto)
	r := len(h)
	w := &Weights{Type: "BRR", Rho: rho, Scale: 1 / (float64(r) * (1 - rho) * (1 - rho)), RScales: slices.Repeat([]float64{1}, r)}
	if rho > 0 {
		w.Type = "Fay"
	}
	for c := range r {
		row := make([]float64, len(sides))
		for u, s := range sides {
			switch {
			case s.both:
				row[u] = 1
			case (h[s.row][c] == 1) == !s.one:
				row[u] = 2 - rho
			default:
				row[u] = rho
			}
		}
		w.Factors = append(w.Factors, row)
	}
	return w, nil
}

// pairSmall places the strata of one unit and returns how many rows that took.
func pairSmall(strata []Stratum, sides []half, rule string) (int, error) {
	var small []Stratum
	for _, s := range strata {
		if len(s.Units) == 1 {
			small = append(small, s)
		}
	}
	switch {
	case len(small) == 0:
		return 0, nil
	case rule == "split":
		for i, s := range small {
			sides[s.Units[0]] = half{row: i + 1, both: true}
		}
		return len(small), nil
	case rule == "merge" && len(small) > 1:
		rows := len(small) / 2
		for i, s := range small {
			row := i%rows + 1
			if len(small)%2 == 1 {
				row = max(i-1, 0)%rows + 1
				if i == 0 {
					row = 1
				}
			}
			sides[s.Units[0]] = half{row: row, one: i%2 == 1}
		}
		return rows, nil
	}
	return 0, fault.New(fault.Invalid, "replicate.brr_small", "stratum", small[0].Name)
}

// pairLarge places the strata of more than two units.
func pairLarge(strata []Stratum, sides []half, rule string, upto int) (int, error) {
	for _, s := range strata {
		n := len(s.Units)
		if n <= 2 {
			continue
		}
		switch {
		case rule == "merge":
			upto++
			for i, u := range s.Units {
				sides[u] = half{row: upto, one: i >= n/2}
			}
		case (rule == "split" || rule == "") && n%2 == 0:
			for i, u := range s.Units {
				sides[u] = half{row: upto + 1 + i/2, one: i%2 == 1}
			}
			upto += n / 2
		default:
			return 0, fault.New(fault.Invalid, "replicate.brr_large", "stratum", s.Name, "units", n)
		}
	}
	return upto, nil
}
