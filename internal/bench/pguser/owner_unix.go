//go:build unix

package pguser

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// Owner is the user that programs run as; the zero value is the one who runs this one.
type Owner struct{ uid, gid uint32 }

// Find finds a user for the server. The error is ErrNone, errors.ErrUnsupported on systems
// that are no Unix, or that of a user that cannot be read.
func Find() (Owner, error) {
	if os.Geteuid() != 0 {
		return Owner{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return Owner{}, ErrNone
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return Owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return Owner{uint32(uid), uint32(gid)}, err
}

// Attr makes a command run as the owner in a group of its own, out of reach of the
// terminal's signals.
func (o Owner) Attr() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if o.uid != 0 {
		attr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return attr
}

// Give makes a file or folder the owner's.
func (o Owner) Give(path string) error {
	if o.uid == 0 {
		return nil
	}
	return os.Chown(path, int(o.uid), int(o.gid))
}
