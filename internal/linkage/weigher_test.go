package linkage

import (
	"math"
	"testing"
)

// TestWeigherIsLink: a pair that Link kept weighs the same by itself, whichever record
// comes first, and its evidence adds up to the weight.
func TestWeigherIsLink(t *testing.T) {
	l := NewList([]Field{{"given", GivenNames}, {"paternal", Surname}, {"maternal", SecondSurname}, {"birth", Date}, {"dni", Document}})
	given := []string{"Rosa", "Rosa Elvira", "Juan", "Juan Carlos", "Yesenia", "Jesenia", "Luis", "Pedro", "Inés", "Marisol"}
	names := []string{"Quispe", "Quizpe", "Mamani", "Flores", "Huanca", "Condori", "de la Cruz", "Delacruz", "Ramos", "Rojas"}
	for i := range 600 {
		k := i
		if i%7 == 0 && i > 20 {
			k = i - 20 // somebody again
		}
		row := []string{given[k*7%10], names[k*3%10], names[k*13/10%10], []string{"1985-03-12", "1985-12-03", "1970-01-01", "1991-06-07", "1985"}[k%5], ""}
		if k%3 > 0 {
			row[4] = []string{"10117410", "10117411", "40404040", "72345678"}[k%4] + ""
		}
		if i%11 == 0 {
			row[0] = given[(k*7+1)%10]
		}
		l.Append(row)
	}
	res, err := Link(l, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Pairs) < 50 {
		t.Fatalf("only %d pairs", len(res.Pairs))
	}
	w, err := NewWeigher(res.Model)
	if err != nil {
		t.Fatal(err)
	}
	values := func(row int32) []string {
		out := make([]string, 5)
		for f := range out {
			out[f] = l.Value(int(row), f)
		}
		return out
	}
	for _, p := range res.Pairs[:min(len(res.Pairs), 2000)] {
		a, b := values(p.A), values(p.B)
		for _, way := range [][2][]string{{a, b}, {b, a}} {
			got, err := w.Weigh(way[0], [][]string{{"Otro", "Nadie"}, way[1]})
			if err != nil {
				t.Fatal(err)
			}
			if got[1].Pattern != p.Pattern || math.Abs(float64(got[1].Weight-p.Weight)) > 1e-3 {
				t.Fatalf("%v and %v weigh %.3f by pattern %x, Link says %.3f by %x", way[0], way[1], got[1].Weight, got[1].Pattern, p.Weight, p.Pattern)
			}
		}
		all, err := w.Evidence(a, b)
		if err != nil {
			t.Fatal(err)
		}
		sum := res.Model.Prior
		for _, e := range all {
			sum += e.Weight
		}
		if math.Abs(sum-float64(p.Weight)) > 0.02 {
			t.Fatalf("%v and %v: the evidence %+v adds up to %.3f, the weight is %.3f", a, b, all, sum, p.Weight)
		}
	}
}
