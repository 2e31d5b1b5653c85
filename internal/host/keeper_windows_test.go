package host

import (
	"bytes"
	"testing"
)

// TestDPAPI: a secret comes back from Windows whole, also through a second Keeper; no blob has
// it in clear, none is like another, and what is altered, cut short, nobody's or empty gives
// nothing. That another account gets nothing is asked by scripts/wine.sh.
func TestDPAPI(t *testing.T) {
	k, err := FindKeeper()
	if err != nil {
		t.Fatal(err)
	}
	if k.Name() != "dpapi" {
		t.Errorf("it is called %s", k.Name())
	}
	secret := bytes.Repeat([]byte{7, 0, 255}, 11)[:32]
	blob, err := k.Keep(secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(blob, secret) {
		t.Error("the blob has the secret in it")
	}
	if again, err := k.Keep(secret); err != nil || bytes.Equal(again, blob) {
		t.Errorf("the same secret gives the same blob, %v", err)
	}
	other, err := FindKeeper()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := other.Open(blob); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("opened %x, %v", got, err)
		}
	}
	bad := bytes.Clone(blob)
	bad[len(bad)-3] ^= 1
	for name, b := range map[string][]byte{
		"altered": bad, "cut short": blob[:len(blob)/2], "nobody's": bytes.Repeat([]byte("quipu"), 40), "empty": {}, "none": nil,
	} {
		if got, err := k.Open(b); err == nil {
			t.Errorf("a blob that is %s gives %x", name, got)
		}
	}
	if _, err := k.Keep(nil); err == nil {
		t.Error("nothing can be kept")
	}
}
