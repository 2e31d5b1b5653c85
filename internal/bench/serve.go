package bench

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"quipu/internal/fault"
)

// Server is a command that serves at URL, in a process of its own.
type Server struct {
	URL      string
	cmd      *exec.Cmd
	measured string // file with what it took, written when it ends
	said     lastWords
}

// server is one that is watched.
type server struct {
	*Server
	mu      sync.Mutex
	samples []sample
	unwatch context.CancelFunc
}

// sample is what the process had resident at a moment.
type sample struct {
	at    time.Time
	bytes int64
}

var listening = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve starts `quipu serve` on a port that is free, start another command that serves; both
// wait until it listens.
func (r *run) serve(ctx context.Context) (*server, error) {
	return r.start(ctx, r.Profile, "serve", "--dir", r.register(), "--addr", "127.0.0.1:0", "--lang", "es")
}

func (r *run) start(ctx context.Context, profile string, args ...string) (*server, error) {
	own, err := Serve(ctx, r.Exe, r.Dir, profile, r.env, args...)
	if err != nil {
		return nil, err
	}
	s := &server{Server: own}
	watching, stop := context.WithCancel(context.Background())
	s.unwatch = stop
	go s.watch(watching)
	return s, nil
}

// Serve starts a command of the program exe that serves on a port that is free, with env added
// to the environment, and waits until it listens. In dir it leaves what it took when it ends;
// profile is the file that takes its processor profile, or "".
func Serve(ctx context.Context, exe, dir, profile string, env []string, args ...string) (*Server, error) {
	s := &Server{measured: filepath.Join(dir, "usage.json")}
	s.cmd = exec.CommandContext(ctx, exe, append([]string{"_measure", s.measured, profile}, args...)...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	s.cmd.WaitDelay = 30 * time.Second
	out, err := s.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := make(chan string, 1)
	go s.listen(out, lines)
	select {
	case s.URL = <-lines:
	case <-time.After(time.Minute):
	case <-ctx.Done():
	}
	if s.URL == "" {
		s.cmd.Process.Kill() //nolint:errcheck // it may have ended
		s.cmd.Wait()         //nolint:errcheck // what it said counts
		return nil, errors.Join(ctx.Err(), fault.New(fault.Internal, "bench.phase", "phase", "serve", "said", s.said.String()))
	}
	return s, nil
}

// listen passes the address on and keeps the last lines, for the day when it fails.
func (s *Server) listen(out io.Reader, address chan<- string) {
	told := false
	for in := bufio.NewScanner(out); in.Scan(); {
		line := in.Text()
		if url := listening.FindString(line); url != "" && !told {
			told = true
			address <- url
		}
		if !strings.Contains(line, `"msg":"request"`) {
			s.said.add(line)
		}
	}
	close(address)
}

func (s *server) stop() (Usage, error) {
	s.unwatch()
	return s.Stop()
}

// Stop ends the server as an operator does and reads what it took.
func (s *Server) Stop() (use Usage, err error) {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return use, err
	}
	if err := s.cmd.Wait(); err != nil {
		return use, fault.New(fault.Internal, "bench.phase", "phase", "serve", "said", s.said.String()).Because(err)
	}
	return ReadUsage(s.measured)
}

// watch notes every half second what is resident.
func (s *server) watch(ctx context.Context) {
	pid := strconv.Itoa(s.cmd.Process.Pid)
	for sleep(ctx, time.Second/2) == nil {
		b := residentBytes(pid)
		s.mu.Lock()
		s.samples = append(s.samples, sample{time.Now(), b})
		s.mu.Unlock()
	}
}

// Peak is the most that the server had resident so far, in bytes; 0 where nobody tells.
func (s *Server) Peak() int64 { return peakBytes(strconv.Itoa(s.cmd.Process.Pid)) }

// CPU is the processor time of the server so far, in seconds; 0 where nobody tells.
func (s *Server) CPU() float64 {
	f := stat(strconv.Itoa(s.cmd.Process.Pid))
	if len(f) <= statSystem {
		return 0
	}
	return (number(f[statUser]) + number(f[statSystem])) / ticks
}

// resident is the average of what was resident between two moments, and the most.
func (s *server) resident(from, to time.Time) (mean, most int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int64
	for _, x := range s.samples {
		if x.at.Before(from) || x.at.After(to) {
			continue
		}
		n++
		mean += x.bytes
		most = max(most, x.bytes)
	}
	return mean / max(n, 1), most
}

// lastWords are the last lines that a process said.
type lastWords struct {
	mu    sync.Mutex
	lines []string
}

func (l *lastWords) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines[max(0, len(l.lines)-19):], line)
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
