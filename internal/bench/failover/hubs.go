package failover

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"quipu/internal/bench/pguser"
)

// hubs makes the register on the leader and starts two processes of the hub on it, with a
// proxy before them.
func (s *stage) hubs(ctx context.Context) error {
	port := s.pgPorts[0]
	if err := s.psql(ctx, port, "CREATE ROLE quipu LOGIN PASSWORD '"+s.pass+"'"); err != nil {
		return err
	}
	if err := s.psql(ctx, port, "CREATE DATABASE quipu OWNER quipu"); err != nil {
		return err
	}
	s.hubDirs = [2]string{filepath.Join(s.cfg.Dir, "hub1"), filepath.Join(s.cfg.Dir, "hub2")}
	if err := s.make(ctx); err != nil {
		return err
	}
	if err := sameFolder(s.hubDirs[0], s.hubDirs[1]); err != nil {
		return err
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	for i := range s.hub {
		file := s.hubDirs[i] + ".toml"
		err := s.fill("quipu-hub.toml", file, map[string]string{"DIR": s.hubDirs[i], "ADDR": "127.0.0.1:" + ports[i], "PROXY": "127.0.0.1", "PER_SECOND": "10000"})
		if err != nil {
			return err
		}
		if s.hub[i], err = start(s.cfg.Dir, fmt.Sprintf("quipu%d", i+1), pguser.Owner{}, s.cfg.Exe, "serve", "--config", file); err != nil {
			return err
		}
	}
	return s.front(ctx, ports)
}

// front starts the proxy and waits until the register is there through it.
func (s *stage) front(ctx context.Context, ports []string) error {
	haproxy, err := find("haproxy")
	if err != nil {
		return err
	}
	file := filepath.Join(s.cfg.Dir, "haproxy.cfg")
	err = s.fill("haproxy.cfg", file, map[string]string{"BIND": "127.0.0.1:" + ports[2], "HUB1": "127.0.0.1:" + ports[0], "HUB2": "127.0.0.1:" + ports[1], "SECURE": ""})
	if err != nil {
		return err
	}
	if s.proxy, err = start(s.cfg.Dir, "haproxy", pguser.Owner{}, haproxy, "-db", "-f", file); err != nil {
		return err
	}
	s.url = "http://127.0.0.1:" + ports[2]
	return s.until(ctx, "hub behind the proxy", func() bool {
		status, _, err := s.ask(ctx, http.MethodGet, "/healthz", "", nil, nil)
		return err == nil && status == http.StatusOK
	})
}

// make makes the register with an officer and a token for each writer's program.
func (s *stage) make(ctx context.Context) error {
	url := fmt.Sprintf("postgres://quipu:%s@127.0.0.1:%s,127.0.0.1:%s/quipu?target_session_attrs=read-write&connect_timeout=2&sslmode=disable",
		s.pass, s.pgPorts[0], s.pgPorts[1])
	env := []string{"QUIPU_ENGINE=postgres", "QUIPU_URL=" + url, "QUIPU_PASSWORD=" + s.pass, "QUIPU_LANG=en"}
	if _, err := s.quipu(ctx, env, "account", "add", "rosa", "--office", "ESMAD", "--role", "head", "--name", "Rosa", "--dir", s.hubDirs[0]); err != nil {
		return err
	}
	out, err := s.quipu(ctx, env, "token", "add", "rosa", "--scope", "register,search,read", "--dir", s.hubDirs[0])
	s.token = strings.TrimSpace(out)
	return err
}

// quipu runs a command of the program and returns what it prints.
func (s *stage) quipu(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.cfg.Exe, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("failover: quipu %s: %w\n%s", args[0], err, said.String())
	}
	return out.String(), nil
}

// sameFolder makes the second process's folder: the same settings and the same keys.
func sameFolder(from, to string) error {
	err := os.MkdirAll(filepath.Join(to, "keys"), 0o700)
	names, err2 := filepath.Glob(filepath.Join(from, "keys", "*.key"))
	err = errors.Join(err, err2)
	for _, name := range append(names, filepath.Join(from, "quipu.toml")) {
		rel, err2 := filepath.Rel(from, name)
		text, err3 := os.ReadFile(name)
		err = errors.Join(err, err2, err3, os.WriteFile(filepath.Join(to, rel), text, 0o600))
	}
	return err
}

// size is the length of the log.
func (s *stage) size(ctx context.Context) (int64, error) {
	out, err := s.quipu(ctx, nil, "audit", "head", "--json", "--dir", s.hubDirs[1])
	if err != nil {
		return 0, err
	}
	var head struct{ Size int64 }
	return head.Size, json.Unmarshal([]byte(out), &head)
}

// ask sends a request through the proxy.
func (s *stage) ask(ctx context.Context, method, path, key string, body []byte, client *http.Client) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Quipu-Purpose", "registry")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, text, errors.Join(err, res.Body.Close())
}
