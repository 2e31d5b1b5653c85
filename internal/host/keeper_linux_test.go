package host

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// softTPM starts a TPM made of software, with a state of its own.
func softTPM(t *testing.T) (socket string) {
	t.Helper()
	program, err := exec.LookPath("swtpm")
	if err != nil {
		t.Skip("needs swtpm: apt-get install swtpm")
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
		if m, _ := filepath.Glob(socket); len(m) > 0 {
			return socket
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(out.String())
	return ""
}

// TestTPM: a secret comes back from the TPM that kept it, whole, and from no other; an
// altered blob gives nothing; without a TPM the program says so.
func TestTPM(t *testing.T) {
	t.Setenv("QUIPU_TPM", filepath.Join(t.TempDir(), "none"))
	if _, err := FindKeeper(); !errors.Is(err, ErrNoKeeper) {
		t.Errorf("without a TPM: %v", err)
	}
	t.Setenv("QUIPU_TPM", softTPM(t))
	k, err := FindKeeper()
	if err != nil {
		t.Fatal(err)
	}
	secret := bytes.Repeat([]byte{7, 0, 255}, 11)[:32]
	blob, err := k.Keep(secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(blob, secret) {
		t.Error("the blob has the secret in it")
	}
	for range 2 {
		if got, err := k.Open(blob); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("opened %x, %v", got, err)
		}
	}
	bad := bytes.Clone(blob)
	bad[len(bad)-3] ^= 1
	if _, err := k.Open(bad); err == nil {
		t.Error("an altered blob opens")
	}
	if _, err := k.Open(nil); err == nil {
		t.Error("no blob opens")
	}
	t.Setenv("QUIPU_TPM", softTPM(t))
	other, err := FindKeeper()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(blob); err == nil {
		t.Error("another TPM opens the blob")
	}
}
