//go:build unix

package crashtest

import (
	"errors"
	"os"
	"syscall"
)

// halted stops a process wherever it is, does something, and lets it go on.
func halted(p *os.Process, f func() error) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	return errors.Join(f(), p.Signal(syscall.SIGCONT))
}
