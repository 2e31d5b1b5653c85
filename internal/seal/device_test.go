package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quipu/internal/fault"
)

// chip keeps secrets under a number of its own: what is under another number it does not open.
type chip struct {
	number byte
	name   string
}

func (c chip) Name() string { return c.name }

func (c chip) Keep(secret []byte) ([]byte, error) { return append([]byte{c.number}, secret...), nil }

func (c chip) Open(blob []byte) ([]byte, error) {
	if blob[0] != c.number {
		return nil, errors.New("another chip")
	}
	return blob[1:], nil
}

// TestDevice: both the passphrase and the device open the key; one of them alone, another
// device, or an altered file does not, and each says which.
func TestDevice(t *testing.T) {
	cheap := Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}
	m, here := NewMaster(), chip{1, "tpm2"}
	text, err := wrapDevice(m, "tres nudos en un cordel", here, cheap)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, text); err != nil {
		t.Fatal(err)
	}
	if text, err := readPrivate(path); err != nil || !strings.HasPrefix(text, devicePrefix) {
		t.Errorf("the file is not bound: %q, %v", text, err)
	}
	find := func(d Device) func() (Device, error) { return func() (Device, error) { return d, nil } }
	got, err := Load(path, "tres nudos en un cordel", find(here))
	if err != nil || !bytes.Equal(got.root[:], m.root[:]) {
		t.Fatalf("opened %v, %v", got, err)
	}
	broken := errors.New("no chip")
	for name, c := range map[string]struct {
		pass string
		find func() (Device, error)
		key  string
	}{
		"another passphrase": {"tres nudos en otro cordel", find(here), "seal.wrong_passphrase"},
		"another chip":       {"tres nudos en un cordel", find(chip{2, "tpm2"}), "seal.device_open"},
		"another kind":       {"tres nudos en un cordel", find(chip{1, "dpapi"}), "seal.device_needed"},
		"no passphrase":      {"", find(here), "seal.passphrase_needed"},
	} {
		if _, err := Load(path, c.pass, c.find); !fault.Is(err, c.key) {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
	if _, err := Load(path, "tres nudos en un cordel"); !fault.Is(err, "seal.device_needed") {
		t.Errorf("without a device: %v", err)
	}
	if _, err := Load(path, "tres nudos en un cordel", func() (Device, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a device that cannot be found: %v", err)
	}
	for i := range text {
		bad := []byte(text)
		bad[i] ^= 1
		if m2, err := UnwrapDevice(string(bad), "tres nudos en un cordel", here); err == nil && (m2 == nil || m2.root != m.root) {
			t.Errorf("with byte %d altered another key opens", i)
		}
	}
}
