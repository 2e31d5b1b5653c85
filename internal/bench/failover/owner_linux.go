package failover

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"quipu/internal/bench/pguser"
)

func supported() error { return nil }

// wear makes a command run as the owner in a group of its own, which ends with this program.
func wear(who pguser.Owner, c *exec.Cmd) {
	c.SysProcAttr = who.Attr()
	c.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

func killGroup(pid int) error {
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// killServer kills the server of PostgreSQL in a folder, which has a group of its own. Its
// children end when they miss it.
func killServer(data string) error {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pid := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		pid = 10*pid + int(c-'0')
	}
	if pid < 2 {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
