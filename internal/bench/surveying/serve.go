package surveying

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"quipu/internal/bench"
	"quipu/internal/fault"
)

// server is `quipu serve` in a process of its own.
type server struct {
	url, measured string
	cmd           *exec.Cmd
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve starts it on a port that is free and waits until it listens.
func (c *Config) serve(ctx context.Context, dir string) (*server, error) {
	s := &server{measured: filepath.Join(c.Dir, "usage.json")}
	s.cmd = exec.CommandContext(ctx, c.Exe, "_measure", s.measured, c.fieldProfile(), "serve", "--dir", dir, "--addr", "127.0.0.1:0", "--lang", "es")
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	s.cmd.WaitDelay = 30 * time.Second
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	address := make(chan string, 1)
	go func() {
		for in := bufio.NewScanner(out); in.Scan(); {
			if url := listening.FindString(in.Text()); url != "" && !strings.Contains(in.Text(), `"msg":"request"`) {
				select {
				case address <- url:
				default:
				}
			}
		}
		close(address)
	}()
	select {
	case s.url = <-address:
	case <-time.After(time.Minute):
	case <-ctx.Done():
	}
	if s.url == "" {
		s.cmd.Process.Kill() //nolint:errcheck // it may have ended
		s.cmd.Wait()         //nolint:errcheck // it did not listen, that counts
		return nil, errors.Join(ctx.Err(), fault.New(fault.Internal, "bench.phase", "phase", "serve", "said", ""))
	}
	return s, nil
}

// fieldProfile is the file that takes the server's processor profile, beside that of the
// estimates.
func (c *Config) fieldProfile() string {
	if c.Profile == "" {
		return ""
	}
	return c.Profile + ".serve"
}

// stop ends it as an operator does and reads what it took.
func (s *server) stop() (bench.Usage, error) {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return bench.Usage{}, err
	}
	if err := s.cmd.Wait(); err != nil {
		return bench.Usage{}, fault.New(fault.Internal, "bench.phase", "phase", "serve", "said", "").Because(err)
	}
	return readUsage(s.measured)
}
