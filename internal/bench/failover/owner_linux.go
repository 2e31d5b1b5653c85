package failover

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"quipu/internal/fault"
)

// owner is the user that programs run as; zero for the one who measures.
type owner struct{ uid, gid uint32 }

func supported() error { return nil }

// serverOwner finds a user for PostgreSQL, which refuses to run as root.
func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return owner{}, fault.New(fault.Unavailable, "bench.ha_missing", "programs", "user postgres")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return owner{uint32(uid), uint32(gid)}, err
}

// wear makes a command run as the owner in a group of its own, which ends with this program.
func (o owner) wear(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if o.uid != 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}

func (o owner) give(path string) error {
	if o.uid == 0 {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
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
