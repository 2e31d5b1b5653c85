package failover

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"quipu/internal/bench/pguser"
	"quipu/internal/fault"
)

// process is a program at work, whose last words are in a file.
type process struct {
	name string
	cmd  *exec.Cmd
	said string
	over bool
}

// start starts a program in the folder, as the given owner, in a group of its own.
func start(dir, name string, who pguser.Owner, program string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(program, args...), said: filepath.Join(dir, name+".log")}
	out, err := os.Create(p.said)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	wear(who, p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	return p, nil
}

// kill ends the program and all that it started, as a power cut would.
func (p *process) kill() error {
	if p.over {
		return nil
	}
	p.over = true
	err := killGroup(p.cmd.Process.Pid)
	p.cmd.Wait() //nolint:errcheck // it was killed
	return err
}

// words are the last lines that it said.
func (p *process) words() string {
	text, err := os.ReadFile(p.said)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return p.name + ":\n" + string(bytes.Join(lines[max(0, len(lines)-15):], []byte("\n")))
}

// freePorts finds ports that nobody listens on.
func freePorts(n int) (ports []string, err error) {
	var held []net.Listener
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		held = append(held, l)
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	for _, l := range held {
		err = errors.Join(err, l.Close())
	}
	return ports, err
}

// Missing says what this machine lacks, nil when it has everything.
func Missing() error {
	var lacking []string
	for _, name := range []string{"etcd", "patroni", "haproxy"} {
		if _, err := find(name); err != nil {
			lacking = append(lacking, name)
		}
	}
	if _, err := postgresBin(); err != nil {
		lacking = append(lacking, "postgresql")
	}
	if err := supported(); err != nil {
		return err
	}
	if len(lacking) > 0 {
		return fault.New(fault.Unavailable, "bench.ha_missing", "programs", fmt.Sprint(lacking))
	}
	return nil
}

// find looks for a program where Debian puts it, too.
func find(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	return exec.LookPath("/usr/sbin/" + name)
}

// postgresBin is the folder with the programs of the newest server.
func postgresBin() (string, error) {
	if dir := pguser.Programs(); dir != "" {
		return dir, nil
	}
	return "", fault.New(fault.Unavailable, "bench.ha_missing", "programs", "postgresql")
}

// serverOwner finds a user for PostgreSQL.
func serverOwner() (pguser.Owner, error) {
	who, err := pguser.Find()
	if errors.Is(err, pguser.ErrNone) {
		err = fault.New(fault.Unavailable, "bench.ha_missing", "programs", "user postgres")
	}
	return who, err
}
