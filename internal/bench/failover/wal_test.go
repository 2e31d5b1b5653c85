package failover

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/bench/pguser"
)

// server is a PostgreSQL whose WAL is kept by scripts/ha/quipu-wal.
type server struct {
	t           *testing.T
	who         pguser.Owner
	bin, dir    string
	script, wal string
}

func (s *server) run(env []string, program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), append(env, "QUIPU_WAL="+s.wal, "PGHOST="+s.dir, "PGUSER=postgres", "QUIPU_WAL_BIN="+s.bin)...)
	wear(s.who, cmd)
	// Not a pipe: a server that is left running would hold it open.
	said, err := os.CreateTemp(s.dir, "said-*")
	if err != nil {
		return "", err
	}
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	err = cmd.Run()
	text, err2 := os.ReadFile(said.Name())
	return strings.TrimSpace(string(text)), errors.Join(err, err2)
}

func (s *server) must(env []string, program string, args ...string) string {
	s.t.Helper()
	out, err := s.run(env, program, args...)
	if err != nil {
		s.t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, out)
	}
	return out
}

func (s *server) ask(port, statement string) string {
	s.t.Helper()
	host := s.dir
	if port == "5499" { // the one that was put back
		host = filepath.Join(s.dir, "back")
	}
	return s.must([]string{"PGPORT=" + port}, filepath.Join(s.bin, "psql"), "-AtX", "-h", host, "-d", "postgres", "-c", statement)
}

// TestPointInTime puts a database back as it was at a moment between two commits, from the
// nightly copy and the WAL that came after it.
func TestPointInTime(t *testing.T) {
	if err := supported(); err != nil {
		t.Skip(err)
	}
	bin, err := postgresBin()
	if err != nil {
		lacking(t, "QUIPU_REQUIRE_POSTGRES", err)
	}
	s := &server{t: t, bin: bin}
	if s.who, err = serverOwner(); err != nil {
		lacking(t, "QUIPU_REQUIRE_POSTGRES", err)
	}
	if s.dir, err = os.MkdirTemp("/tmp", "quipu-wal-"); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(s.dir) //nolint:errcheck // files of the run
	s.wal, s.script = filepath.Join(s.dir, "archive"), filepath.Join(s.dir, "quipu-wal")
	text, err := os.ReadFile("../../../scripts/ha/quipu-wal")
	if err = errors.Join(err, os.WriteFile(s.script, text, 0o755), os.Chmod(s.dir, 0o755), s.who.Give(s.dir), s.who.Give(s.script)); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(s.dir, "data")
	s.must(nil, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
	settings := "listen_addresses=''\nunix_socket_directories='" + s.dir + "'\nport=5498\narchive_mode=on\narchive_command='" + s.script + " keep %p %f'\n"
	if err := os.WriteFile(filepath.Join(data, "postgresql.auto.conf"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.who.Give(filepath.Join(data, "postgresql.auto.conf")); err != nil {
		t.Fatal(err)
	}
	s.must(nil, filepath.Join(bin, "pg_ctl"), "-D", data, "-l", filepath.Join(s.dir, "log"), "-w", "start")
	defer s.run(nil, filepath.Join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop") //nolint:errcheck // it may have been stopped
	s.ask("5498", "CREATE TABLE entry (n int); INSERT INTO entry VALUES (1)")
	early := s.ask("5498", "SELECT now()")
	time.Sleep(1100 * time.Millisecond) // names of copies are to the second
	s.must([]string{"PGPORT=5498"}, s.script, "base")
	time.Sleep(1100 * time.Millisecond)
	s.ask("5498", "INSERT INTO entry VALUES (2)")
	moment := s.ask("5498", "SELECT clock_timestamp()")
	s.ask("5498", "INSERT INTO entry VALUES (3)")
	s.ask("5498", "SELECT pg_switch_wal()")
	for range 100 { // the archiver is another process
		if s.ask("5498", "SELECT archived_count > 2 AND last_archived_wal >= pg_walfile_name('0/0') FROM pg_stat_archiver") == "t" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if out, err := s.run(nil, s.script, "restore", filepath.Join(s.dir, "early"), early); err == nil || !strings.Contains(out, "no copy of the whole database") {
		t.Errorf("a moment before every copy: %v, %s", err, out)
	}
	if out, err := s.run(nil, s.script, "restore", data, moment); err == nil || !strings.Contains(out, "is not empty") {
		t.Errorf("a folder that is not empty: %v, %s", err, out)
	}
	back := filepath.Join(s.dir, "back")
	s.must(nil, s.script, "restore", back, moment)
	defer s.run(nil, filepath.Join(bin, "pg_ctl"), "-D", back, "-m", "immediate", "stop") //nolint:errcheck // files of the run
	if got := s.ask("5499", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM entry"); got != "1 2" {
		t.Errorf("at the moment the entries were 1 2, put back are %s", got)
	}
	if got := s.ask("5498", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM entry"); got != "1 2 3" {
		t.Errorf("the living database has %s", got)
	}
}
