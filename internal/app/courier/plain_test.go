package courier

import (
	"os"
	"path/filepath"
	"testing"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/seal"
)

// TestALaptopIsEncrypted: the code of a laptop makes no register in the open, and is not used up by
// the try. Whatever was tried before, the master key of an encrypted one lies under its passphrase.
func TestALaptopIsEncrypted(t *testing.T) {
	hub, url := hubAt(t, nil)
	code, err := hub.MakeCode(t.Context(), operator, Ask{Office: "ESMAD", Laptop: true})
	if err != nil {
		t.Fatal(err)
	}
	j := Joining{Dir: filepath.Join(t.TempDir(), "laptop"), Hubs: []string{url}, Code: code.Text, Program: "test"}
	key := filepath.Join(j.Dir, "keys", "master.key")
	if _, err := Join(t.Context(), j); !fault.Is(err, "sync.refused.plain") {
		t.Fatalf("a laptop in the open: %v", err)
	}
	if _, err := os.Stat(key); !os.IsNotExist(err) {
		t.Errorf("a key lies there in the open: %v", err)
	}
	before, err := node.Prepare(j.Dir, "", "") // a try that was cut before the hub said anything
	if err != nil {
		t.Fatal(err)
	}
	j.Engine, j.Passphrase = node.Encrypted, "siete llamas en la puna"
	if w, err := Join(t.Context(), j); err != nil || w.Kind != Laptop {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := seal.Load(key, ""); !fault.Is(err, "seal.passphrase_needed") {
		t.Errorf("the master key opens without the passphrase: %v", err)
	}
	n, err := node.Open(t.Context(), j.Dir, node.Options{Passphrase: j.Passphrase})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if me, err := n.Identity(); err != nil || me.Public().String() != before.Public().String() {
		t.Errorf("it goes on as somebody else: %v", err)
	}
}
