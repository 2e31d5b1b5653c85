package linkage

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// movers are people with a town and its postal code, half of whom stand twice; a third of those
// have moved.
func movers(n int) [][]string {
	rows := people(n, 5)
	for i := range rows {
		rows[i] = append(rows[i][:5:5], "", "")
	}
	for i := range n {
		town := int(mix(uint64(i)) % 40)
		place := func(town int) []string {
			return []string{fmt.Sprintf("%[1]c%[1]cTOWN%[2]c%[2]c", 'A'+town/8, 'P'+town%8), fmt.Sprint(10000 + 1357*town)}
		}
		rows[i] = append(rows[i][:5:5], place(town)...)
		if i%2 == 0 {
			again := slices.Clone(rows[i])
			if i%6 == 0 {
				again = append(again[:5:5], place((town+7)%40)...)
			}
			again[4] = ""
			rows = append(rows, again)
		}
	}
	return rows
}

var moverFields = []Field{{"paternal", Surname}, {"maternal", SecondSurname}, {"given", GivenNames}, {"birth", Date}, {"sex", Sex}, {"town", Place}, {"code", Place}}

func TestColumnsThatGoTogetherCountOnce(t *testing.T) {
	rows := movers(3000)
	l := listOf(moverFields, rows)
	res := linked(t, l, Options{Seed: 1})
	m := res.Model
	if len(m.Bonds) != 1 {
		t.Fatalf("%d bonds were learnt", len(m.Bonds))
	}
	b := m.Bonds[0]
	apart := b.Same[different][different] - b.Strange[different][different]
	alike := b.Same[wordEqual][wordEqual] - b.Strange[wordEqual][wordEqual]
	if apart < 0.5 || alike > -2 {
		t.Errorf("both different adds %.2f, both equal %.2f", apart, alike)
	}
	kept := linked(t, l, Options{Model: m})
	if !slices.Equal(kept.Clusters, res.Clusters) {
		t.Error("the model that was kept finds something else")
	}
	sum := m.Prior
	p := res.Pairs[0]
	for _, e := range m.Explain(l, int(p.A), int(p.B)) {
		sum += e.Weight
	}
	if math.Abs(sum-float64(p.Weight)) > 0.05 {
		t.Errorf("the evidence adds up to %.2f, the pair weighs %.2f", sum, p.Weight)
	}
}

func TestIndependentColumnsHaveNoBond(t *testing.T) {
	rows := movers(3000)
	for i := range rows {
		rows[i][6] = fmt.Sprint(mix(uint64(i)*77) % 40)
	}
	if bonds := linked(t, listOf(moverFields, rows), Options{Seed: 1}).Model.Bonds; len(bonds) > 0 {
		t.Errorf("%+v", bonds)
	}
}
