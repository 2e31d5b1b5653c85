//go:build unix

package pgtest

import (
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user that the server runs as; zero for the one who runs the test.
type owner struct{ uid, gid uint32 }

// unprivileged finds a user for the server, which refuses to run as root.
func unprivileged() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return owner{}, &missingError{"it does not run as root and there is no user postgres"}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return owner{uint32(uid), uint32(gid)}, err
}

// wear makes a command run as the owner, out of reach of the terminal's signals.
func (o owner) wear(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if o.uid != 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
}

func (o owner) give(dir string) error {
	if o.uid == 0 {
		return nil
	}
	return os.Chown(dir, int(o.uid), int(o.gid))
}
