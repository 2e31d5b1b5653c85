//go:build unix

package bench

import (
	"runtime"
	"syscall"
)

// CPUSeconds is the processor time of this process, user and system, all threads.
func CPUSeconds() (float64, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	sec := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return sec(u.Utime) + sec(u.Stime), nil
}

// mostResident is the most memory that a process which ended ever had resident, in bytes, by what
// the system said of it. Linux says it in KiB, macOS in bytes.
func mostResident(usage any) int64 {
	u, ok := usage.(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}
