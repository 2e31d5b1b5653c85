package surveying

import (
	"bufio"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

const (
	strata = 100
	psus   = 5000
	small  = 100_000 // rows of the table for replicates
)

// writeTables writes rows.csv, and small.csv with its first rows. Every unit has rows where
// there are enough: they take turns.
func writeTables(dir string, n int, seed uint64) (err error) {
	for _, t := range []struct {
		name string
		n    int
	}{{"rows", n}, {"small", min(n, small)}} {
		f, err := os.Create(filepath.Join(dir, t.name+".csv"))
		if err != nil {
			return err
		}
		if err := errors.Join(writeRows(f, t.n, seed), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// writeRows invents a sample: x is correlated within units, z is 0 or 1 and depends on x and a.
func writeRows(f *os.File, n int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 6))
	effect := make([]float64, psus)
	for i := range effect {
		effect[i] = 4 * r.NormFloat64()
	}
	w := bufio.NewWriterSize(f, 1<<20)
	w.WriteString("stratum,psu,w,x,y,z,a,b,g25,g50\n") //nolint:errcheck // Flush tells
	var line []byte
	number := func(v float64, decimals int) {
		line = append(strconv.AppendFloat(line, v, 'f', decimals, 64), ',')
	}
	level := func(letter byte, k int, end byte) {
		line = append(line, letter, byte('0'+k/10), byte('0'+k%10), end)
	}
	for i := range n {
		line = line[:0]
		psu := i % psus
		number(float64(psu/(psus/strata)+1), 0)
		number(float64(psu+1), 0)
		number(10+100*r.Float64(), 2)
		x := 50 + effect[psu] + 10*r.NormFloat64()
		number(x, 2)
		number(20+0.5*x+8*r.NormFloat64(), 2)
		a := r.IntN(5)
		z := 0.0
		if r.Float64() < 1/(1+math.Exp(2-0.03*x-0.1*float64(a))) {
			z = 1
		}
		number(z, 0)
		level('a', a, ',')
		b := r.IntN(6)
		if r.IntN(300) == 0 { // enough for a test to see
			b = a
		}
		level('b', b, ',')
		g := r.IntN(50)
		level('h', g/2, ',')
		level('g', g, '\n')
		w.Write(line) //nolint:errcheck // Flush tells
	}
	return w.Flush()
}
