package authn

import (
	"bytes"
	"testing"

	"quipu/internal/fault"
)

// ASVS 6.2.4 and 6.2.12: at least 3,000 of the most frequent that the policy would let
// through, and those that were found in leaks.
func TestLeakedPasswords(t *testing.T) {
	n := len(leaks) / leakSize
	if n < 40_000 || len(leaks)%leakSize != 0 {
		t.Fatalf("%d passwords in %d bytes", n, len(leaks))
	}
	for i := 1; i < n; i++ {
		if bytes.Compare(leaks[(i-1)*leakSize:i*leakSize], leaks[i*leakSize:(i+1)*leakSize]) >= 0 {
			t.Fatalf("out of order at %d", i)
		}
	}
	for _, p := range []string{"Mailcreated5240", "MAILCREATED5240", "NoDataInColumn", "Serializatio"} {
		if !leaked(p) {
			t.Errorf("%q is not known as leaked", p)
		}
		if err := CheckPassword(p); !fault.Is(err, "authn.password_leaked") {
			t.Errorf("%q: %v", p, err)
		}
	}
	for _, p := range []string{"", "siete nudos azules y largos", "Mailcreated524", "mailcreated52400"} {
		if leaked(p) {
			t.Errorf("%q is taken for leaked", p)
		}
	}
}
