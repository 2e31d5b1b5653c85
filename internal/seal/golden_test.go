package seal

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestEnvelopesOfEarlierReleases opens an envelope of each version that ever left the house.
// The files were written when the version came out and are never made anew: an envelope is
// promised to open for ten years, on a stick that was forgotten in a drawer.
func TestEnvelopesOfEarlierReleases(t *testing.T) {
	text, err := os.ReadFile("testdata/envelope-1.txt")
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for line := range strings.Lines(string(text)) {
		if name, digits, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			if parts[name], err = hex.DecodeString(digits); err != nil {
				t.Fatal(err)
			}
		}
	}
	from, err := identityOf([2 * KeySize]byte(parts["from"]))
	if err != nil {
		t.Fatal(err)
	}
	to, err := identityOf([2 * KeySize]byte(parts["to"]))
	if err != nil {
		t.Fatal(err)
	}
	got, err := to.OpenEnvelope(parts["envelope"], "push", from.Public(), 100)
	if err != nil || !bytes.Equal(got, parts["contents"]) || len(got) == 0 {
		t.Fatalf("%q, %v", got, err)
	}
}
