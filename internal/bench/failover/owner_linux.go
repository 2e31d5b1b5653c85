package failover

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"quipu/internal/bench/pguser"
)

func supported() error { return nil }

// wear makes a command run as the owner in a group of its own, which ends with this program.
func wear(who pguser.Owner, c *exec.Cmd) {
	c.SysProcAttr = who.Attr()
	c.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

func killGroup(pid int) error { return kill(-pid) }

// kill ends a process, or a group by its number below zero, that may be gone already.
func kill(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
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
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil || pid < 2 {
		return nil // it has not been written yet
	}
	return kill(pid)
}
