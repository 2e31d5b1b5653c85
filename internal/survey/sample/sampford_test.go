package sample

import (
	"fmt"
	"math"
	"testing"

	"quipu/internal/fault"

	"pgregory.net/rapid"
)

func sized(sizes ...float64) (out []Unit) {
	for i, s := range sizes {
		out = append(out, Unit{ID: fmt.Sprintf("u%03d", i), Size: s})
	}
	return out
}

// TestSampfordJoint: joint probabilities add up to what a sample of fixed size asks for, and are
// those of the definition where all samples can be listed.
func TestSampfordJoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Float64Range(0.2, 9), 4, 40).Draw(t, "sizes")
		n := rapid.IntRange(2, len(sizes)-1).Draw(t, "n")
		joint, err := SampfordJoint(sized(sizes...), n)
		if err != nil {
			t.Fatal(err)
		}
		for i := range joint {
			sum := 0.0
			for j := range joint {
				if j != i {
					sum += joint[i][j]
				}
				if d := joint[i][i]*joint[j][j] - joint[i][j]; i != j && d < -1e-9 {
					t.Errorf("%d and %d come together more often than apart: %v", i, j, d)
				}
			}
			if want := float64(n-1) * joint[i][i]; math.Abs(sum-want) > 1e-8 {
				t.Errorf("of %d: joint probabilities of %d add up to %v, want %v", n, i, sum, want)
			}
		}
	})
	sizes := []float64{1, 2, 3, 4, 2.5}
	joint, err := SampfordJoint(sized(sizes...), 3)
	if err != nil {
		t.Fatal(err)
	}
	want := listed(sizes, 3)
	for i := range joint {
		for j := range joint {
			if math.Abs(joint[i][j]-want[i][j]) > 1e-12 {
				t.Errorf("%d and %d: %v, all samples listed give %v", i, j, joint[i][j], want[i][j])
			}
		}
	}
	if _, err := SampfordJoint(make([]Unit, mostJoint+1), 2); !fault.Is(err, "sample.joint_many") {
		t.Error(err)
	}
}

// listed goes through all samples of n: each is as likely as the product of odds times the sum
// of what its units lack to certainty.
func listed(sizes []float64, n int) [][]float64 {
	total := 0.0
	for _, s := range sizes {
		total += s
	}
	out, all := make([][]float64, len(sizes)), 0.0
	for i := range out {
		out[i] = make([]float64, len(sizes))
	}
	for set := range 1 << len(sizes) {
		p, lacks, count := 1.0, 0.0, 0
		for i, s := range sizes {
			if pi := float64(n) * s / total; set>>i&1 == 1 {
				p, lacks, count = p*pi/(1-pi), lacks+1-pi, count+1
			}
		}
		if count != n {
			continue
		}
		all += p * lacks
		for i := range sizes {
			for j := range sizes {
				if set>>i&1 == 1 && set>>j&1 == 1 {
					out[i][j] += p * lacks
				}
			}
		}
	}
	for i := range out {
		for j := range out {
			out[i][j] /= all
		}
	}
	return out
}

// TestSampfordDraws: units, and pairs of units, come as often as is said.
func TestSampfordDraws(t *testing.T) {
	units := sized(1, 2, 3, 4, 2.5, 6, 1.5, 30)
	const draws, n = 20_000, 4
	joint, err := SampfordJoint(units, n)
	if err != nil {
		t.Fatal(err)
	}
	came := make([][]int, len(units))
	for i := range came {
		came[i] = make([]int, len(units))
	}
	at := map[string]int{}
	for i, u := range units {
		at[u.ID] = i
	}
	for seed := range uint64(draws) {
		picks, err := Draw(Stratum{Name: "s", Population: len(units), Take: n}, units, Sampford, seed)
		if err != nil {
			t.Fatal(err)
		}
		if len(picks) != n {
			t.Fatalf("%d were drawn with seed %d", len(picks), seed)
		}
		for _, a := range picks {
			for _, b := range picks {
				came[at[a.ID]][at[b.ID]]++
			}
			if p := joint[at[a.ID]][at[a.ID]]; math.Abs(a.Probability-p) > 1e-12 {
				t.Fatalf("%s has %v, want %v", a.ID, a.Probability, p)
			}
		}
	}
	for i := range units {
		for j := range i + 1 {
			p := joint[i][j]
			if off := math.Abs(float64(came[i][j])/draws - p); off > 4.5*math.Sqrt(p*(1-p)/draws)+1e-12 {
				t.Errorf("%d and %d came %d times of %d, want %v", i, j, came[i][j], draws, p)
			}
		}
	}
}
