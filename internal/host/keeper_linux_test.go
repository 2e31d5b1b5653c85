package host

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"quipu/internal/host/tpmtest"
)

// TestTPM: a secret comes back from the TPM that kept it, whole, and from no other; an
// altered blob gives nothing; without a TPM the program says so.
func TestTPM(t *testing.T) {
	t.Setenv("QUIPU_TPM", filepath.Join(t.TempDir(), "none"))
	if _, err := FindKeeper(); !errors.Is(err, ErrNoKeeper) {
		t.Errorf("without a TPM: %v", err)
	}
	t.Setenv("QUIPU_TPM", tpmtest.Start(t))
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
	t.Setenv("QUIPU_TPM", tpmtest.Start(t))
	other, err := FindKeeper()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(blob); err == nil {
		t.Error("another TPM opens the blob")
	}
}
