// Package again starts this very program once more, and can start no other: for
// demonstrations, which show several offices on one computer.
package again

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// Process is this program, started once more. It ends with its context; and since its input
// ends with the process that started it, it can end by itself when that is gone.
type Process struct {
	Out io.Reader // what it says
	cmd *exec.Cmd
}

// Start starts the program with arguments, and settings of the environment ("NAME=value")
// beside those that there are. What it says on its standard error goes to errw.
func Start(ctx context.Context, errw io.Writer, args, settings []string) (*Process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), settings...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Stderr = errw
	_, err1 := cmd.StdinPipe() // nothing is written; it stays open as long as this process lives
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return &Process{out, cmd}, cmd.Start()
}

// Wait waits for its end.
func (p *Process) Wait() error { return p.cmd.Wait() }
