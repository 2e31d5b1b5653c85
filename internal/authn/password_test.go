package authn

import (
	"strings"
	"testing"
	"time"

	"quipu/internal/fault"
)

// The vector is from the test suite of the reference implementation of Argon2.
func TestReferenceVector(t *testing.T) {
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, rehash, err := Verify("password", phc); !ok || rehash || err != nil {
		t.Errorf("got %v %v %v", ok, rehash, err)
	}
	if got := (Cost{65536, 2, 1}).hash("password", []byte("somesalt"), 32); got != phc {
		t.Errorf("got %s", got)
	}
}

func TestHashAndVerify(t *testing.T) {
	a, b := Hash("tres nudos en la cuerda ñ"), Hash("tres nudos en la cuerda ñ")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %s %s", a, b)
	}
	if ok, rehash, err := Verify("tres nudos en la cuerda ñ", a); !ok || rehash || err != nil {
		t.Errorf("right password: %v %v %v", ok, rehash, err)
	}
	for _, wrong := range []string{"", "tres nudos en la cuerda n", "tres nudos en la cuerda ñ "} {
		if ok, _, err := Verify(wrong, a); ok || err != nil {
			t.Errorf("%q: %v %v", wrong, ok, err)
		}
	}
	if VerifyUnknown("") {
		t.Error("an unknown account was let in with the dummy's own password")
	}
}

func TestRehashWhenWeaker(t *testing.T) {
	weak := Cost{64, 1, 1}.hash("x", make([]byte, 16), 32)
	if ok, rehash, err := Verify("x", weak); !ok || !rehash || err != nil {
		t.Errorf("got %v %v %v", ok, rehash, err)
	}
	if ok, rehash, _ := Verify("y", weak); ok || rehash {
		t.Error("a wrong password asks for a rehash")
	}
	if !NeedsRehash(weak) || NeedsRehash(Hash("x")) || !NeedsRehash("plain") {
		t.Error("NeedsRehash")
	}
}

func TestDamagedHashes(t *testing.T) {
	good := Cost{64, 1, 1}.hash("x", make([]byte, 16), 32)
	for _, bad := range []string{
		"", "x", "$2b$12$abc", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=4194304", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=200", 1),
		good[:len(good)-30], good + "$", good + "=",
	} {
		if ok, _, err := Verify("x", bad); ok || !fault.Is(err, "authn.hash_damaged") {
			t.Errorf("%q: %v %v", bad, ok, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(Cost{64, 1, 1}.hash("x", make([]byte, 16), 32))
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		if c, salt, sum, err := parsePHC(s); err == nil && (!c.sane() || len(salt) < 8 || len(sum) < 16) {
			t.Fatalf("%q is accepted", s)
		}
	})
}

func TestHashesTakeTurns(t *testing.T) {
	for range cap(turns) {
		turns <- struct{}{}
	}
	done := make(chan string)
	go func() { done <- Cost{64, 1, 1}.hash("x", make([]byte, 16), 32) }()
	select {
	case <-done:
		t.Error("one more hash was made than there are turns")
	case <-time.After(20 * time.Millisecond):
	}
	for range cap(turns) {
		<-turns
	}
	<-done
}
