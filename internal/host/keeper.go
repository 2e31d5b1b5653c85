package host

import "errors"

// ErrNoKeeper says that this computer keeps no secret for a program.
var ErrNoKeeper = errors.New("host: this computer has no TPM that the program may use, nor protection of its own")

// Keeper is what keeps a small secret so that it opens on this computer only: the TPM under
// Linux, DPAPI under Windows.
type Keeper interface {
	Name() string
	Keep(secret []byte) (blob []byte, err error)
	Open(blob []byte) (secret []byte, err error)
}

// FindKeeper finds what this computer has; ErrNoKeeper when there is none, or the program
// may not use it (under Linux its user must be in the group "tss").
func FindKeeper() (Keeper, error) { return findKeeper() }
