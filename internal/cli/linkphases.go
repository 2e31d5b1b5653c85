package cli

import (
	"math"

	"quipu/internal/bench"
)

// linkPhases says where the processor's time went: seconds of all threads by phase. They
// are "read", those of linkage, "truth" for holding the result against the truth, "write".
type linkPhases struct {
	Seconds map[string]float64
	phase   string
	since   float64
}

// enter ends a phase and begins another; "" only ends one.
func (p *linkPhases) enter(phase string) {
	if phase == p.phase {
		return
	}
	now, err := bench.CPUSeconds()
	if err != nil {
		return // the system does not say
	}
	if p.Seconds == nil {
		p.Seconds = map[string]float64{}
	}
	if p.phase != "" {
		p.Seconds[p.phase] = math.Round((p.Seconds[p.phase]+now-p.since)*1e6) / 1e6
	}
	p.phase, p.since = phase, now
}
