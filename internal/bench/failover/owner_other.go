//go:build !linux

package failover

import (
	"os/exec"
	"runtime"

	"quipu/internal/fault"
)

type owner struct{}

func supported() error {
	return fault.New(fault.Unavailable, "bench.ha_missing", "programs", "Linux, not "+runtime.GOOS)
}

func serverOwner() (owner, error)    { return owner{}, supported() }
func (owner) wear(*exec.Cmd)         {}
func (owner) give(path string) error { return nil }
func killGroup(int) error            { return supported() }
func killServer(string) error        { return supported() }
