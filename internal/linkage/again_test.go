package linkage

import (
	"fmt"
	"math"
	"testing"
)

// often is a list of 120 persons, each there as many times as said, with an error of a
// clerk in every third record. Every fourth person is a GARCIA.
func often(times int) *List {
	surnames := []string{"GARCIA", "ROJAS", "MAMANI", "HUAMAN", "SALAZAR", "VELASQUEZ", "PAREDES"}
	given := []string{"ALBERTO", "BEATRIZ", "CARMEN", "DANIEL", "ELENA", "FEDERICO", "GLADYS", "HUGO", "IRMA", "JORGE", "KARINA"}
	l := NewList([]Field{{"given", GivenNames}, {"surname", Surname}, {"born", Date}, {"mail", Email}})
	for p := range 120 {
		s := surnames[0]
		if p%4 > 0 {
			s = surnames[1+p%6]
		}
		for k := range times {
			row := []string{given[p*7%11], s, fmt.Sprintf("19%02d-%02d-%02d", 40+p*31%60, 1+p*7%12, 1+p*13%28), fmt.Sprintf("p%d%d@example.org", p*97%89, p)}
			switch (p + k) % 6 {
			case 0:
				row[0] = row[0][:3] + row[0][4:]
			case 3:
				row[3] = ""
			}
			l.Append(row)
		}
	}
	return l
}

func TestPersonsWhoAreThereOftenDoNotMakeTheirNamesCommon(t *testing.T) {
	r, err := Link(often(5), Options{})
	if err != nil {
		t.Fatal(err)
	}
	surname := r.Model.Comparisons[1]
	if got := surname.TF["GARCIA"]; !surname.Others || got != 29 {
		t.Errorf("GARCIA is the name of %d others (%v), want 29", got, surname.Others)
	}
	within(t, "pairs of one person", math.Exp2(r.Model.Prior)*600*599/2, 120*10, 0.02)
	for row, c := range r.Clusters {
		if int(c) != row/5*5 {
			t.Fatalf("row %d is in the cluster of %d", row, c)
		}
	}
}

func TestListWithFewRepeatsIsLearntFromOnce(t *testing.T) {
	l := often(1)
	for i := range 6 {
		l.Append([]string{l.Value(i*9, 0), l.Value(i*9, 1), l.Value(i*9, 2), l.Value(i*9, 3)})
	}
	r, err := Link(l, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Model.Comparisons[1]; c.Others {
		t.Errorf("frequencies of %s are of persons", c.Name)
	}
}

func TestLessTakesOutWhatTheSampleHolds(t *testing.T) {
	all, out := []Cell{{1, 60}, {2, 40}}, []Cell{{1, 20}, {2, 400}, {3, 5}}
	if got := less(all, out, 200); len(got) != 1 || got[0] != (Cell{1, 50}) {
		t.Errorf("a half of all pairs: %v", got)
	}
	if got := less(all, out, 0); len(got) != 1 || got[0] != (Cell{1, 40}) {
		t.Errorf("all: %v", got)
	}
}
