package fieldwork

import "quipu/internal/fault"

// Counts are cases by class, or their sums of weights.
type Counts map[Class]float64

// Tally counts cases with their dispositions; weight nil counts each once.
func Tally(cases []Disposition, weight []float64) Counts {
	n := Counts{}
	for i, d := range cases {
		w := 1.0
		if weight != nil {
			w = weight[i]
		}
		n[d.Class] += w
	}
	return n
}

// Eligible is the share e of the cases of unknown eligibility that are taken to be eligible:
// as many as among those of whom it is known (the proportional allocation, or CASRO, method).
// 1 when nothing is known, which makes rates the lowest.
func (n Counts) Eligible() float64 {
	yes := n[Interview] + n[Partial] + n[Refusal] + n[NonContact] + n[Other]
	if yes+n[NotEligible] == 0 {
		return 1
	}
	return yes / (yes + n[NotEligible])
}

// A Rate is one of AAPOR's outcome rates, a share from 0 to 1.
type Rate struct {
	Name  string // RR1 to RR6, COOP1 to COOP4, REF1 to REF3, CON1 to CON3
	Value float64
}

// Rates gives all outcome rates. e is the share of cases of unknown eligibility that are
// eligible, as Eligible estimates it; a rate without cases under its line is left out.
//
// RR1 = I/((I+P)+(R+NC+O)+(UH+UO)); RR2 has I+P above; RR3 and RR4 count e(UH+UO); RR5 and
// RR6 leave UH+UO out. COOP1 = I/((I+P)+R+O), COOP2 has I+P above, COOP3 and COOP4 leave O out.
// REF is R, CON is (I+P)+R+O, over the lines of RR1, RR3 and RR5.
func (n Counts) Rates(e float64) ([]Rate, error) {
	if !(e >= 0 && e <= 1) {
		return nil, fault.New(fault.Invalid, "fieldwork.eligible", "e", e)
	}
	i, ip := n[Interview], n[Interview]+n[Partial]
	r, o, unknown := n[Refusal], n[Other], n[UnknownHouse]+n[UnknownPerson]
	known := ip + r + n[NonContact] + o
	lines := [3]float64{known + unknown, known + e*unknown, known}
	var rates []Rate
	add := func(name string, above, below float64) {
		if below > 0 {
			rates = append(rates, Rate{name, above / below})
		}
	}
	for k, below := range lines {
		add([]string{"RR1", "RR3", "RR5"}[k], i, below)
		add([]string{"RR2", "RR4", "RR6"}[k], ip, below)
	}
	add("COOP1", i, ip+r+o)
	add("COOP2", ip, ip+r+o)
	add("COOP3", i, ip+r)
	add("COOP4", ip, ip+r)
	for k, below := range lines {
		add([]string{"REF1", "REF2", "REF3"}[k], r, below)
	}
	for k, below := range lines {
		add([]string{"CON1", "CON2", "CON3"}[k], ip+r+o, below)
	}
	return rates, nil
}
