package failover

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/bench/pguser"
)

// Patroni's times in the measurement, in seconds. docs/hub-ha.md gives those for an office.
const (
	ttl      = 10
	loopWait = 2
	retry    = 3
)

// stage is everything that runs for the measurement.
type stage struct {
	cfg     Config
	who     pguser.Owner
	bin     string
	etcd    *process
	member  map[string]*process
	api     map[string]string // address of a member's Patroni
	data    map[string]string
	pgPorts []string
	pass    string
	hub     [2]*process
	hubDirs [2]string
	proxy   *process
	url     string // of the proxy
	token   string
}

// fill reads a template of scripts/ha and writes it with its words replaced. A word that
// nobody gives is an error.
func (s *stage) fill(template, to string, words map[string]string) error {
	text, err := os.ReadFile(filepath.Join(s.cfg.Scripts, template))
	if err != nil {
		return err
	}
	var lacking []string
	out := os.Expand(string(text), func(w string) string {
		v, ok := words[w]
		if !ok && w != "..." {
			lacking = append(lacking, w)
		}
		return v
	})
	if len(lacking) > 0 {
		return fmt.Errorf("failover: %s wants %v", template, lacking)
	}
	return errors.Join(os.WriteFile(to, []byte(out), 0o600), s.who.Give(to))
}

// cluster starts etcd and both members, and waits until one leads and the other is its
// synchronous standby.
func (s *stage) cluster(ctx context.Context) (err error) {
	if s.who, err = serverOwner(); err != nil {
		return err
	}
	if s.bin, err = postgresBin(); err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(s.cfg.Dir, 0o755), s.who.Give(s.cfg.Dir)); err != nil {
		return err
	}
	ports, err := freePorts(6)
	if err != nil {
		return err
	}
	s.pass = rand.Text()
	etcd, err := find("etcd")
	if err != nil {
		return err
	}
	client, peer := "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1]
	s.etcd, err = start(s.cfg.Dir, "etcd", s.who, etcd, "--name", "etcd1", "--data-dir", filepath.Join(s.cfg.Dir, "etcd"),
		"--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", "etcd1="+peer)
	if err != nil {
		return err
	}
	s.member, s.api, s.data, s.pgPorts = map[string]*process{}, map[string]string{}, map[string]string{}, ports[4:]
	for i, name := range []string{"pg1", "pg2"} {
		if err := s.startMember(name, ports[0], ports[2+i], ports[4+i]); err != nil {
			return err
		}
		if i == 0 {
			if err := s.until(ctx, "a leader", func() bool { return s.is(ctx, "pg1", "/primary") }); err != nil {
				return err
			}
		}
	}
	return s.until(ctx, "a synchronous standby", func() bool { return s.is(ctx, "pg2", "/sync") })
}

func (s *stage) startMember(name, etcd, api, pg string) error {
	patroni, err := find("patroni")
	if err != nil {
		return err
	}
	s.api[name], s.data[name] = "http://127.0.0.1:"+api, filepath.Join(s.cfg.Dir, name)
	file := filepath.Join(s.cfg.Dir, name+".yml")
	err = s.fill("patroni.yml", file, map[string]string{"MEMBER": name, "ADDRESS": "127.0.0.1", "API_PORT": api, "ETCD": "127.0.0.1:" + etcd,
		"TTL": fmt.Sprint(ttl), "LOOP_WAIT": fmt.Sprint(loopWait), "RETRY": fmt.Sprint(retry), "STRICT": "false", "PG_PORT": pg, "DATA": s.data[name],
		"BIN": s.bin, "SOCKETS": s.cfg.Dir, "TLS": "fsync: \"on\"", "HOST": "host", "NETWORK": "127.0.0.1/32",
		"REPLICATION_PASSWORD": s.pass, "SUPERUSER_PASSWORD": s.pass})
	if err != nil {
		return err
	}
	s.member[name], err = start(s.cfg.Dir, name, s.who, patroni, file)
	return err
}

// is asks a member's Patroni whether it is something.
func (s *stage) is(ctx context.Context, name, what string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.api[name]+what, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	res.Body.Close() //nolint:errcheck // only the status counts
	return res.StatusCode == http.StatusOK
}

// leader is the member that leads.
func (s *stage) leader(ctx context.Context) (name string, err error) {
	err = s.until(ctx, "a leader", func() bool {
		for n := range s.member {
			if !s.member[n].over && s.is(ctx, n, "/primary") {
				name = n
				return true
			}
		}
		return false
	})
	return name, err
}

// killMember kills a member: its Patroni and its server at once, as when a machine loses
// its power.
func (s *stage) killMember(name string) error {
	return errors.Join(s.member[name].kill(), killServer(s.data[name]))
}

// until waits for a minute and a half, and tells what everybody said when it was in vain.
func (s *stage) until(ctx context.Context, what string, f func() bool) error {
	for range 450 {
		if f() {
			return nil
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	var words []string
	for _, p := range s.all() {
		words = append(words, p.words())
	}
	return fmt.Errorf("failover: no %s in a minute and a half\n%s", what, strings.Join(words, "\n\n"))
}

func (s *stage) all() (out []*process) {
	for _, p := range []*process{s.proxy, s.hub[0], s.hub[1], s.member["pg1"], s.member["pg2"], s.etcd} {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// end takes everything away.
func (s *stage) end() (err error) {
	for _, p := range s.all() {
		err = errors.Join(err, p.kill())
	}
	for _, data := range s.data {
		err = errors.Join(err, killServer(data))
	}
	return err
}

// psql asks the leader's server something, as its superuser.
func (s *stage) psql(ctx context.Context, port, statement string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "psql"), "-h", s.cfg.Dir, "-p", port, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-qc", statement)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("failover: %s: %w\n%s", statement, err, out)
	}
	return nil
}
