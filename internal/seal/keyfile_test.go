package seal

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"quipu/internal/fault"
)

func TestLoadOrCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	a, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := LoadOrCreate(path)
	if err != nil || *a != *b {
		t.Errorf("the second reading gave %v, %v", b, err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestKeyFileRefusals(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for path, key := range map[string]string{
		write("empty", "", 0o600):                                "seal.key_file_damaged",
		write("short", plainPrefix+"AAAA\n", 0o600):              "seal.key_file_damaged",
		write("other", "-----BEGIN PRIVATE KEY-----\n", 0o600):   "seal.key_file_damaged",
		write("wrapped", passphrasePrefix+"m=1\n", 0o600):        "seal.passphrase_needed",
		filepath.Join(dir, "no", "such", "folder", "master.key"): "seal.key_file_write",
		write("blocker", "x", 0o600) + string(os.PathSeparator):  "seal.key_file_read",
	} {
		if _, err := LoadOrCreate(path); !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, key)
		}
	}
}

func TestKeyFileOpenToOthersIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits for others")
	}
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := LoadOrCreate(path); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreate(path); !fault.Is(err, "seal.key_file_open_to_others") {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestTwoProcessesMakeOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			if m, err := LoadOrCreate(path); err == nil {
				ids[i] = m.ID()
			}
		})
	}
	wg.Wait()
	m, err := LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if id != "" && id != m.ID() { // one that came mid-write is refused and may try again
			t.Errorf("a key %s that is not in the file", id)
		}
	}
}

var cheap = Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

func TestPassphrase(t *testing.T) {
	m := NewMaster()
	text := wrapWithCost(m, "siete cuerdas y un nudo", cheap)
	got, err := Unwrap(text, "siete cuerdas y un nudo")
	if err != nil || *got != *m {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Unwrap(text, "otra"); !fault.Is(err, "seal.wrong_passphrase") {
		t.Errorf("another passphrase: %v", err)
	}
	for _, bad := range []string{"", "x", strings.Replace(text, "m=64", "m=4000000000", 1), strings.Replace(text, "p=1", "p=0", 1)} {
		if _, err := Unwrap(bad, "otra"); !fault.Is(err, "seal.damaged") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if other := strings.Replace(text, "t=1", "t=2", 1); other != text {
		if _, err := Unwrap(other, "siete cuerdas y un nudo"); err == nil {
			t.Error("an altered cost passes")
		}
	}
}

func TestPassphraseKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	m := NewMaster()
	if err := Create(path, m, "siete cuerdas"); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(path, "siete cuerdas"); err != nil || *got != *m {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := LoadOrCreate(path); !fault.Is(err, "seal.passphrase_needed") {
		t.Errorf("without the passphrase: %v", err)
	}
	if err := Create(path, m, "otra"); !fault.Is(err, "seal.key_file_write") {
		t.Errorf("a key file was replaced: %v", err)
	}
}
