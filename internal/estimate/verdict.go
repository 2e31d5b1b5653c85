package estimate

import (
	"math"
	"runtime"
	"sync"
)

// Verdict says whether a figure may be published.
type Verdict string

const (
	Publish  Verdict = "publish"
	Flag     Verdict = "flag"     // with a warning beside it
	Suppress Verdict = "suppress" // not at all
)

// Thresholds of the verdict; zero values take the defaults.
type Thresholds struct {
	Flag     float64 // CV above which a figure is flagged; default 0.15
	Suppress float64 // CV above which it is suppressed; default 0.25
	MinN     int     // fewest rows that a figure may rest on; default 10
}

// Filled are the thresholds with the defaults in place.
func (t Thresholds) Filled() Thresholds {
	if t.Flag == 0 {
		t.Flag = 0.15
	}
	if t.Suppress == 0 {
		t.Suppress = 0.25
	}
	if t.MinN == 0 {
		t.MinN = 10
	}
	return t
}

// Judge gives the verdict on a figure: one without an error is never published.
func (t Thresholds) Judge(e Estimate) Verdict {
	t = t.Filled()
	switch {
	case math.IsNaN(e.CV) || math.IsInf(e.CV, 0) || e.N < t.MinN || e.CV > t.Suppress:
		return Suppress
	case e.CV > t.Flag:
		return Flag
	}
	return Publish
}

// each calls a function for 0..n-1 on all processors; start makes one for each, with its
// own memory.
func each(n int, start func() func(int)) {
	p := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for k := range p {
		wg.Go(func() {
			f := start()
			for i := n * k / p; i < n*(k+1)/p; i++ {
				f(i)
			}
		})
	}
	wg.Wait()
}
