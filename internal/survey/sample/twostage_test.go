package sample

import (
	"fmt"
	"math"
	"testing"

	"quipu/internal/fault"
)

// TestTwoStages: over many seeds each person comes as often as the two probabilities say, by
// every method, and drawn by size all come equally often.
func TestTwoStages(t *testing.T) {
	var offices []First
	people := map[string][]Unit{}
	for i, n := range []int{40, 25, 60, 10, 33} {
		name := fmt.Sprintf("O%d", i)
		offices = append(offices, First{Name: name, People: n})
		for k := range n {
			people[name] = append(people[name], Unit{ID: fmt.Sprintf("%s-%02d", name, k)})
		}
	}
	const draws, take, each = 4000, 3, 8
	for _, how := range FirstMethods {
		came, says := map[string]int{}, map[string]float64{}
		for seed := range uint64(draws) {
			firsts, err := DrawFirst(offices, take, each, how, seed)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, f := range firsts {
				for _, u := range people[f.Name] {
					says[u.ID] = f.Probability * float64(min(each, f.People)) / float64(f.People)
				}
				if !f.Drawn {
					continue
				}
				n++
				picks, err := Draw(Stratum{Name: f.Name, Population: f.People, Take: f.Take}, people[f.Name], Simple, seed)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range picks {
					came[p.ID]++
					if math.Abs(p.Probability-f.Second()) > 1e-12 {
						t.Fatalf("%+v, want %v", p, f.Second())
					}
				}
			}
			if n != take {
				t.Fatalf("%s drew %d offices", how, n)
			}
		}
		for id, p := range says {
			if off := math.Abs(float64(came[id])/draws - p); off > 4.5*math.Sqrt(p*(1-p)/draws) {
				t.Errorf("%s: %s came %d times of %d, want %v", how, id, came[id], draws, p)
			}
			if how != Simple && id[:2] != "O2" && math.Abs(p-says["O0-00"]) > 1e-12 { // O2 is sure to come
				t.Errorf("%s: %s has %v, others %v", how, id, p, says["O0-00"])
			}
		}
	}
	if _, err := DrawFirst(offices, 1, each, PPS, 1); !fault.Is(err, "sample.two_firsts") {
		t.Error(err)
	}
	if _, err := DrawFirst(offices, 2, each, Systematic, 1); !fault.Is(err, "sample.method") {
		t.Error(err)
	}
}
