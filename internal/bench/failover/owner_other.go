//go:build !linux

package failover

import (
	"os/exec"
	"runtime"

	"quipu/internal/bench/pguser"
	"quipu/internal/fault"
)

func supported() error {
	return fault.New(fault.Unavailable, "bench.ha_missing", "programs", "Linux, not "+runtime.GOOS)
}

func wear(pguser.Owner, *exec.Cmd) {}
func killGroup(int) error          { return supported() }
func killServer(string) error      { return supported() }
