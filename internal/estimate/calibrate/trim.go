package calibrate

import (
	"quipu/internal/estimate/tally"
	"quipu/internal/fault"
)

// Trim cuts weights at the limits and gives what is cut off (or added) to the others
// in equal parts; strict repeats until none is outside. Rows of weight 0 stay out of it.
func Trim(w []float64, limits Bounds, strict bool) ([]float64, Report, error) {
	if !(limits.Low <= limits.High) {
		return nil, Report{}, fault.New(fault.Invalid, "calibrate.limits", "low", limits.Low, "high", limits.High)
	}
	next := append([]float64(nil), w...)
	var report Report
	out := make([]bool, len(w))
	for {
		any, rest := false, 0
		cut := make([]float64, len(w))
		for i, v := range next {
			if w[i] == 0 {
				continue
			}
			outside := v < limits.Low || v > limits.High
			if outside {
				any = true
				next[i] = limits.clip(v)
				cut[i] = v - next[i]
				if !out[i] {
					out[i] = true
					report.Trimmed++
				}
			} else {
				rest++
			}
		}
		if !any {
			break
		}
		if rest == 0 {
			return nil, report, fault.New(fault.Invalid, "calibrate.nothing_left", "low", limits.Low, "high", limits.High)
		}
		share := tally.Sum(cut) / float64(rest)
		for i := range next {
			if w[i] != 0 && cut[i] == 0 {
				next[i] += share
			}
		}
		report.Iterations++
		if !strict {
			break
		}
		if report.Iterations > 1000 {
			return nil, report, fault.New(fault.Invalid, "calibrate.nothing_left", "low", limits.Low, "high", limits.High)
		}
	}
	report.Compare(w, next)
	return next, report, nil
}
