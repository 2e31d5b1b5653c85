// Package pgtest gives tests a real PostgreSQL: a cluster of its own for each test
// process, an empty database for each test. It is for tests only.
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"quipu/internal/bench/pguser"
)

var (
	start = sync.OnceValues(startCluster)
	made  atomic.Int64
)

// URL gives the postgres:// address of a fresh database, dropped when the test ends.
// Where no PostgreSQL is installed the test is skipped, or fails when
// QUIPU_REQUIRE_POSTGRES is 1.
func URL(t testing.TB) string {
	t.Helper()
	server, err := start()
	if missing := (*missingError)(nil); errors.As(err, &missing) && os.Getenv("QUIPU_REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", made.Add(1))
	if err := order(server.socket, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := order(server.socket, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return address(server.socket, name)
}

// missingError says why this machine cannot run a cluster.
type missingError struct{ why string }

func (e *missingError) Error() string {
	return "no PostgreSQL for tests: " + e.why + "; on Debian run scripts/setup.sh as root, or install the package postgresql-15"
}

func address(socket, database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(socket)
}

func order(socket, statement string) error {
	db, err := sql.Open("pgx", address(socket, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// programs finds the newest installed server.
func programs() (dir string, err error) {
	if dir := pguser.Programs(); dir != "" {
		return dir, nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", &missingError{"initdb was not found"}
	}
	return filepath.Dir(p), nil
}

// unprivileged finds a user for the server.
func unprivileged() (pguser.Owner, error) {
	who, err := pguser.Find()
	switch {
	case errors.Is(err, pguser.ErrNone):
		return who, &missingError{err.Error()}
	case errors.Is(err, errors.ErrUnsupported):
		return who, &missingError{"these tests start it on Unix only"}
	}
	return who, err
}

// watch runs the server until its standard input closes, which happens when the test
// process ends in whatever way; then it removes the cluster.
const watch = `"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=100 &
pid=$!
cat >/dev/null
kill -QUIT $pid
wait $pid
rm -rf "$2"`

// cluster is a running server; alive is the pipe whose closing ends it.
type cluster struct {
	socket string // its folder
	alive  *os.File
}

// startCluster makes and starts a cluster and waits until it answers.
func startCluster() (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := folder(who)
	if err != nil {
		return nil, err
	}
	make := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	make.Dir, make.SysProcAttr = dir, who.Attr()
	if out, err := make.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	alive, err := watched(bin, dir, who)
	if err != nil {
		return nil, err
	}
	for range 300 {
		if err = order(dir, "SELECT 1"); err == nil {
			return &cluster{dir, alive}, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	report, _ := os.ReadFile(filepath.Join(dir, "log"))
	return nil, fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, report)
}

func watched(bin, dir string, who pguser.Owner) (*os.File, error) {
	report, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer report.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	server := exec.Command("/bin/sh", "-c", watch, "sh", bin, dir)
	server.Dir, server.SysProcAttr = dir, who.Attr()
	// Not our own output: go test would wait for the server to close it.
	server.Stdin, server.Stdout, server.Stderr = read, report, report
	return write, server.Start()
}

// folder makes a folder for the cluster and its socket, whose path must stay short.
func folder(who pguser.Owner) (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "quipu-pg-")
	if err != nil {
		return "", err
	}
	return dir, who.Give(dir)
}
