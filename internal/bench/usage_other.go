//go:build !unix

package bench

import (
	"runtime"

	"quipu/internal/fault"
)

// CPUSeconds is not known here.
func CPUSeconds() (float64, error) {
	return 0, fault.New(fault.Unavailable, "bench.system", "system", runtime.GOOS)
}

func mostResident(any) int64 { return 0 }
