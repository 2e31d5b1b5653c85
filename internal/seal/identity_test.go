package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quipu/internal/fault"
)

func TestPublicReadsBack(t *testing.T) {
	p := NewIdentity().Public()
	got, err := ParsePublic(" " + p.String() + "\n")
	if err != nil || !got.Equal(p) || got.ID() != p.ID() {
		t.Fatalf("%v, %v", got, err)
	}
	text := p.String()
	for i := range len(text) {
		b := []byte(text)
		if b[i]++; bytes.ContainsAny(b[i:i+1], " \n") {
			continue
		}
		if q, err := ParsePublic(string(b)); !fault.Is(err, "seal.public_damaged") {
			t.Fatalf("the mistyped character %d of %q went through: %v", i, b[i], q.ID())
		}
		if _, err := ParsePublic(text[:i]); !fault.Is(err, "seal.public_damaged") {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

func TestIdentityKeyFile(t *testing.T) {
	m := NewMaster()
	path := filepath.Join(t.TempDir(), "node.key")
	made, err := LoadOrCreateIdentity(path, m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadOrCreateIdentity(path, m)
	if err != nil || !again.Public().Equal(made.Public()) {
		t.Fatalf("%v, %v", again, err)
	}
	if _, err := LoadIdentity(path, NewMaster()); !fault.Is(err, "seal.wrong_master") {
		t.Errorf("another master: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), base64.RawURLEncoding.EncodeToString(made.seed[:32])[:40]) {
		t.Error("the file shows the key")
	}
	if err := os.WriteFile(path, text[:len(text)-6], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateIdentity(path, m); !fault.Is(err, "seal.key_file_damaged") {
		t.Errorf("a damaged file: %v", err)
	}
	if s := fmt.Sprintf("%v %+v %#v", made, made, made); strings.Count(s, "identity") != 3 || len(s) > 100 {
		t.Errorf("the log would show %s", s)
	}
}

func TestEnvelopeRoundTrip(t *testing.T) {
	a, b := NewIdentity(), NewIdentity()
	rapid.Check(t, func(t *rapid.T) {
		contents := []byte(strings.Repeat(rapid.String().Draw(t, "text"), rapid.IntRange(0, 40).Draw(t, "times")))
		env, err := a.EnvelopeTo(b.Public(), "push", contents)
		if err != nil {
			t.Fatal(err)
		}
		h, err := PeekEnvelope(env)
		if err != nil || h.From != a.Public().ID() || h.To != b.Public().ID() || h.Context != "push" {
			t.Fatalf("%+v, %v", h, err)
		}
		got, err := b.OpenEnvelope(env, "push", a.Public(), len(contents))
		if err != nil || !bytes.Equal(got, contents) {
			t.Fatalf("%q came back as %q, %v", contents, got, err)
		}
		if len(env) > MaxEnvelope(len(contents)) {
			t.Fatalf("%d bytes for %d", len(env), len(contents))
		}
		if len(contents) > 0 {
			if _, err := b.OpenEnvelope(env, "push", a.Public(), len(contents)-1); !fault.Is(err, "seal.envelope_large") {
				t.Fatalf("unpacked beyond the bound: %v", err)
			}
		}
	})
}

func TestEnvelopeIsRefused(t *testing.T) {
	a, b, c := NewIdentity(), NewIdentity(), NewIdentity()
	env, err := a.EnvelopeTo(b.Public(), "push", []byte("Quispe"))
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Clone(env)
	newer[len(envelopeMagic)] = 2
	// c puts his own name and signature on what a sealed
	stolen := bytes.Clone(env)
	copy(stolen[envelopeFixed+len("push"):], c.Public().Fingerprint(idSize))
	stolen = append(stolen[:len(stolen)-64], resign(c, stolen[:len(stolen)-64])...)
	for _, tc := range []struct {
		name, want, context string
		who                 *Identity
		b                   []byte
	}{
		{"not for us", "seal.envelope_not_for_us", "push", c, env},
		{"unknown sender", "seal.envelope_unknown", "push", b, must(c.EnvelopeTo(b.Public(), "push", nil))},
		{"another purpose", "seal.envelope_context", "pull", b, env},
		{"something else", "seal.envelope_form", "push", b, []byte("<html>captive portal</html>")},
		{"empty", "seal.envelope_form", "push", b, nil},
		{"newer", "seal.envelope_version", "push", b, newer},
		{"longer", "seal.envelope_altered", "push", b, append(bytes.Clone(env), 0)},
	} {
		if got, err := tc.who.OpenEnvelope(tc.b, tc.context, a.Public(), 100); !fault.Is(err, tc.want) || got != nil {
			t.Errorf("%s: %q, %v", tc.name, got, err)
		}
	}
	if got, err := b.OpenEnvelope(stolen, "push", c.Public(), 100); !fault.Is(err, "seal.envelope_altered") {
		t.Errorf("signed anew by another: %q, %v", got, err)
	}
	for i := 1; i < len(env); i++ {
		if _, err := b.OpenEnvelope(env[:i], "push", a.Public(), 100); !fault.Is(err, "seal.envelope_truncated") {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	for i := range env {
		bad := bytes.Clone(env)
		bad[i] ^= 0x20
		if got, err := b.OpenEnvelope(bad, "push", a.Public(), 100); err == nil {
			t.Fatalf("byte %d altered: %q", i, got)
		}
	}
}

func resign(i *Identity, b []byte) []byte {
	return ed25519.Sign(i.sign, b)
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func FuzzOpenEnvelope(f *testing.F) {
	a, b := NewIdentity(), NewIdentity()
	f.Add(must(a.EnvelopeTo(b.Public(), "push", []byte("Quispe"))))
	f.Add([]byte(envelopeMagic))
	f.Add([]byte("QUIPUENV\x01\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		// what nobody signed does not open; signed by a known node, damage within is found
		if got, err := b.OpenEnvelope(body, "push", a.Public(), 1000); err == nil && string(got) != "Quispe" {
			t.Fatalf("%q opened", got)
		} else if err != nil && fault.As(err) == nil {
			t.Fatalf("no words for %v", err)
		}
		if len(body) >= 64 {
			signed := append(bytes.Clone(body[:len(body)-64]), resign(a, body[:len(body)-64])...)
			if _, err := b.OpenEnvelope(signed, "push", a.Public(), 1000); err != nil && fault.As(err) == nil {
				t.Fatalf("no words for %v", err)
			}
		}
		if text, err := unpack(body, 1000); len(text) > 1000 || err != nil && fault.As(err) == nil {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		if p, err := ParsePublic(string(body)); err == nil && p.String() != strings.TrimSpace(string(body)) {
			t.Fatal("two texts for one key")
		}
	})
}

func TestKeysOfOnePersonFromTwoNodes(t *testing.T) {
	lima, madrid := NewMaster(), NewMaster()
	k1, _ := lima.NewDataKey("p", "T3")
	k2, _ := madrid.NewDataKey("p", "T3")
	a, wrapped, err := lima.TakeDataKey("p", "T3", k2.Bare())
	if err != nil || a.ID() != k2.ID() || k1.ID() == k2.ID() {
		t.Fatalf("%v %v %v", a, k2, err)
	}
	if a, err = lima.OpenDataKey("p", "T3", wrapped); err != nil {
		t.Fatal(err)
	}
	here, there := DataKeys{k1, a}, DataKeys{k2, k1}
	if here.First().ID() != there.First().ID() || here.First().ID() != min(k1.ID(), k2.ID()) {
		t.Error("they do not seal with the same key")
	}
	for _, k := range here {
		if v, err := there.Open("phone", k.Seal("phone", "600")); v != "600" || err != nil {
			t.Errorf("%q, %v", v, err)
		}
	}
	if _, err := (DataKeys{k1}).Open("phone", k2.Seal("phone", "600")); !fault.Is(err, "seal.damaged") {
		t.Errorf("without the key: %v", err)
	}
	if v, err := (DataKeys{}).Open("phone", ""); !fault.Is(err, "seal.damaged") || v != "" || DataKeys(nil).First() != nil {
		t.Errorf("no key at all: %q, %v", v, err)
	}
	if _, _, err := lima.TakeDataKey("p", "T3", []byte("short")); !fault.Is(err, "seal.damaged") {
		t.Errorf("a short key: %v", err)
	}
}
