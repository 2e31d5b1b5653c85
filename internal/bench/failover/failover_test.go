package failover

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lacking skips a test for which this machine lacks something, or fails it when a variable of
// the environment says that it must be there.
func lacking(t *testing.T, required string, err error) {
	t.Helper()
	if os.Getenv(required) == "1" {
		t.Fatal(err)
	}
	t.Skip("this machine lacks something; on Debian scripts/setup.sh as root installs it: ", err)
}

// TestLeaderKilled kills the leader of the database, and then a hub process, while people
// are registered through the proxy: everybody who was confirmed is there, once.
func TestLeaderKilled(t *testing.T) {
	if err := Missing(); err != nil {
		if strings.Contains(err.Error(), "postgresql") {
			lacking(t, "QUIPU_REQUIRE_POSTGRES", err)
		}
		lacking(t, "QUIPU_REQUIRE_CLUSTER", err)
	}
	if testing.Short() {
		t.Skip("it takes a minute: left out with -short")
	}
	exe := filepath.Join(t.TempDir(), "quipu")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", exe, "quipu/cmd/quipu").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The sockets of PostgreSQL want a short path that its user can reach.
	dir, err := os.MkdirTemp("/tmp", "quipu-ha-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // files of the run
	begun := time.Now()
	rep, err := Run(t.Context(), Config{Exe: exe, Dir: dir, Scripts: "../../../scripts/ha", Writers: 4, Before: 3 * time.Second,
		Say: func(phase string) { t.Log(time.Since(begun).Round(time.Second/10), phase) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *rep)
	if rep.Lost != 0 || rep.Twice != 0 || !rep.LogWhole || rep.Leader == rep.NewLeader || rep.Acknowledged < 20 {
		t.Error("this must not be")
	}
}
