package node

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/fault"
	"quipu/internal/host/tpmtest"
)

const (
	oldPhrase = "tres nudos en un cordel"
	newPhrase = "otros nudos en otro cordel"
)

func encrypted(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "laptop")
	n, err := Open(context.Background(), dir, Options{Create: true, Engine: Encrypted, Passphrase: oldPhrase})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func opens(dir, phrase string, at time.Time) error {
	n, err := Open(context.Background(), dir, Options{Passphrase: phrase, Now: func() time.Time { return at }})
	if err != nil {
		return err
	}
	return n.Close()
}

// TestWrongPassphraseWaits: after some wrong ones in a row each further try has to wait, the
// right one, too; when it has opened, the count is gone.
func TestWrongPassphraseWaits(t *testing.T) {
	dir, at := encrypted(t), time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	for i := range 5 {
		if err := opens(dir, "una frase que no abre", at); !fault.Is(err, "seal.wrong_passphrase") {
			t.Fatalf("wrong one %d: %v", i+1, err)
		}
	}
	if err := opens(dir, oldPhrase, at.Add(time.Second)); !fault.Is(err, "app.passphrase_wait") {
		t.Fatalf("at once after five: %v", err)
	}
	if err := opens(dir, oldPhrase, at.Add(16*time.Second)); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	if err := opens(dir, "una frase que no abre", at.Add(17*time.Second)); !fault.Is(err, "seal.wrong_passphrase") {
		t.Errorf("the count went on: %v", err)
	}
}

// TestChangePassphrase: the register opens with the new one alone; one that is too short, and
// a register without a passphrase, are refused and nothing changes.
func TestChangePassphrase(t *testing.T) {
	dir, at := encrypted(t), time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	if !IsEncrypted(dir) || IsEncrypted(t.TempDir()) {
		t.Error("IsEncrypted says otherwise")
	}
	if _, err := ChangePassphrase(dir, oldPhrase, "corta", false, at); !fault.Is(err, "app.passphrase_short") {
		t.Errorf("a short one: %v", err)
	}
	if _, err := ChangePassphrase(dir, newPhrase, newPhrase, false, at); !fault.Is(err, "seal.wrong_passphrase") {
		t.Errorf("with another one of now: %v", err)
	}
	if _, err := ChangePassphrase(dir, oldPhrase, newPhrase, false, at); err != nil {
		t.Fatal(err)
	}
	if err := opens(dir, oldPhrase, at); !fault.Is(err, "seal.wrong_passphrase") {
		t.Errorf("the old one: %v", err)
	}
	if err := opens(dir, newPhrase, at); err != nil {
		t.Error(err)
	}
	plain := filepath.Join(t.TempDir(), "office")
	n, err := Open(context.Background(), plain, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if _, err := ChangePassphrase(plain, oldPhrase, newPhrase, false, at); !fault.Is(err, "app.not_encrypted") {
		t.Errorf("an office's register: %v", err)
	}
}

// TestBoundToDevice: a register that was bound to the TPM opens on this computer and not
// where its folder is copied to; without --device the passphrase alone opens it again.
func TestBoundToDevice(t *testing.T) {
	socket := tpmtest.Start(t)
	none := filepath.Join(t.TempDir(), "none")
	dir, at := encrypted(t), time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	t.Setenv("QUIPU_TPM", none)
	if _, err := ChangePassphrase(dir, oldPhrase, newPhrase, true, at); !fault.Is(err, "app.no_device") {
		t.Errorf("without a TPM: %v", err)
	}
	if err := opens(dir, oldPhrase, at); err != nil {
		t.Fatalf("the refusal changed something: %v", err)
	}
	t.Setenv("QUIPU_TPM", socket)
	out, err := ChangePassphrase(dir, oldPhrase, newPhrase, true, at)
	if err != nil || out.Device != "tpm2" {
		t.Fatalf("bound: %+v, %v", out, err)
	}
	if err := opens(dir, newPhrase, at); err != nil {
		t.Error(err)
	}
	if err := opens(dir, oldPhrase, at); !fault.Is(err, "seal.wrong_passphrase") {
		t.Errorf("another passphrase on this computer: %v", err)
	}
	t.Setenv("QUIPU_TPM", none)
	if err := opens(dir, newPhrase, at); err == nil {
		t.Error("the folder opens on another computer")
	}
	t.Setenv("QUIPU_TPM", socket)
	if _, err := ChangePassphrase(dir, newPhrase, oldPhrase, false, at); err != nil {
		t.Fatal(err)
	}
	t.Setenv("QUIPU_TPM", none)
	if err := opens(dir, oldPhrase, at); err != nil {
		t.Errorf("unbound: %v", err)
	}
}
