package authn

import (
	"strings"
	"testing"
	"time"

	"quipu/internal/fault"
)

// The vectors of RFC 4226, appendix D, and RFC 6238, appendix B (SHA-1).
func TestOneTimeCodeVectors(t *testing.T) {
	key := []byte("12345678901234567890")
	for i, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(key, int64(i), 6); got != want {
			t.Errorf("counter %d: %s, want %s", i, got, want)
		}
	}
	for at, want := range map[int64]string{59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130"} {
		if got := hotp(key, at/totpStep, 8); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestVerifyTOTP(t *testing.T) {
	secret := secret32.EncodeToString([]byte("12345678901234567890"))
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	step, ok, err := VerifyTOTP(strings.ToLower(secret), "287 082", at(59), 0)
	if step != 1 || !ok || err != nil {
		t.Errorf("the right code: %d %v %v", step, ok, err)
	}
	for name, c := range map[string]struct {
		code string
		at   int64
		last int64
		ok   bool
	}{
		"one step late":   {"287082", 89, 0, true},
		"one step early":  {"287082", 29, 0, true},
		"two steps late":  {"287082", 90, 0, false},
		"used before":     {"287082", 59, 1, false},
		"older than used": {"287082", 59, 2, false},
		"wrong":           {"287083", 59, 0, false},
		"short":           {"28708", 59, 0, false},
		"empty":           {"", 59, 0, false},
	} {
		if _, ok, err := VerifyTOTP(secret, c.code, at(c.at), c.last); ok != c.ok || err != nil {
			t.Errorf("%s: %v %v", name, ok, err)
		}
	}
	for _, bad := range []string{"", "AAAA", "1!"} {
		if _, ok, err := VerifyTOTP(bad, "287082", at(59), 0); ok || !fault.Is(err, "authn.totp_secret_damaged") {
			t.Errorf("secret %q: %v %v", bad, ok, err)
		}
	}
}

func TestTOTPURI(t *testing.T) {
	got := TOTPURI("Quipu Madrid", "rosa:1", "ABC")
	if want := "otpauth://totp/Quipu%20Madrid:rosa:1?issuer=Quipu%20Madrid&secret=ABC"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a, b := NewTOTPSecret(), NewTOTPSecret(); a == b || len(a) != 32 {
		t.Errorf("secrets %s %s", a, b)
	}
}

func TestToken(t *testing.T) {
	a, hash := NewToken()
	b, _ := NewToken()
	if a == b || len(a) != 43 || HashToken(a) != hash || len(hash) != 64 || strings.Contains(hash, a) {
		t.Errorf("token %s hash %s", a, hash)
	}
	// SHA-256 of "abc", FIPS 180-2
	if HashToken("abc") != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error("not SHA-256")
	}
}
