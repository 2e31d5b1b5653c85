//go:build unix

package crashtest

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// halted stops a process that this one started, wherever it is, does something, and lets it go
// on. A signal is only asked for: until the system says that every thread has stopped, files
// that are copied would be of several moments.
func halted(p *os.Process, f func() error) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	var is syscall.WaitStatus
	for {
		_, err := syscall.Wait4(p.Pid, &is, syscall.WUNTRACED, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	if !is.Stopped() {
		return fmt.Errorf("the process ended by itself: %v", is)
	}
	return errors.Join(f(), p.Signal(syscall.SIGCONT))
}
