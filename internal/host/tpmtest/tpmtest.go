// Package tpmtest gives tests a TPM made of software. It is for tests only.
package tpmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Start starts a TPM with a state of its own, which ends with the test, and gives its socket
// for QUIPU_TPM. Without swtpm the test is skipped, or fails when QUIPU_REQUIRE_TPM is 1.
func Start(t *testing.T) (socket string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("a TPM has a socket under Linux only")
	}
	program, err := exec.LookPath("swtpm")
	if err != nil {
		const missing = "needs swtpm: apt-get install swtpm"
		if os.Getenv("QUIPU_REQUIRE_TPM") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	dir := t.TempDir()
	socket = filepath.Join(dir, "s")
	cmd := exec.Command(program, "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	var out strings.Builder
	cmd.Stderr, cmd.Stdout = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended with its connection
		cmd.Wait()         //nolint:errcheck // killed
	})
	for range 100 {
		if _, err := os.Stat(socket); err == nil {
			return socket
		}
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Kill() //nolint:errcheck // the same
	cmd.Wait()         //nolint:errcheck // now nobody writes into out
	t.Fatal("swtpm made no socket: " + out.String())
	return ""
}
